//! A stateful CyberArk Identity tenant for tests: SCIM and platform calls, sign-in, and faults on demand, on loopback.
//!
//! ```
//! use cyberark_identity_emulator::{Emulator, Options};
//!
//! let mut tenant = Emulator::start(Options { seed_users: 200, ..Options::default() })?;
//! println!("{}", tenant.description().url);
//! // ... point a client at it ...
//! assert!(tenant.requests().is_empty());
//! tenant.stop();
//! # Ok::<(), cyberark_identity_emulator::EmulatorError>(())
//! ```
//!
//! The tenant runs on a thread and a runtime of its own, so it can live inside any process. It keeps one directory that
//! all its interfaces share: a user created through SCIM is found by `CDirectoryService/GetUser`, and one whose state is set
//! to `Disabled` there shows `active: false` in SCIM. It behaves as the service has been observed to behave, oddities
//! included; where that is not known, a comment at the handler says what it does instead.
//!
//! # What it answers to
//!
//! Platform and sign-in paths at `/` and under `/api/idadmin/`, SCIM paths at `/scim` and `/scim/v2`, all
//! case-insensitive. [`handled`] lists the operations.
//!
//! # The status page
//!
//! In a browser, `/` shows what is in the tenant, the last requests without their secrets, the faults in force and the clock.
//! The page changes nothing, and is only served to the local machine.
//!
//! # Inspecting and steering
//!
//! Paths under `/_emulator` need no token and are only served to the local machine:
//!
//! | path | method | what it does |
//! | --- | --- | --- |
//! | `/_emulator/requests` | GET | the request log, with secrets masked; `?outcome=`, `path=`, `method=` and `fault=` filter, `wait_ms=` with `count=` waits |
//! | | DELETE | clears it |
//! | `/_emulator/counters` | GET | totals by status and operation |
//! | `/_emulator/faults` | GET, POST, DELETE | lists, adds, removes [fault rules](FaultScript) |
//! | `/_emulator/faults/{id}` | DELETE | removes one |
//! | `/_emulator/clock` | GET, POST | returns the time; `{"advance_ms": n}` moves it |
//! | `/_emulator/outbox` | GET | the messages the tenant would have sent |
//! | `/_emulator/imports` | GET | results of bulk imports |
//! | `/_emulator/tokens` | POST | issues a token for any account: `{"user": name}` |
//! | `/_emulator/tokens/expire` | POST | expires all tokens but the start token |
//! | `/_emulator/sign-in` | GET | how people sign in, and every sign-in in progress with its codes |
//! | | POST | sets the challenges for everybody or for one `user`, see below |
//! | | DELETE | a password is enough for everybody again |
//! | `/_emulator/sign-in/decision` | POST | acts as the person: `{"user": name, "approve": true}` decides a push, a call, or another identity provider |
//!
//! Interactive sign-in asks for a password by default. This sets something else:
//!
//! ```json
//! {"user": "ana@acme.example", "challenges": [["UP"], ["EMAIL", "OTP"]]}
//! ```
//!
//! One mechanism of each challenge has to be satisfied: `UP` (password), `EMAIL`, `SMS` and `OATH` (codes), `OTP` (push,
//! or the code of the device), `PF` (phone call), `SQ` (the `security_questions`, a list of `question` and `answer`; several are
//! answered at once). Codes sent by mail and text message are in the outbox, and all codes under `/_emulator/sign-in`. With
//! `pod_fqdn`, the sign-in has to be started at that host; with `idp_redirect_url`, another identity provider does it, and
//! with `idp_pin` its page then shows a PIN, which is a code of the sign-in like the others.
//!
//! A request can also bring its own fault in the header `X-Emulator-Fault`, written like the `action` of a rule.
#![forbid(unsafe_code)]

mod answer;
mod auth;
mod call;
pub mod cli;
mod control;
mod dispatch;
mod emulator;
mod error;
mod faults;
mod platform;
mod record;
mod routing;
mod scim;
mod server;
mod state;
mod status;
mod tls;
mod wire;

pub use emulator::{Description, Emulator, Options, in_memory};
pub use error::EmulatorError;
pub use faults::{FaultScript, FaultScriptError};
pub use record::{Counters, Outcome, RecordedRequest};
pub use routing::handled;
pub use state::outbox::{Message, MessageKind};
