//! Messages the tenant would have sent, kept so that tests can see them.

use std::collections::VecDeque;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Why a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
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
pub(crate) struct Outbox {
    messages: VecDeque<Message>,
    /// The number of the oldest.
    first: u64,
    /// Which are in the file, if there is one.
    saved: Range<u64>,
}

/// What has to be written and removed so that the file holds what the outbox holds.
#[derive(Debug)]
pub(super) struct OutboxChanges {
    pub(super) added: Range<u64>,
    pub(super) dropped: Range<u64>,
}

impl Outbox {
    pub(crate) fn send(&mut self, kind: MessageKind, to: &str, text: impl Into<String>) {
        if self.messages.len() == KEPT {
            self.messages.pop_front();
            self.first += 1;
        }
        self.messages.push_back(Message {
            kind,
            to: to.to_owned(),
            text: text.into(),
        });
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.iter().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The message with this number.
    pub(super) fn get(&self, number: u64) -> Option<&Message> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.messages.get(place)
    }

    pub(super) fn take_changes(&mut self) -> OutboxChanges {
        let now = self.first..self.first + self.messages.len() as u64;
        let before = std::mem::replace(&mut self.saved, now.clone());
        OutboxChanges {
            added: before.end.max(now.start)..now.end,
            dropped: before.start..now.start.min(before.end),
        }
    }

    /// Takes saved messages, the first of which has this number.
    pub(super) fn restore(&mut self, first: u64, messages: impl Iterator<Item = Message>) {
        self.messages.extend(messages);
        self.first = first;
        self.saved = first..first + self.messages.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_follows_what_is_kept() {
        let mut outbox = Outbox::default();
        let send = |outbox: &mut Outbox, count| {
            for _ in 0..count {
                outbox.send(MessageKind::SignInCode, "a@x", "1");
            }
            let changes = outbox.take_changes();
            (changes.added, changes.dropped)
        };
        assert_eq!(send(&mut outbox, KEPT), (0..10_000, 0..0));
        assert_eq!(send(&mut outbox, 3), (10_000..10_003, 0..3));
        assert_eq!(send(&mut outbox, KEPT + 5), (10_008..20_008, 3..10_003));
        assert!(outbox.get(10_007).is_none() && outbox.get(20_007).is_some());
    }
}
