//! One sign-in on its way through its challenges.

use uuid::Uuid;

use super::policy::MechanismKind;

/// After so many wrong answers a sign-in is over. The service's number is not known.
const WRONG_ANSWERS: u32 = 5;

/// A way to satisfy the challenge, in one sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Mechanism {
    pub(crate) id: String,
    pub(crate) kind: MechanismKind,
    /// The code that was sent, or that the device shows.
    pub(crate) code: Option<String>,
    /// What the device shows beside its question, to be compared with what the program shows.
    pub(crate) number: Option<String>,
    outside: Outside,
}

/// What has become of a question that is answered outside of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    NotAsked,
    Waiting,
    Approved,
    Denied,
}

/// How far a step has brought the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not yet approved; the number is to be compared with the one that the device shows.
    Waiting,
    NextChallenge,
    SignedIn,
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The mechanism does not belong to the challenge, or cannot do what it was asked for.
    NotPossible,
    Wrong,
    /// Denied, or wrong too often: the sign-in is over.
    Over,
}

#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// Nobody when there is no such account or it may not sign in; then nothing satisfies the challenges.
    pub(crate) user: Option<Uuid>,
    pub(crate) wants_platform_token: bool,
    challenges: Vec<Vec<Mechanism>>,
    current: usize,
    wrong_answers: u32,
}

impl Mechanism {
    fn new(kind: MechanismKind) -> Self {
        // The authenticator of somebody shows its code all the time.
        let code = (kind == MechanismKind::Authenticator).then(fresh_code);
        Self {
            id: Uuid::new_v4().simple().to_string(),
            kind,
            code,
            number: None,
            outside: Outside::NotAsked,
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.outside == Outside::Waiting
    }

    /// Whether it is satisfied by a text alone, without being started.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self.kind,
            MechanismKind::Password | MechanismKind::Authenticator
        )
    }

    /// Whether a person approves it somewhere else.
    pub(crate) fn is_approved_outside(&self) -> bool {
        matches!(
            self.kind,
            MechanismKind::Push | MechanismKind::PhoneCall | MechanismKind::IdentityProvider
        )
    }
}

fn fresh_code() -> String {
    fresh_digits(8)
}

fn fresh_digits(count: usize) -> String {
    let digits = Uuid::new_v4().as_u128().to_string();
    digits.chars().rev().take(count).collect()
}

impl Login {
    pub(crate) fn new(
        user: Option<Uuid>,
        challenges: &[Vec<MechanismKind>],
        wants_platform_token: bool,
    ) -> Self {
        let challenge = |kinds: &Vec<MechanismKind>| {
            let mechanisms = kinds.iter().map(|kind| Mechanism::new(*kind));
            mechanisms.collect()
        };
        Self {
            user,
            wants_platform_token,
            challenges: challenges.iter().map(challenge).collect(),
            current: 0,
            wrong_answers: 0,
        }
    }

    /// One that another identity provider has to approve. It waits from the beginning.
    pub(crate) fn elsewhere(user: Option<Uuid>, wants_platform_token: bool) -> Self {
        let mut provider = Mechanism::new(MechanismKind::IdentityProvider);
        provider.outside = Outside::Waiting;
        Self {
            challenges: vec![vec![provider]],
            ..Self::new(user, &[], wants_platform_token)
        }
    }

    pub(crate) fn challenges(&self) -> &[Vec<Mechanism>] {
        &self.challenges
    }

    /// The mechanisms of the challenge that has to be satisfied now.
    pub(crate) fn choices(&self) -> &[Mechanism] {
        self.challenges.get(self.current).map_or(&[], Vec::as_slice)
    }

    /// Sends a code or asks outside. What is sent goes with the mechanism.
    pub(crate) fn start(&mut self, mechanism: &str) -> Result<&Mechanism, Refused> {
        let chosen = self.choice(mechanism)?;
        if chosen.is_text() {
            return Err(Refused::NotPossible);
        }
        chosen.code = Some(fresh_code());
        chosen.number = (chosen.kind == MechanismKind::Push).then(|| fresh_digits(2));
        chosen.outside = Outside::Waiting;
        Ok(chosen)
    }

