//! A script to a query. Only what the tenant can answer is accepted; the rest is refused by name.

use super::BadQuery;
use super::lexer::{Placed, Token, tokens};
use super::syntax::{
    Condition, Literal, Name, Operand, Operator, Order, Query, Selected, Selection,
};

/// Parentheses and `not` may be nested this deep, which keeps the stack bounded.
const DEEPEST: usize = 64;

/// Words that cannot be a column, so that one left out is noticed where it is missing.
const RESERVED: [&str; 22] = [
    "select", "from", "where", "order", "by", "group", "having", "limit", "offset", "and", "or",
    "not", "like", "in", "is", "null", "as", "union", "join", "on", "between", "collate",
];

pub(super) fn parse(script: &str) -> Result<Query, BadQuery> {
    let tokens = tokens(script)?;
    let mut parser = Parser {
        tokens: &tokens,
        end: script.chars().count() + 1,
        depth: 0,
    };
    let query = parser.query()?;
    parser.symbol(";");
    match parser.tokens.first() {
        None => Ok(query),
        Some(_) => Err(parser.unexpected("the end of the script")),
    }
}

struct Parser<'t> {
    /// What has not been read yet.
    tokens: &'t [Placed],
    /// The place behind the script.
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn query(&mut self) -> Result<Query, BadQuery> {
        self.expect("select")?;
        let columns = self.selection()?;
        self.expect("from")?;
        let table = self.name("a table")?;
        let condition = if self.keyword("where") {
            Some(self.any()?)
        } else {
            None
        };
        let order = if self.keyword("order") {
            self.expect("by")?;
            self.list(Self::order)?
        } else {
            Vec::new()
        };
        let limit = self.count_after("limit")?;
        let offset = self.count_after("offset")?.unwrap_or_default();
        Ok(Query {
            columns,
            table,
            condition,
            order,
            limit,
            offset,
        })
    }

    fn selection(&mut self) -> Result<Selection, BadQuery> {
        if self.symbol("*") {
            return Ok(Selection::All);
        }
        self.list(Self::selected).map(Selection::These)
    }

    fn selected(&mut self) -> Result<Selected, BadQuery> {
        let column = self.name("a column or *")?;
        let label = if self.keyword("as") {
            self.name("a name for the column")?.text
        } else {
            // With the table in front the key is the column alone.
            let bare = column.text.rsplit('.').next();
            bare.unwrap_or_default().to_owned()
        };
        Ok(Selected { column, label })
    }

    fn order(&mut self) -> Result<Order, BadQuery> {
        let column = self.name("a column")?;
        self.collation()?;
        let descending = self.keyword("desc");
        if !descending {
            self.keyword("asc");
        }
        Ok(Order { column, descending })
    }

    /// Text is compared without regard to letter case anyway, so the one collation that says so changes nothing.
    fn collation(&mut self) -> Result<(), BadQuery> {
        if self.keyword("collate") {
            self.expect("nocase")?;
        }
        Ok(())
    }

    fn any(&mut self) -> Result<Condition, BadQuery> {
        self.chain("or", Self::all, Condition::Any)
    }

    fn all(&mut self) -> Result<Condition, BadQuery> {
        self.chain("and", Self::negation, Condition::All)
    }

    fn chain(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Condition, BadQuery>,
        joined: fn(Vec<Condition>) -> Condition,
    ) -> Result<Condition, BadQuery> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.keyword(word) {
            parts.push(part(self)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(joined(parts))
            }
        }
    }

    fn negation(&mut self) -> Result<Condition, BadQuery> {
        let at = self.place();
        if self.keyword("not") {
            let inner = self.deeper(at, Self::negation)?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.symbol("(") {
            let inner = self.deeper(at, Self::any)?;
            return if self.symbol(")") {
                Ok(inner)
            } else {
                Err(self.unexpected("a closing parenthesis"))
            };
        }
        self.comparison()
    }

    fn deeper(
        &mut self,
        at: usize,
        part: fn(&mut Self) -> Result<Condition, BadQuery>,
    ) -> Result<Condition, BadQuery> {
        if self.depth == DEEPEST {
            return Err(BadQuery::at(at, "the condition is nested too deep"));
        }
        self.depth += 1;
        let parsed = part(self);
        self.depth -= 1;
        parsed
    }

    fn comparison(&mut self) -> Result<Condition, BadQuery> {
        let left = self.operand()?;
        if self.keyword("is") {
            let negated = self.keyword("not");
            self.expect("null")?;
            return Ok(negate_if(negated, Condition::IsNull(left)));
        }
        let negated = self.keyword("not");
        if self.keyword("like") {
            return Ok(negate_if(negated, Condition::Like(left, self.pattern()?)));
        }
        if self.keyword("in") {
            return Ok(negate_if(negated, self.one_of(&left)?));
        }
        if negated {
            return Err(self.unexpected("LIKE or IN"));
        }
        let operator = self.operator()?;
        let right = self.operand()?;
        Ok(Condition::Compare(left, operator, right))
    }

    fn pattern(&mut self) -> Result<String, BadQuery> {
        match self.tokens.first().map(|placed| &placed.token) {
            Some(Token::Text(pattern)) => {
                self.advance();
                self.collation()?;
                Ok(pattern.clone())
            }
            _ => Err(self.unexpected("a pattern in single quotes")),
        }
    }

    fn one_of(&mut self, left: &Operand) -> Result<Condition, BadQuery> {
        if !self.symbol("(") {
            return Err(self.unexpected("a list in parentheses"));
        }
        let choices = self.list(Self::operand)?;
        if !self.symbol(")") {
            return Err(self.unexpected("a closing parenthesis"));
        }
        let equals = |right| Condition::Compare(left.clone(), Operator::Equal, right);
        Ok(Condition::Any(choices.into_iter().map(equals).collect()))
    }

    fn operator(&mut self) -> Result<Operator, BadQuery> {
        let operator = match self.tokens.first().map(|placed| &placed.token) {
            Some(Token::Symbol("=")) => Operator::Equal,
            Some(Token::Symbol("!=" | "<>")) => Operator::Unequal,
            Some(Token::Symbol("<")) => Operator::Less,
            Some(Token::Symbol("<=")) => Operator::AtMost,
            Some(Token::Symbol(">")) => Operator::Greater,
            Some(Token::Symbol(">=")) => Operator::AtLeast,
            _ => return Err(self.unexpected("a comparison")),
        };
        self.advance();
        Ok(operator)
    }

    fn operand(&mut self) -> Result<Operand, BadQuery> {
        let at = self.place();
        let literal = match self.tokens.first().map(|placed| &placed.token) {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Number(number)) => Literal::Number(number.clone()),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("null") => Literal::Null,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Literal::Boolean(true),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => {
                Literal::Boolean(false)
            }
            _ => {
                let column = self.name("a column or a value")?;
                self.collation()?;
                return Ok(Operand::Column(column));
            }
        };
        self.advance();
        self.collation()?;
        Ok(Operand::Literal(literal, at))
    }

    fn count_after(&mut self, word: &str) -> Result<Option<usize>, BadQuery> {
        if !self.keyword(word) {
            return Ok(None);
        }
        let count = match self.tokens.first().map(|placed| &placed.token) {
            Some(Token::Number(number)) => number.parse().ok(),
            _ => None,
        };
        let count = count.ok_or_else(|| self.unexpected("a whole number"))?;
        self.advance();
        Ok(Some(count))
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Result<T, BadQuery>) -> Result<Vec<T>, BadQuery> {
        let mut items = vec![item(self)?];
        while self.symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// A name that is no reserved word. A parenthesis behind it would call a function, and there are none.
    fn name(&mut self, what: &str) -> Result<Name, BadQuery> {
        let Some(Placed {
            token: Token::Word(word),
            at,
        }) = self.tokens.first()
        else {
            return Err(self.unexpected(what));
        };
        if RESERVED
            .iter()
            .any(|taken| taken.eq_ignore_ascii_case(word))
        {
            return Err(self.unexpected(what));
        }
        self.advance();
        let called = self.tokens.first().map(|placed| &placed.token);
        if called == Some(&Token::Symbol("(")) {
            return Err(BadQuery::at(
                *at,
                format!("the function {word} is not supported"),
            ));
        }
        Ok(Name {
            text: word.clone(),
            at: *at,
        })
    }

    fn expect(&mut self, word: &str) -> Result<(), BadQuery> {
        if self.keyword(word) {
            return Ok(());
        }
        Err(self.unexpected(&word.to_ascii_uppercase()))
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = matches!(
            self.tokens.first().map(|placed| &placed.token),
            Some(Token::Word(next)) if next.eq_ignore_ascii_case(word)
        );
        if found {
            self.advance();
        }
        found
    }

    fn symbol(&mut self, symbol: &'static str) -> bool {
        let next = self.tokens.first().map(|placed| &placed.token);
        let found = next == Some(&Token::Symbol(symbol));
        if found {
            self.advance();
        }
        found
    }

    fn advance(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }

    fn place(&self) -> usize {
        self.tokens.first().map_or(self.end, |placed| placed.at)
    }

    fn unexpected(&self, wanted: &str) -> BadQuery {
        let found = match self.tokens.first().map(|placed| &placed.token) {
            None => "the end of the script".to_owned(),
            Some(Token::Word(word)) => word.clone(),
            Some(Token::Text(_)) => "text in quotes".to_owned(),
            Some(Token::Number(number)) => number.clone(),
            Some(Token::Symbol(symbol)) => (*symbol).to_owned(),
        };
        BadQuery::at(self.place(), format!("{wanted} was expected, not {found}"))
    }
}

