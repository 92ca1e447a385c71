//! New hires, in Rust: reads a CSV file, creates the people, suspends a leaver, and meets two failures.
//!
//! Run it with `cargo run -p cyberark-identity-examples --bin new_hires`. The tenant is the embedded one.

use std::{error::Error, fs, path::Path};

use cyberark_identity::{
    Client, ClientCredentials, ErrorKind,
    ops::{
        access::SetUserState,
        organizations::CreateOrganization,
        scim::users::{CreateUser, Email, EnterpriseUser, Name, PhoneNumber, QueryUsers, User},
    },
};
use cyberark_identity_emulator::{Emulator, Options};
use serde::Deserialize;
use serde_json::json;

const HIRES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/new_hires.csv");

#[derive(Deserialize)]
struct Hire {
    given_name: String,
    family_name: String,
    user_name: String,
    email: String,
    mobile: String,
    organization: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start(Options {
        seed_users: 200,
        ..Options::default()
    })?;
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret)?;
    let client = Client::builder(&tenant.url).auth(auth).build()?;

    let created = hire(&client).await?;
    let leaver = suspend_leaver(&client).await?;
    look_at_organizations(&client).await?;
    meet_failures(&client).await?;

    let users = all_users(&client).await?;
    if let Ok(path) = std::env::var("FINAL_STATE") {
        save_state(&client, &users, Path::new(&path)).await?;
    }
    println!(
        "rust: created {created}, suspended {leaver}, met 2 failures, {} users in the end",
        users.len()
    );
    Ok(())
}

async fn hire(client: &Client) -> Result<usize, Box<dyn Error>> {
    let mut created = 0;
    for hire in csv::Reader::from_path(HIRES)?.deserialize() {
        let user = client.scim().users().create(new_user(hire?)).await?;
        println!(
            "  created {} ({})",
            text(&user.display_name),
            text(&user.user_name)
        );
        created += 1;
    }
    Ok(created)
}

fn new_user(hire: Hire) -> CreateUser {
    CreateUser {
        user_name: hire.user_name.into(),
        display_name: Some(format!("{} {}", hire.given_name, hire.family_name)),
        name: Some(Name {
            given_name: Some(hire.given_name),
            family_name: Some(hire.family_name),
            ..Name::default()
        }),
        active: Some(true),
        emails: vec![Email {
            value: Some(hire.email),
            primary: Some(true),
            ..Email::default()
        }],
        phone_numbers: vec![PhoneNumber {
            value: Some(hire.mobile),
            r#type: Some("mobile".into()),
            ..PhoneNumber::default()
        }],
        enterprise: Some(EnterpriseUser {
            organization: Some(hire.organization),
            ..EnterpriseUser::default()
        }),
        ..CreateUser::default()
    }
}

async fn suspend_leaver(client: &Client) -> Result<String, Box<dyn Error>> {
    let query = QueryUsers {
        filter: Some("userName ew \"@acme.example\"".into()),
        ..by_name()
    };
    let page = client.scim().users().query(query).await?;
    println!(
        "  {} people have a login of acme.example",
        page.total_results.unwrap_or_default()
    );
    let leaver = page
        .iter()
        .find(|user| user.active == Some(true))
        .ok_or("nobody is active")?;
    let id = text(&leaver.id);
    client
        .access()
        .set_state(SetUserState::new(id, "Disabled"))
        .await?;
    let after = client.users().get(id).await?;
    println!(
        "  suspended {}: state {}",
        text(&after.name),
        after.state.unwrap_or_default()
    );
    Ok(text(&after.name).to_owned())
}

async fn look_at_organizations(client: &Client) -> Result<(), Box<dyn Error>> {
    client.organizations().create("Spring Intake").await?;
    for organization in client.organizations().list().await? {
        println!("  organization {}", text(&organization.name));
    }
    Ok(())
}

async fn meet_failures(client: &Client) -> Result<(), Box<dyn Error>> {
    let twice = CreateUser {
        user_name: "ana.ruiz@acme.example".into(),
        ..CreateUser::default()
    };
    let taken = client.scim().users().create(twice).await;
    let again = client
        .organizations()
        .create(CreateOrganization::from("Spring Intake"))
        .await;
    for error in [taken.err(), again.err()] {
        let error = error.ok_or("a duplicate was accepted")?;
        if error.kind() != ErrorKind::Conflict {
            return Err(error.into());
        }
        println!(
            "  refused with HTTP {}: {error}",
            error.details().status.unwrap_or_default()
        );
    }
    Ok(())
}

async fn all_users(client: &Client) -> Result<Vec<User>, Box<dyn Error>> {
    let mut users = Vec::new();
    let mut items = client.scim().users().iter(by_name())?;
    while let Some(user) = items.next().await? {
        users.push(user);
    }
    Ok(users)
}

fn by_name() -> QueryUsers {
    QueryUsers {
        sort_by: Some("userName".into()),
        ..QueryUsers::default()
    }
}

/// What is in the tenant, for `make demo` to compare.
async fn save_state(client: &Client, users: &[User], path: &Path) -> Result<(), Box<dyn Error>> {
    let organizations = client.organizations().list().await?;
    let mut organizations: Vec<_> = organizations
        .iter()
        .map(|one| text(&one.name).to_owned())
        .collect();
    organizations.sort();
    let users: Vec<_> = users
        .iter()
        .map(|user| {
            json!([
                user.user_name,
                user.display_name,
                user.active,
                user.emails.first().map(|one| &one.value)
            ])
        })
        .collect();
    fs::write(
        path,
        json!({ "organizations": organizations, "users": users }).to_string(),
    )?;
    Ok(())
}

fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("-")
}
