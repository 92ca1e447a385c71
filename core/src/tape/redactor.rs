//! From what is sent and answered to what a tape may hold.

use std::{
    collections::VecDeque,
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ring::digest::{Context, SHA256};
use serde_json::Value;

use super::{
    cleaner,
    format::{Answer, Content, Failed, Part, Request},
    token,
};
use crate::{
    body::{Body, Piece},
    redact::{MASK, Secrets, is_secret_header},
    transport::{Failure, Incoming, Outgoing},
};

/// Secrets that are remembered, to be found wherever they come back. With more, the oldest are forgotten.
const MOST: usize = 2048;

/// One that is shorter is only looked for in the answer to its own request.
const SHORTEST: usize = 6;

const BLOCK: usize = 64 * 1024;

/// Takes secrets out of a session. Recording and playing do the same, so that requests match whatever the secrets are.
#[derive(Default)]
pub(super) struct Redactor(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The oldest first.
    spellings: VecDeque<String>,
    sorted: Arc<Secrets>,
    tokens: usize,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

/// A request without secrets, and those that it had.
pub(super) struct Asked {
    pub(super) request: Request,
    secrets: Secrets,
}

impl Redactor {
    pub(super) async fn request(&self, outgoing: &Outgoing) -> io::Result<Asked> {
        let mut secrets = Secrets::of(&outgoing.headers, outgoing.body.as_ref());
        self.learn(secrets.spellings());
        let content_type = text_of(outgoing.headers.get(header::CONTENT_TYPE));
        let boundary = content_type.split_once("boundary=");
        let parts = match (boundary, &outgoing.body) {
            (Some((_, boundary)), Some(body)) => Some((boundary, parts(body, boundary).await?)),
            _ => None,
        };
        let mut found = Vec::new();
        let mut replace = |_: &str, secret: &str| {
            found.push(secret.to_owned());
            MASK.to_owned()
        };
        let query = outgoing.url.query().unwrap_or_default();
        let query = cleaner::pairs(query, true, &mut replace).unwrap_or_else(|| query.to_owned());
        let body = match (parts, &outgoing.body) {
            (Some((boundary, parts)), _) => Some(form(parts, boundary, &mut replace)),
            (None, Some(body)) => named_in(&whole(body), &content_type, &mut replace),
            (None, None) => None,
        };
        for secret in &found {
            secrets.add(secret);
        }
        let secrets = self.with_known(secrets);
        let mut request = Request {
            method: outgoing.method.to_string(),
            path: outgoing.url.path().to_owned(),
            query,
            body,
        };
        secrets.hide(&mut request.path);
        secrets.hide(&mut request.query);
        request
            .body
            .iter_mut()
            .for_each(|body| hide(body, &secrets));
        Ok(Asked { request, secrets })
    }

    /// The answer to `asked`.
    pub(super) fn answer(&self, asked: &Asked, incoming: &Incoming) -> Answer {
        let mut found = Vec::new();
        let body = self.named_in_answer(incoming, &mut found);
        let headers = self.headers(&incoming.headers, &mut found);
        self.learn(&found);
        let secrets = Secrets::spelled(asked.secrets.spellings().iter().cloned());
        let secrets = self.with_known(secrets);
        let mut answer = Answer {
            status: incoming.status.as_u16(),
            headers,
            body,
        };
        answer
            .headers
            .iter_mut()
            .for_each(|(_, value)| secrets.hide(value));
        answer.body.iter_mut().for_each(|body| hide(body, &secrets));
        answer
    }

    /// Remembers the tokens of an answer that is played.
    pub(super) fn note(&self, incoming: &Incoming) {
        let mut found = Vec::new();
        self.named_in_answer(incoming, &mut found);
        self.learn(&found);
    }

    pub(super) fn failure(&self, asked: &Asked, failure: &Failure) -> Failed {
        let mut failed = Failed {
            kind: failure.kind.class().to_owned(),
            delivery: failure.delivery.as_str().to_owned(),
            message: failure.message.clone(),
            hint: failure.hint.as_deref().map(str::to_owned),
        };
        asked.secrets.hide(&mut failed.message);
        failed
    }

    /// The body without what its names tell to be secret. Tokens go to `found`, and others take their place, so that a
    /// sign-in can be played.
    fn named_in_answer(&self, incoming: &Incoming, found: &mut Vec<String>) -> Option<Content> {
        let text = String::from_utf8_lossy(&incoming.body);
        found.extend(token::within(&text).map(str::to_owned));
        let content_type = text_of(incoming.headers.get(header::CONTENT_TYPE));
        named_in(&incoming.body, &content_type, &mut |name, secret| {
            let name = name.to_ascii_lowercase();
            let is_token = name == "auth" || name.ends_with("token");
            if is_token || name.ends_with("secret") || name.ends_with("password") {
                found.push(secret.to_owned());
            }
            match is_token {
                true => token::invented(secret, self.count()),
                false => MASK.to_owned(),
            }
        })
    }

    fn headers(&self, headers: &HeaderMap, found: &mut Vec<String>) -> Vec<(String, String)> {
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = match is_secret_header(name, value) {
                true => MASK.to_owned(),
                false => {
                    found.extend(token::within(&text).map(str::to_owned));
                    let mut masked = |_: &str, _: &str| MASK.to_owned();
                    cleaner::text(&text, &mut masked).unwrap_or_else(|| text.into_owned())
                }
            };
            (name.as_str().to_owned(), text)
        };
        headers.iter().map(shown).collect()
    }

    fn count(&self) -> usize {
        let mut known = self.lock();
        known.tokens += 1;
        known.tokens
    }

    fn learn(&self, secrets: &[String]) {
        let mut spelled = Secrets::default();
        for secret in secrets {
            spelled.add(secret);
        }
        let mut known = self.lock();
        let before = known.spellings.len();
        for spelling in spelled.spellings() {
            if spelling.len() >= SHORTEST && !known.spellings.contains(spelling) {
                known.spellings.push_back(spelling.clone());
            }
        }
        if known.spellings.len() == before {
            return;
        }
        let over = known.spellings.len().saturating_sub(MOST);
        known.spellings.drain(..over);
        known.sorted = Arc::new(Secrets::spelled(known.spellings.iter().cloned()));
    }

    /// Together with all that are known.
    fn with_known(&self, secrets: Secrets) -> Secrets {
        let known = self.lock().sorted.clone();
        let all = known.spellings().iter().chain(secrets.spellings());
        Secrets::spelled(all.cloned())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text_of(header: Option<&HeaderValue>) -> String {
    let text = header.map(|value| String::from_utf8_lossy(value.as_bytes()));
    text.unwrap_or_default().into_owned()
}

/// A body without what its names tell to be secret; as it was when there is nothing.
fn named_in(
    bytes: &[u8],
    content_type: &str,
    replace: &mut cleaner::Replace<'_>,
) -> Option<Content> {
    let as_it_is = Content::of(bytes)?;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Some(as_it_is);
    };
    let clean = match content_type.starts_with("application/x-www-form-urlencoded") {
        true => cleaner::pairs(text, true, replace),
        false => cleaner::text(text.trim_start_matches('\u{feff}'), replace),
    };
    Some(clean.map_or(as_it_is, |clean| {
        Content::of(clean.as_bytes()).unwrap_or(Content::Text(clean))
    }))
}

/// Secrets by their values.
fn hide(content: &mut Content, secrets: &Secrets) {
    match content {
        Content::Json(value) => hide_in_json(value, secrets),
        Content::Text(text) => hide_in_text(text, secrets),
        Content::Base64(text) => {
            if let Ok(bytes) = BASE64_STANDARD.decode(&*text) {
                *text = BASE64_STANDARD.encode(hide_in_bytes(bytes, secrets));
            }
        }
        Content::Form(parts) => parts.iter_mut().for_each(|part| {
            if let Part::Text(text) = part {
                secrets.hide(text);
            }
        }),
    }
}

fn hide_in_json(value: &mut Value, secrets: &Secrets) {
    cleaner::each_text(value, &mut |text| hide_in_text(text, secrets));
}

/// In JSON a secret may be written in other ways than it is.
fn hide_in_text(text: &mut String, secrets: &Secrets) {
    if text.trim_start().starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        let mut clean = value.clone();
        hide_in_json(&mut clean, secrets);
        if clean != value {
            *text = clean.to_string();
        }
        return;
    }
    secrets.hide(text);
}

fn hide_in_bytes(mut bytes: Vec<u8>, secrets: &Secrets) -> Vec<u8> {
    for secret in secrets.spellings() {
        while let Some(at) = memchr::memmem::find(&bytes, secret.as_bytes()) {
            bytes.splice(at..at + secret.len(), MASK.bytes());
        }
    }
    bytes
}

/// What is in memory of a body. One with files has a boundary, and so does not come here.
fn whole(body: &Body) -> Vec<u8> {
    let pieces = body.pieces().iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes.as_ref(),
        Piece::File(_) => b"",
    });
    pieces.collect::<Vec<_>>().concat()
}

