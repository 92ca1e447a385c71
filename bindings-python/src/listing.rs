//! A list of records in an answer, before Python comes into it.

use cyberark_identity::paging::PageFacts;
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use crate::{
    node::{self, Hint, Node},
    reading,
};

/// A list that was checked to hold records.
pub(crate) struct Listing {
    /// The whole value.
    root: Node,
    /// The list in it.
    list: Option<Node>,
    /// Whether a record lies below the member `Row` of its item.
    below_row: bool,
}

impl Listing {
    /// Rows: `{"Results": [{"Row": {…}}]}`, a bare list, or null.
    pub(crate) fn rows(root: Node) -> Result<Self, &'static str> {
        if root.value().is_array() || root.value().is_null() {
            let list = root.value().is_array().then(|| root.clone());
            return Self::of(root, list, false);
        }
        if !root.value().is_object() {
            return Err("rows were expected");
        }
        let list = root
            .member("Results")
            .filter(|list| !list.value().is_null());
        Self::of(root, list, true)
    }

    /// A list: `{"Resources": […]}`; the member may be missing or null.
    pub(crate) fn list(root: Node) -> Result<Self, &'static str> {
        if !root.value().is_object() {
            return Err("a list response was expected");
        }
        let list = root
            .member("Resources")
            .filter(|list| !list.value().is_null());
        Self::of(root, list, false)
    }

    fn of(root: Node, list: Option<Node>, below_row: bool) -> Result<Self, &'static str> {
        let page = Self {
            root,
            list,
            below_row,
        };
        match &page.list {
            Some(list) if !list.value().is_array() => Err("the list is not a list"),
            Some(list) if !(0..list.len()).all(|index| page.is_record(index)) => {
                Err("the list holds something that is not an object")
            }
            _ => Ok(page),
        }
    }

    fn is_record(&self, index: usize) -> bool {
        self.value(index).is_some_and(|value| value.is_object())
    }

    /// The whole value.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    pub(crate) fn length(&self) -> usize {
        self.list.as_ref().map_or(0, Node::len)
    }

    pub(crate) fn node(&self, index: usize) -> Option<Node> {
        item(self.list.as_ref()?, index, self.below_row)
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> {
        (0..self.length()).filter_map(|index| self.node(index))
    }

    /// The records, without a share in the parse.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        (0..self.length()).filter_map(|index| self.value(index))
    }

    pub(crate) fn value(&self, index: usize) -> Option<&Value> {
        let item = self.list.as_ref()?.value().as_array()?.get(index)?;
        match self.below_row {
            true => node::member(item, "Row"),
            false => Some(item),
        }
    }

    /// What has to be known to ask for the next page.
    pub(crate) fn facts(&self) -> PageFacts {
        let place = Hint::default();
        let ids = self
            .values()
            .map(|value| reading::text(place.member(value, "id")?));
        PageFacts::new(self.number("totalResults"), self.number("startIndex"), ids)
    }

    /// A number that stands beside the list.
    pub(crate) fn number(&self, wire: &str) -> Option<i64> {
        reading::integer(self.root.member(wire)?.value())
    }
}

fn item(list: &Node, index: usize, below_row: bool) -> Option<Node> {
    let item = list.item(index)?;
    match below_row {
        true => item.member("Row"),
        false => Some(item),
    }
}
