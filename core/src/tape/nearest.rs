//! What is said of a request that is not on the tape.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::Value;

use super::{
    format::{Content, Request},
    loaded::Played,
};

/// Longer texts are cut.
const LONGEST: usize = 200;

/// A tape that has more is not searched to its end: this is for people.
const MOST: usize = 10_000;

/// There is no such request.
pub(super) fn unknown(request: &Request, exchanges: &[Played]) -> String {
    let asked = shown(request);
    let all = exchanges.iter().take(MOST);
    let nearest = all.min_by_key(|exchange| Reverse(likeness(request, &exchange.request)));
    match nearest {
        None => format!("has no {asked}: it is empty"),
        Some(exchange) => {
            let nearest = shown(&exchange.request);
            let difference = match (request.method.as_str(), request.path.as_str())
                == (&exchange.request.method, &exchange.request.path)
            {
                true => difference(request, &exchange.request),
                false => String::new(),
            };
            format!(
                "has no {asked}; nearest is line {}: {nearest}{difference}",
                exchange.line
            )
        }
    }
}

/// There is no more of them.
pub(super) fn used_up(request: &Request, lines: &[usize]) -> String {
    let asked = shown(request);
    let lines: Vec<_> = lines.iter().map(usize::to_string).collect();
    let (times, place) = match lines.len() {
        1 => ("once".to_owned(), "line"),
        times => (format!("{times} times"), "lines"),
    };
    let lines = lines.join(", ");
    format!("has {asked} only {times} ({place} {lines}), and it was asked once more")
}

fn shown(request: &Request) -> String {
    let mut text = format!("{} {}", request.method, request.path);
    if !request.query.is_empty() {
        text.push('?');
        text.push_str(&request.query);
    }
    if let Some(body) = &request.body {
        text.push(' ');
        text.push_str(&match body {
            Content::Json(value) => value.to_string(),
            Content::Text(body) => body.clone(),
            Content::Base64(_) => "with bytes".to_owned(),
            Content::Form(_) => "with a form".to_owned(),
        });
    }
    cut(text)
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// How much they have in common: the path counts most.
fn likeness(a: &Request, b: &Request) -> (bool, usize, bool, usize) {
    let segments = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (segments(&a.path), segments(&b.path));
    let common = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let (ours, theirs) = (places(a), places(b));
    let equal = ours
        .iter()
        .filter(|(place, value)| theirs.get(*place) == Some(value))
        .count();
    (a.path == b.path, common, a.method == b.method, equal)
}

/// The first place where they differ.
fn difference(asked: &Request, on_tape: &Request) -> String {
    let (ours, theirs) = (places(asked), places(on_tape));
    let names = ours.keys().chain(theirs.keys());
    let different = names
        .filter(|place| ours.get(*place) != theirs.get(*place))
        .min();
    let Some(place) = different else {
        return String::new();
    };
    let value = |places: &BTreeMap<String, String>| {
        places
            .get(place)
            .map_or("nothing".to_owned(), |value| cut(value.clone()))
    };
    format!(
        ", where {place} is {} and not {}",
        value(&theirs),
        value(&ours)
    )
}

/// Every value of query and body, by its place.
fn places(request: &Request) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        places.insert(format!("query `{name}`"), format!("`{value}`"));
    }
    if let Some(body) = &request.body {
        let value = body.json().or_else(|| serde_json::to_value(body).ok());
        add(&value.unwrap_or(Value::Null), &mut Vec::new(), &mut places);
    }
    places
}

fn add(value: &Value, path: &mut Vec<String>, places: &mut BTreeMap<String, String>) {
    let mut within = |name: String, value: &Value| {
        path.push(name);
        add(value, path, places);
        path.pop();
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => fields
            .iter()
            .for_each(|(name, value)| within(name.clone(), value)),
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| within(at.to_string(), value)),
        value => {
            places.insert(format!("body `{}`", path.join(".")), value.to_string());
        }
    }
}
