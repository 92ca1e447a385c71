//! Reading the JSON texts that TypeScript hands over.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with an object, and where.
pub(crate) struct Refused {
    pub(crate) path: String,
    pub(crate) problem: String,
}

/// Reads a value in two steps. In one, errors would also count the columns of a text that the caller has never seen.
pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text)
}

/// Reads an object of a known form.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    let value = parse(text).map_err(|error| Refused {
        path: String::new(),
        problem: error.to_string(),
    })?;
    serde_path_to_error::deserialize(value).map_err(|error| Refused {
        path: error.path().to_string(),
        problem: error.into_inner().to_string(),
    })
}
