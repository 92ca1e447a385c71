//! Attributes the tenant adds to its users: their schema and their values.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Failure, Outcome, Params, Payload};
use crate::call::{Call, member};
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::ext_schema::{COLUMN_LIMIT, ExtColumn, ExtSchema};
use crate::state::rights::Needs;
use crate::state::user::User;

pub(crate) const ROUTES: &[Route] = &[
    read("/ExtData/GetSchema", Needs::SignedIn, get_schema),
    write(
        "/ExtData/UpdateSchema",
        Needs::SystemAdministrator,
        update_schema,
    ),
    read("/ExtData/GetColumns", Needs::SignedIn, get_columns),
    write("/ExtData/SetColumns", Needs::SignedIn, set_columns),
];

const INDEX_LIMIT: usize = 5;

/// There is one table.
fn check_table(params: &Params<'_>) -> Result<(), Failure> {
    if params
        .required("Table")?
        .trim()
        .eq_ignore_ascii_case("users")
    {
        Ok(())
    } else {
        Err(Failure::not_found())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownColumn<'a> {
    title: Option<&'a str>,
    name: &'a str,
    description: Option<&'a str>,
    #[serde(rename = "Type")]
    kind: &'a str,
    user_editable: bool,
}

fn get_schema(directory: &Directory, call: &Call<'_>) -> Outcome {
    check_table(&Params::of(call)?)?;
    let columns: Vec<ShownColumn<'_>> = directory.ext_schema.columns.iter().map(shown).collect();
    Payload::of(&json!({
        "Columns": columns,
        "Indexes": [],
        "ColumnLimit": COLUMN_LIMIT,
        "IndexLimit": INDEX_LIMIT,
    }))
}

fn shown(column: &ExtColumn) -> ShownColumn<'_> {
    ShownColumn {
        title: column.title.as_deref(),
        name: &column.name,
        description: column.description.as_deref(),
        kind: &column.kind,
        user_editable: column.user_editable,
    }
}

/// The body is the whole schema. What happens to a column that is left out is not known for certain: here it is
/// dropped with its values, unless `AllowDelete` is false, and then the call is refused.
fn update_schema(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    check_table(&params)?;
    let wanted = match params.value("Columns") {
        None => return Err(Failure::missing("Columns")),
        Some(Value::Object(columns)) => columns,
        Some(other) => return Err(Failure::wrong_cast("Columns", other)),
    };
    if wanted.len() > COLUMN_LIMIT {
        return Err(Failure::refused(format!(
            "At most {COLUMN_LIMIT} columns can be added."
        )));
    }
    let columns = wanted
        .iter()
        .map(|(name, definition)| column(name, definition))
        .collect::<Result<Vec<_>, _>>()?;
    let schema = ExtSchema { columns };
    let dropped: Vec<String> = directory
        .ext_schema
        .columns
        .iter()
        .filter(|old| schema.column(&old.name).is_none())
        .map(|old| old.name.clone())
        .collect();
    if let (Some(false), Some(name)) = (params.boolean("AllowDelete")?, dropped.first()) {
        return Err(Failure::refused(format!(
            "Column {name} is missing and may not be deleted."
        )));
    }
    *directory.ext_schema = schema;
    forget_values(directory, &dropped);
    Ok(Payload::null())
}

/// A name starts with a letter; that it needs an underscore is said in one place and broken in another.
fn column(name: &str, definition: &Value) -> Result<ExtColumn, Failure> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.chars().all(plain) {
        return Err(Failure::invalid(
            "Columns",
            &format!("{name} is not the name of a column."),
        ));
    }
    let Value::Object(definition) = definition else {
        return Err(Failure::wrong_cast(name, definition));
    };
    let text = |key: &str| member(definition, key).and_then(Value::as_str);
    let kind = text("Type").ok_or_else(|| Failure::missing("Type"))?;
    let known = ["Text", "Bool", "Int"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(kind));
    Ok(ExtColumn {
        name: name.to_owned(),
        title: text("Title").map(str::to_owned),
        description: text("Description").map(str::to_owned),
        kind: known.unwrap_or(kind).to_owned(),
        user_editable: member(definition, "UserEditable")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
    })
}

fn forget_values(directory: &mut Directory, names: &[String]) {
    if names.is_empty() {
        return;
    }
    let has = |user: &&User| {
        user.rare()
            .is_some_and(|rare| names.iter().any(|name| rare.custom.contains_key(name)))
    };
    let affected: Vec<User> = directory.users.iter().filter(has).cloned().collect();
    for mut user in affected {
        for name in names {
            user.rare_mut().custom.shift_remove(name);
        }
        // The login name stays, so it cannot be taken by somebody else.
        let _ = directory.users.replace(user);
    }
}

fn get_columns(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    check_table(&params)?;
    let user = params.user(directory, "ID")?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    let with_nulls = params.boolean("IncludeNulls")?.unwrap_or_default();
    let values: Map<String, Value> = directory
        .ext_schema
        .columns
        .iter()
        .filter_map(|column| {
            let value = user.rare().and_then(|rare| rare.custom.get(&column.name));
            match value {
                Some(value) => Some((column.name.clone(), value.clone())),
                None => with_nulls.then(|| (column.name.clone(), Value::Null)),
            }
        })
        .collect();
    Payload::of(&values)
}

/// Columns that are not named keep their value.
fn set_columns(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    check_table(&params)?;
    params.required("ID")?;
    let columns = match params.value("Columns") {
        None => return Err(Failure::missing("Columns")),
        Some(Value::Object(columns)) => columns,
        Some(other) => return Err(Failure::wrong_cast("Columns", other)),
    };
    let mut user = params.user(directory, "ID")?.clone();
    call.own_or(directory, &user, Needs::ManageUsers)?;
    let values = columns.iter().map(|(name, value)| (name.as_str(), value));
    assign(directory, call, &mut user, values)?;
    super::user_changes::store(directory, call, user)
}

/// Writes values of added attributes. Null and empty text clear. Without the right to manage users only columns that
/// users may edit can be written.
pub(super) fn assign<'v>(
    directory: &Directory,
    call: &Call<'_>,
    user: &mut User,
    values: impl Iterator<Item = (&'v str, &'v Value)>,
) -> Result<(), Failure> {
    let manages = directory.allows(&call.caller_id(), Needs::ManageUsers);
    for (name, value) in values {
        let column = directory
            .ext_schema
            .column(name)
            .ok_or_else(|| Failure::invalid(name, "the tenant has no such column."))?;
        if !manages && !column.user_editable {
            return Err(Failure::not_authorized());
        }
        let custom = &mut user.rare_mut().custom;
        if value.is_null() || value.as_str().is_some_and(str::is_empty) {
            custom.shift_remove(&column.name);
            continue;
        }
        let converted = column.convert(value).ok_or_else(|| {
            Failure::invalid(
                name,
                &format!("the value does not fit the type {}.", column.kind),
            )
        })?;
        custom.insert(column.name.clone(), converted);
    }
    Ok(())
}
