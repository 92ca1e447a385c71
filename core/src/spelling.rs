//! Names of arguments as the caller writes them, for errors.

use crate::operation::{Entry, Spelling};

/// Tells the caller's spelling of an argument.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) spelling: Spelling,
}

impl Names<'_> {
    /// A sentence in which names of arguments stand in backticks, as the caller would write them.
    pub(crate) fn sentence(self, text: &str) -> String {
        if self.spelling == Spelling::Wire {
            return text.to_owned();
        }
        let names = self.entry.names();
        let spelled = text.split('`').enumerate().map(|(position, part)| {
            let known = names
                .iter()
                .find(|(wire, _)| position % 2 == 1 && wire == part);
            known.map_or_else(|| part.to_owned(), |(_, name)| self.spell(name))
        });
        spelled.collect::<Vec<_>>().join("`")
    }

    /// `Operations[0].Path` as the caller would write it.
    pub(crate) fn path(self, wire: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_of_a_snake_case_name() {
        assert_eq!(camel("preferred_language"), "preferredLanguage");
        assert_eq!(camel("id"), "id");
    }
}
