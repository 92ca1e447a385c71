//! An OpenAPI document of all operations, for tools that read one.

use cyberark_identity::{
    Shape,
    operation::{Encoding, Meta},
};
use serde_json::{Map, Value, json};

use crate::{
    ir::{Api, Field, Kind, Operation, Record, Sent, Words},
    output::{File, MARK},
};

const JSON: &str = "application/json";

/// # Errors
/// What cannot be written as JSON.
pub fn file(api: &Api) -> Result<File, String> {
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CyberArk Identity",
            "description": format!("The operations that the SDK knows. {MARK}"),
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{
            "url": "https://{tenant}.id.cyberark.cloud",
            "variables": { "tenant": { "default": "abc1234" } },
        }],
        "security": [{ "bearer": [] }],
        "paths": paths(api)?,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas(api),
        },
    });
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    // What comes from the registry as a schema names others where JSON Schema keeps them.
    let text = text.replace("\"#/$defs/", "\"#/components/schemas/");
    Ok(File::new("docs/openapi.json", text + "\n"))
}

fn paths(api: &Api) -> Result<Map<String, Value>, String> {
    let mut paths = Map::new();
    for operation in api.groups.iter().flat_map(|group| &group.operations) {
        let meta = operation.meta;
        let methods = paths
            .entry(meta.route())
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .ok_or("a path is not an object")?;
        let verb = meta.verb.as_str().to_ascii_lowercase();
        match methods.get_mut(&verb) {
            // The format has one entry for a method and path. The first operation is the general one.
            Some(first) => first["x-also"] = json!(meta.name),
            None => {
                methods.insert(verb, one(operation));
            }
        }
    }
    Ok(paths)
}

fn one(operation: &Operation) -> Value {
    let meta = operation.meta;
    let (parameters, body) = split(operation);
    let mut object = json!({
        "operationId": meta.name,
        "tags": [meta.name.rsplit_once('.').map_or(meta.name, |(group, _)| group)],
        "summary": operation.doc.lines().next().unwrap_or_default(),
        "description": format!("{}\n\nPermission: {}.", operation.doc, meta.permission),
        "parameters": parameters,
        "responses": responses(operation),
        "x-catalogue-ids": meta.ids,
        "x-confidence": meta.confidence.as_str(),
    });
    if let Some(body) = body {
        object["requestBody"] = body;
    }
    object
}

/// What of the arguments stands in the path and the query, and the body that the others make.
fn split(operation: &Operation) -> (Vec<Value>, Option<Value>) {
    let meta = operation.meta;
    let (path, pairs) = meta.path.split_once('?').unwrap_or((meta.path, ""));
    let mut parameters: Vec<Value> = Vec::new();
    let mut rest: Vec<&Field> = Vec::new();
    for pair in pairs.split('&').filter_map(|pair| pair.split_once('=')) {
        if !pair.1.starts_with('{') {
            let schema = json!({ "type": "string", "const": pair.1 });
            parameters
                .push(json!({ "name": pair.0, "in": "query", "required": true, "schema": schema }));
        }
    }
    for argument in &operation.arguments {
        let place = format!("{{{}}}", argument.wire);
        let named = pairs
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(_, value)| *value == place);
        if path.contains(&place) {
            parameters.push(parameter(argument, "path", &argument.wire));
        } else if let Some((name, _)) = named {
            parameters.push(parameter(argument, "query", name));
        } else if meta.encoding == Encoding::Query {
            parameters.push(parameter(argument, "query", &argument.wire));
        } else {
            rest.push(argument);
        }
    }
    (parameters, body(meta, &rest))
}

fn parameter(argument: &Field, place: &str, name: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": place == "path" || argument.required,
        "description": argument.doc,
        "schema": schema(&argument.kind),
    })
}

fn body(meta: &Meta, fields: &[&Field]) -> Option<Value> {
    let (media_type, schema) = match meta.encoding {
        Encoding::None | Encoding::Query => return None,
        Encoding::Json => (JSON, sent(fields)),
        Encoding::Scim(urn) => (JSON, with_schemas(sent(fields), urn)),
        Encoding::ScimResource { urn, needs } => {
            let resource = fields.first().map(|field| schema(&field.kind));
            let base = json!({ "type": "object", "required": [needs] });
            (
                JSON,
                json!({ "allOf": [resource, with_schemas(base, urn)] }),
            )
        }
        Encoding::Multipart(part) => {
            let mut form = sent(fields);
            if let Some(name) = part.repeated_in {
                require(&mut form, name);
            }
            ("multipart/form-data", form)
        }
    };
    Some(json!({ "required": true, "content": { media_type: { "schema": schema } } }))
}

