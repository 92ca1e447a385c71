//! Whatever a text holds, it arrives as it was sent and means nothing else on the way.

use cyberark_identity::{
    CallOptions, Client, ErrorKind, File, Filter, Operator, StaticToken,
    ops::onboarding::SubmitCsv,
    ops::scim::{
        PatchOperation,
        users::{CreateUser, Email, GetUser, PatchUser, QueryUsers},
    },
};
use cyberark_identity_emulator::{Emulator, Options};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::{Builder, Runtime};

struct Tenant {
    emulator: Emulator,
    client: Client,
    runtime: Runtime,
}

fn tenant() -> Tenant {
    let emulator = Emulator::start(Options::default()).unwrap();
    let auth = StaticToken::new(&emulator.description().token).unwrap();
    let client = Client::builder(&emulator.description().url)
        .auth(auth)
        .build()
        .unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Tenant {
        emulator,
        client,
        runtime,
    }
}

fn check<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    test: impl Fn(T) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&strategy, test).unwrap();
}

/// Any text, with the letters that mean something to filters, JSON and addresses more often than by chance.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        "\"", "\\", "'", " or ", "%", "/", "&", "#", "\u{0}", "\n", "Ω", "😀",
    ]);
    prop::collection::vec(
        prop_oneof![
            special.prop_map(str::to_owned),
            any::<char>().prop_map(String::from)
        ],
        1..12,
    )
    .prop_map(|parts| parts.concat())
}

fn name(number: u64) -> String {
    format!("round.trip.{number}@acme.example")
}

#[test]
fn a_filter_finds_the_value_and_nothing_else() {
    let tenant = tenant();
    let numbers = std::cell::Cell::new(0);
    check(text(), |value| {
        numbers.set(numbers.get() + 1);
        let users = tenant.client.scim().users();
        let found = tenant.runtime.block_on(async {
            let email = Email {
                value: Some(value.clone()),
                ..Email::default()
            };
            let new = CreateUser {
                user_name: name(numbers.get()).into(),
                emails: vec![email],
                ..CreateUser::default()
            };
            let made = users.create(new).await?;
            let filter = Filter::new("emails.value", Operator::Equals, &value);
            let page = users
                .query(QueryUsers {
                    filter: Some(filter),
                    ..QueryUsers::default()
                })
                .await?;
            users.delete(made.id.as_deref().unwrap_or_default()).await?;
            Ok::<_, cyberark_identity::Error>(page)
        });
        let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].emails[0].value.as_deref(), Some(value.as_str()));
        Ok(())
    });
}

#[test]
fn a_patched_value_is_read_back() {
    let tenant = tenant();
    let users = tenant.client.scim().users();
    let new = CreateUser {
        user_name: name(1).into(),
        ..CreateUser::default()
    };
    let id = tenant
        .runtime
        .block_on(users.create(new))
        .unwrap()
        .id
        .unwrap();
    check(text(), |value| {
        let patch = PatchUser::new(
            id.as_str(),
            vec![PatchOperation::replace("displayName", value.as_str())],
        );
        let read = tenant.runtime.block_on(async {
            users.patch(patch).await?;
            users.get(id.as_str()).await
        });
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.display_name, Some(value));
        Ok(())
    });
}

/// A path that is not an attribute is refused by the service; none reaches another attribute.
#[test]
fn a_patch_path_names_what_it_says_and_nothing_else() {
    let tenant = tenant();
    let users = tenant.client.scim().users();
    let new = CreateUser {
        user_name: name(2).into(),
        display_name: Some("Untouched".to_owned()),
        ..CreateUser::default()
    };
    let made = tenant.runtime.block_on(users.create(new)).unwrap();
    let id = made.id.clone().unwrap();
    check(text(), |path| {
        tenant.emulator.clear_requests();
        let change = PatchOperation::replace(path.as_str(), "changed");
        let patch = PatchUser::new(id.as_str(), vec![change]);
        let outcome = tenant.runtime.block_on(users.patch(patch));
        prop_assert!(outcome.is_err());
        for request in tenant.emulator.requests() {
            let sent = &request.body["Operations"][0]["path"];
            prop_assert_eq!(sent.as_str(), Some(path.as_str()));
        }
        let read = tenant.runtime.block_on(users.get(id.as_str())).unwrap();
        prop_assert_eq!(read.display_name.as_deref(), Some("Untouched"));
        Ok(())
    });
}

#[test]
fn a_field_of_a_csv_file_is_read_back() {
    let tenant = tenant();
    let numbers = std::cell::Cell::new(0);
    // A blank field is one that is not filled.
    let filled = text().prop_filter("blank", |value| !value.trim().is_empty());
    check(filled, |value| {
        numbers.set(numbers.get() + 1);
        let login = name(numbers.get());
        let file = csv_file(&login, &value);
        let read = tenant.runtime.block_on(async {
            let client = &tenant.client;
            let uploaded = client.onboarding().upload_csv(File::of(file)).await?;
            let handle = uploaded.return_id.unwrap_or_default();
            let submit = SubmitCsv::new(handle, "hr@mail.example");
            client.onboarding().submit_csv(submit).await?;
            client.users().get_by_name(login.as_str()).await
        });
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.display_name.as_deref(), Some(value.as_str()));
        Ok(())
    });
}

fn csv_file(login: &str, display_name: &str) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(["Login Name", "Email Address", "Display Name"])
        .unwrap();
    file.write_record([login, "someone@mail.example", display_name])
        .unwrap();
    file.into_inner().unwrap()
}

#[test]
fn an_id_stays_in_its_segment() {
    let tenant = tenant();
    check(text(), |id| {
        tenant.emulator.clear_requests();
        let error = tenant
            .runtime
            .block_on(tenant.client.scim().users().get(id.as_str()))
            .unwrap_err();
        let requests = tenant.emulator.requests();
        match error.kind() {
            ErrorKind::InvalidArgument => prop_assert!(requests.is_empty()),
            ErrorKind::NotFound => {
                prop_assert_eq!(
                    &error.details().message,
                    &format!("Resource {} not found", id)
                );
                prop_assert_eq!(requests.len(), 1);
            }
            _ => return Err(TestCaseError::fail(error.to_string())),
        }
        Ok(())
    });
}

#[test]
fn a_header_arrives_as_it_was_given_or_is_refused() {
    let tenant = tenant();
    check(text(), |value| {
        let Ok(options) = CallOptions::new().header("x-round-trip", &value) else {
            return Ok(());
        };
        tenant.emulator.clear_requests();
        let request = GetUser::from("nobody");
        let _ = tenant
            .runtime
            .block_on(tenant.client.send(&request, &options));
        let seen = &tenant.emulator.requests()[0].headers["x-round-trip"];
        prop_assert_eq!(seen.trim(), value.trim());
        Ok(())
    });
}
