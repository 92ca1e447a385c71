//! Watching for answers that have another shape than is known.
//!
//! [`ClientBuilder::watch_drift`](crate::ClientBuilder::watch_drift) switches it on, [`Client::drift`](crate::Client::drift)
//! tells what was seen. Nothing fails by it. What results tolerate is no drift: a boolean or number as text, both forms of a
//! date, a lone value where a list belongs, null, an attribute of a SCIM extension.

mod presence;
mod report;
mod sight;
mod watch;

pub use report::{Change, Drift, DriftReport};
pub use sight::{Look, Sight};
pub(crate) use watch::DriftWatch;
