//! Queries in the platform's SQL.

use std::ops::Deref;

use serde_json::{Map, Value};

use super::query::QueryArgs;
use crate::{
    model::Rows,
    operation::{Encoding, Mistake},
};

record! {
    /// A row of a query: values by column, in the spelling of the query.
    pub struct QueryRow {}
}

impl Deref for QueryRow {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.extra
    }
}

request! {
    /// Arguments of [`query`](Redrock::query).
    pub struct Query from script sent by with_parameters {
        /// A `select` over tables of the platform, such as `User`, `Role` or `Event`. `:name` stands for a parameter.
        script: String = "Script",
        /// Values for the `:name`s of the script: texts, whole numbers, true and false. They are put in as literals, so that
        /// no text can end its quotes. Not sent by itself.
        #[schemars(extend("x-sent" = false))]
        parameters: Option<Map<String, Value>> = "parameters",
        /// Paging and sorting.
        args: Option<QueryArgs> = "Args",
    }
}

impl Query {
    /// Sets the parameter `:name`.
    #[must_use]
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let parameters = self.parameters.get_or_insert_default();
        parameters.insert(name.into(), value.into());
        self
    }

    /// Pages and sorts.
    #[must_use]
    pub fn args(mut self, args: QueryArgs) -> Self {
        self.args = Some(args);
        self
    }
}

fn with_parameters(
    request: &Query,
    mut fields: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    fields.shift_remove("parameters");
    if request.script.trim().is_empty() {
        return Err(Mistake::new("Script", "must not be blank"));
    }
    if let Some(parameters) = &request.parameters {
        let script = filled(&request.script, parameters)?;
        fields.insert("Script".to_owned(), script.into());
    }
    Ok(fields)
}

/// The script with its parameters as literals. What stands between quotes is left alone.
fn filled(script: &str, parameters: &Map<String, Value>) -> Result<String, Mistake> {
    let mut text = String::with_capacity(script.len());
    let mut unused: Vec<&str> = parameters.keys().map(String::as_str).collect();
    let mut rest = script;
    while let Some(at) = rest.find(['\'', '"', ':']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let end = if let Some(name) = found.strip_prefix(':') {
            let name = &name[..end_of_name(name)];
            text.push_str(&value_of(name, parameters)?);
            unused.retain(|unused| *unused != name);
            name.len() + 1
        } else {
            let end = end_of_quotes(found)?;
            text.push_str(&found[..end]);
            end
        };
        rest = &found[end..];
    }
    text.push_str(rest);
    match unused.first() {
        Some(name) => {
            let problem = "does not occur in the script";
            Err(Mistake::new(format!("parameters.{name}"), problem))
        }
        None => Ok(text),
    }
}

fn end_of_name(text: &str) -> usize {
    let outside = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    text.find(outside).unwrap_or(text.len())
}

fn end_of_quotes(text: &str) -> Result<usize, Mistake> {
    let end = text[1..].find(&text[..1]);
    end.map(|end| end + 2)
        .ok_or_else(|| Mistake::new("Script", "has a quote that does not end"))
}

fn value_of(name: &str, parameters: &Map<String, Value>) -> Result<String, Mistake> {
    let Some(value) = parameters.get(name) else {
        let problem = format!("`:{name}` has no value among the parameters");
        return Err(Mistake::new("Script", problem));
    };
    literal(value).map_err(|problem| Mistake::new(format!("parameters.{name}"), problem))
}

/// A value as SQL writes it: quotes in a text are doubled.
fn literal(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) if text.contains('\0') => Err("must not contain a null character"),
        Value::String(text) => Ok(format!("'{}'", text.replace('\'', "''"))),
        Value::Bool(truth) => Ok(u8::from(*truth).to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(number.to_string()),
        _ => Err("must be a text, a whole number, true or false"),
    }
}

operations! {
    /// Queries in the platform's SQL.
    "redrock" as Redrock;

    /// Runs a query and returns one page of its rows.
    ///
    /// Without paging the service decides how many rows it returns; it also returns the total number of rows. A script that is
    /// not understood is answered with `success: false`.
    query(Query) -> Rows<QueryRow> {
        Post "/Redrock/Query", Encoding::Json, Safe, Read,
        ids: [],
        permission: "What is found depends on the rights of the caller",
        confidence: High, "That a quote is doubled inside a text, as in other SQL, and that true is 1, is inferred.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled_with(script: &str, parameters: Value) -> Result<String, String> {
        let Value::Object(parameters) = parameters else {
            panic!("not an object");
        };
        filled(script, &parameters).map_err(|mistake| mistake.field)
    }

    #[test]
    fn no_value_leaves_its_quotes() {
        let script = "select ID from User where Username = :name and Kind = ':name' limit :count";
        let filled = filled_with(script, json!({"name": "o'brien' or '1'='1", "count": 7}));
        let expected = "select ID from User where Username = 'o''brien'' or ''1''=''1' \
                        and Kind = ':name' limit 7";
        assert_eq!(filled.as_deref(), Ok(expected));
    }

    #[test]
    fn a_value_that_looks_like_a_parameter_is_a_value() {
        let filled = filled_with(":a :b", json!({"a": ":b", "b": true}));
        assert_eq!(filled.as_deref(), Ok("':b' 1"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let cases = [
            (":a", json!({}), "Script"),
            ("'it", json!({"a": 1}), "Script"),
            ("x", json!({"a": 1}), "parameters.a"),
            (":a", json!({"a": 1.5}), "parameters.a"),
            (":a", json!({"a": [1]}), "parameters.a"),
            (":a", json!({"a": null}), "parameters.a"),
            (":a", json!({"a": "\0"}), "parameters.a"),
        ];
        for (script, parameters, field) in cases {
            assert_eq!(filled_with(script, parameters), Err(field.to_owned()));
        }
    }
}
