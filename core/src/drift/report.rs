//! The report on drift.

use std::fmt;

/// How an answer differs from what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// An unknown field. It is in `extra` of its record.
    NewField,
    /// A value of a type that its field cannot hold. It is in `extra` of its record.
    ChangedType,
    /// A field that used to be in every answer, and is in none any more.
    MissingField,
}

impl Change {
    /// The word used in Python and TypeScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewField => "new field",
            Self::ChangedType => "changed type",
            Self::MissingField => "missing field",
        }
    }
}

/// One way in which the answers of an operation differ from what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Name of the operation.
    pub operation: &'static str,
    /// Where in the result, in wire names: `emails[].value`.
    pub path: String,
    /// How it differs.
    pub change: Change,
    /// The type that is known; empty for a new field.
    pub expected: &'static str,
    /// The type that came instead, when it was first seen. Never the value.
    pub found: &'static str,
    /// How many objects differ; for a missing field, how many consecutive answers lack it.
    pub count: u64,
}

/// The differences since the client was created. It prints as a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriftReport {
    /// Answers that were examined.
    pub answers: u64,
    /// The differences, by operation and path.
    pub drifts: Vec<Drift>,
    /// How often something else differed, after a thousand distinct differences.
    pub others: u64,
}

impl DriftReport {
    /// Whether no answer differed from what is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.drifts.is_empty()
    }
}

/// A number of answers, in words.
struct Answers(u64);

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 answer"),
            answers => write!(f, "{answers} answers"),
        }
    }
}

const TITLES: [&str; 6] = ["operation", "path", "change", "expected", "found", "count"];

impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "no drift in {}", Answers(self.answers));
        }
        let rows = self.drifts.iter().map(|drift| {
            let change = drift.change.as_str();
            [
                drift.operation.to_owned(),
                drift.path.clone(),
                change.to_owned(),
                drift.expected.to_owned(),
                drift.found.to_owned(),
                drift.count.to_string(),
            ]
        });
        let titles = TITLES.map(str::to_owned);
        let rows: Vec<_> = std::iter::once(titles).chain(rows).collect();
        let widths: [usize; 6] = std::array::from_fn(|column| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or_default()
        });
        for row in &rows {
            let cells = row.iter().zip(widths);
            let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(f, "{}", line.trim_end())?;
        }
        write!(f, "in {}", Answers(self.answers))?;
        match self.others {
            0 => Ok(()),
            others => write!(f, ", and {others} times something else"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_table() {
        let mut report = DriftReport {
            answers: 7,
            ..DriftReport::default()
        };
        assert_eq!(report.to_string(), "no drift in 7 answers");
        report.drifts.push(Drift {
            operation: "users.get",
            path: "Nick".to_owned(),
            change: Change::NewField,
            expected: "",
            found: "text",
            count: 3,
        });
        let table = "operation  path  change     expected  found  count\n\
                     users.get  Nick  new field            text   3\n\
                     in 7 answers";
        assert_eq!(report.to_string(), table);
    }
}
