//! From arguments to a request that can be built again for every attempt.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    operation::{Encoding, Entry, Meta, Operation, Spelling},
};

/// RFC 3986 unreserved characters stay; everything else in a segment or query value is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request without what changes between attempts (host, token).
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The operation.
    pub meta: &'static Meta,
    /// Path, escaped, beginning with `/`.
    pub path: String,
    /// Query string without `?`; empty when there is none.
    pub query: String,
    /// JSON body.
    pub body: Option<Bytes>,
}

/// Tells the caller's spelling of an argument.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) spelling: Spelling,
}

impl Names<'_> {
    /// `Operations[0].Path` as the caller would write it.
    fn path(self, wire: &str) -> String {
        if self.spelling == Spelling::Wire {
            return wire.to_owned();
        }
        let names = self.entry.names();
        let mut spelled = String::with_capacity(wire.len());
        let mut rest = wire;
        while !rest.is_empty() {
            let (name, tail) = self.next_name(&names, rest);
            spelled.push_str(&name);
            let end = tail.find('.').map_or(tail.len(), |dot| dot + 1);
            spelled.push_str(&tail[..end]);
            rest = &tail[end..];
        }
        spelled
    }

    /// Takes the longest known wire name off the front: URNs contain dots themselves.
    fn next_name<'a>(self, names: &[(String, String)], rest: &'a str) -> (String, &'a str) {
        let known = names.iter().filter(|(wire, _)| {
            rest.strip_prefix(wire.as_str())
                .is_some_and(|tail| tail.is_empty() || tail.starts_with(['.', '[']))
        });
        match known.max_by_key(|(wire, _)| wire.len()) {
            Some((wire, name)) => (self.spell(name), &rest[wire.len()..]),
            None => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        }
    }

    fn spell(self, snake: &str) -> String {
        match self.spelling {
            Spelling::Camel => camel(snake),
            Spelling::Snake | Spelling::Wire => snake.to_owned(),
        }
    }
}

/// `display_name` as `displayName`.
#[must_use]
pub fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// Reads and checks the arguments of `O`.
pub(crate) fn parse<O: Operation>(
    arguments: &mut dyn erased_serde::Deserializer<'_>,
    names: Names<'_>,
) -> Result<Prepared> {
    let request: O = serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner().to_string();
        let field = names.path(missing_field(&problem).unwrap_or(&path));
        Error::invalid_argument(O::META.name, field, &problem)
    })?;
    prepare(&request)
}

/// Name of the argument that is missing: serde gives it in words only, since there is no place that it could point to.
fn missing_field(problem: &str) -> Option<&str> {
    problem.strip_prefix("missing field `")?.strip_suffix('`')
}

/// Makes the request of an operation.
pub(crate) fn prepare<O: Operation>(operation: &O) -> Result<Prepared> {
    let meta = const { &O::META };
    let mut arguments = arguments_of(operation, meta)?;
    let path = fill_path(meta, &mut arguments)?;
    let (query, body) = match meta.encoding {
        Encoding::None => (String::new(), None),
        Encoding::Query => (query_string(&arguments), None),
        Encoding::Json => (String::new(), Some(json(meta, &arguments)?)),
        Encoding::Scim(urn) => (
            String::new(),
            Some(json(meta, &with_schemas(urn, arguments))?),
        ),
    };
    Ok(Prepared {
        meta,
        path,
        query,
        body,
    })
}

fn arguments_of<O: Operation>(operation: &O, meta: &Meta) -> Result<Map<String, Value>> {
    let mut track = serde_path_to_error::Track::new();
    let serializer =
        serde_path_to_error::Serializer::new(serde_json::value::Serializer, &mut track);
    match operation.serialize(serializer) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Ok(Map::new()),
        Err(error) => {
            let field = track.path().to_string();
            Err(Error::invalid_argument(
                meta.name,
                field,
                &error.to_string(),
            ))
        }
    }
}

fn fill_path(meta: &Meta, arguments: &mut Map<String, Value>) -> Result<String> {
    let mut path = String::with_capacity(meta.path.len() + 40);
    let mut rest = meta.path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let Some(Value::String(value)) = arguments.shift_remove(name) else {
            return Err(Error::invalid_argument(meta.name, name, "must be a text"));
        };
        path.push_str(before);
        path.extend(utf8_percent_encode(&value, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
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

fn json(meta: &Meta, arguments: &Map<String, Value>) -> Result<Bytes> {
    let body = serde_json::to_vec(arguments)
        .map_err(|error| Error::invalid_argument(meta.name, "", &error.to_string()))?;
    Ok(body.into())
}

/// RFC 7643, section 3: `schemas` names the core schema and every extension whose block is present.
fn with_schemas(urn: &str, arguments: Map<String, Value>) -> Map<String, Value> {
    let extensions = arguments
        .keys()
        .filter(|name| crate::model::is_extension(name));
    let schemas = std::iter::once(urn.to_owned()).chain(extensions.cloned());
    let mut body = Map::new();
    body.insert("schemas".to_owned(), schemas.collect());
    body.extend(arguments);
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_of_a_snake_case_name() {
        assert_eq!(camel("preferred_language"), "preferredLanguage");
        assert_eq!(camel("id"), "id");
    }
}
