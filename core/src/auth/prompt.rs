//! Questions to a person who signs in.

use std::{fmt, future::Future};

use secrecy::SecretString;
use serde::Serialize;

use crate::{error::Result, transport::BoxFuture};

/// What a person is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// What kind of answer is expected.
    pub kind: QuestionKind,
    /// Who signs in; none if that is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The text of the question, partly the service's own.
    pub message: String,
    /// The service's code of the mechanism that asks: `UP`, `EMAIL`, `SMS`, `OTP`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// For [`Choose`](QuestionKind::Choose): the choices.
    pub choices: Vec<Choice>,
    /// For [`Visit`](QuestionKind::Visit): the URL to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The number that the person's device has to show as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What kind of answer is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of the choices, by its `id`.
    Choose,
    /// A password, or another text that nobody else may read.
    Secret,
    /// A code. No answer means: wait until the person has approved on the device or through the link that was sent.
    Code,
    /// No answer: the person approves somewhere else.
    Approve,
    /// No answer: the person opens `url` in a browser.
    Visit,
}

/// A way to continue.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// The answer that chooses it.
    pub id: String,
    /// Code of the mechanism: `UP`, `EMAIL`, `SMS`, `OTP`, …
    pub mechanism: String,
    /// Its name for people, with the part of the address that the service shows.
    pub label: String,
}

impl Question {
    pub(super) fn new(kind: QuestionKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            user: None,
            message: message.into(),
            mechanism: None,
            choices: Vec::new(),
            url: None,
            number: None,
        }
    }
}

/// Asks a person. Answers never print.
pub trait Prompt: fmt::Debug + Send + Sync + 'static {
    /// Asks a question, and returns the answer if one is expected.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>>;
}

/// Asks with a function.
#[derive(Clone)]
pub struct PromptFunction<F>(F);

impl<F, A> PromptFunction<F>
where
    F: Fn(Question) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Option<String>>> + Send + 'static,
{
    /// `function` asks the question and returns the answer.
    pub fn new(function: F) -> Self {
        Self(function)
    }
}

impl<F> fmt::Debug for PromptFunction<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PromptFunction")
    }
}

impl<F, A> Prompt for PromptFunction<F>
where
    F: Fn(Question) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Option<String>>> + Send + 'static,
{
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>> {
        Box::pin(async { Ok((self.0)(question.clone()).await?.map(SecretString::from)) })
    }
}
