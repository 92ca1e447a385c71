//! OAuth2 authorization code with PKCE (RFC 6749, section 4.1; RFC 7636; RFC 8252): a person signs in in a browser.

mod pkce;
mod redirect;

use std::{fmt, sync::Arc, time::Duration};

use secrecy::SecretString;
use url::Url;

use self::redirect::Listener;
use super::{
    Exchange, Identity, Prompt, Question, QuestionKind, Token, TokenSource,
    grant::{ClientProof, Endpoint},
    random::random_text,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::Id,
    prepare,
    transport::BoxFuture,
};

/// Time for a person to sign in in the browser.
const LONGEST: Duration = Duration::from_secs(300);

/// Where the browser delivers the code by default.
const REDIRECT_URI: &str = "http://127.0.0.1:8400/callback";

/// Lets a person sign in with a browser, through an OAuth2 or OpenID Connect application of the tenant, and receives the code
/// on a port of this machine. With PKCE, so the application needs no secret. Confidence: high.
///
/// The token is renewed without asking again if the application issues refresh tokens. A call that finds no token waits up to
/// five minutes for the person; its own time-out starts afterwards.
#[derive(Clone)]
pub struct AuthorizationCode {
    app_id: Id,
    client_id: String,
    proof: ClientProof,
    scope: String,
    redirect_uri: Url,
    prompt: Arc<dyn Prompt>,
}

impl AuthorizationCode {
    /// `app_id` is the application's id in the tenant, `client_id` its client id, `scope` the scopes that it defines, separated
    /// by spaces. `prompt` receives one question, of the kind [`Visit`](QuestionKind::Visit): it opens the URL in a browser,
    /// or shows it.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) if one is empty.
    pub fn new(
        app_id: impl Into<String>,
        client_id: impl Into<String>,
        scope: impl Into<String>,
        prompt: impl Prompt,
    ) -> Result<Self> {
        let (app_id, client_id, scope) = (app_id.into(), client_id.into(), scope.into());
        let named = [
            ("app_id", &app_id),
            ("client_id", &client_id),
            ("scope", &scope),
        ];
        if let Some((name, _)) = named.iter().find(|(_, value)| value.trim().is_empty()) {
            let message = format!("authorization code: `{name}` is empty");
            return Err(Error::configuration(message).hint("pass it"));
        }
        Ok(Self {
            app_id: app_id.into(),
            client_id,
            proof: ClientProof::Public,
            scope,
            redirect_uri: redirect::parse(REDIRECT_URI)?,
            prompt: Arc::new(prompt),
        })
    }

    /// The secret of a confidential application.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.proof = ClientProof::Body(SecretString::from(secret.into()));
        self
    }

    /// Where the browser delivers the code: an address of this machine that the application's settings list as well.
    /// `http://127.0.0.1:8400/callback` by default. Port 0 picks a free port, for applications that allow any.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) for an address that is not of this machine.
    pub fn redirect_uri(mut self, address: &str) -> Result<Self> {
        self.redirect_uri = redirect::parse(address)?;
        Ok(self)
    }

    async fn sign_in(&self, exchange: &Exchange<'_>) -> Result<Token> {
        let listener = Listener::open(&self.redirect_uri).await?;
        let (verifier, state) = (random_text()?, random_text()?);
        let mut question = Question::new(QuestionKind::Visit, "Sign in in your browser");
        question.url = Some(self.address(exchange, listener.address(), &verifier, &state));
        self.prompt.ask(&question).await?;
        let code = listener.code(&state).await?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", listener.address()),
            ("code_verifier", &verifier),
        ];
        self.endpoint(&self.path("token"))
            .token(exchange, &fields)
            .await
    }

    fn address(
        &self,
        exchange: &Exchange<'_>,
        redirect_uri: &str,
        verifier: &str,
        state: &str,
    ) -> String {
        let challenge = pkce::challenge(verifier);
        let query = prepare::form_of(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &self.scope),
            ("state", state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let path = prepare::path_of(&["oauth2", "authorize", self.app_id.as_str()]);
        format!("{}{path}?{query}", exchange.tenant.as_str())
    }

    fn path<'a>(&'a self, end: &'a str) -> [&'a str; 3] {
        ["oauth2", end, self.app_id.as_str()]
    }

    fn endpoint<'a>(&'a self, path: &'a [&'a str]) -> Endpoint<'a> {
        Endpoint {
            path,
            client_id: &self.client_id,
            proof: &self.proof,
        }
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode")
            .field("app_id", &self.app_id.as_str())
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .field("redirect_uri", &self.redirect_uri.as_str())
            .finish_non_exhaustive()
    }
}

impl TokenSource for AuthorizationCode {
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async move {
            let path = self.path("token");
            if let Some(token) = self.endpoint(&path).refreshed(&exchange).await? {
                return Ok(token);
            }
            match tokio::time::timeout(LONGEST, self.sign_in(&exchange)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Error::new(
                    ErrorKind::Authentication,
                    "signing in failed: the browser brought no code within five minutes",
                )),
            }
        })
    }

    fn revoke<'a>(&'a self, exchange: Exchange<'a>, token: &'a Token) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let path = self.path("revoke");
            self.endpoint(&path).revoke(&exchange, token).await
        })
    }

    fn identity(&self) -> Option<Identity> {
        let identity = Identity::new("authorization_code")
            .part("app_id", self.app_id.as_str())
            .part("client_id", &self.client_id)
            .part("scope", &self.scope);
        Some(identity.secret(self.proof.secret()))
    }

    fn asks_people(&self) -> bool {
        true
    }
}
