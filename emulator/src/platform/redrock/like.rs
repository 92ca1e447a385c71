//! Patterns of `like`: `%` stands for any text, `_` for one character.

use crate::state::users::folded;

#[derive(Debug)]
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(folded(text).collect())
    }

    /// Goes back to the last `%` only, which is enough and keeps the time within length times length.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = folded(text).collect();
        let (mut next, mut wanted) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while next < text.len() {
            match self.0.get(wanted) {
                Some('%') => {
                    retry = Some((next, wanted + 1));
                    wanted += 1;
                }
                Some(pattern) if *pattern == '_' || text.get(next) == Some(pattern) => {
                    next += 1;
                    wanted += 1;
                }
                _ => match &mut retry {
                    None => return false,
                    Some((from, after)) => {
                        *from += 1;
                        next = *from;
                        wanted = *after;
                    }
                },
            }
        }
        self.0.iter().skip(wanted).all(|pattern| *pattern == '%')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_they_should() {
        for (pattern, text, expected) in [
            ("%", "", true),
            ("", "", true),
            ("", "a", false),
            ("a%", "Ana", true),
            ("%NA", "ana", true),
            ("%n%", "ana", true),
            ("_na", "ana", true),
            ("_na", "na", false),
            ("a_", "a", false),
            ("%é%", "CAFÉ", true),
            ("%ab", "aab", true),
            ("a%b%c", "axxbyyb", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                expected,
                "{text} like {pattern}"
            );
        }
    }

    /// The definition, written down without care for time.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some(('%', pattern)), _) => {
                (0..=text.len()).any(|skipped| by_definition(pattern, &text[skipped..]))
            }
            (Some((wanted, pattern)), Some((found, text))) => {
                (*wanted == '_' || wanted == found) && by_definition(pattern, text)
            }
            (Some(_), None) => false,
        }
    }

    #[test]
    fn every_short_pattern_agrees_with_the_definition() {
        let words = |letters: &[char], longest: u32| -> Vec<Vec<char>> {
            (0..=longest)
                .flat_map(|length| {
                    let count = letters.len().pow(length);
                    (0..count).map(move |number| (number, length))
                })
                .map(|(mut number, length)| {
                    let letter = |_| {
                        let letter = letters[number % letters.len()];
                        number /= letters.len();
                        letter
                    };
                    (0..length).map(letter).collect()
                })
                .collect()
        };
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '_', '%'], 4) {
            let compiled = Pattern(pattern.clone());
            for text in &texts {
                let whole: String = text.iter().collect();
                assert_eq!(
                    compiled.matches(&whole),
                    by_definition(&pattern, text),
                    "{whole} like {pattern:?}"
                );
            }
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = Pattern::new(&"%a".repeat(200));
        assert!(!pattern.matches(&"ab".repeat(150)));
    }
}