fn with_schemas(mut object: Value, urn: &str) -> Value {
    object["properties"]["schemas"] =
        json!({ "type": "array", "items": { "type": "string" }, "contains": { "const": urn } });
    require(&mut object, "schemas");
    object
}

fn require(object: &mut Value, name: &str) {
    match object["required"].as_array_mut() {
        Some(required) => required.push(json!(name)),
        None => object["required"] = json!([name]),
    }
}

/// The body that these arguments make.
fn sent(fields: &[&Field]) -> Value {
    let written = |field: &&&Field| matches!(field.sent, Sent::AsGiven | Sent::As(_));
    let mut object = object(fields.iter().filter(written).copied());
    let beside = fields
        .iter()
        .find(|field| matches!(field.sent, Sent::Beside));
    if let Some(beside) = beside {
        object["additionalProperties"] = json!({ "description": beside.doc });
    }
    object
}

fn object<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut property = match &field.sent {
            Sent::As(schema) => schema.clone(),
            _ => schema(&field.kind),
        };
        if field.nullable {
            property = json!({ "anyOf": [property, { "type": "null" }] });
        }
        if let Some(property) = property.as_object_mut().filter(|_| !field.doc.is_empty()) {
            property.insert("description".to_owned(), json!(field.doc));
        }
        properties.insert(field.wire.clone(), property);
        if field.required || field.always_sent {
            required.push(&field.wire);
        }
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn schema(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Words(words) => json!({ "type": "string", "enum": words }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::File => json!({ "type": "string", "contentMediaType": "application/octet-stream" }),
        Kind::Any => json!({}),
        Kind::Object => json!({ "type": "object" }),
        Kind::Known(name) | Kind::Record(name) => {
            json!({ "$ref": format!("#/components/schemas/{name}") })
        }
        Kind::List(item) => json!({ "type": "array", "items": schema(item) }),
    }
}

fn schemas(api: &Api) -> Map<String, Value> {
    let record = |record: &Record| {
        let mut schema = object(&record.fields);
        schema["description"] = json!(record.doc);
        (record.name.clone(), schema)
    };
    let words = |words: &Words| {
        let known: Vec<&str> = words.words.iter().map(|word| word.wire.as_str()).collect();
        let schema = json!({ "type": "string", "description": words.doc, "examples": known });
        (words.name.clone(), schema)
    };
    let records = api.records.iter().map(record);
    records.chain(api.words.iter().map(words)).collect()
}

fn responses(operation: &Operation) -> Value {
    let meta = operation.meta;
    let item = operation.item.as_ref();
    let item = item.map_or(json!({}), |name| schema(&Kind::Record(name.clone())));
    let told = |description: &str, schema: Value| json!({ "description": description, "content": { JSON: { "schema": schema } } });
    if meta.is_scim() {
        let success = match operation.shape() {
            Shape::Nothing => json!({ "description": "Done." }),
            Shape::List => told(
                "One page.",
                json!({ "type": "object", "properties": {
                "totalResults": { "type": "integer" },
                "startIndex": { "type": "integer" },
                "itemsPerPage": { "type": "integer" },
                "Resources": { "type": "array", "items": item },
            } }),
            ),
            _ => told("The resource.", item),
        };
        let failure = told(
            "A SCIM error.",
            json!({ "type": "object", "properties": {
            "status": { "type": "string" },
            "scimType": { "type": "string" },
            "detail": { "type": "string" },
        } }),
        );
        return json!({ "2XX": success, "4XX": failure, "5XX": failure });
    }
    let envelope = json!({ "type": "object", "properties": {
        "success": { "type": "boolean" },
        "Result": {},
        "Message": { "type": ["string", "null"] },
        "MessageID": { "type": ["string", "null"] },
    } });
    json!({
        "200": told("The result, or `success: false` with a message.", envelope),
        "401": { "description": "The token is missing or not valid. A page, not JSON." },
    })
}
