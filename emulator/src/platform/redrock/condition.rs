//! A condition that was brought together with a table, and what it says about a row.

use std::cmp::Ordering;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::BadQuery;
use super::like::Pattern;
use super::syntax::{Condition, Literal, Name, Operand, Operator};
use super::table::{Column, Kind, Table, Value};
use crate::state::Directory;

/// A condition over rows of type `R`.
#[derive(Debug)]
pub(super) enum Test<R: 'static> {
    All(Vec<Test<R>>),
    Any(Vec<Test<R>>),
    Not(Box<Test<R>>),
    Compare(Side<R>, Operator, Side<R>),
    Like(Side<R>, Pattern),
    IsNull(Side<R>),
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) enum Side<R: 'static> {
    Column(&'static Column<R>),
    Constant(Value<'static>),
}

impl<R> Side<R> {
    fn read<'d>(&'d self, directory: &'d Directory, row: &'d R) -> Value<'d> {
        match self {
            Self::Column(column) => (column.read)(directory, row),
            Self::Constant(Value::Text(text)) => Value::text(&**text),
            Self::Constant(other) => other.clone(),
        }
    }
}

impl<R> Test<R> {
    pub(super) fn of(table: &Table<R>, condition: &Condition) -> Result<Self, BadQuery> {
        let each = |parts: &[Condition]| {
            let tests = parts.iter().map(|part| Self::of(table, part));
            tests.collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::All(parts) => Self::All(each(parts)?),
            Condition::Any(parts) => Self::Any(each(parts)?),
            Condition::Not(inner) => Self::Not(Box::new(Self::of(table, inner)?)),
            Condition::Compare(left, operator, right) => {
                let kind = common_kind(table, left, right)?;
                Self::Compare(
                    side(table, left, kind)?,
                    *operator,
                    side(table, right, kind)?,
                )
            }
            Condition::Like(left, pattern) => {
                let kind = kind_of(table, left)?.unwrap_or(Kind::Text);
                if let (Operand::Column(name), true) = (left, kind != Kind::Text) {
                    let reason = format!("{} is no text, which LIKE needs", name.text);
                    return Err(BadQuery::at(name.at, reason));
                }
                Self::Like(side(table, left, kind)?, Pattern::new(pattern))
            }
            Condition::IsNull(left) => Self::IsNull(side(table, left, Kind::Text)?),
        })
    }

    /// Nothing is known of a comparison with null.
    pub(super) fn holds(&self, directory: &Directory, row: &R) -> Option<bool> {
        match self {
            Self::All(parts) => decided(parts, directory, row, false),
            Self::Any(parts) => decided(parts, directory, row, true),
            Self::Not(inner) => inner.holds(directory, row).map(|holds| !holds),
            Self::Compare(left, operator, right) => {
                let (left, right) = (left.read(directory, row), right.read(directory, row));
                left.compare(&right).map(|order| fits(*operator, order))
            }
            Self::Like(left, pattern) => match left.read(directory, row) {
                Value::Text(text) => Some(pattern.matches(&text)),
                _ => None,
            },
            Self::IsNull(left) => Some(left.read(directory, row) == Value::Null),
        }
    }

    /// A column that has to have a certain text in every row that satisfies this, to look it up in an index.
    pub(super) fn pinned(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::pinned).collect(),
            Self::Compare(left, Operator::Equal, right) => match (left, right) {
                (Side::Column(column), Side::Constant(Value::Text(text)))
                | (Side::Constant(Value::Text(text)), Side::Column(column)) => {
                    vec![(column.name, &**text)]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// One part with the deciding answer decides; else one of which nothing is known leaves the whole unknown.
fn decided<R>(parts: &[Test<R>], directory: &Directory, row: &R, deciding: bool) -> Option<bool> {
    let mut answer = Some(!deciding);
    for part in parts {
        match part.holds(directory, row) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

fn fits(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
    }
}

/// What a column holds; a literal takes the kind of what it is compared with.
fn kind_of<R>(table: &Table<R>, operand: &Operand) -> Result<Option<Kind>, BadQuery> {
    match operand {
        Operand::Column(name) => table.column(name).map(|column| Some(column.kind)),
        Operand::Literal(..) => Ok(None),
    }
}

fn common_kind<R>(table: &Table<R>, left: &Operand, right: &Operand) -> Result<Kind, BadQuery> {
    match (kind_of(table, left)?, kind_of(table, right)?) {
        (Some(left_kind), Some(right_kind)) if left_kind != right_kind => {
            let (Operand::Column(Name { at, .. }) | Operand::Literal(_, at)) = right;
            Err(BadQuery::at(*at, "the two columns cannot be compared"))
        }
        (left_kind, right_kind) => Ok(left_kind.or(right_kind).unwrap_or(Kind::Text)),
    }
}

fn side<R>(table: &Table<R>, operand: &Operand, kind: Kind) -> Result<Side<R>, BadQuery> {
    match operand {
        Operand::Column(name) => table.column(name).map(Side::Column),
        Operand::Literal(literal, at) => constant(literal, kind)
            .map(Side::Constant)
            .ok_or_else(|| BadQuery::at(*at, mismatch(literal, kind))),
    }
}

fn mismatch(literal: &Literal, kind: Kind) -> String {
    let shown = match literal {
        Literal::Null => "null",
        Literal::Boolean(true) => "true",
        Literal::Boolean(false) => "false",
        Literal::Text(text) | Literal::Number(text) => text,
    };
    let wanted = match kind {
        Kind::Text => "a text",
        Kind::Boolean => "a boolean",
        Kind::Date => "a date such as 2024-01-31 or 2024-01-31 08:30:00",
    };
    format!("{shown} is not {wanted}")
}

fn constant(literal: &Literal, kind: Kind) -> Option<Value<'static>> {
    match (kind, literal) {
        (_, Literal::Null) => Some(Value::Null),
        (Kind::Text, Literal::Text(text) | Literal::Number(text)) => {
            Some(Value::text(text.clone()))
        }
        (Kind::Text, Literal::Boolean(_)) => None,
        (Kind::Boolean, Literal::Boolean(flag)) => Some(Value::Boolean(*flag)),
        (Kind::Boolean, Literal::Text(word) | Literal::Number(word)) => {
            match word.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(Value::Boolean(true)),
                "false" | "0" => Some(Value::Boolean(false)),
                _ => None,
            }
        }
        (Kind::Date, Literal::Text(text)) => moment(text).map(Value::Date),
        (Kind::Date, Literal::Number(_) | Literal::Boolean(_)) => None,
    }
}

/// A moment in ISO form. Without a zone it is taken as universal time, without a time of day as midnight.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let civil = match text.parse::<DateTime>() {
        Ok(civil) => civil,
        Err(_) => text
            .parse::<Date>()
            .ok()?
            .to_datetime(jiff::civil::Time::midnight()),
    };
    let moment = TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(moment.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::super::parser::parse;
    use super::super::tables::USER;
    use super::*;
    use crate::state::user::User;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for (number, name, description) in [
            (1, "ana@x", None),
            (2, "Bo@x", Some("North")),
            (3, "cy@x", Some("south")),
        ] {
            let mut user = User::new(uuid::Uuid::from_u128(number), name, 86_400_000);
            user.rare_mut().description = description.map(str::to_owned);
            user.rare_mut().last_login_ms = (number == 2).then_some(1_700_000_000_000);
            directory.users.insert(user).unwrap();
        }
        directory
    }

    fn test(condition: &str) -> Result<Test<User>, BadQuery> {
        let query = parse(&format!("select * from User where {condition}"))?;
        Test::of(&USER, &query.condition.unwrap())
    }

    /// What the condition says about each of the three.
    fn verdicts(directory: &Directory, condition: &str) -> Vec<Option<bool>> {
        let test = test(condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
        let users = directory.users.iter();
        users.map(|user| test.holds(directory, user)).collect()
    }

    fn selected(directory: &Directory, condition: &str) -> Vec<usize> {
        let verdicts = verdicts(directory, condition);
        (1..=3)
            .filter(|number| verdicts[number - 1] == Some(true))
            .collect()
    }

    #[test]
    fn comparisons_select_what_they_say() {
        let directory = directory();
        for (condition, expected) in [
            ("Username = 'ANA@X'", vec![1]),
            ("'bo@x' = username", vec![2]),
            ("Username <> 'ana@x'", vec![2, 3]),
            ("Username > 'ana@x' and Username <= 'cy@x'", vec![2, 3]),
            ("Description like '%O%'", vec![2, 3]),
            ("Description not like 'n%'", vec![3]),
            ("Description = null", vec![]),
            ("Description is null", vec![1]),
            (
                "Description is not null and not Description = 'north'",
                vec![3],
            ),
            ("Username in ('ana@x', 'CY@X', 'nobody')", vec![1, 3]),
            ("LastLogin > '2023-11-01'", vec![2]),
            ("LastLogin > '2023-11-14 22:13:20'", vec![]),
            ("LastLogin >= '2023-11-14T22:13:20Z'", vec![2]),
            ("CreateDate = '1970-01-02'", vec![1, 2, 3]),
            ("User.ID = User.ID and 1 = 1", vec![1, 2, 3]),
            ("DisplayName = Username", vec![]),
        ] {
            assert_eq!(selected(&directory, condition), expected, "{condition}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (condition, part) in [
            ("Nothing = 'x'", "no column Nothing"),
            ("Role.ID = 'x'", "no column Role.ID"),
            ("LastLogin > 'yesterday'", "yesterday is not a date"),
            ("LastLogin > 5", "5 is not a date"),
            ("LastLogin like '2023%'", "LIKE"),
            ("LastLogin = Username", "cannot be compared"),
            ("Username = true", "true is not a text"),
        ] {
            let error = test(condition).unwrap_err().to_string();
            assert!(error.contains(part), "{condition}: {error}");
        }
    }

    /// The laws of logic with three answers hold for every pair of conditions.
    #[test]
    fn not_turns_what_is_known_and_moves_into_chains() {
        const SIMPLE: [&str; 7] = [
            "Description = 'north'",
            "Description like 's%'",
            "Description is null",
            "Username < 'b'",
            "LastLogin > '2020-01-01'",
            "Email = null",
            "not ID = '00000000-0000-0000-0000-000000000003'",
        ];
        let directory = directory();
        let same = |left: &str, right: &str| {
            assert_eq!(
                verdicts(&directory, left),
                verdicts(&directory, right),
                "{left} | {right}"
            );
        };
        for a in SIMPLE {
            same(&format!("not not {a}"), a);
            let known = verdicts(&directory, a);
            let turned: Vec<Option<bool>> =
                known.iter().map(|verdict| verdict.map(|v| !v)).collect();
            assert_eq!(verdicts(&directory, &format!("not ({a})")), turned);
            for b in SIMPLE {
                same(
                    &format!("not ({a} and {b})"),
                    &format!("not ({a}) or not ({b})"),
                );
                same(&format!("{a} or {b}"), &format!("{b} or {a}"));
                same(
                    &format!("{a} and ({a} or {b})"),
                    &format!("{a} or ({a} and {b})"),
                );
            }
        }
    }

    #[test]
    fn only_what_every_row_must_have_is_looked_up() {
        let pinned = |condition: &str| -> Vec<String> {
            let test = test(condition).unwrap();
            let pinned = test.pinned().into_iter();
            pinned
                .map(|(column, text)| format!("{column} {text}"))
                .collect()
        };
        assert_eq!(
            pinned("Username = 'a' and (State like 'N%' and 'b' = ID)"),
            ["Username a", "ID b"]
        );
        assert!(pinned("Username = 'a' or ID = 'b'").is_empty());
        assert!(pinned("not Username = 'a'").is_empty());
        assert!(pinned("Username <> 'a'").is_empty());
    }
}