    /// Takes a password or a code.
    pub(crate) fn answer(
        &mut self,
        mechanism: &str,
        text: &str,
        is_password: impl FnOnce(&str) -> bool,
    ) -> Result<Progress, Refused> {
        let known = self.user.is_some();
        let chosen = self.choice(mechanism)?;
        let right = match chosen.kind {
            MechanismKind::Password => is_password(text),
            MechanismKind::PhoneCall | MechanismKind::IdentityProvider => {
                return Err(Refused::NotPossible);
            }
            _ => match &chosen.code {
                Some(code) => code == text.trim(),
                None => return Err(Refused::NotPossible),
            },
        };
        if known && right {
            return Ok(self.advance());
        }
        self.wrong_answers += 1;
        Err(if self.wrong_answers < WRONG_ANSWERS {
            Refused::Wrong
        } else {
            Refused::Over
        })
    }

    /// Asks whether somebody has approved outside.
    pub(crate) fn poll(&mut self, mechanism: &str) -> Result<Progress, Refused> {
        let known = self.user.is_some();
        match self.choice(mechanism)?.outside {
            Outside::NotAsked => Err(Refused::NotPossible),
            Outside::Waiting => Ok(Progress::Waiting),
            Outside::Approved if known => Ok(self.advance()),
            Outside::Approved | Outside::Denied => Err(Refused::Over),
        }
    }

    /// Decides what waits outside; whether anything did.
    pub(crate) fn decide(&mut self, approve: bool) -> bool {
        let waiting = self.challenges.get_mut(self.current).and_then(|choices| {
            let mut waiting = choices
                .iter_mut()
                .filter(|choice| choice.is_waiting() && choice.is_approved_outside());
            waiting.next()
        });
        let Some(waiting) = waiting else {
            return false;
        };
        waiting.outside = if approve {
            Outside::Approved
        } else {
            Outside::Denied
        };
        true
    }

    fn choice(&mut self, mechanism: &str) -> Result<&mut Mechanism, Refused> {
        let choices = self.challenges.get_mut(self.current);
        let mut choices = choices.into_iter().flatten();
        choices
            .find(|choice| choice.id == mechanism)
            .ok_or(Refused::NotPossible)
    }

    fn advance(&mut self) -> Progress {
        self.current += 1;
        if self.current < self.challenges.len() {
            Progress::NextChallenge
        } else {
            Progress::SignedIn
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(challenges: &[Vec<MechanismKind>]) -> Login {
        Login::new(Some(Uuid::from_u128(1)), challenges, false)
    }

    fn id(login: &Login, index: usize) -> String {
        login.choices()[index].id.clone()
    }

    #[test]
    fn challenges_are_met_one_after_the_other() {
        use MechanismKind::{Authenticator, Email, Password};
        let mut login = login(&[vec![Password], vec![Email, Authenticator]]);
        let code_of_later = login.challenges()[1][1].id.clone();
        let early = login.answer(&code_of_later, "x", |_| true);
        assert_eq!(early, Err(Refused::NotPossible));
        let password = id(&login, 0);
        assert_eq!(
            login.answer(&password, "pw", |text| text == "pw"),
            Ok(Progress::NextChallenge)
        );
        let mail = id(&login, 0);
        assert_eq!(login.answer(&mail, "", |_| true), Err(Refused::NotPossible));
        let code = login.start(&mail).unwrap().code.clone().unwrap();
        assert_eq!(
            login.answer(&mail, &code, |_| false),
            Ok(Progress::SignedIn)
        );
    }

    #[test]
    fn a_push_is_approved_or_denied_outside() {
        for (approve, expected) in [(true, Ok(Progress::SignedIn)), (false, Err(Refused::Over))] {
            let mut login = login(&[vec![MechanismKind::Push]]);
            let push = id(&login, 0);
            assert!(!login.decide(true), "nothing was asked");
            assert_eq!(login.poll(&push), Err(Refused::NotPossible));
            login.start(&push).unwrap();
            assert_eq!(login.poll(&push), Ok(Progress::Waiting));
            assert!(login.decide(approve));
            assert_eq!(login.poll(&push), expected);
        }
    }

    #[test]
    fn nobody_never_gets_in_and_guessing_ends() {
        let mut login = Login::new(None, &[vec![MechanismKind::Password]], false);
        let password = id(&login, 0);
        for _ in 1..WRONG_ANSWERS {
            assert_eq!(login.answer(&password, "pw", |_| true), Err(Refused::Wrong));
        }
        assert_eq!(login.answer(&password, "pw", |_| true), Err(Refused::Over));
    }
}
