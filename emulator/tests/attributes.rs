//! Attributes a tenant adds to its users.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

fn with_schema() -> Tenant {
    let tenant = start(0);
    let columns = json!({
        "Cost_Center": { "Type": "text", "Title": "Cost center" },
        "Badge_Active": { "Type": "Bool", "UserEditable": true },
        "Floor_Number": { "Type": "Int" },
    });
    tenant.result(
        "/ExtData/UpdateSchema",
        json!({ "Table": "Users", "Columns": columns }),
    );
    tenant
}

#[test]
fn the_schema_is_written_as_a_map_and_read_as_a_list() {
    let tenant = with_schema();
    let schema = tenant.result("/ExtData/GetSchema", json!({ "table": "users" }));
    assert_eq!(
        (
            &schema["ColumnLimit"],
            &schema["IndexLimit"],
            &schema["Indexes"]
        ),
        (&json!(25), &json!(5), &json!([]))
    );
    assert_eq!(
        schema["Columns"][0],
        json!({ "Title": "Cost center", "Name": "Cost_Center", "Description": null, "Type": "Text", "UserEditable": false })
    );
    assert_eq!(schema["Columns"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_schema_that_cannot_be_is_refused() {
    let tenant = with_schema();
    let fail = |body: Value| tenant.failure("/ExtData/UpdateSchema", body);
    assert!(fail(json!({ "Columns": {} })).contains("Table"));
    assert!(fail(json!({ "Table": "Users" })).contains("Columns"));
    assert!(
        fail(json!({ "Table": "Users", "Columns": { "1st": { "Type": "Text" } } })).contains("1st")
    );
    assert!(fail(json!({ "Table": "Users", "Columns": { "A_B": {} } })).contains("Type"));
    assert!(fail(json!({ "Table": "Users", "Columns": [] })).contains("casting"));
    let only = json!({ "Cost_Center": { "Type": "Text" } });
    assert!(
        fail(json!({ "Table": "Users", "Columns": only, "AllowDelete": false }))
            .contains("Badge_Active")
    );
    let many: serde_json::Map<String, Value> = (0..26)
        .map(|number| (format!("C_{number}"), json!({ "Type": "Text" })))
        .collect();
    assert!(fail(json!({ "Table": "Users", "Columns": many })).contains("25"));
    assert!(
        tenant
            .failure("/ExtData/GetSchema", json!({ "Table": "Devices" }))
            .contains("not found")
    );
}

#[test]
fn values_are_typed_merged_and_cleared() {
    let tenant = with_schema();
    let id = tenant.create_user("a@acme.example");
    let set = |columns: Value| json!({ "Table": "Users", "ID": id, "Columns": columns });
    let get = |nulls: bool| {
        tenant.result(
            "/ExtData/GetColumns",
            json!({ "Table": "users", "ID": id, "IncludeNulls": nulls }),
        )
    };
    assert_eq!(get(false), json!({}));
    tenant.result(
        "/ExtData/SetColumns",
        set(json!({ "Cost_Center": "R-1", "Badge_Active": "true", "Floor_Number": "7" })),
    );
    assert_eq!(
        get(false),
        json!({ "Cost_Center": "R-1", "Badge_Active": true, "Floor_Number": 7 })
    );
    tenant.result(
        "/ExtData/SetColumns",
        set(json!({ "Cost_Center": "", "Floor_Number": null })),
    );
    assert_eq!(
        get(true),
        json!({ "Cost_Center": null, "Badge_Active": true, "Floor_Number": null })
    );

    for wrong in [
        json!({ "Cost_Center": 7 }),
        json!({ "Floor_Number": "high" }),
        json!({ "Badge_Active": "perhaps" }),
        json!({ "Shoe_Size": 1 }),
    ] {
        let name = wrong.as_object().unwrap().keys().next().unwrap().clone();
        assert!(
            tenant
                .failure("/ExtData/SetColumns", set(wrong))
                .contains(&name)
        );
    }
    assert_eq!(get(false), json!({ "Badge_Active": true }));

    // A column that is dropped takes its values along.
    let fewer = json!({ "Cost_Center": { "Type": "Text" } });
    tenant.result(
        "/ExtData/UpdateSchema",
        json!({ "Table": "Users", "Columns": fewer }),
    );
    tenant.result(
        "/ExtData/UpdateSchema",
        json!({ "Table": "Users", "Columns": { "Badge_Active": { "Type": "Bool" } } }),
    );
    assert_eq!(get(false), json!({}));
}

#[test]
fn a_profile_update_writes_added_attributes_too() {
    let tenant = with_schema();
    let id = tenant.create_user("a@acme.example");
    tenant.result(
        "/User/UpdateProfile",
        json!({ "ID": id, "DisplayName": "A", "OfficeNumber": 34600, "Cost_Center": "R-2" }),
    );
    let user = tenant.result("/CDirectoryService/GetUser", json!({ "ID": id }));
    assert_eq!(
        (&user["DisplayName"], &user["OfficeNumber"]),
        (&json!("A"), &json!("34600"))
    );
    let columns = tenant.result("/ExtData/GetColumns", json!({ "Table": "Users", "ID": id }));
    assert_eq!(columns, json!({ "Cost_Center": "R-2" }));
    assert!(
        tenant
            .failure("/User/UpdateProfile", json!({ "ID": id, "Shoe_Size": 1 }))
            .contains("Shoe_Size")
    );
}
