//! Attributes of users that the tenant defined, and their values.

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::Error as _,
};
use serde_json::{Map, Value};

use crate::{
    model::{AttributeKind, FieldValue, Id, Mode, Name, Read, Reader},
    operation::{Encoding, Mistake},
};

record! {
    /// Which attributes the tenant has defined.
    pub struct AttributeSchema {
        /// The attributes.
        columns: Vec<AttributeColumn> = "Columns",
        /// Indexes, in a form that was not recorded.
        indexes: Vec<Value> = "Indexes",
        /// How many attributes there may be.
        column_limit: Option<i64> = "ColumnLimit",
        /// How many indexes there may be.
        index_limit: Option<i64> = "IndexLimit",
    }
}

record! {
    /// An attribute that the tenant has defined.
    pub struct AttributeColumn {
        /// Name under which values are read and set. It begins with a letter and contains an underscore.
        name: Option<String> = "Name",
        /// `Text`, `Bool`, `Int`, or another kind whose word was not recorded.
        r#type: Option<AttributeKind> = "Type",
        /// Display name.
        title: Option<String> = "Title",
        /// Free text.
        description: Option<String> = "Description",
        /// Whether users may change their own value.
        user_editable: Option<bool> = "UserEditable",
    }
}

impl AttributeColumn {
    /// An attribute of this name and kind.
    pub fn new(name: impl Into<String>, kind: impl Into<AttributeKind>) -> Self {
        Self {
            name: Some(name.into()),
            r#type: Some(kind.into()),
            ..Self::default()
        }
    }
}

record! {
    /// Values of the attributes that the tenant defined, under their own names.
    pub struct AttributeValues {}
}

impl Deref for AttributeValues {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.extra
    }
}

/// The attributes of a schema. Callers see a list, as the service returns it; they are sent as an object keyed by name.
///
/// They go back as they were read, unknown members included; so a member that is misspelled is not noticed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns(Vec<AttributeColumn>);

impl From<Vec<AttributeColumn>> for Columns {
    fn from(columns: Vec<AttributeColumn>) -> Self {
        Self(columns)
    }
}

impl FromIterator<AttributeColumn> for Columns {
    fn from_iter<I: IntoIterator<Item = AttributeColumn>>(columns: I) -> Self {
        Self(columns.into_iter().collect())
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut keyed = Map::new();
        for column in &self.0 {
            let mut column = column.clone();
            let name = column.name.take().filter(|name| !name.trim().is_empty());
            let name = name.ok_or_else(|| S::Error::custom("every column needs a `Name`"))?;
            if column.r#type.is_none() {
                return Err(S::Error::custom(format_args!("`{name}` needs a `Type`")));
            }
            let column = serde_json::to_value(column).map_err(S::Error::custom)?;
            if keyed.insert(name.clone(), column).is_some() {
                return Err(S::Error::custom(format_args!("`{name}` is there twice")));
            }
        }
        keyed.serialize(serializer)
    }
}

impl FieldValue for Columns {
    fn read<'de, D: Deserializer<'de>>(d: D, _: Mode) -> Result<Read<Self>, D::Error> {
        d.deserialize_any(ColumnsVisitor).map(Read::Value)
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        false
    }
}

struct ColumnsVisitor;

impl<'de> Visitor<'de> for ColumnsVisitor {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of columns, or an object of them by name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Columns, A::Error> {
        let mut columns = Vec::new();
        while let Some(read) = items.next_element_seed(column())? {
            columns.push(object(read)?);
        }
        Ok(Columns(columns))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
        let mut columns = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let mut column = object(map.next_value_seed(column())?)?;
            column.name = Some(name);
            columns.push(column);
        }
        Ok(Columns(columns))
    }
}

fn column() -> Reader<AttributeColumn> {
    Reader::new(Mode::Tolerant)
}

fn object<E: Error>(read: Read<AttributeColumn>) -> Result<AttributeColumn, E> {
    match read {
        Read::Value(column) => Ok(column),
        Read::Absent | Read::Other(_) => Err(E::custom("a column is an object")),
    }
}

impl JsonSchema for Columns {
    fn schema_name() -> Cow<'static, str> {
        Vec::<AttributeColumn>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<AttributeColumn>::json_schema(generator);
        let column = schema.get("items").cloned();
        let sent = serde_json::json!({ "type": "object", "additionalProperties": column });
        schema.insert("x-sent".to_owned(), sent);
        schema
    }
}

request! {
    /// Arguments of [`get_schema`](Attributes::get_schema).
    pub struct GetSchema sent by on_users {
        /// Table. By default `Users`, the only one that is documented.
        #[schemars(extend("x-always-sent" = true))]
        table: Option<Name> = "Table",
    }
}

