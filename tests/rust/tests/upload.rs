//! Files against a real server: from memory and from a path, once more after a failure, and what comes of them.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use cyberark_identity::{
    Client, ClientCredentials, ErrorKind, File,
    ops::{
        onboarding::{SubmitCsv, UploadCsv},
        users::SetPicture,
    },
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn start() -> (Emulator, Client) {
    let emulator = Emulator::start(Options {
        seed_users: 1,
        ..Options::default()
    })
    .unwrap();
    let tenant = emulator.description();
    let auth =
        ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret).unwrap();
    let client = Client::builder(&tenant.url).auth(auth).build().unwrap();
    (emulator, client)
}

/// A file that is gone when the test is.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn uploads(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let upload = |path: &str| path.eq_ignore_ascii_case("/CDirectoryService/GetUsersFromCsvFile");
    requests
        .iter()
        .filter(|request| upload(&request.path))
        .count()
}

/// Large enough that it goes out in many blocks.
fn people(count: usize) -> String {
    let rows = (0..count).map(|n| {
        format!("person{n}@acme.example,person{n}@mail.example,\"Ø'Brien, {n}\",{n:0>100}\r\n")
    });
    let header = "Login Name,Email Address,Display Name,Description\r\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

#[tokio::test]
async fn a_file_from_a_path_arrives_whole_even_after_a_failed_attempt() {
    let (emulator, client) = start();
    let file = Temporary::new("people.csv", people(3000).as_bytes());
    let unavailable =
        r#"{"match":{"prefix":"/CDirectoryService","times":1},"action":{"status":503}}"#;
    emulator.add_faults(FaultScript::from_json(unavailable).unwrap());
    let upload = UploadCsv::from(File::at(&file.0));
    let uploaded = client.onboarding().upload_csv(upload).await.unwrap();
    assert_eq!(uploaded.full_count, Some(3000));
    assert_eq!(uploads(&emulator), 2);
    let preview = uploaded.results[0].row.as_ref().unwrap();
    assert_eq!(preview["Display Name"], "Ø'Brien, 0");
    let submit = SubmitCsv::new(uploaded.return_id.unwrap(), "it@acme.example");
    let said = client.onboarding().submit_csv(submit).await.unwrap();
    assert!(!said.is_empty());
}

#[tokio::test]
async fn a_picture_from_memory_becomes_the_picture_of_the_user() {
    let (_emulator, client) = start();
    let user = client
        .users()
        .get_by_name("admin@acme.example")
        .await
        .unwrap();
    let id = user.uuid.unwrap();
    let picture = SetPicture::new(&*id, File::of(PNG));
    let path = client.users().set_picture(picture).await.unwrap();
    assert!(path.contains(&id), "{path}");
    let user = client.users().get(&*id).await.unwrap();
    assert_eq!(user.picture_uri.as_deref(), Some(&*path));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_an_argument_that_is_refused() {
    let (emulator, client) = start();
    let error = client
        .onboarding()
        .upload_csv(File::at("/no/such/people.csv"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.details().field.as_deref(), Some("Icon"));
    assert_eq!(uploads(&emulator), 0);
}
