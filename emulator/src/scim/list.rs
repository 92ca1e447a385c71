//! Paging, list answers, and the choice of attributes.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::error::resource;
use super::{ScimError, ScimResult, without_core_urn};
use crate::call::Call;

/// The advertised upper bound, which is also what a call without `count` gets: the service's default is not known.
pub(crate) const MAX_RESULTS: usize = 1000;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Counted from 1.
    pub(crate) start_index: usize,
    pub(crate) count: usize,
}

impl Page {
    /// Out-of-range numbers are brought into range, as the RFC asks.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, ScimError> {
        let start_index = integer(call, "startIndex")?.unwrap_or(1).max(1);
        let count = integer(call, "count")?.map_or(MAX_RESULTS, |count| {
            usize::try_from(count.max(0)).unwrap_or(MAX_RESULTS)
        });
        Ok(Self {
            start_index: usize::try_from(start_index).unwrap_or(usize::MAX),
            count: count.min(MAX_RESULTS),
        })
    }

    pub(crate) fn skip(&self) -> usize {
        self.start_index - 1
    }
}

fn integer(call: &Call<'_>, name: &str) -> Result<Option<i64>, ScimError> {
    match call.query.get(name) {
        None | Some("") => Ok(None),
        Some(text) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(|_| ScimError::invalid_value(format!("{name} has to be a whole number."))),
    }
}

/// The order a list is wanted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortOrder {
    /// One of the keys that were offered, in their spelling.
    pub(crate) key: &'static str,
    pub(crate) descending: bool,
}

/// Reads `sortBy` and `sortOrder`. What the service does with another key is not known; it is refused here, so that a
/// misspelling is noticed.
pub(crate) fn sort_order(
    call: &Call<'_>,
    keys: &[&'static str],
) -> Result<Option<SortOrder>, ScimError> {
    let Some(name) = call
        .query
        .get("sortBy")
        .map(|name| without_core_urn(name.trim()))
        .filter(|name| !name.is_empty())
    else {
        return Ok(None);
    };
    let key = keys.iter().find(|key| key.eq_ignore_ascii_case(name));
    let key = key
        .ok_or_else(|| ScimError::invalid_value(format!("The list cannot be sorted by {name}.")))?;
    let descending = match call.query.get("sortOrder").unwrap_or_default() {
        order if order.eq_ignore_ascii_case("descending") => true,
        order if order.eq_ignore_ascii_case("ascending") || order.is_empty() => false,
        order => {
            return Err(ScimError::invalid_value(format!(
                "{order} is not a sort order."
            )));
        }
    };
    Ok(Some(SortOrder { key, descending }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse<R> {
    schemas: [&'static str; 1],
    total_results: usize,
    items_per_page: usize,
    start_index: usize,
    #[serde(rename = "Resources")]
    resources: Vec<R>,
}

/// One page as a list answer.
pub(crate) fn list<R: Serialize>(
    call: &Call<'_>,
    page: Page,
    total: usize,
    resources: Vec<R>,
) -> ScimResult {
    let selection = Selection::of(call);
    let mut response = ListResponse {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        total_results: total,
        items_per_page: resources.len(),
        start_index: page.start_index,
        resources: Vec::new(),
    };
    if selection.is_everything() {
        return resource(
            StatusCode::OK,
            &ListResponse {
                schemas: response.schemas,
                total_results: total,
                items_per_page: resources.len(),
                start_index: page.start_index,
                resources,
            },
        );
    }
    response.resources = resources
        .iter()
        .map(|item| selection.of_resource(item))
        .collect::<Result<Vec<Value>, _>>()?;
    resource(StatusCode::OK, &response)
}

/// One resource with the attributes the call asked for.
pub(crate) fn single(call: &Call<'_>, status: StatusCode, item: &impl Serialize) -> ScimResult {
    let selection = Selection::of(call);
    if selection.is_everything() {
        return resource(status, item);
    }
    resource(status, &selection.of_resource(item)?)
}

/// The `attributes` and `excludedAttributes` parameters. Only the first is documented.
struct Selection {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

/// Returned whatever is asked for.
const ALWAYS: [&str; 2] = ["id", "schemas"];

impl Selection {
    fn of(call: &Call<'_>) -> Self {
        let names = |parameter: &str| -> Vec<String> {
            call.query
                .get(parameter)
                .unwrap_or_default()
                .split(',')
                .map(|name| without_core_urn(name.trim()).to_ascii_lowercase())
                .filter(|name| !name.is_empty())
                .collect()
        };
        Self {
            wanted: names("attributes"),
            unwanted: names("excludedAttributes"),
        }
    }

    fn is_everything(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    fn of_resource(&self, item: &impl Serialize) -> Result<Value, ScimError> {
        let mut value = serde_json::to_value(item).map_err(|error| {
            ScimError::new(StatusCode::INTERNAL_SERVER_ERROR, None, error.to_string())
        })?;
        if let Value::Object(members) = &mut value {
            if !self.wanted.is_empty() {
                let wanted: Vec<&str> = self.wanted.iter().map(String::as_str).collect();
                select(members, &[&ALWAYS, wanted.as_slice()].concat());
            }
            let kept = |name: &&str| !ALWAYS.contains(name);
            let unwanted = self.unwanted.iter().map(String::as_str).filter(kept);
            leave_out(members, &unwanted.collect::<Vec<_>>());
        }
        Ok(value)
    }
}

/// Keeps the members with these names; of a complex one perhaps only some, as in `name.givenName`.
fn select(members: &mut Map<String, Value>, names: &[&str]) {
    members.retain(|name, member| {
        let name = name.to_ascii_lowercase();
        let parts = sub_names(names, &name);
        let whole = names.contains(&name.as_str());
        if !whole {
            each_object(member, &|members| select(members, &parts));
        }
        whole || !parts.is_empty()
    });
}

/// Removes the members with these names, or those of their members that are named.
fn leave_out(members: &mut Map<String, Value>, names: &[&str]) {
    members.retain(|name, member| {
        let name = name.to_ascii_lowercase();
        let parts = sub_names(names, &name);
        if !parts.is_empty() {
            each_object(member, &|members| leave_out(members, &parts));
        }
        !names.contains(&name.as_str())
    });
}

/// What the names mention of this attribute. The name of an extension ends in a colon.
fn sub_names<'n>(names: &[&'n str], attribute: &str) -> Vec<&'n str> {
    names
        .iter()
        .filter_map(|name| name.strip_prefix(attribute)?.strip_prefix(['.', ':']))
        .collect()
}

fn each_object(value: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => change(members),
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        _ => {}
    }
}