request! {
    /// Arguments of [`update_schema`](Attributes::update_schema).
    pub struct UpdateSchema sent by without_deletion {
        /// Table. By default `Users`, the only one that is documented.
        #[schemars(extend("x-always-sent" = true))]
        table: Option<Name> = "Table",
        /// All attributes that should exist, including those that already do.
        columns: Columns = "Columns",
        /// Allows the service to drop attributes, with their values, that are not among `columns`. False by default, which
        /// is sent to the service.
        #[schemars(extend("x-always-sent" = true))]
        allow_delete: Option<bool> = "AllowDelete",
    }
}

request! {
    /// Arguments of [`get`](Attributes::get).
    pub struct GetAttributes sent by on_users {
        /// Table. By default `Users`, the only one that is documented.
        #[schemars(extend("x-always-sent" = true))]
        table: Option<Name> = "Table",
        /// Id of the user.
        id: Id = "ID",
        /// Also returns attributes without a value, as null. False by default.
        include_nulls: Option<bool> = "IncludeNulls",
    }
}

impl GetAttributes {
    /// Of the user `id`.
    pub fn of(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`set`](Attributes::set).
    pub struct SetAttributes sent by on_users {
        /// Table. By default `Users`, the only one that is documented.
        #[schemars(extend("x-always-sent" = true))]
        table: Option<Name> = "Table",
        /// Id of the user.
        id: Id = "ID",
        /// New values by name of the attribute, of the kind that the schema says. Null clears; what is left out stays.
        columns: Map<String, Value> = "Columns",
    }
}

impl SetAttributes {
    /// Sets these values of the user `id`.
    pub fn new(id: impl Into<Id>, columns: Map<String, Value>) -> Self {
        Self {
            id: id.into(),
            columns,
            ..Self::default()
        }
    }
}

fn on_users<T>(_: &T, mut fields: Map<String, Value>) -> Result<Map<String, Value>, Mistake> {
    fields.entry("Table").or_insert_with(|| "Users".into());
    Ok(fields)
}

/// Sources differ on what happens to attributes that are left out when nothing is said about it.
fn without_deletion(
    request: &UpdateSchema,
    fields: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    let mut fields = on_users(request, fields)?;
    fields.entry("AllowDelete").or_insert(Value::Bool(false));
    Ok(fields)
}

operations! {
    /// Attributes of users that the tenant defined, and their values.
    "attributes" as Attributes;

    /// Reads which attributes the tenant has defined.
    get_schema(GetSchema: ()) -> AttributeSchema {
        Post "/ExtData/GetSchema", Encoding::Json, Safe, Read,
        ids: ["post_get_schema_identity_api_reference"],
        permission: "System administrator, User Management right, or a user for itself",
        confidence: High, "",
    }

    /// Replaces the attributes that the tenant has defined: read the schema, add to it, send it back.
    ///
    /// Too many attributes are answered with `success: false`.
    update_schema(UpdateSchema) -> () {
        Post "/ExtData/UpdateSchema", Encoding::Json, Idempotent, Write,
        ids: ["post_add_additional_attributes_to_tenant_schema"],
        permission: "System administrator",
        confidence: Medium, "What happens to an attribute that is left out, without leave to delete it, is not known; nor are the words for decimal numbers and dates.",
    }

    /// Reads the values that a user has of these attributes.
    get(GetAttributes) -> AttributeValues {
        Post "/ExtData/GetColumns", Encoding::Json, Safe, Read,
        ids: ["post_additional_attributes_identity"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "How a date is written was not recorded; it is kept as it comes.",
    }

    /// Sets values that a user has of these attributes.
    ///
    /// An attribute that is not defined, and a value of another kind, are answered with `success: false`.
    set(SetAttributes) -> () {
        Post "/ExtData/SetColumns", Encoding::Json, Idempotent, Write,
        ids: ["post_set_additional_attributes_for_cyberark_identity_user"],
        permission: "System administrator, User Management right, or the user itself for what it may edit",
        confidence: High, "Texts of failures were not recorded.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(columns: Value) -> Result<Value, String> {
        match Columns::read(columns, Mode::Strict) {
            Ok(Read::Value(columns)) => serde_json::to_value(columns).map_err(|e| e.to_string()),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn columns_are_a_list_or_keyed_and_are_sent_keyed() {
        let keyed = json!({"Cost_Center": {"Type": "Text", "Indexed": true}});
        assert_eq!(sent(keyed.clone()), Ok(keyed.clone()));
        let list = json!([{"Name": "Cost_Center", "Type": "Text", "Indexed": true}]);
        assert_eq!(sent(list), Ok(keyed));
    }

    #[test]
    fn columns_without_name_or_kind_and_doubles_are_refused() {
        let twice = json!({"Name": "a_b", "Type": "Text"});
        for columns in [
            json!([{"Type": "Text"}]),
            json!([{"Name": "a_b"}]),
            json!([twice, twice]),
            json!(["a_b"]),
            json!("a_b"),
        ] {
            assert!(sent(columns.clone()).is_err(), "{columns}");
        }
    }
}
