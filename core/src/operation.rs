//! The request struct is the operation: how it is named, sent, retried and documented, in one row of a table.

mod entry;
#[macro_use]
mod table;

use http::Method;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

pub use entry::{Entry, Group, Schemas, Spelling};

use crate::{
    error::Result,
    lookup::LookupOf,
    model::{File, Output, Shape},
};

/// An operation of the service: its arguments are the struct, its result is [`Operation::Output`].
pub trait Operation: Arguments + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What comes back.
    type Output: Output;
    /// Everything else known about it.
    const META: Meta;
}

/// What the arguments of an operation can do beyond being written field by field.
pub trait Arguments: Serialize {
    /// The files among them, under their wire names.
    fn files(&self) -> Vec<(&'static str, &File)>;

    /// Puts the written fields into the layout of the wire, for the operations where that differs.
    ///
    /// # Errors
    /// Arguments that cannot be combined.
    fn arrange(&self, fields: Map<String, Value>) -> Result<Map<String, Value>, Mistake> {
        Ok(fields)
    }
}

/// An argument that is refused before anything is sent.
#[derive(Debug)]
pub struct Mistake {
    /// Path of the argument, in wire names.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Mistake {
    /// A problem with `field`.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }
}

/// Facts about an operation.
#[derive(Debug)]
pub struct Meta {
    /// Name, such as `scim.users.get`: also the path to its method in every language.
    pub name: &'static str,
    /// Its ids in the integration catalogue.
    pub ids: &'static [&'static str],
    /// HTTP method.
    pub verb: Verb,
    /// Path below the tenant URL, optionally with a query; `{name}` is filled from the argument of that wire name, and a
    /// pair of the query is left out together with its argument.
    pub path: &'static str,
    /// How the other arguments are sent.
    pub encoding: Encoding,
    /// When it may be retried.
    pub retry: Retry,
    /// Whether it changes anything, according to the integration catalogue.
    pub access: Access,
    /// The permission that the caller needs.
    pub permission: &'static str,
    /// How certain the facts are.
    pub confidence: Confidence,
    /// What is uncertain or odd about the facts, in a sentence; empty if nothing is.
    pub doubt: &'static str,
    /// Whether the result is itself an envelope, written as text, that has to be removed as well.
    pub nested: bool,
    /// Whether the token it was called with is invalid afterwards.
    pub ends_session: bool,
    /// How to find out whether it was carried out if the answer is lost, from the arguments as they are sent.
    pub(crate) lookup: Option<LookupOf>,
    /// Layout of the result.
    pub shape: Shape,
    /// Documentation, Markdown.
    pub doc: &'static str,
}

impl Meta {
    /// The path without its query, which distinguishes operations.
    #[must_use]
    pub fn route(&self) -> &'static str {
        self.path
            .split_once('?')
            .map_or(self.path, |(path, _)| path)
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self.doc.lines().map(str::trim);
        let first = lines.take_while(|line| !line.is_empty());
        first.collect::<Vec<_>>().join(" ")
    }

    /// Kinds of objects it is about.
    #[must_use]
    pub fn entities(&self) -> &'static [&'static str] {
        let group = self.name.rsplit_once('.').map_or("", |(group, _)| group);
        match group {
            "employees" => &["employee", "user"],
            "scim.groups" => &["group", "role"],
            "roles" => &["role"],
            "organizations" => &["organization"],
            "attributes" => &["attribute", "user"],
            "redrock" => &["user", "role", "organization"],
            _ => &["user"],
        }
    }

    /// Whether it is a SCIM call, which answers without the platform's envelope.
    #[must_use]
    pub fn is_scim(&self) -> bool {
        self.path.starts_with("/scim/")
    }
}

/// HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Verb {
    /// The method's name in HTTP.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.method_ref().as_str()
    }

    pub(crate) fn method(self) -> Method {
        self.method_ref().clone()
    }

    fn method_ref(self) -> &'static Method {
        match self {
            Self::Get => &Method::GET,
            Self::Post => &Method::POST,
            Self::Put => &Method::PUT,
            Self::Patch => &Method::PATCH,
            Self::Delete => &Method::DELETE,
        }
    }
}

/// How arguments that are not part of the path are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// There are none.
    None,
    /// In the query string.
    Query,
    /// As a JSON object.
    Json,
    /// As a JSON object with `schemas`: the given URN, and those of the extensions that are present.
    Scim(&'static str),
    /// The only one is the body itself, a SCIM resource: as with [`Scim`](Self::Scim), and it has to have an attribute.
    ScimResource {
        /// URN of the core schema.
        urn: &'static str,
        /// The attribute.
        needs: &'static str,
    },
    /// As `multipart/form-data`, because one of them is a file.
    Multipart(FilePart),
}

/// How a file is labelled in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePart {
    /// Its media type, or the kind of it that is accepted: `image/*`.
    pub media_type: &'static str,
    /// Name of a file that has none.
    pub name: &'static str,
    /// Text part that repeats the name of the file, where the service wants one.
    pub repeated_in: Option<&'static str>,
}

/// When a request may be retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It only reads: always. Many of these are POST.
    Safe,
    /// It writes, and doing it twice is the same as once: always.
    Idempotent,
    /// It writes: only if it cannot have been carried out.
    Write,
}

impl Retry {
    /// The word used in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Idempotent => "idempotent",
            Self::Write => "write",
        }
    }
}

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It reads.
    Read,
    /// It changes something.
    Write,
}

impl Access {
    /// The word used in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// How certain the facts about an operation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Recorded from a live tenant, or two independent good sources.
    High,
    /// One authoritative source, or several agreeing ones.
    Medium,
    /// One weak source, or inferred.
    Low,
}

impl Confidence {
    /// The word used in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}
