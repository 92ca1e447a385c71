//! Watching for answers whose shape differs from what is known.
//!
//! [`ClientBuilder::watch_drift`](crate::ClientBuilder::watch_drift) turns it on, [`Client::drift`](crate::Client::drift)
//! returns what was seen. Nothing fails because of it. What results tolerate is not drift: a boolean or number as text, both
//! date formats, a lone value in place of a list, null, an attribute of a SCIM extension.

mod presence;
mod report;
mod sight;
mod watch;

pub use report::{Change, Drift, DriftReport};
pub use sight::{Look, Sight};
pub(crate) use watch::DriftWatch;
