//! Files among the arguments: bytes in memory, or a path that is read while it is sent.

use std::{borrow::Cow, fmt, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Unexpected, Visitor},
};

use super::{
    read::{FieldValue, Mode, Read},
    shelf,
};

/// A file to upload.
///
/// Bytes are shared between the attempts of a call, never copied; a path is opened again for each attempt and read in blocks
/// while it is sent, so that even a large file is never in memory as a whole.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct File {
    source: Source,
    name: Option<String>,
    media_type: Option<String>,
}

/// Where the content of a file is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Bytes(Bytes),
    Path(PathBuf),
}

impl Default for Source {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl File {
    /// The file at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::from(Source::Path(path.into()))
    }

    /// A file with this content.
    pub fn of(content: impl Into<Bytes>) -> Self {
        Self::from(Source::Bytes(content.into()))
    }

    /// Sets the name of the file. By default it is that of its path.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type. By default it is guessed from content and name.
    #[must_use]
    pub fn typed(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The name that was set, or that of the path.
    pub(crate) fn name(&self) -> Option<Cow<'_, str>> {
        match (&self.name, &self.source) {
            (Some(name), _) => Some(name.into()),
            (None, Source::Path(path)) => Some(path.file_name()?.to_string_lossy()),
            (None, Source::Bytes(_)) => None,
        }
    }

    /// The media type that was set; otherwise that of an image by its first bytes, or by the file extension.
    pub(crate) fn media_type(&self) -> Option<Cow<'_, str>> {
        if let Some(said) = &self.media_type {
            return Some(said.into());
        }
        let by_content = match &self.source {
            Source::Bytes(bytes) => image_by_content(bytes),
            Source::Path(_) => None,
        };
        by_content
            .or_else(|| image_by_ending(&self.name()?))
            .map(Into::into)
    }
}

impl From<Source> for File {
    fn from(source: Source) -> Self {
        Self {
            source,
            name: None,
            media_type: None,
        }
    }
}

fn image_by_content(bytes: &[u8]) -> Option<&'static str> {
    let signatures: [(&[u8], &'static str); 4] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
    ];
    signatures
        .into_iter()
        .find(|(signature, _)| bytes.starts_with(signature))
        .map(|(_, media_type)| media_type)
}

fn image_by_ending(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "bmp" => Some("image/bmp"),
        _ => None,
    }
}

/// Without the content, which may be personal data.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Bytes(bytes) => write!(f, "File({} bytes)", bytes.len()),
            Source::Path(path) => write!(f, "File({})", path.display()),
        }
    }
}

/// A file never travels among the other arguments.
impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl FieldValue for File {
    fn read<'de, D: Deserializer<'de>>(d: D, _: Mode) -> Result<Read<Self>, D::Error> {
        d.deserialize_any(FileVisitor).map(Read::Value)
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        true
    }

    fn file(&self) -> Option<&File> {
        Some(self)
    }
}

struct FileVisitor;

const FORMS: &str = "bytes, or an object with one of `path`, `content` (bytes or text) and `base64`, and perhaps \
                     `name` and `type`";

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FORMS)
    }

    fn visit_bytes<E: Error>(self, content: &[u8]) -> Result<File, E> {
        Ok(File::of(content.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, content: Vec<u8>) -> Result<File, E> {
        Ok(File::of(content))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
        let mut source = None;
        let (mut name, mut media_type) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            let given = match key.as_str() {
                "name" => {
                    name = map.next_value()?;
                    continue;
                }
                "type" => {
                    media_type = map.next_value()?;
                    continue;
                }
                "path" => Source::Path(map.next_value()?),
                "content" => Source::Bytes(map.next_value::<Content>()?.0),
                "base64" => Source::Bytes(from_base64(&map.next_value::<String>()?)?),
                _ => {
                    let known = &["path", "content", "base64", "name", "type"];
                    return Err(A::Error::unknown_field(&key, known));
                }
            };
            if source.replace(given).is_some() {
                return Err(A::Error::custom(
                    "give `path`, `content` or `base64`, not two of them",
                ));
            }
        }
        let source = source.ok_or_else(|| A::Error::custom(format_args!("expected {FORMS}")))?;
        Ok(File {
            source,
            name,
            media_type,
        })
    }
}

fn from_base64<E: Error>(text: &str) -> Result<Bytes, E> {
    let decoded = STANDARD.decode(text);
    decoded
        .map(Into::into)
        .map_err(|_| E::custom("`base64` is not valid Base64"))
}

/// Bytes, or text as UTF-8.
struct Content(Bytes);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl Visitor<'_> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes or text")
    }

    fn visit_bytes<E: Error>(self, content: &[u8]) -> Result<Content, E> {
        Ok(Content(content.to_vec().into()))
    }

    fn visit_byte_buf<E: Error>(self, content: Vec<u8>) -> Result<Content, E> {
        Ok(Content(content.into()))
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<Content, E> {
        let content = shelf::at(place).map(Content);
        content.ok_or_else(|| E::invalid_type(Unexpected::Unsigned(place), &self))
    }

    fn visit_str<E: Error>(self, content: &str) -> Result<Content, E> {
        self.visit_bytes(content.as_bytes())
    }

    fn visit_string<E: Error>(self, content: String) -> Result<Content, E> {
        self.visit_byte_buf(content.into_bytes())
    }
}

impl JsonSchema for File {
    fn schema_name() -> Cow<'static, str> {
        "File".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// Without a type: generators that do not know `x-file` pass on whatever they are given.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-file": true })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<File, serde_json::Error> {
        match File::read(value, Mode::Strict)? {
            Read::Value(file) => Ok(file),
            other => Err(Error::custom(format!("{other:?}"))),
        }
    }

    #[test]
    fn a_file_is_a_path_or_a_content() {
        let forms = [
            (
                json!({"path": "/srv/users.csv"}),
                File::at("/srv/users.csv"),
            ),
            (json!({"content": "a,b"}), File::of("a,b")),
            (
                json!({"base64": "YSxi", "name": "x.csv"}),
                File::of("a,b").named("x.csv"),
            ),
            (
                json!({"content": "x", "type": "image/png"}),
                File::of("x").typed("image/png"),
            ),
        ];
        for (form, file) in forms {
            assert_eq!(read(form).unwrap(), file);
        }
        let wrong = [
            json!("users.csv"),
            json!({}),
            json!({"name": "x"}),
            json!({"path": "a", "content": "b"}),
            json!({"base64": "%"}),
            json!({"file": "a"}),
        ];
        for form in wrong {
            assert!(read(form.clone()).is_err(), "{form}");
        }
    }

    #[test]
    fn bytes_need_no_object_around_them() {
        let bytes = serde::de::value::BytesDeserializer::<serde_json::Error>::new(b"a,b");
        assert!(
            matches!(File::read(bytes, Mode::Strict), Ok(Read::Value(file)) if file == File::of("a,b"))
        );
    }

    #[test]
    fn images_are_told_by_content_before_name() {
        let png = File::of(&b"\x89PNG\r\n\x1a\n..."[..]).named("photo.jpg");
        assert_eq!(png.media_type().as_deref(), Some("image/png"));
        assert_eq!(
            File::at("/srv/Photo.JPG").media_type().as_deref(),
            Some("image/jpeg")
        );
        assert_eq!(File::of("?").media_type(), None);
        assert_eq!(
            File::of("?").typed("image/webp").media_type().as_deref(),
            Some("image/webp")
        );
    }

    #[test]
    fn the_content_is_not_shown() {
        assert_eq!(format!("{:?}", File::of("secret")), "File(6 bytes)");
    }
}
