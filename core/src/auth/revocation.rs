//! Ending a token at the service.

use http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret;

use super::{
    Exchange, Token,
    exchange::Step,
    grant::{Endpoint, refusal},
};
use crate::{
    error::{ErrorKind, Result},
    operation::{Operation, Retry},
    ops::security::Logout,
    transport::recognise,
};

const REVOKE: &str = "oauth2.revoke";

/// What is being done, for errors.
const PURPOSE: &str = "revoking the token";

impl Endpoint<'_> {
    /// Revokes a token, and the one that renews it (RFC 7009). One that is not known any more counts as revoked.
    pub(super) async fn revoke(&self, exchange: &Exchange<'_>, token: &Token) -> Result<()> {
        // The one that renews first: with the other gone and this one left, there could be a new token.
        let renewing = token.refresh_token().map(ExposeSecret::expose_secret);
        for text in renewing.into_iter().chain([token.text()]) {
            let step = self.step(REVOKE, self.path, &[("token", text)])?;
            let step = step.to(PURPOSE);
            let answer = exchange.send(&step).await?;
            if let Some(refused) = refusal(&step, &answer) {
                return Err(step.answered(answer.status, refused));
            }
        }
        Ok(())
    }
}

/// Ends the session of a token. One that the service does not take has none any more.
pub(super) async fn log_out(exchange: Exchange<'_>, token: &Token) -> Result<()> {
    let meta = const { &Logout::META };
    let path: Vec<_> = meta.path.split('/').skip(1).collect();
    let json = HeaderValue::from_static("application/json");
    let step = Step {
        name: meta.name,
        purpose: PURPOSE,
        path: &path,
        headers: HeaderMap::from_iter([
            (header::CONTENT_TYPE, json),
            (header::AUTHORIZATION, token.header()),
        ]),
        body: "{}".into(),
        retry: Retry::Safe,
    };
    let answer = exchange.send(&step).await?;
    match recognise(meta, answer) {
        Err(error) if error.kind() != ErrorKind::Authentication => Err(error),
        _ => Ok(()),
    }
}
