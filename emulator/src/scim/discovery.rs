//! What the SCIM surface says about itself.
//!
//! The service also lists its privileged-access types (containers and their permissions); they are not emulated, so
//! they are not listed here either.

use http::StatusCode;
use serde_json::{Value, json};

use super::error::resource;
use super::list::{MAX_RESULTS, Page, list};
use super::render::Setting;
use super::{CUSTOM_SCHEMA, ENTERPRISE_SCHEMA, GROUP_SCHEMA, ScimError, ScimResult, USER_SCHEMA};
use crate::call::Call;
use crate::routing::{Route, scim_read};
use crate::state::Directory;
use crate::state::rights::Needs;

pub(crate) const ROUTES: &[Route] = &[
    scim_read(
        "/scim/ServiceProviderConfig",
        Needs::SignedIn,
        service_provider_config,
    ),
    scim_read("/scim/ResourceTypes", Needs::SignedIn, resource_types),
    scim_read("/scim/ResourceTypes/{id}", Needs::SignedIn, resource_type),
    scim_read("/scim/Schemas", Needs::SignedIn, schemas),
    scim_read("/scim/Schemas/{id}", Needs::SignedIn, schema),
];

const LINKED_OBJECT_SCHEMA: &str = "urn:ietf:params:scim:schemas:pam:1.0:LinkedObject";

/// Sorting is said not to be supported although it works, as the service does.
fn service_provider_config(_directory: &Directory, call: &Call<'_>) -> ScimResult {
    unfiltered(call)?;
    let setting = Setting::of(call);
    let location = setting.location_of_only("ServiceProviderConfig");
    let config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 1, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A bearer token that the tenant's OAuth2 application issued",
        }],
        "meta": setting.meta("ServiceProviderConfig", location),
    });
    resource(StatusCode::OK, &config)
}

fn types(call: &Call<'_>) -> Vec<Value> {
    let setting = Setting::of(call);
    let kind = |name: &str, endpoint: &str, schema: &str, extensions: &[&str]| {
        let extensions: Vec<Value> = extensions
            .iter()
            .map(|schema| json!({ "schema": schema, "required": false }))
            .collect();
        json!({
            "name": name,
            "endpoint": endpoint,
            "schema": schema,
            "schemaExtensions": extensions,
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "meta": setting.meta("ResourceType", setting.location("ResourceTypes", name)),
        })
    };
    vec![
        kind(
            "User",
            "/Users",
            USER_SCHEMA,
            &[ENTERPRISE_SCHEMA, CUSTOM_SCHEMA, LINKED_OBJECT_SCHEMA],
        ),
        kind("Group", "/Groups", GROUP_SCHEMA, &[LINKED_OBJECT_SCHEMA]),
    ]
}

fn resource_types(_directory: &Directory, call: &Call<'_>) -> ScimResult {
    unfiltered(call)?;
    whole_list(call, types(call))
}

fn resource_type(_directory: &Directory, call: &Call<'_>) -> ScimResult {
    let id = call.path_value(0);
    let found = types(call).into_iter().find(|kind| kind["id"] == id);
    let kind = found.ok_or_else(|| {
        ScimError::new(
            StatusCode::NOT_FOUND,
            None,
            format!("Resource type {id} not found"),
        )
    })?;
    resource(StatusCode::OK, &kind)
}

/// Name, description where there is one, attributes and id of each schema.
fn definitions() -> Result<Vec<Value>, ScimError> {
    serde_json::from_str(include_str!("schemas.json"))
        .map_err(|error| ScimError::new(StatusCode::INTERNAL_SERVER_ERROR, None, error.to_string()))
}

/// The location ends in the id as it was asked for.
fn with_meta(call: &Call<'_>, mut schema: Value, id: &str) -> Result<Value, ScimError> {
    let setting = Setting::of(call);
    let meta = setting.meta("Schema", setting.location("Schemas", id));
    schema["meta"] = serde_json::to_value(meta).map_err(|error| {
        ScimError::new(StatusCode::INTERNAL_SERVER_ERROR, None, error.to_string())
    })?;
    Ok(schema)
}

fn schemas(_directory: &Directory, call: &Call<'_>) -> ScimResult {
    unfiltered(call)?;
    let schemas = definitions()?
        .into_iter()
        .map(|schema| {
            let id = schema["id"].as_str().unwrap_or_default().to_owned();
            with_meta(call, schema, &id)
        })
        .collect::<Result<Vec<_>, _>>()?;
    whole_list(call, schemas)
}

/// By URN or short name. For any other id the service fails with the message of a null reference.
fn schema(_directory: &Directory, call: &Call<'_>) -> ScimResult {
    let id = call.path_value(0);
    let same = |known: &Value| {
        known
            .as_str()
            .is_some_and(|known| known.eq_ignore_ascii_case(id))
    };
    let found = definitions()?
        .into_iter()
        .find(|schema| same(&schema["id"]) || same(&schema["name"]));
    match found {
        Some(schema) => resource(StatusCode::OK, &with_meta(call, schema, id)?),
        None => Err(ScimError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            None,
            "Object reference not set to an instance of an object. ".to_owned(),
        )),
    }
}

/// Discovery is not filtered: RFC 7644, section 4. What the service says to a filter here is not known.
fn unfiltered(call: &Call<'_>) -> Result<(), ScimError> {
    match call.query.get("filter") {
        None => Ok(()),
        Some(_) => Err(ScimError::new(
            StatusCode::FORBIDDEN,
            None,
            "This list cannot be filtered.".to_owned(),
        )),
    }
}

fn whole_list(call: &Call<'_>, items: Vec<Value>) -> ScimResult {
    let everything = Page {
        start_index: 1,
        count: items.len(),
    };
    list(call, everything, items.len(), items)
}
