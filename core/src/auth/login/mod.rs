//! Signing in as a person: password, codes, approvals, another identity provider.

mod answers;
mod conversation;
mod elsewhere;
mod package;
mod platform;

use std::{fmt, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use self::{
    conversation::{Conversation, refused},
    package::{Mechanism, Package, Progress},
};
use super::{
    Exchange, Identity, Prompt, Question, QuestionKind, Token, TokenSource, prompt::Choice,
};
use crate::{
    error::{Error, ErrorKind, Result},
    transport::BoxFuture,
};

/// The service gives about five minutes for the whole of a sign-in. Confidence: medium.
const LONGEST: Duration = Duration::from_secs(300);

/// Signs in as a person, with `StartAuthentication` and `AdvanceAuthentication`: password, codes by mail, text message or
/// authenticator app, approval on a device, or another identity provider. Confidence: high.
///
/// The token is renewed without asking again for as long as the service allows. A call that finds no token waits up to five
/// minutes for the person; its own time-out starts afterwards.
#[derive(Clone)]
pub struct UserLogin {
    user: String,
    password: Option<SecretString>,
    prompt: Option<Arc<dyn Prompt>>,
}

impl UserLogin {
    /// `user` is the login name with suffix, such as `ana@example.com`.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) if it is empty.
    pub fn new(user: impl Into<String>) -> Result<Self> {
        let user = user.into();
        if user.trim().is_empty() {
            return Err(
                Error::configuration("user login: `user` is empty").hint("pass the login name")
            );
        }
        Ok(Self {
            user: user.trim().to_owned(),
            password: None,
            prompt: None,
        })
    }

    /// Answers the request for the password, once. If it is wrong, nobody is asked for another.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(SecretString::from(password.into()));
        self
    }

    /// Answers everything else. Without it, a sign-in that needs more than the password fails.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Prompt) -> Self {
        self.prompt = Some(Arc::new(prompt));
        self
    }

    async fn sign_in(&self, exchange: Exchange<'_>) -> Result<Token> {
        let mut conversation = Conversation::new(exchange);
        let mut progress = conversation.start(&self.user).await?;
        loop {
            progress = match progress {
                Progress::SignedIn(session) => return session.token(),
                Progress::Elsewhere(provider) => {
                    return self.sign_in_elsewhere(&mut conversation, &provider).await;
                }
                Progress::Challenged(package) => self.meet_all(&mut conversation, package).await?,
            };
        }
    }

    /// Meets the challenges, one mechanism of each.
    async fn meet_all(
        &self,
        conversation: &mut Conversation<'_>,
        package: Package,
    ) -> Result<Progress> {
        for challenge in package.challenges {
            let mechanism = self.choose(challenge).await?;
            if let Some(progress) = self
                .meet(conversation, &package.session, &mechanism)
                .await?
            {
                return Ok(progress);
            }
        }
        Err(refused(
            "the service asks for nothing more and does not sign in either",
        ))
    }

    /// The mechanism to use: the password that is known, the only one, or the one that the person chooses.
    async fn choose(&self, challenge: Vec<Mechanism>) -> Result<Mechanism> {
        let names: Vec<_> = challenge.iter().map(|m| m.name.clone()).collect();
        let mut usable: Vec<_> = challenge.into_iter().filter(Mechanism::is_usable).collect();
        let known = usable.iter().position(|mechanism| mechanism.is_password());
        match (known.filter(|_| self.password.is_some()), usable.len()) {
            (Some(password), _) => Ok(usable.swap_remove(password)),
            (None, 0) => Err(failure(format!(
                "the service asks for {}, which is not possible here",
                names.join(" or ")
            ))),
            (None, 1) => Ok(usable.swap_remove(0)),
            (None, _) => self.let_choose(usable).await,
        }
    }

    async fn let_choose(&self, usable: Vec<Mechanism>) -> Result<Mechanism> {
        let mut question = Question::new(QuestionKind::Choose, "How do you want to sign in?");
        question.choices = usable.iter().map(Mechanism::choice).collect();
        let answer = self.ask(question).await?;
        let chosen = answer.as_ref().map_or("", ExposeSecret::expose_secret);
        let mut usable = usable.into_iter();
        usable
            .find(|mechanism| mechanism.id == chosen)
            .ok_or_else(|| failure("none of the choices was chosen".to_owned()))
    }

    /// Puts a question, if there is somebody to ask.
    async fn ask(&self, mut question: Question) -> Result<Option<SecretString>> {
        let Some(prompt) = &self.prompt else {
            let mechanism = question.mechanism.as_deref();
            let named = |choice: &Choice| choice.mechanism.clone();
            let choices: Vec<_> = question.choices.iter().map(named).collect();
            let wanted = mechanism.map_or_else(|| choices.join(" or "), str::to_owned);
            return Err(failure(format!(
                "the service asks {} for more than a password: {wanted}",
                self.user
            ))
            .hint("pass `prompt`, or let a policy of the tenant ask this user for a password only")
            .with(|d| d.code = Some("mfa_required".to_owned())));
        };
        question.user = Some(self.user.clone());
        prompt.ask(&question).await
    }
}

fn failure(problem: String) -> Error {
    Error::new(
        ErrorKind::Authentication,
        format!("signing in failed: {problem}"),
    )
}

impl fmt::Debug for UserLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserLogin")
            .field("user", &self.user)
            .field("prompt", &self.prompt)
            .finish_non_exhaustive()
    }
}

impl TokenSource for UserLogin {
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async move {
            if let Some(token) = platform::refreshed(&exchange).await? {
                return Ok(token);
            }
            match tokio::time::timeout(LONGEST, self.sign_in(exchange)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(failure("it took longer than five minutes".to_owned())),
            }
        })
    }

    fn identity(&self) -> Option<Identity> {
        let identity = Identity::new("user_login").part("user", &self.user);
        Some(identity.secret(self.password.as_ref()))
    }

    fn asks_people(&self) -> bool {
        self.prompt.is_some()
    }
}
