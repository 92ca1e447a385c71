//! The request struct is the operation: how it is named, sent, retried and documented, in one row of a table.

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    error::Result,
    model::{File, Output, Shape},
    prepare::{self, Prepared},
    spelling::Names,
    transport::Payload,
};

/// An operation of the service: its arguments are the struct, its result is [`Operation::Output`].
pub trait Operation: Arguments + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What comes back.
    type Output: Output;
    /// Everything else that is known about it.
    const META: Meta;
}

/// What the arguments of an operation can do beyond being written field by field.
pub trait Arguments: Serialize {
    /// The files among them, under their wire names.
    fn files(&self) -> Vec<(&'static str, &File)>;

    /// Puts the written fields into the layout of the wire, for the operations where that differs.
    ///
    /// # Errors
    /// Arguments that do not go together.
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
    /// Name, such as `scim.users.get`: the way to it in every language.
    pub name: &'static str,
    /// Ids of the integration catalogue that mean this operation.
    pub ids: &'static [&'static str],
    /// HTTP method.
    pub verb: Verb,
    /// Path below the tenant URL, perhaps with a query; `{name}` is filled from the argument of that wire name, and a
    /// pair of the query is left out together with its argument.
    pub path: &'static str,
    /// How the other arguments travel.
    pub encoding: Encoding,
    /// When it may be repeated.
    pub retry: Retry,
    /// Whether it changes anything, as the integration catalogue has it.
    pub access: Access,
    /// What the caller needs to be allowed.
    pub permission: &'static str,
    /// How sure the facts are.
    pub confidence: Confidence,
    /// What is uncertain or odd about the facts, in a sentence; empty when nothing is.
    pub doubt: &'static str,
    /// Whether the result is an envelope of its own, written as text, that has to be taken off too.
    pub nested: bool,
    /// Layout of the result.
    pub shape: Shape,
    /// Documentation, Markdown.
    pub doc: &'static str,
}

impl Meta {
    /// The path without its query, which is what tells operations apart.
    #[must_use]
    pub fn route(&self) -> &'static str {
        self.path
            .split_once('?')
            .map_or(self.path, |(path, _)| path)
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
    /// As HTTP writes it.
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

/// How arguments travel that are not part of the path.
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

/// When a request may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It only reads: always. Many of these are POST.
    Safe,
    /// It writes, and doing it twice is the same as once: always.
    Idempotent,
    /// It writes: only when it cannot have been acted upon.
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

/// How sure the facts about an operation are.
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

type Parse = fn(&mut dyn erased_serde::Deserializer<'_>, Names<'_>) -> Result<Prepared>;

/// A registered operation, usable without knowing its types. Bindings and the generator work with these.
#[derive(Debug)]
pub struct Entry {
    /// Facts.
    pub meta: &'static Meta,
    parse: Parse,
    decode: fn(&Payload) -> Result<serde_json::Value>,
    schemas: fn(&mut SchemaGenerator) -> Schemas,
}

/// Operations that belong together: `client.users()`.
#[derive(Debug)]
pub struct Group {
    /// Name, such as `scim.users`.
    pub name: &'static str,
    /// Documentation, Markdown.
    pub doc: &'static str,
    /// Its operations.
    pub operations: &'static [Entry],
}

/// Schemas of an operation. Properties carry their snake_case name as `x-name`.
#[derive(Debug)]
pub struct Schemas {
    /// Of the arguments.
    pub request: Schema,
    /// Of the record, or of the items of a list; none where there is no record.
    pub item: Option<Schema>,
}

/// How the spelling of an argument is told in errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As on the wire: `DisplayName`.
    Wire,
    /// As in Python and Rust: `display_name`.
    Snake,
    /// As in TypeScript: `displayName`.
    Camel,
}

