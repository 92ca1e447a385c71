//! Making tokens out of grants.

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::state::SessionGrant;
use crate::state::seed::PLATFORM_APP_ID;
use crate::state::tokens::Claims;
use crate::state::user::User;

/// How long a refresh token is good. The service's lifetime is not known.
const REFRESH_LIFETIME_MS: i64 = 30 * 24 * 3600 * 1000;

/// What a token is made from.
pub(super) struct Issue<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) app: &'a str,
    pub(super) audience: &'a str,
    pub(super) user: &'a User,
    /// Scopes are patterns over paths in the service; here every scope is granted as asked for.
    pub(super) scope: Option<&'a str>,
    pub(super) nonce: Option<&'a str>,
}

impl Issue<'_> {
    pub(super) fn token(&self) -> String {
        let tenant = self.call.tenant;
        let claims = Claims {
            issuer: &format!("{}/{}/", self.call.base_url(), self.app),
            audience: self.audience,
            user: self.user.id,
            user_name: &self.user.name,
            scope: self.scope,
            nonce: self.nonce,
            host: &self.call.host,
        };
        let lifetime = tenant.settings.token_lifetime;
        tenant.tokens.issue(&claims, lifetime, &tenant.clock)
    }

    fn refresh_token(&self) -> String {
        let grant = SessionGrant {
            app: self.app.to_owned(),
            client_id: self.audience.to_owned(),
            user: self.user.id,
            scope: self.scope.map(str::to_owned),
        };
        let refresh_tokens = &self.call.tenant.refresh_tokens;
        refresh_tokens.put(grant, self.call.now_ms(), REFRESH_LIFETIME_MS)
    }

    /// The answer to a client that acts for itself.
    pub(super) fn answer(&self) -> Answer {
        self.respond(None)
    }

    /// The answer to a client that acts for somebody and may go on doing so.
    pub(super) fn refreshable_answer(&self) -> Answer {
        self.respond(Some(self.refresh_token()))
    }

    fn respond(&self, refresh_token: Option<String>) -> Answer {
        let mut body = json!({
            "access_token": self.token(),
            "token_type": "Bearer",
            "expires_in": self.call.tenant.settings.token_lifetime.as_secs(),
        });
        if let Some(scope) = self.scope {
            body["scope"] = scope.into();
        }
        if let Some(refresh_token) = refresh_token {
            body["refresh_token"] = refresh_token.into();
            if includes_openid(self.scope) {
                body["id_token"] = self.token().into();
            }
        }
        Answer::json(StatusCode::OK, &body).header(CACHE_CONTROL, "no-store")
    }
}

fn includes_openid(scope: Option<&str>) -> bool {
    let mut words = scope.unwrap_or_default().split_whitespace();
    words.any(|word| word == "openid")
}

/// The pair that interactive sign-in hands to the programs of the platform.
pub(in crate::auth) struct PlatformTokens {
    pub(in crate::auth) token: String,
    pub(in crate::auth) refresh_token: String,
    pub(in crate::auth) lifetime_secs: u64,
}

pub(in crate::auth) fn platform_tokens(call: &Call<'_>, user: &User) -> PlatformTokens {
    let issue = Issue {
        call,
        app: PLATFORM_APP_ID,
        audience: PLATFORM_APP_ID,
        user,
        scope: None,
        nonce: None,
    };
    PlatformTokens {
        token: issue.token(),
        refresh_token: issue.refresh_token(),
        lifetime_secs: call.tenant.settings.token_lifetime.as_secs(),
    }
}
