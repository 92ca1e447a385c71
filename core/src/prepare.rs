//! From arguments to a request that can be built again for every attempt.

use bytes::Bytes;
use http::{
    HeaderValue,
    uri::{InvalidUri, PathAndQuery},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{
    body::Body,
    error::{Error, Result},
    lookup::Lookup,
    model::split_located,
    multipart,
    operation::{Encoding, Meta, Mistake, Operation},
    spelling::Names,
};

/// RFC 3986 unreserved characters stay; everything else in a segment or query value is escaped.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request without what changes between attempts (host, token).
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The operation.
    pub meta: &'static Meta,
    /// Path and query, escaped.
    pub target: PathAndQuery,
    /// Media type of the body. Documented as mandatory on every platform call, also on those without a body.
    pub content_type: HeaderValue,
    /// Body.
    pub body: Option<Body>,
    /// How to look whether it was done, for the operations that can tell.
    pub(crate) lookup: Option<Lookup>,
}

/// Reads and checks the arguments of `O`.
pub(crate) fn parse<O: Operation>(
    arguments: &mut dyn erased_serde::Deserializer<'_>,
    names: Names<'_>,
) -> Result<Prepared> {
    let request = serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        located(path, error.into_inner().to_string())
    });
    request
        .and_then(|request: O| build(&request))
        .map_err(|mistake| {
            let field = names.path(&mistake.field);
            Error::invalid_argument(O::META.name, field, &names.sentence(&mistake.problem))
        })
}

/// A mistake with its whole path.
fn located(path: String, problem: String) -> Mistake {
    let (path, problem) = split_located(path, problem);
    let (field, problem) = match (missing_field(&problem), path.as_str()) {
        (Some(name), ".") => (name.to_owned(), MISSING.to_owned()),
        (Some(name), path) => (format!("{path}.{name}"), MISSING.to_owned()),
        (None, _) => (path, problem),
    };
    Mistake { field, problem }
}

const MISSING: &str = "is missing";

/// Name of the argument that is missing: serde gives it in words only, since there is no place that it could point to.
fn missing_field(problem: &str) -> Option<&str> {
    problem.strip_prefix("missing field `")?.strip_suffix('`')
}

/// Makes the request of an operation.
pub(crate) fn prepare<O: Operation>(operation: &O) -> Result<Prepared> {
    build(operation)
        .map_err(|mistake| Error::invalid_argument(O::META.name, mistake.field, &mistake.problem))
}

fn build<O: Operation>(operation: &O) -> Result<Prepared, Mistake> {
    let meta = const { &O::META };
    let mut arguments = operation.arrange(arguments_of(operation)?)?;
    let lookup = meta.lookup.and_then(|lookup| lookup(&arguments));
    let (path, mut query) = fill_target(meta, &mut arguments)?;
    let mut content_type = HeaderValue::from_static("application/json");
    let body = match meta.encoding {
        Encoding::None => None,
        Encoding::Query => {
            query.extend(arguments);
            None
        }
        Encoding::Json => Some(json(&arguments)?),
        Encoding::Scim(urn) => Some(json(&with_schemas(urn, arguments))?),
        Encoding::ScimResource { urn, needs } => {
            let resource = only_resource(arguments, needs)?;
            Some(json(&with_schemas(urn, resource))?)
        }
        Encoding::Multipart(part) => {
            let form = multipart::form(part, &arguments, &operation.files())?;
            content_type = form.content_type;
            Some(form.body)
        }
    };
    Ok(Prepared {
        meta,
        target: target(path, &query_string(&query))
            .map_err(|error| Mistake::new("", error.to_string()))?,
        content_type,
        body,
        lookup,
    })
}

fn arguments_of<O: Operation>(operation: &O) -> Result<Map<String, Value>, Mistake> {
    let mut track = serde_path_to_error::Track::new();
    let serializer =
        serde_path_to_error::Serializer::new(serde_json::value::Serializer, &mut track);
    match operation.serialize(serializer) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(Mistake::new(track.path().to_string(), error.to_string())),
    }
}

