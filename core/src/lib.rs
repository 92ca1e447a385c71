//! CyberArk Identity for Rust.
//!
//! SCIM 2.0 and the platform's own calls, typed, with one pipeline that proves every success:
//!
//! ```no_run
//! use cyberark_identity::{Client, ClientCredentials};
//!
//! # async fn example() -> cyberark_identity::Result<()> {
//! let client = Client::builder("https://abc1234.id.cyberark.cloud")
//!     .auth(ClientCredentials::new("my-app", "svc@example.com", "secret")?.scope("scim"))
//!     .build()?;
//! let user = client.users().get_by_name("ana@example.com").await?;
//! println!("{:?} is {:?}", user.name, user.state);
//! # Ok(())
//! # }
//! ```
//!
//! Facts about the service come with a confidence; each operation's documentation names what is uncertain.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[macro_use]
mod model;
#[macro_use]
pub mod operation;

pub mod auth;
mod body;
mod client;
mod curl;
pub mod doctor;
pub mod drift;
pub mod error;
mod filter;
mod lookup;
mod multipart;
pub mod observe;
pub mod ops;
mod options;
pub mod paging;
mod prepare;
mod redact;
mod registry;
mod request;
mod spelling;
pub mod tape;
pub mod transport;
pub mod worker;

pub use auth::{
    AuthorizationCode, ClientCredentials, PlatformToken, Prompt, PromptFunction, Question,
    QuestionKind, SharedSource, StaticToken, Token, TokenCache, TokenFunction, TokenSource,
    UserLogin,
};
pub use body::{Body, Piece};
pub use client::{Client, ClientBuilder, Limited, Limits, Response};
pub use drift::{Change, Drift, DriftReport};
pub use error::{Delivery, Error, ErrorKind, Result};
pub use filter::{Filter, Operator};
pub use model::{
    AccountState, AttributeKind, FieldValue, File, Id, Known, Lenient, ListResponse, Mode, Name,
    NonEmpty, Nullable, Output, PhoneKind, PrincipalKind, Read, Reader, Refusal, RoleKind, Rows,
    Secret, Shape, SortOrder, TextBoolean, Timestamp, Whole, Words, boolean_from_text,
    integer_from_text, with_contents,
};
pub use operation::{Entry, Operation, Spelling};
pub use options::CallOptions;
pub use prepare::Prepared;
pub use registry::{Operations, find, groups, operations};
pub use spelling::camel;
pub use tape::Tape;
pub use transport::Payload;
