//! Many calls at once through a tenant in which things go wrong all the time, and then the count: every user exists
//! exactly once, every list was whole or ended in an error, every call was answered for once.

mod audit;
mod load;
mod report;

use std::sync::Arc;

use cyberark_identity::{Client, ClientCredentials, Result};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};

pub use report::Report;

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Users to create.
    pub creates: usize,
    /// Reads of single users.
    pub reads: usize,
    /// Whole lists.
    pub lists: usize,
    /// Calls at a time.
    pub at_once: usize,
}

/// Five requests in a hundred meet a fault. Storms of 429 come as storms; the rest is spread.
const FAULTS: &str = r#"[
    {"match": {"prefix": "/scim", "every": 2000, "times": 30},
     "action": {"status": 429, "body": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "429"}}},
    {"match": {"prefix": "/scim", "every": 9001, "nth": 17}, "action": {"status": 429, "retry_after": 1}},
    {"match": {"prefix": "/scim", "every": 151, "nth": 3}, "action": "close_before"},
    {"match": {"prefix": "/scim", "every": 293, "nth": 5}, "action": {"close_before": true, "apply": true}},
    {"match": {"prefix": "/scim", "every": 211, "nth": 7}, "action": "close_in_body"},
    {"match": {"prefix": "/scim", "every": 307, "nth": 11}, "action": "close_after"},
    {"match": {"prefix": "/scim", "every": 241, "nth": 13}, "action": {"status": 503}},
    {"match": {"prefix": "/scim", "every": 599, "nth": 19}, "action": "html_200"},
    {"match": {"prefix": "/scim", "every": 701, "nth": 23}, "action": "unauthorized"},
    {"match": {"prefix": "/scim", "every": 4001, "nth": 29}, "action": "expire_tokens"},
    {"match": {"prefix": "/scim", "every": 127, "nth": 31}, "action": {"delay_ms": 5}},
    {"match": {"prefix": "/oauth2", "every": 5, "nth": 2}, "action": {"status": 503}}
]"#;

/// Plays the plan against a tenant of its own.
///
/// # Errors
/// When the tenant cannot be read at the end. What goes wrong on the way is what the report is about.
pub async fn play(plan: Plan) -> Result<Report> {
    let emulator = Arc::new(start());
    let client = client(&emulator)?;
    let created = load::create(&client, plan).await;
    let read = load::read(&client, plan, &created).await;
    let listed = load::list(&client, plan, created.alive()).await;
    let faults = emulator.counters();
    emulator.clear_faults();
    let audit = audit::directory(&client, &created).await?;
    Ok(Report {
        created: created.tally,
        read,
        listed,
        requests: faults.requests,
        faults: faults.faults,
        audit,
    })
}

#[allow(clippy::expect_used)]
fn start() -> Emulator {
    let faults = FaultScript::from_json(FAULTS).expect("the script of faults");
    Emulator::start(Options {
        faults: Some(faults),
        ..Options::default()
    })
    .expect("a tenant")
}

fn client(emulator: &Emulator) -> Result<Client> {
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret)?;
    Client::builder(&tenant.url).auth(auth).build()
}
