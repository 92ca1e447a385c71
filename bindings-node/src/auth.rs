//! Token sources, as TypeScript describes them. Clients that are made with the same one share its tokens.

use cyberark_identity::{
    AuthorizationCode, ClientCredentials, Error, PlatformToken, Result, SharedSource, StaticToken,
    UserLogin,
};
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use serde::Deserialize;

use crate::{
    callback::{Ask, Callback},
    failure,
};

/// A way to sign in, with its tokens. JavaScript cannot look into it.
#[napi]
#[derive(Debug)]
pub struct Source {
    shared: SharedSource,
}

impl Source {
    pub(crate) fn shared(&self) -> SharedSource {
        self.shared.clone()
    }
}

/// Made by the functions of auth.ts, which have checked the types: a parser's message could quote a secret.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
enum Settings {
    ClientCredentials {
        app_id: String,
        client_id: String,
        client_secret: String,
        scope: Option<String>,
        in_body: Option<bool>,
    },
    PlatformToken {
        client_id: String,
        client_secret: String,
    },
    StaticToken {
        token: String,
    },
    TokenFunction,
    AuthorizationCode {
        app_id: String,
        client_id: String,
        scope: String,
        client_secret: Option<String>,
        redirect_uri: Option<String>,
    },
    UserLogin {
        user: String,
        password: Option<String>,
    },
}

/// Makes a source from JSON settings; or gives back the JSON of the error. `ask` is called on this thread with the number of
/// a question and the question in JSON, or null where a token is asked for.
#[napi(catch_unwind)]
pub fn open_source(settings: String, ask: Option<Ask<'_>>) -> napi::Result<Either<Source, String>> {
    let callback = ask.map(|ask| Callback::new(&ask)).transpose()?;
    let settings = serde_json::from_str(&settings)
        .map_err(|_| Error::configuration("`auth` is of another version of this package"));
    Ok(
        match settings.and_then(|settings| make(settings, callback)) {
            Ok(shared) => Either::A(Source { shared }),
            Err(error) => Either::B(failure::to_json(&error)),
        },
    )
}

fn make(settings: Settings, callback: Option<Callback>) -> Result<SharedSource> {
    Ok(match settings {
        Settings::ClientCredentials {
            app_id,
            client_id,
            client_secret,
            scope,
            in_body,
        } => {
            let mut source = ClientCredentials::new(app_id, client_id, client_secret)?;
            if let Some(scope) = scope {
                source = source.scope(scope);
            }
            match in_body {
                Some(true) => source.in_body().into(),
                _ => source.into(),
            }
        }
        Settings::PlatformToken {
            client_id,
            client_secret,
        } => PlatformToken::new(client_id, client_secret)?.into(),
        Settings::StaticToken { token } => StaticToken::new(token)?.into(),
        Settings::TokenFunction => needed(callback)?.into(),
        Settings::AuthorizationCode {
            app_id,
            client_id,
            scope,
            client_secret,
            redirect_uri,
        } => {
            let mut source = AuthorizationCode::new(app_id, client_id, scope, needed(callback)?)?;
            if let Some(secret) = client_secret {
                source = source.client_secret(secret);
            }
            match redirect_uri {
                Some(address) => source.redirect_uri(&address)?.into(),
                None => source.into(),
            }
        }
        Settings::UserLogin { user, password } => {
            let mut source = UserLogin::new(user)?;
            if let Some(password) = password {
                source = source.password(password);
            }
            match callback {
                Some(callback) => source.prompt(callback).into(),
                None => source.into(),
            }
        }
    })
}

fn needed(callback: Option<Callback>) -> Result<Callback> {
    callback.ok_or_else(|| Error::configuration("a function is missing in `auth`"))
}
