//! Forms with a file (RFC 7578).

use std::{
    collections::hash_map::RandomState,
    fs,
    hash::{BuildHasher, Hasher},
    path::Path,
};

use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Map, Value};

use crate::{
    body::{Body, Piece},
    model::{File, Source},
    operation::{FilePart, Mistake},
};

/// A form, and the header that goes with it.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) content_type: HeaderValue,
    pub(crate) body: Body,
}

/// A form of the texts and files.
pub(crate) fn form(
    part: FilePart,
    texts: &Map<String, Value>,
    files: &[(&str, &File)],
) -> Result<Form, Mistake> {
    let boundary = boundary();
    let mut writer = Writer {
        boundary: &boundary,
        text: String::new(),
        pieces: Vec::new(),
    };
    for (name, value) in texts {
        writer.text(name, &plain(value));
    }
    for (field, file) in files {
        let said = part.repeated_in.and_then(|name| texts.get(name)?.as_str());
        let name = said.map(Into::into).or_else(|| file.name());
        let name = name.unwrap_or(part.name.into());
        if let Some(repeated_in) = part.repeated_in.filter(|_| said.is_none()) {
            writer.text(repeated_in, &name);
        }
        let media_type = media_type(part, field, file)?;
        writer.file(field, &name, &media_type, content(field, file)?);
    }
    let content_type = format!("multipart/form-data; boundary={boundary}");
    Ok(Form {
        content_type: HeaderValue::try_from(content_type)
            .map_err(|error| Mistake::new("", error.to_string()))?,
        body: writer.finish(),
    })
}

/// Unlike anything that the content holds, in all likelihood: 128 random bits.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("----form{:016x}{:016x}", random(), random())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The one that is wanted, or the file's own when it is of the kind that is wanted: the service refuses others.
fn media_type(part: FilePart, field: &str, file: &File) -> Result<String, Mistake> {
    let Some(kind) = part.media_type.strip_suffix('*') else {
        return Ok(part.media_type.to_owned());
    };
    match file.media_type() {
        Some(own) if own.starts_with(kind) && !own.contains(char::is_control) => {
            Ok(own.into_owned())
        }
        _ => {
            let problem = format!(
                "must be of type {}: say which, or give a name that tells",
                part.media_type
            );
            Err(Mistake::new(field, problem))
        }
    }
}

/// The content as a piece of the body. A path that cannot be read is found here, before anything is sent.
fn content(field: &str, file: &File) -> Result<Piece, Mistake> {
    match file.source() {
        Source::Bytes(bytes) => Ok(Piece::Bytes(bytes.clone())),
        Source::Path(path) => match readable(path) {
            Ok(()) => Ok(Piece::File(path.clone())),
            Err(problem) => {
                let problem = format!("`{}` cannot be read: {problem}", path.display());
                Err(Mistake::new(field, problem))
            }
        },
    }
}

fn readable(path: &Path) -> Result<(), String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let about = file.metadata().map_err(|error| error.to_string())?;
    if about.is_file() {
        Ok(())
    } else {
        Err("it is not a file".to_owned())
    }
}

struct Writer<'a> {
    boundary: &'a str,
    /// What is written since the last file.
    text: String,
    pieces: Vec<Piece>,
}

impl Writer<'_> {
    fn text(&mut self, name: &str, value: &str) {
        self.begin(name);
        self.text.push_str("\r\n\r\n");
        self.text.push_str(value);
        self.text.push_str("\r\n");
    }

    fn file(&mut self, field: &str, name: &str, media_type: &str, content: Piece) {
        self.begin(field);
        let label = format!(
            "; filename=\"{}\"\r\nContent-Type: {media_type}\r\n\r\n",
            quoted(name)
        );
        self.text.push_str(&label);
        self.flush();
        self.pieces.push(content);
        self.text.push_str("\r\n");
    }

    fn begin(&mut self, name: &str) {
        let label = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"",
            self.boundary,
            quoted(name)
        );
        self.text.push_str(&label);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.pieces.push(Piece::Bytes(Bytes::from(text)));
    }

    fn finish(mut self) -> Body {
        self.text.push_str(&format!("--{}--\r\n", self.boundary));
        self.flush();
        self.pieces.into()
    }
}

/// Escapes as browsers do (RFC 7578, section 4.2, and the HTML standard): a name cannot end its header.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: FilePart = FilePart {
        media_type: "text/csv",
        name: "users.csv",
        repeated_in: Some("FileName"),
    };
    const PICTURE: FilePart = FilePart {
        media_type: "image/*",
        name: "picture",
        repeated_in: None,
    };

    fn written(form: &Form) -> String {
        let pieces = form.body.pieces().iter();
        let bytes = pieces.map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.to_vec(),
            Piece::File(path) => path.display().to_string().into_bytes(),
        });
        String::from_utf8(bytes.collect::<Vec<_>>().concat()).unwrap()
    }

    #[test]
    fn texts_and_file_are_parts_between_boundaries() {
        let file = File::of("a,b\r\n").named("x\"\r\n.csv");
        let form = form(CSV, &Map::new(), &[("Icon", &file)]).unwrap();
        let header = form.content_type.to_str().unwrap();
        let boundary = header.split_once("boundary=").unwrap().1;
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"FileName\"\r\n\r\nx\"\r\n.csv\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"Icon\"; filename=\"x%22%0D%0A.csv\"\r\n\
             Content-Type: text/csv\r\n\r\na,b\r\n\r\n--{boundary}--\r\n"
        );
        assert_eq!(written(&form), expected);
    }

    #[test]
    fn the_content_is_shared_and_not_copied() {
        let content = Bytes::from_static(b"\x89PNG\r\n\x1a\n");
        let file = File::of(content.clone());
        let form = form(PICTURE, &Map::new(), &[("Picture", &file)]).unwrap();
        let Piece::Bytes(sent) = &form.body.pieces()[1] else {
            panic!("not in memory");
        };
        assert_eq!(sent.as_ptr(), content.as_ptr());
    }

    #[test]
    fn what_cannot_be_sent_is_found_before_anything_is() {
        let unknown = File::of("?");
        let missing = File::at("/no/such/photo.png");
        let folder = File::at(std::env::temp_dir()).typed("image/png");
        for file in [unknown, missing, folder] {
            let mistake = form(PICTURE, &Map::new(), &[("Picture", &file)]).unwrap_err();
            assert_eq!(mistake.field, "Picture", "{}", mistake.problem);
        }
    }
}