/// The parts of a form: its texts, and of its files what tells them from others.
async fn parts(body: &Body, boundary: &str) -> io::Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(body.pieces().len());
    for piece in body.pieces() {
        parts.push(match piece {
            Piece::Bytes(bytes) => match std::str::from_utf8(bytes) {
                // The boundary is in nothing but the form's own words.
                Ok(text) if text.contains(boundary) => Part::Text(text.to_owned()),
                _ => digest(bytes.as_ref())?,
            },
            Piece::File(path) => digest_of_file(path.clone()).await?,
        });
    }
    Ok(parts)
}

fn form(mut parts: Vec<Part>, boundary: &str, replace: &mut cleaner::Replace<'_>) -> Content {
    for part in &mut parts {
        if let Part::Text(text) = part {
            *text = cleaner::form(text, boundary, replace);
        }
    }
    Content::Form(parts)
}

async fn digest_of_file(path: PathBuf) -> io::Result<Part> {
    let read = move || digest(std::fs::File::open(path)?);
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(io::Error::other)?
}

fn digest(mut content: impl Read) -> io::Result<Part> {
    let mut context = Context::new(&SHA256);
    let mut block = vec![0; BLOCK];
    let mut size = 0;
    loop {
        let read = content.read(&mut block)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        context.update(&block[..read]);
    }
    let digits = context.finish();
    let digits = digits.as_ref().iter().map(|byte| format!("{byte:02x}"));
    Ok(Part::File {
        size,
        sha256: digits.collect(),
    })
}
