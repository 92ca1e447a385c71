//! The shape of a query, before it is known which columns there are.

/// A name and where it stands in the script.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) columns: Selection,
    pub(super) table: Name,
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Selection {
    All,
    These(Vec<Selected>),
}

/// A column and the key under which rows carry it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Selected {
    pub(super) column: Name,
    pub(super) label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub(super) column: Name,
    pub(super) descending: bool,
}

/// What a row has to satisfy. Chains are lists, so that a long one is not a deep one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Operand, Operator, Operand),
    Like(Operand, String),
    IsNull(Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Column(Name),
    /// A value and where it stands in the script.
    Literal(Literal, usize),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Text(String),
    Number(String),
}
