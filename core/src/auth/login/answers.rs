//! Meeting a challenge by one of its mechanisms.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{
    UserLogin,
    conversation::{Conversation, POLL_EVERY},
    failure,
    package::{Mechanism, Parts, Progress},
};
use crate::{
    auth::{Question, QuestionKind},
    error::{Error, ErrorKind, Result},
};

/// Answers that a person may give to one question.
const MOST_ANSWERS: usize = 3;

/// What a mechanism is satisfied by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AnswerType {
    Text,
    /// A code that is sent first, or an approval somewhere else.
    CodeOrApproval,
    Approval,
}

impl AnswerType {
    /// One that is not known is taken for a text, which is what most are.
    fn of(mechanism: &Mechanism) -> Self {
        match mechanism.answer_type.as_str() {
            "StartTextOob" => Self::CodeOrApproval,
            "StartOob" => Self::Approval,
            _ => Self::Text,
        }
    }
}

impl UserLogin {
    /// None when the next challenge is due.
    pub(super) async fn meet(
        &self,
        conversation: &mut Conversation<'_>,
        session: &str,
        mechanism: &Mechanism,
    ) -> Result<Option<Progress>> {
        let with = With { session, mechanism };
        match AnswerType::of(mechanism) {
            AnswerType::Text if mechanism.is_password() && self.password.is_some() => {
                let password = self.password.as_ref().map(ExposeSecret::expose_secret);
                with.answer(conversation, password.unwrap_or_default().into())
                    .await
            }
            AnswerType::Text => match &mechanism.multipart_mechanism {
                Some(parts) => {
                    with.answer(conversation, self.ask_all(parts, mechanism).await?)
                        .await
                }
                None => self.ask_until_right(conversation, &with, None).await,
            },
            kind => {
                let started = with.step(conversation, "StartOOB", None).await?;
                let number = started.generated_auth_value.as_ref().and_then(shown);
                if kind == AnswerType::CodeOrApproval {
                    return self.ask_until_right(conversation, &with, number).await;
                }
                let question = with.question(QuestionKind::Approve, number);
                self.ask(question).await?;
                with.poll(conversation).await
            }
        }
    }

    /// A person may mistype. The service decides how often; its last word is the error.
    async fn ask_until_right(
        &self,
        conversation: &mut Conversation<'_>,
        with: &With<'_>,
        number: Option<String>,
    ) -> Result<Option<Progress>> {
        let kind = match AnswerType::of(with.mechanism) {
            AnswerType::Text if with.mechanism.name != "OATH" => QuestionKind::Secret,
            _ => QuestionKind::Code,
        };
        let mut question = with.question(kind, number);
        let mut left = MOST_ANSWERS;
        loop {
            let answer = self.ask(question.clone()).await?;
            let answer = answer.filter(|text| !text.expose_secret().trim().is_empty());
            let Some(answer) = answer else {
                return match AnswerType::of(with.mechanism) {
                    AnswerType::CodeOrApproval => with.poll(conversation).await,
                    _ => Err(failure("no answer was given".to_owned())),
                };
            };
            left -= 1;
            match with.answer(conversation, text(&answer, kind)).await {
                Err(error) if is_refusal(&error) && left > 0 => {
                    let again = with.mechanism.prompt();
                    question.message = format!("{}. {again}", error.details().message);
                }
                outcome => return outcome,
            }
        }
    }

    /// Several questions at once, by their ids.
    async fn ask_all(&self, parts: &Parts, mechanism: &Mechanism) -> Result<Value> {
        let mut answers = Map::new();
        for part in &parts.mechanism_parts {
            let mut question = Question::new(QuestionKind::Secret, &part.prompt_mech_chosen);
            question.mechanism = Some(mechanism.name.clone());
            let answer = self.ask(question).await?;
            let answer = answer.as_ref().map_or("", ExposeSecret::expose_secret);
            answers.insert(part.uuid.clone(), answer.into());
        }
        Ok(answers.into())
    }
}

/// Codes are typed with blanks around them; a password may have some of its own.
fn text(answer: &SecretString, kind: QuestionKind) -> Value {
    let text = answer.expose_secret();
    match kind {
        QuestionKind::Code => text.trim().into(),
        _ => text.into(),
    }
}

fn shown(number: &Value) -> Option<String> {
    match number {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Authentication && error.details().status == Some(200)
}

/// A mechanism of a sign-in under way.
struct With<'a> {
    session: &'a str,
    mechanism: &'a Mechanism,
}

impl With<'_> {
    fn question(&self, kind: QuestionKind, number: Option<String>) -> Question {
        let mut question = Question::new(kind, self.mechanism.prompt());
        question.mechanism = Some(self.mechanism.name.clone());
        question.number = number;
        question
    }

    async fn answer(
        &self,
        conversation: &mut Conversation<'_>,
        answer: Value,
    ) -> Result<Option<Progress>> {
        let answered = self.step(conversation, "Answer", Some(answer)).await?;
        Ok(answered.progress(Some(self.session)))
    }

    async fn poll(&self, conversation: &mut Conversation<'_>) -> Result<Option<Progress>> {
        loop {
            let answered = self.step(conversation, "Poll", None).await?;
            if answered.summary.as_deref() != Some("OobPending") {
                return Ok(answered.progress(Some(self.session)));
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
    }

    async fn step(
        &self,
        conversation: &mut Conversation<'_>,
        action: &str,
        answer: Option<Value>,
    ) -> Result<super::package::Answered> {
        let answered = conversation
            .advance(self.session, &self.mechanism.id, action, answer)
            .await?;
        let failed = matches!(
            answered.summary.as_deref(),
            Some("LoginFailure" | "Undefined")
        );
        match (failed, &answered.client_message) {
            (true, Some(said)) => Err(failure(said.clone())),
            (true, None) => Err(failure("the service does not say why".to_owned())),
            (false, _) => Ok(answered),
        }
    }
}
