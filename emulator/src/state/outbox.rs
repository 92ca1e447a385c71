//! Messages the tenant would have sent, kept so that tests can see them.

use serde::Serialize;

/// Why a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MessageKind {
    /// Invitation or welcome by e-mail.
    EmailInvite,
    /// Invitation by text message.
    SmsInvite,
    /// A code to sign in with; the text is the code.
    SignInCode,
    /// How a bulk import went.
    ImportReport,
}

/// One message.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Why it was sent.
    pub kind: MessageKind,
    /// Mail address or telephone number.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// How many messages are kept.
const KEPT: usize = 10_000;

/// The messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Outbox(std::collections::VecDeque<Message>);

impl Outbox {
    pub(crate) fn send(&mut self, kind: MessageKind, to: &str, text: impl Into<String>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Message {
            kind,
            to: to.to_owned(),
            text: text.into(),
        });
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.0.iter().cloned().collect()
    }
}
