//! Sign-in and tokens.

pub(crate) mod bearer;
mod cookies;
pub(crate) mod login;
pub(crate) mod oauth;
pub(crate) mod sign_out;