fn negate_if(negated: bool, condition: Condition) -> Condition {
    if negated {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        let query = parse(&format!("select * from User where {text}")).unwrap();
        query.condition.unwrap()
    }

    /// Fully parenthesised, so that precedence shows.
    fn shown(condition: &Condition) -> String {
        let operand = |operand: &Operand| match operand {
            Operand::Column(name) => name.text.clone(),
            Operand::Literal(Literal::Text(text), _) => format!("'{text}'"),
            Operand::Literal(Literal::Number(number), _) => number.clone(),
            Operand::Literal(other, _) => format!("{other:?}"),
        };
        let joined = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts.iter().map(shown).collect();
            format!("({})", parts.join(word))
        };
        match condition {
            Condition::All(parts) => joined(parts, " and "),
            Condition::Any(parts) => joined(parts, " or "),
            Condition::Not(inner) => format!("not {}", shown(inner)),
            Condition::Compare(left, operator, right) => {
                format!("{} {operator:?} {}", operand(left), operand(right))
            }
            Condition::Like(left, pattern) => format!("{} ~ {pattern}", operand(left)),
            Condition::IsNull(left) => format!("{} null", operand(left)),
        }
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closer_than_both() {
        for (text, expected) in [
            (
                "a=1 or b=2 and c=3",
                "(a Equal 1 or (b Equal 2 and c Equal 3))",
            ),
            (
                "(a=1 or b=2) and c=3",
                "((a Equal 1 or b Equal 2) and c Equal 3)",
            ),
            ("not a=1 and b=2", "(not a Equal 1 and b Equal 2)"),
            ("not (a=1 and not b=2)", "not (a Equal 1 and not b Equal 2)"),
            ("a NOT LIKE '%x%'", "not a ~ %x%"),
            ("a is not null and b IS NULL", "(not a null and b null)"),
            ("a in ('x', 2)", "(a Equal 'x' or a Equal 2)"),
            ("'x' <> a collate nocase", "'x' Unequal a"),
        ] {
            assert_eq!(shown(&condition(text)), expected, "{text}");
        }
    }

    #[test]
    fn every_clause_is_read_in_any_letter_case() {
        let query = parse(
            "SeLeCt ID as Guid, u.Name FROM Role Where a = 'b' ORDER by Name Collate NoCase DESC, ID asc LIMIT 5 offset 2;",
        )
        .unwrap();
        let Selection::These(columns) = &query.columns else {
            panic!("columns were named");
        };
        let labels: Vec<&str> = columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(labels, ["Guid", "Name"]);
        let order: Vec<(&str, bool)> = query
            .order
            .iter()
            .map(|order| (order.column.text.as_str(), order.descending))
            .collect();
        assert_eq!(order, [("Name", true), ("ID", false)]);
        assert_eq!((query.limit, query.offset), (Some(5), 2));
    }

    #[test]
    fn what_is_not_supported_is_named() {
        for (script, part) in [
            ("", "SELECT was expected"),
            ("delete from User", "SELECT was expected, not delete"),
            ("select from User", "a column or * was expected, not from"),
            ("select a, from User", "a column or * was expected"),
            ("select * from User where", "the end of the script"),
            ("select * from User where a", "a comparison was expected"),
            ("select * from User where (a=1", "a closing parenthesis"),
            ("select * from User limit x", "a whole number was expected"),
            ("select * from User limit -1", "a whole number was expected"),
            ("select * from User; select 1", "not select"),
            ("select * from User group by a", "not group"),
            ("select * from User, Role", "not ,"),
            ("select count(*) from User", "the function count"),
            ("select coalesce(a, b) from User", "the function coalesce"),
            ("select * from User where a like b", "a pattern"),
            ("select * from User where a not = 1", "LIKE or IN"),
            ("select * from User order by a collate binary", "NOCASE"),
        ] {
            let error = parse(script).unwrap_err().to_string();
            assert!(error.contains(part), "{script}: {error}");
        }
    }

    #[test]
    fn nesting_is_bounded_and_length_is_not() {
        for nest in ["(", "not "] {
            let script = format!("select * from User where {}a=1", nest.repeat(100_000));
            let error = parse(&script).unwrap_err().to_string();
            assert!(error.contains("too deep"), "{error}");
        }
        let long = vec!["a=1"; 50_000].join(" or ");
        let Condition::Any(parts) = condition(&long) else {
            panic!("a chain is a list");
        };
        assert_eq!(parts.len(), 50_000);
    }

    /// A generator with a fixed start, so that a failure can be repeated.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % sides as u64) as usize
        }
    }

    #[test]
    fn no_sequence_of_pieces_upsets_the_parser() {
        const PIECES: [&str; 34] = [
            "select",
            "*",
            ",",
            "from",
            "User",
            "where",
            "(",
            ")",
            "not",
            "and",
            "or",
            "like",
            "'a%'",
            "''",
            "'",
            "\"",
            "=",
            "<>",
            "<",
            "!",
            "-",
            "1",
            "-2.5.",
            "null",
            "is",
            "in",
            "order by",
            "limit",
            "offset",
            ";",
            "desc",
            "é日\u{0}",
            ".",
            "collate nocase",
        ];
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let mut accepted = 0;
        for round in 0..40_000 {
            // Half of the scripts get a beginning that leads deeper into the grammar.
            let mut script = if round % 2 == 0 {
                String::new()
            } else {
                "select ID from User where ".to_owned()
            };
            for _ in 0..dice.roll(9) {
                script.push_str(PIECES[dice.roll(PIECES.len())]);
                script.push_str([" ", ""][dice.roll(2)]);
            }
            match parse(&script) {
                Ok(_) => accepted += 1,
                Err(error) => assert!(error.to_string().contains("at character"), "{script}"),
            }
        }
        assert!(accepted > 0);
    }

    #[test]
    fn any_text_survives_being_quoted() {
        const LETTERS: [char; 9] = ['\'', '"', '%', ' ', 'a', 'é', '日', ';', '\\'];
        let mut dice = Dice(42);
        for _ in 0..5_000 {
            let text: String = (0..dice.roll(12))
                .map(|_| LETTERS[dice.roll(LETTERS.len())])
                .collect();
            let quoted = format!("a = '{}'", text.replace('\'', "''"));
            let Condition::Compare(_, _, Operand::Literal(Literal::Text(read), _)) =
                condition(&quoted)
            else {
                panic!("{quoted}");
            };
            assert_eq!(read, text);
        }
    }
}
