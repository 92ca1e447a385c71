//! A tenant in a file: what was answered is there after a stop, and a file that cannot be used is refused.
#![allow(clippy::unwrap_used, clippy::panic)] // tests

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Tenant, start_with};
use cyberark_identity_emulator::{Emulator, Options};
use serde_json::{Value, json};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("emulator-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("tenant.state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn options(file: &Path) -> Options {
    Options {
        seed_users: 30,
        state: Some(file.to_owned()),
        ..Options::default()
    }
}

fn refusal(file: &Path) -> String {
    Emulator::start(options(file)).unwrap_err().to_string()
}

/// Everything of a list but its times.
fn listed(tenant: &Tenant, path: &str) -> Vec<Value> {
    let mut resources = tenant.get(path).json()["Resources"].take();
    for resource in resources.as_array_mut().unwrap() {
        let text = resource.to_string();
        let members = resource.as_object_mut().unwrap();
        assert!(members.remove("meta").is_some(), "{text}");
        // Addresses name the port, which is another one after a restart.
        members.retain(|_, value| !value.to_string().contains("$ref"));
    }
    resources.as_array().unwrap().clone()
}

#[test]
fn everything_is_there_after_a_restart() {
    let folder = Folder::new("restart");
    let tenant = start_with(options(&folder.file()));
    let seeded = listed(&tenant, "/scim/Users");
    let made = tenant.create_user("made@acme.example");
    let gone = seeded[9]["id"].as_str().unwrap();
    let renamed = seeded[12]["id"].as_str().unwrap();
    let path = format!("/scim/Users/{gone}");
    assert_eq!(tenant.call("DELETE", &path, None).status, 204);
    // Somebody takes the login name that was given up.
    let name = seeded[9]["userName"].as_str().unwrap();
    let user = json!({"ID": renamed, "Name": name});
    tenant.result("/CDirectoryService/ChangeUser", user);
    tenant.result("/Roles/StoreRole", json!({"Name": "Night shift"}));
    tenant.result("/Org/Create", json!({"Name": "Depot"}));
    let schema = json!({"Table": "Users", "Columns": {"Desk": {"Type": "Text"}}});
    tenant.platform("/ExtData/UpdateSchema", schema);
    let policy = json!({"user": "made@acme.example", "challenges": [["UP"], ["EMAIL"]]});
    let set = tenant.call("POST", "/_emulator/sign-in", Some(&policy));
    assert_eq!(set.status, 204, "{}", set.text());
    tenant.emulator.advance_clock(Duration::from_secs(86_400));
    let token = tenant.emulator.token_for("made@acme.example").unwrap();

    let kept = |tenant: &Tenant| {
        let schema = json!({"Table": "Users"});
        json!({
            "users": listed(tenant, "/scim/Users"),
            "groups": listed(tenant, "/scim/Groups"),
            "organizations": tenant.result("/Org/ListAll", json!({})),
            "schema": tenant.result("/ExtData/GetSchema", schema),
            "sign-in": tenant.get("/_emulator/sign-in").json()["single"],
        })
    };
    let before = kept(&tenant);
    let description = tenant.description().clone();
    drop(tenant);

    let tenant = start_with(options(&folder.file()));
    assert_eq!(kept(&tenant), before);
    assert_eq!(
        tenant.description().client_secret,
        description.client_secret
    );
    let own = tenant.call_as(&token, "GET", "/Security/WhoAmI", None);
    assert_eq!(own.json()["Result"]["UserUuid"], made.as_str());
    let clock = tenant.get("/_emulator/clock").json();
    let now: jiff::Timestamp = clock["now"].as_str().unwrap().parse().unwrap();
    let ahead = now.duration_since(jiff::Timestamp::now());
    assert!(ahead.as_secs() > 80_000, "{ahead:?}");
    // Numbers go on where they stopped: nothing that is made now takes the place of what was.
    let next = tenant.create_user("next@acme.example");
    let users = listed(&tenant, "/scim/Users");
    assert_eq!(users.last().unwrap()["id"], next.as_str());
    assert_eq!(users.len(), seeded.len() + 1);
}

#[test]
fn an_expired_token_stays_expired() {
    let folder = Folder::new("expired");
    let tenant = start_with(options(&folder.file()));
    let token = tenant.emulator.token_for("admin@acme.example").unwrap();
    let expire = tenant.call("POST", "/_emulator/tokens/expire", None);
    assert_eq!(expire.status, 204);
    drop(tenant);
    let tenant = start_with(options(&folder.file()));
    let refused = tenant.call_as(&token, "GET", "/scim/Users", None);
    assert_eq!(refused.status, 401);
}

#[test]
fn a_file_that_is_in_use_is_refused_until_it_is_free() {
    let folder = Folder::new("in-use");
    let mut first = start_with(options(&folder.file()));
    let refusal = refusal(&folder.file());
    assert!(refusal.contains("another process or tenant"), "{refusal}");
    assert!(refusal.contains("tenant.state"), "{refusal}");
    first.emulator.stop();
    drop(start_with(options(&folder.file())));
}

#[test]
fn a_file_of_somebody_else_is_refused_and_left_alone() {
    let folder = Folder::new("foreign");
    let text = "name,mail\n".repeat(500);
    std::fs::write(folder.file(), &text).unwrap();
    let refusal = refusal(&folder.file());
    assert!(refusal.contains("not made by this program"), "{refusal}");
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), text);
}

#[test]
fn a_file_of_another_format_is_refused_with_both_numbers() {
    let folder = Folder::new("format");
    drop(start_with(options(&folder.file())));
    let parts: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("parts");
    let database = redb::Database::open(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    let about = json!({"format": 99, "made_by": "7.0.0"}).to_string();
    let mut table = transaction.open_table(parts).unwrap();
    table.insert(b"about".as_slice(), about.as_bytes()).unwrap();
    drop(table);
    transaction.commit().unwrap();
    drop(database);
    let refusal = refusal(&folder.file());
    for part in ["format 99", "7.0.0", "reads format 1"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("private");
    let _tenant = start_with(options(&folder.file()));
    let mode = std::fs::metadata(folder.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
