//! The lines of a tape.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the first line says of the file.
pub(super) const FORMAT: &str = "cyberark-identity tape";

/// Version of what follows. A reader takes its own and older ones, and ignores members that it does not know; whatever an
/// older reader would play wrongly needs a new number.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) format: String,
    pub(super) version: u32,
    /// Address of the tenant.
    pub(super) tenant_url: String,
    /// Whether a token that was refused was replaced by another.
    #[serde(default)]
    pub(super) renews_tokens: bool,
    /// The software that recorded it, as it names itself.
    #[serde(default)]
    pub(super) recorded_by: String,
}

/// Every other line: a request and what came of it. With neither answer nor failure, whoever called did not wait.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) request: Request,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<Failed>,
}

/// A request, without host and headers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) query: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Content>,
}

/// An answer, with its body decompressed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Content>,
}

/// No whole answer came.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    /// Class of the error.
    pub(super) kind: String,
    pub(super) delivery: String,
    pub(super) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
}

/// A body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Content {
    /// JSON, as it is written without blanks.
    Json(Value),
    /// Any other text.
    Text(String),
    /// Bytes that are no text.
    Base64(String),
    /// A form with files. Its boundary is written as `boundary`.
    Form(Vec<Part>),
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    /// Boundaries, names, and what is no file.
    Text(String),
    /// A file, of which only this is kept.
    File {
        /// Bytes.
        size: u64,
        /// In hexadecimal digits.
        sha256: String,
    },
}