impl Entry {
    /// The entry of `O`.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self {
            meta: &O::META,
            parse: |arguments, names| prepare::parse::<O>(arguments, names),
            decode: |payload| {
                let value: O::Output = payload.read()?;
                serde_json::to_value(value).map_err(|error| payload.unreadable(error))
            },
            schemas: |generator| Schemas {
                request: O::json_schema(generator),
                item: O::Output::item_schema(generator),
            },
        }
    }

    /// Checks `arguments` (wire names, compared without case) and makes the request of them.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) with the path of the mistake in `spelling`.
    pub fn prepare<'de, D>(&self, arguments: D, spelling: Spelling) -> Result<Prepared>
    where
        D: serde::Deserializer<'de>,
    {
        let mut erased = <dyn erased_serde::Deserializer<'_>>::erase(arguments);
        (self.parse)(
            &mut erased,
            Names {
                entry: self,
                spelling,
            },
        )
    }

    /// Reads the value of an answer by its kinds and writes it as JSON: dates in ISO 8601, numbers as numbers.
    ///
    /// # Errors
    /// [`UnexpectedResponse`](crate::ErrorKind::UnexpectedResponse) for a value that cannot be read.
    pub fn decode(&self, payload: &Payload) -> Result<serde_json::Value> {
        (self.decode)(payload)
    }

    /// JSON schemas of arguments and result.
    pub fn schemas(&self, generator: &mut SchemaGenerator) -> Schemas {
        (self.schemas)(generator)
    }

    /// Wire name and snake_case name of every argument, nested ones included.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let mut generator = SchemaGenerator::default();
        let mut names = Vec::new();
        collect_names(self.schemas(&mut generator).request.as_value(), &mut names);
        for definition in generator.definitions().values() {
            collect_names(definition, &mut names);
        }
        names
    }
}

fn collect_names(schema: &serde_json::Value, names: &mut Vec<(String, String)>) {
    let properties = schema.get("properties").and_then(|p| p.as_object());
    for (wire, property) in properties.into_iter().flatten() {
        if let Some(name) = property.get("x-name").and_then(|name| name.as_str()) {
            names.push((wire.clone(), name.to_owned()));
        }
    }
}

/// The typed method of an operation.
macro_rules! operation_method {
    ($(#[$doc:meta])+ $method:ident($Request:ident) -> $Output:ty) => {
        $(#[$doc])+
        pub async fn $method(&self, request: impl Into<$Request>) -> $crate::Result<$Output> {
            self.0.send(&request.into(), &$crate::CallOptions::default()).await
        }
    };
    ($(#[$doc:meta])+ $method:ident($Request:ident: ()) -> $Output:ty) => {
        $(#[$doc])+
        pub async fn $method(&self) -> $crate::Result<$Output> {
            self.0.send(&$Request::default(), &$crate::CallOptions::default()).await
        }
    };
}

/// Defines the operations of one group: its trait implementations, its methods, and its part of the registry.
///
/// `list(ListUsers: ())` makes a method without arguments.
macro_rules! operations {
    (
        $(#[doc = $group_doc:literal])+
        $group:literal as $Resource:ident;
        $(
            $(#[doc = $doc:literal])+
            $method:ident($Request:ident $(: $no_arguments:tt)?) -> $Output:ty {
                $verb:ident $path:literal, $encoding:expr, $retry:ident, $access:ident,
                ids: [$($id:literal),*],
                permission: $permission:literal,
                confidence: $confidence:ident, $doubt:literal,
                $(nested: $nested:literal,)?
            }
        )+
    ) => {
        $(#[doc = $group_doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $Resource<'a>(pub(crate) &'a $crate::Client);

        impl $Resource<'_> {
            $(operation_method! {
                $(#[doc = $doc])+
                ///
                /// # Errors
                #[doc = concat!("Any kind of [`ErrorKind`](crate::ErrorKind). Permission: ", $permission)]
                $method($Request $(: $no_arguments)?) -> $Output
            })+
        }

        $(impl $crate::operation::Operation for $Request {
            type Output = $Output;
            const META: $crate::operation::Meta = $crate::operation::Meta {
                name: concat!($group, ".", stringify!($method)),
                ids: &[$($id),*],
                verb: $crate::operation::Verb::$verb,
                path: $path,
                encoding: $encoding,
                retry: $crate::operation::Retry::$retry,
                access: $crate::operation::Access::$access,
                permission: $permission,
                confidence: $crate::operation::Confidence::$confidence,
                doubt: $doubt,
                nested: false $(|| $nested)?,
                shape: <$Output as $crate::model::Output>::SHAPE,
                doc: concat!($($doc, "\n"),+),
            };
        })+

        /// This group's part of the registry.
        pub(crate) static GROUP: $crate::operation::Group = $crate::operation::Group {
            name: $group,
            doc: concat!($($group_doc, "\n"),+),
            operations: &[$($crate::operation::Entry::of::<$Request>()),+],
        };
    };
}
