//! Questions to a person who signs in.

use std::{fmt, future::Future};

use secrecy::SecretString;
use serde::Serialize;

use crate::{error::Result, transport::BoxFuture};

/// What a person is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// What kind of answer is wanted.
    pub kind: QuestionKind,
    /// Who signs in; none where that is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The question in words, partly the service's own.
    pub message: String,
    /// Code of the mechanism that asks, as the service has it: `UP`, `EMAIL`, `SMS`, `OTP`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// For [`Choose`](QuestionKind::Choose): what there is.
    pub choices: Vec<Choice>,
    /// For [`Visit`](QuestionKind::Visit): the address to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The number that the person's device shows, too, when it is the right one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What kind of answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of the choices, by its `id`.
    Choose,
    /// A password, or another text that nobody else may read.
    Secret,
    /// A code. No answer means: wait until the person has approved on the device or by the link that was sent.
    Code,
    /// No answer: the person is to approve somewhere else.
    Approve,
    /// No answer: the person is to open `url` in a browser.
    Visit,
}

/// A way to go on.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is answered to choose it.
    pub id: String,
    /// Code of the mechanism: `UP`, `EMAIL`, `SMS`, `OTP`, …
    pub mechanism: String,
    /// What it is called, with what is shown of the address.
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

/// Asks a person. What is answered never prints.
pub trait Prompt: fmt::Debug + Send + Sync + 'static {
    /// Puts a question, and gives the answer where one is wanted.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>>;
}

/// Asks by a function.
#[derive(Clone)]
pub struct PromptFunction<F>(F);

impl<F, A> PromptFunction<F>
where
    F: Fn(Question) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Option<String>>> + Send + 'static,
{
    /// `function` puts the question and gives the answer.
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
