//! The embedded tenant. It runs on threads of its own, so its calls take no time worth waiting for.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use cyberark_identity_emulator::{Emulator, FaultScript, Options, cli};
use napi::{Env, Error, Result, Status, Task, bindgen_prelude::AsyncTask};
use napi_derive::napi;
use serde::{Deserialize, Serialize};

use crate::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    host: Option<IpAddr>,
    port: Option<u16>,
    seed_users: Option<usize>,
    tls: Option<bool>,
    faults: Option<serde_json::Value>,
    token_lifetime_ms: Option<u64>,
    state: Option<PathBuf>,
}

impl Settings {
    fn into_options(self) -> Result<Options> {
        let default = Options::default();
        Ok(Options {
            host: self.host.unwrap_or(default.host),
            port: self.port.unwrap_or(default.port),
            seed_users: self.seed_users.unwrap_or(default.seed_users),
            tls: self.tls.unwrap_or(default.tls),
            faults: self
                .faults
                .map(|rules| script(&rules.to_string()))
                .transpose()?,
            token_lifetime: self
                .token_lifetime_ms
                .map_or(default.token_lifetime, Duration::from_millis),
            state: self.state,
            ..default
        })
    }
}

/// A running tenant. It stops with `stop`, or when the JavaScript thread ends.
#[napi]
#[derive(Debug)]
pub struct Tenant {
    emulator: Emulator,
}

#[napi]
impl Tenant {
    /// Starts a tenant from JSON settings. When this returns, it answers.
    #[napi(factory, catch_unwind)]
    pub fn start(settings: String) -> Result<Self> {
        let settings: Settings = json::read(&settings)
            .map_err(|error| refused(format!("option `{}`: {}", error.path, error.problem)))?;
        let emulator = Emulator::start(settings.into_options()?).map_err(refused)?;
        Ok(Self { emulator })
    }

    /// JSON of what a client needs.
    #[napi(catch_unwind)]
    pub fn description(&self) -> Result<String> {
        json_of(self.emulator.description())
    }

    /// JSON of the requests so far, without their secrets.
    #[napi(catch_unwind)]
    pub fn requests(&self) -> Result<String> {
        json_of(&self.emulator.requests())
    }

    /// Forgets the requests so far.
    #[napi(catch_unwind)]
    pub fn clear_requests(&self) {
        self.emulator.clear_requests();
    }

    /// Adds fault rules from JSON.
    #[napi(catch_unwind)]
    pub fn add_faults(&self, rules: String) -> Result<()> {
        self.emulator.add_faults(script(&rules)?);
        Ok(())
    }

    /// Removes all fault rules.
    #[napi(catch_unwind)]
    pub fn clear_faults(&self) {
        self.emulator.clear_faults();
    }

    /// A token for any account; null when there is no such account.
    #[napi(catch_unwind)]
    pub fn token_for(&self, user_name: String) -> Option<String> {
        self.emulator.token_for(&user_name)
    }

    /// Sets what people meet who sign in, from JSON.
    #[napi(catch_unwind)]
    pub fn set_sign_in(&self, policy: String) -> Result<()> {
        self.emulator.set_sign_in(&policy).map_err(refused)
    }

    /// JSON of the sign-ins on their way.
    #[napi(catch_unwind)]
    pub fn sign_ins(&self) -> Result<String> {
        json_of(&self.emulator.sign_ins())
    }

    /// Approves or denies what waits for a person; whether anything did.
    #[napi(catch_unwind)]
    pub fn decide_sign_in(&self, user_name: String, approve: bool) -> bool {
        self.emulator.decide_sign_in(&user_name, approve)
    }

    /// Moves the tenant's clock forward.
    #[napi(catch_unwind)]
    pub fn advance_clock(&self, ms: f64) -> Result<()> {
        let by = Duration::try_from_secs_f64(ms / 1000.0).map_err(refused)?;
        self.emulator.advance_clock(by);
        Ok(())
    }

    /// Expires every token that was issued.
    #[napi(catch_unwind)]
    pub fn expire_tokens(&self) {
        self.emulator.expire_tokens();
    }

    /// Stops the tenant.
    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        self.emulator.stop();
    }
}

/// The program of the emulator, on a thread that may block.
#[derive(Debug)]
pub struct Program {
    arguments: Vec<String>,
}

impl Task for Program {
    type Output = u8;
    type JsValue = u32;

    fn compute(&mut self) -> Result<u8> {
        Ok(cli::run(&self.arguments))
    }

    fn resolve(&mut self, _: Env, status: u8) -> Result<u32> {
        Ok(status.into())
    }
}

/// Runs the program of the emulator to its end, and gives its exit status. The first argument is its name.
#[napi(catch_unwind)]
pub fn run_emulator(arguments: Vec<String>) -> AsyncTask<Program> {
    AsyncTask::new(Program { arguments })
}

fn script(rules: &str) -> Result<FaultScript> {
    FaultScript::from_json(rules).map_err(refused)
}

fn json_of(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(refused)
}

fn refused(problem: impl std::fmt::Display) -> Error {
    Error::new(Status::InvalidArg, problem.to_string())
}
