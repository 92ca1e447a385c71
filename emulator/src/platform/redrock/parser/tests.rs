//! What scripts mean, and that none of them upsets the parser.

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
        let Condition::Compare(_, _, Operand::Literal(Literal::Text(read), _)) = condition(&quoted)
        else {
            panic!("{quoted}");
        };
        assert_eq!(read, text);
    }
}
