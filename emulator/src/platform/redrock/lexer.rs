//! Script text to words, literals and symbols.

use super::BadQuery;

/// One piece of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name, in the spelling of the script.
    Word(String),
    /// What stood between single quotes.
    Text(String),
    /// Digits, perhaps with a sign and a fraction, as they were written.
    Number(String),
    Symbol(&'static str),
}

/// A piece and the place, counted in characters from 1, where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// The longer of two symbols with the same beginning comes first.
const SYMBOLS: [&str; 12] = [
    "<>", "<=", ">=", "!=", "=", "<", ">", "(", ")", ",", "*", ";",
];

pub(super) fn tokens(script: &str) -> Result<Vec<Placed>, BadQuery> {
    let mut lexer = Lexer {
        rest: script,
        at: 1,
    };
    let mut found = Vec::new();
    while let Some(placed) = lexer.next()? {
        found.push(placed);
    }
    Ok(found)
}

struct Lexer<'s> {
    rest: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    fn next(&mut self) -> Result<Option<Placed>, BadQuery> {
        self.take_while(char::is_whitespace);
        let at = self.at;
        let Some(first) = self.rest.chars().next() else {
            return Ok(None);
        };
        let token = if first == '\'' {
            self.text()?
        } else if first.is_alphabetic() || first == '_' {
            Token::Word(self.take_while(is_part_of_a_name).to_owned())
        } else if first.is_ascii_digit() || (first == '-' && self.a_digit_follows()) {
            self.number()
        } else {
            self.symbol(first)?
        };
        Ok(Some(Placed { token, at }))
    }

    /// Text between single quotes, in which a doubled quote stands for one.
    fn text(&mut self) -> Result<Token, BadQuery> {
        let begin = self.at;
        let mut text = String::new();
        loop {
            self.skip(1);
            text.push_str(self.take_while(|letter| letter != '\''));
            if self.rest.is_empty() {
                return Err(BadQuery::at(begin, "the closing quote is missing"));
            }
            self.skip(1);
            if !self.rest.starts_with('\'') {
                return Ok(Token::Text(text));
            }
            text.push('\'');
        }
    }

    fn number(&mut self) -> Token {
        let mut number = String::new();
        if self.rest.starts_with('-') {
            self.skip(1);
            number.push('-');
        }
        number.push_str(self.take_while(|letter| letter.is_ascii_digit() || letter == '.'));
        Token::Number(number)
    }

    fn a_digit_follows(&self) -> bool {
        self.rest
            .chars()
            .nth(1)
            .is_some_and(|letter| letter.is_ascii_digit())
    }

    fn symbol(&mut self, first: char) -> Result<Token, BadQuery> {
        let known = SYMBOLS
            .into_iter()
            .find(|symbol| self.rest.starts_with(symbol));
        let Some(symbol) = known else {
            return Err(BadQuery::at(
                self.at,
                format!("{first:?} has no meaning here"),
            ));
        };
        self.skip(symbol.len());
        Ok(Token::Symbol(symbol))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'s str {
        let end = self
            .rest
            .find(|letter| !wanted(letter))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }

    /// Passes over that many ASCII characters.
    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
        self.at += count;
    }
}

/// A dot joins table and column.
fn is_part_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(script: &str) -> Vec<Token> {
        tokens(script)
            .unwrap()
            .into_iter()
            .map(|placed| placed.token)
            .collect()
    }

    #[test]
    fn words_literals_and_symbols_need_no_blanks_between_them() {
        assert_eq!(
            plain("a<>'b'and c>=-12.5;"),
            [
                Token::Word("a".to_owned()),
                Token::Symbol("<>"),
                Token::Text("b".to_owned()),
                Token::Word("and".to_owned()),
                Token::Word("c".to_owned()),
                Token::Symbol(">="),
                Token::Number("-12.5".to_owned()),
                Token::Symbol(";"),
            ]
        );
    }

    #[test]
    fn a_doubled_quote_is_one_quote() {
        for (script, text) in [
            ("''", ""),
            ("''''", "'"),
            ("'O''Hara'", "O'Hara"),
            ("'''a'''", "'a'"),
            ("'Ünïcødé 日本'", "Ünïcødé 日本"),
        ] {
            assert_eq!(plain(script), [Token::Text(text.to_owned())], "{script}");
        }
    }

    #[test]
    fn places_are_counted_in_characters() {
        let places: Vec<usize> = tokens("'äö' = x\n ,y")
            .unwrap()
            .iter()
            .map(|placed| placed.at)
            .collect();
        assert_eq!(places, [1, 6, 8, 11, 12]);
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place() {
        for (script, place) in [("a = 'x", 5), ("a = \"x\"", 5), ("a - b", 3), ("ä?", 2)] {
            let error = tokens(script).unwrap_err().to_string();
            assert!(
                error.contains(&format!("at character {place}")),
                "{script}: {error}"
            );
        }
    }
}