/// Path and query of the template, filled from the arguments it names.
fn fill_target(
    meta: &Meta,
    arguments: &mut Map<String, Value>,
) -> Result<(String, Map<String, Value>), Mistake> {
    let (path, pairs) = meta.path.split_once('?').unwrap_or((meta.path, ""));
    let path = fill_path(path, arguments)?;
    let mut query = Map::new();
    for (name, value) in pairs.split('&').filter_map(|pair| pair.split_once('=')) {
        let argument = value.strip_prefix('{').and_then(|v| v.strip_suffix('}'));
        let value = match argument {
            Some(argument) => arguments.shift_remove(argument),
            None => Some(value.into()),
        };
        query.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok((path, query))
}

fn fill_path(template: &str, arguments: &mut Map<String, Value>) -> Result<String, Mistake> {
    let mut path = String::with_capacity(template.len() + 40);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let Some(Value::String(value)) = arguments.shift_remove(name) else {
            return Err(Mistake::new(name, "must be a text"));
        };
        path.push_str(before);
        path.extend(utf8_percent_encode(&value, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// The resource that is the only argument left, and has the attribute that it needs.
fn only_resource(
    arguments: Map<String, Value>,
    needs: &str,
) -> Result<Map<String, Value>, Mistake> {
    let (name, resource) = arguments.into_iter().next().unwrap_or_default();
    match resource {
        Value::Object(resource) if resource.contains_key(needs) => Ok(resource),
        _ => {
            let field = format!("{name}.{needs}");
            Err(Mistake::new(field, "is missing, and the service wants it"))
        }
    }
}

/// What is asked for, of an escaped path that begins with `/`, and an escaped query, which may be empty.
pub(crate) fn target(mut path: String, query: &str) -> Result<PathAndQuery, InvalidUri> {
    if !query.is_empty() {
        path.push('?');
        path.push_str(query);
    }
    path.try_into()
}

fn query_string(arguments: &Map<String, Value>) -> String {
    let texts = arguments.iter().map(|(name, value)| match value {
        Value::String(text) => (name.as_str(), text.clone()),
        other => (name.as_str(), other.to_string()),
    });
    pairs(texts)
}

/// A form body of these pairs.
pub(crate) fn form_of(fields: &[(&str, &str)]) -> String {
    pairs(fields.iter().copied())
}

/// A query string of these pairs.
pub(crate) fn query_of(fields: &[(String, String)]) -> String {
    pairs(fields.iter().map(|(name, value)| (name.as_str(), value)))
}

/// The path of these segments, escaped.
pub(crate) fn path_of(segments: &[&str]) -> String {
    let escaped = segments
        .iter()
        .map(|segment| utf8_percent_encode(segment, SEGMENT));
    escaped.fold(String::new(), |path, segment| format!("{path}/{segment}"))
}

fn pairs<'a, V: AsRef<str>>(fields: impl Iterator<Item = (&'a str, V)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        text.push_str(if text.is_empty() { "" } else { "&" });
        text.extend(utf8_percent_encode(name, SEGMENT));
        text.push('=');
        text.extend(utf8_percent_encode(value.as_ref(), SEGMENT));
    }
    text
}

fn json(arguments: &Map<String, Value>) -> Result<Body, Mistake> {
    let body =
        serde_json::to_vec(arguments).map_err(|error| Mistake::new("", error.to_string()))?;
    Ok(Bytes::from(body).into())
}

/// RFC 7643, section 3: `schemas` names the core schema and every extension whose block is present. What a resource
/// said when it was read may not be true any more.
fn with_schemas(urn: &str, mut arguments: Map<String, Value>) -> Map<String, Value> {
    arguments.shift_remove("schemas");
    let extensions = arguments
        .keys()
        .filter(|name| crate::model::is_extension(name));
    let schemas = std::iter::once(urn.to_owned()).chain(extensions.cloned());
    let mut body = Map::new();
    body.insert("schemas".to_owned(), schemas.collect());
    body.extend(arguments);
    body
}
