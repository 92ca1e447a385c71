//! Sign-in and tokens.

pub(crate) mod bearer;
pub(crate) mod oauth;
