//! Recording to a file, and playing from it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use cyberark_identity::{Client, ClientBuilder, StaticToken};
use serde_json::{Value, json};

use crate::replay::{Answer, Replay};

/// A tenant that nobody calls.
pub const TENANT: &str = "abc1234.id.cyberark.cloud";

/// A path at which nothing is, and nothing will be afterwards.
#[derive(Debug)]
pub struct Place(PathBuf);

impl Place {
    /// Another than all before.
    #[must_use]
    #[allow(clippy::new_without_default)] // no two are alike
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("tape-{}-{number}.tape", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// What was written there.
    ///
    /// # Panics
    /// When there is nothing.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn text(&self) -> String {
        fs::read_to_string(&self.0).expect("a tape")
    }
}

impl AsRef<Path> for Place {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Settings of a client that has a token.
///
/// # Panics
/// Never: the token is one.
#[must_use]
#[allow(clippy::expect_used)]
pub fn signed_in() -> ClientBuilder {
    let token = StaticToken::new("made-up").expect("a token");
    Client::builder(TENANT).auth(token)
}

/// A client that records what `transport` answers.
///
/// # Panics
/// When there is a file already.
#[must_use]
#[allow(clippy::expect_used)]
pub fn recording(place: &Place, transport: &Replay) -> Client {
    let settings = signed_in().transport(transport.clone());
    settings.record(place.as_ref()).build().expect("a client")
}

/// A client that plays what was recorded.
///
/// # Panics
/// When there is no tape.
#[must_use]
#[allow(clippy::expect_used)]
pub fn playing(place: &Place) -> Client {
    Client::replay(place.as_ref()).build().expect("a client")
}

/// The answer of a platform call.
#[must_use]
pub fn ok(result: Value) -> Answer {
    Answer::json(200, json!({"success": true, "Result": result}).to_string())
}
