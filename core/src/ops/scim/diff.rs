//! The PATCH that makes one resource into another.

use serde_json::{Map, Value};

use super::PatchOperation;
use crate::model::is_extension;

/// What only the service writes.
const READ_ONLY: [&str; 4] = ["id", "meta", "schemas", "groups"];

/// The operations that make `before` into `after`; none when nothing differs.
///
/// Both are resources as JSON with the wire's names, such as a user that was read and a changed copy of it. Attributes
/// within an object are changed one by one (`name.familyName`), lists as a whole, because the service is not known to
/// understand paths with a filter. What only the service writes is left alone.
#[must_use]
pub fn diff(before: &Value, after: &Value) -> Vec<PatchOperation> {
    let empty = Map::new();
    let before = before.as_object().unwrap_or(&empty);
    let after = after.as_object().unwrap_or(&empty);
    let mut operations = Vec::new();
    compare("", before, after, &mut operations);
    operations
}

/// Compares the attributes whose paths begin with `prefix`, which is empty for the resource itself.
fn compare(
    prefix: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    operations: &mut Vec<PatchOperation>,
) {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    for name in after.keys().chain(gone) {
        if prefix.is_empty() && READ_ONLY.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        match (present(before.get(name)), present(after.get(name))) {
            (Some(_), None) => operations.push(PatchOperation::remove(path)),
            (before, Some(Value::Object(after))) if before.is_none_or(Value::is_object) => {
                let nothing = Map::new();
                let before = before.and_then(Value::as_object).unwrap_or(&nothing);
                // RFC 7644, section 3.10: attributes of an extension follow its URN after a colon.
                let separator = if prefix.is_empty() && is_extension(name) {
                    ':'
                } else {
                    '.'
                };
                compare(&format!("{path}{separator}"), before, after, operations);
            }
            (before, Some(after)) if before != Some(after) => {
                operations.push(PatchOperation::replace(path, after.clone()));
            }
            _ => {}
        }
    }
}

/// RFC 7644, section 3.5.2: null, an empty list and an absent attribute are the same.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn wire(before: Value, after: Value) -> Value {
        serde_json::to_value(diff(&before, &after)).unwrap()
    }

    #[test]
    fn each_difference_is_one_operation() {
        let before = json!({
            "id": "1", "displayName": "A", "active": true, "preferredLanguage": "en_US",
            "name": {"givenName": "Ana", "familyName": "Ruiz"},
            "emails": [{"value": "a@x"}], "phoneNumbers": [{"value": "1"}], "meta": {"created": "x"},
        });
        let after = json!({
            "id": "2", "displayName": "B", "active": true, "preferredLanguage": null,
            "name": {"givenName": "Ana", "familyName": "Ray"},
            "emails": [{"value": "a@x"}, {"value": "b@x"}], "phoneNumbers": [], "meta": {"created": "y"},
        });
        let expected = json!([
            {"op": "replace", "path": "displayName", "value": "B"},
            {"op": "remove", "path": "preferredLanguage"},
            {"op": "replace", "path": "name.familyName", "value": "Ray"},
            {"op": "replace", "path": "emails", "value": [{"value": "a@x"}, {"value": "b@x"}]},
            {"op": "remove", "path": "phoneNumbers"},
        ]);
        assert_eq!(wire(before.clone(), after), expected);
        assert_eq!(wire(before.clone(), before), json!([]));
    }

    #[test]
    fn extensions_are_addressed_by_their_urn() {
        let before = json!({ENTERPRISE: {"organization": "A"}});
        let after = json!({ENTERPRISE: {"organization": "B", "manager": {"value": "7"}}});
        let expected = json!([
            {"op": "replace", "path": format!("{ENTERPRISE}:organization"), "value": "B"},
            {"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "7"},
        ]);
        assert_eq!(wire(before, after), expected);
    }
}
