//! Equality and hashes of JSON values: members in any order, numbers by value.

use std::hash::{DefaultHasher, Hash, Hasher};

use sonic_rs::{JsonContainerTrait, JsonType, JsonValueTrait, Value};

pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a.get_type(), b.get_type()) {
        (JsonType::Object, JsonType::Object) => same_objects(a, b).unwrap_or(false),
        (JsonType::Array, JsonType::Array) => match (a.as_array(), b.as_array()) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
            }
            _ => false,
        },
        (JsonType::Number, JsonType::Number) => number(a) == number(b),
        (JsonType::String, JsonType::String) => a.as_str() == b.as_str(),
        (a_type, b_type) => a_type == b_type && a.as_bool() == b.as_bool(),
    }
}

fn same_objects(a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (a.as_object()?, b.as_object()?);
    let mut members = a.iter();
    Some(
        a.len() == b.len()
            && members.all(|(name, value)| b.get(&name).is_some_and(|other| same(value, other))),
    )
}

/// A number in a form in which equal numbers are equal: whole ones as such, others by their bits.
fn number(value: &Value) -> (Option<i128>, u64) {
    let whole = value
        .as_i64()
        .map(i128::from)
        .or(value.as_u64().map(i128::from));
    match (whole, value.as_f64()) {
        (Some(whole), _) => (Some(whole), 0),
        (None, Some(float)) if float.fract() == 0.0 && float.abs() < 2f64.powi(63) => {
            (Some(float as i128), 0)
        }
        (None, float) => (None, float.unwrap_or_default().to_bits()),
    }
}

/// Equal values have equal hashes.
pub(crate) fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value.get_type() {
        JsonType::Object => {
            let members = value.as_object().into_iter().flatten();
            // Their order does not count, so their hashes are added up.
            let sum = members.fold(0u64, |sum, (name, value)| {
                let mut member = DefaultHasher::new();
                (name, hash(value)).hash(&mut member);
                sum.wrapping_add(member.finish())
            });
            (1u8, sum).hash(&mut hasher);
        }
        JsonType::Array => {
            2u8.hash(&mut hasher);
            for item in value.as_array().into_iter().flatten() {
                hash(item).hash(&mut hasher);
            }
        }
        JsonType::Number => (3u8, number(value)).hash(&mut hasher),
        _ => (4u8, value.as_str(), value.as_bool()).hash(&mut hasher),
    }
    hasher.finish()
}
