//! Which fields are always there, judged by the answers so far.

/// Consecutive answers that have a field, before it counts as always present.
const ALWAYS: u32 = 10;

/// Consecutive answers without it, before it counts as missing.
const GONE: u32 = 3;

/// What is known of one field from the answers so far.
#[derive(Debug, Default)]
pub(super) struct Presence {
    answers: u32,
    gone: u32,
    /// Whether it is only sometimes there, which is not drift: the service leaves out attributes without a value.
    sometimes: bool,
}

/// What an answer makes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// It is missing in this answer; with the number of consecutive answers that lack it.
    Missing(u32),
    /// It was reported missing, and comes back after all.
    Returned,
}

impl Presence {
    /// Takes note of an answer in which `with` of `all` objects have the field.
    pub(super) fn note(&mut self, all: usize, with: usize) -> Verdict {
        if self.sometimes || all == 0 {
            return Verdict::Fine;
        }
        if with == all && self.gone == 0 {
            self.answers = self.answers.saturating_add(1);
            return Verdict::Fine;
        }
        if with > 0 || self.answers < ALWAYS {
            self.sometimes = true;
            return match self.gone >= GONE {
                true => Verdict::Returned,
                false => Verdict::Fine,
            };
        }
        self.gone = self.gone.saturating_add(1);
        match self.gone >= GONE {
            true => Verdict::Missing(self.gone),
            false => Verdict::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(answers: &[(usize, usize)]) -> Verdict {
        let mut presence = Presence::default();
        let notes = answers.iter().map(|(all, with)| presence.note(*all, *with));
        notes.last().unwrap()
    }

    #[test]
    fn only_what_was_always_there_can_be_missing() {
        let always = [(5, 5); 10];
        let gone = |times: usize| [&always[..], &[(5, 0)].repeat(times)].concat();
        assert_eq!(after(&gone(2)), Verdict::Fine);
        assert_eq!(after(&gone(3)), Verdict::Missing(3));
        assert_eq!(after(&gone(4)), Verdict::Missing(4));
        assert_eq!(
            after(&[&gone(4)[..], &[(5, 1)]].concat()),
            Verdict::Returned
        );
        assert_eq!(
            after(&[&gone(2)[..], &[(5, 5), (5, 0), (5, 0), (5, 0)]].concat()),
            Verdict::Fine
        );
        assert_eq!(after(&[&always[1..], &[(5, 0); 9]].concat()), Verdict::Fine);
        assert_eq!(
            after(&[&[(5, 4)], &always[..], &[(5, 0); 9]].concat()),
            Verdict::Fine
        );
        assert_eq!(
            after(&[&always[..], &[(0, 0); 9]].concat()),
            Verdict::Fine,
            "empty lists"
        );
    }
}
