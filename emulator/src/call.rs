//! One request as handlers see it.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::platform::Failure;
use crate::state::rights::Needs;
use crate::state::user::{Text, User};
use crate::state::{Directory, Tenant};

/// Query parameters in their order.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The first parameter of that name; letter case does not matter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Who is calling.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: Uuid,
    pub(crate) name: Text,
}

/// A request whose path was recognised and whose caller, where one is needed, is known.
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    /// The `{…}` segments of the path template, percent-decoded.
    pub(crate) path_values: Vec<String>,
    pub(crate) query: Query,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// Path and query as the caller wrote them.
    pub(crate) address: &'a str,
    /// Host and port as the caller wrote them.
    pub(crate) host: String,
    pub(crate) caller: Option<Caller>,
    pub(crate) transaction: &'a str,
}

impl Call<'_> {
    /// Scheme and host, as they go into links.
    pub(crate) fn base_url(&self) -> String {
        let scheme = self
            .tenant
            .settings
            .base_url
            .split(':')
            .next()
            .unwrap_or("http");
        format!("{scheme}://{}", self.host)
    }

    pub(crate) fn path_value(&self, index: usize) -> &str {
        self.path_values.get(index).map_or("", String::as_str)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.tenant.clock.now_ms()
    }
}

impl Call<'_> {
    /// Who is calling; handlers that need a caller are not reached without one.
    pub(crate) fn caller_id(&self) -> Uuid {
        self.caller
            .as_ref()
            .map(|caller| caller.id)
            .unwrap_or_default()
    }

    /// Lets everybody act on their own account and others only with the right.
    pub(crate) fn own_or(
        &self,
        directory: &Directory,
        user: &User,
        needs: Needs,
    ) -> Result<(), Failure> {
        let caller = self.caller_id();
        if caller == user.id || directory.allows(&caller, needs) {
            Ok(())
        } else {
            Err(Failure::not_authorized())
        }
    }
}

/// Looks up a member without regard to letter case; an exact match wins.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}
