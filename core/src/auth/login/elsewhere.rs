//! Signing in at another identity provider, in a browser.

use secrecy::ExposeSecret;

use super::{
    UserLogin,
    conversation::{Conversation, POLL_EVERY},
    failure,
    package::{Progress, Provider},
    platform::Session,
};
use crate::{
    auth::{Question, QuestionKind, Token},
    error::Result,
};

/// Stands for a mechanism where the PIN is given that the provider's page shows in the end. Confidence: high.
const PIN: &str = "OOBAUTHPIN";

impl UserLogin {
    pub(super) async fn sign_in_elsewhere(
        &self,
        conversation: &mut Conversation<'_>,
        provider: &Provider,
    ) -> Result<Token> {
        let message = "Sign in at your identity provider";
        let mut question = Question::new(QuestionKind::Visit, message);
        question.url = Some(provider.url.clone());
        question.mechanism = Some("another identity provider".to_owned());
        self.ask(question).await?;
        if provider.pin_required {
            return self.give_pin(conversation, provider).await;
        }
        loop {
            let answered = conversation.status_elsewhere(&provider.session).await?;
            if answered.state.as_deref() == Some("Success") {
                return Session::of(answered).token();
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
    }

    async fn give_pin(
        &self,
        conversation: &mut Conversation<'_>,
        provider: &Provider,
    ) -> Result<Token> {
        let mut question = Question::new(QuestionKind::Code, "The PIN that the page shows");
        question.mechanism = Some(PIN.to_owned());
        let pin = self.ask(question).await?;
        let pin = pin.as_ref().map_or("", |pin| pin.expose_secret().trim());
        let answered = conversation
            .advance(&provider.session, PIN, "Answer", Some(pin.into()))
            .await?;
        match answered.progress(Some(&provider.session)) {
            Some(Progress::SignedIn(session)) => session.token(),
            _ => Err(failure(
                "the service asks for more after the PIN".to_owned(),
            )),
        }
    }
}
