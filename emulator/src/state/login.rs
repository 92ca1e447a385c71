//! One sign-in on its way through its challenges.

use uuid::Uuid;

use super::policy::{MechanismKind, Policy, SecurityQuestion};

/// After so many wrong answers a sign-in is over. The service's number is not known.
const WRONG_ANSWERS: u32 = 5;

/// A way to satisfy the challenge, in one sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Mechanism {
    pub(crate) id: String,
    pub(crate) kind: MechanismKind,
    /// The code that was sent, or that the device shows.
    pub(crate) code: Option<String>,
    /// What is asked, for security questions.
    pub(crate) questions: Vec<Asked>,
    /// What the device shows beside its question, to be compared with what the program shows.
    pub(crate) number: Option<String>,
    outside: Outside,
}

/// A security question in one sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// What its answer is keyed by, where there are several.
    pub(crate) key: String,
    pub(crate) question: SecurityQuestion,
}

/// What somebody gives as an answer.
#[derive(Debug)]
pub(crate) enum Given {
    Text(String),
    /// By the keys of the questions.
    ByQuestion(Vec<(String, String)>),
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
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
    /// Whether signing in at another identity provider ends in a PIN.
    wants_pin: bool,
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
            questions: Vec::new(),
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
            MechanismKind::Password
                | MechanismKind::Authenticator
                | MechanismKind::SecurityQuestions
        )
    }

    /// One question is answered by a text, several by the keys of all of them.
    fn questions_are_answered(&self, given: &Given) -> bool {
        match (self.questions.as_slice(), given) {
            ([asked], Given::Text(text)) => asked.is_answered_by(text),
            ([_, _, ..], Given::ByQuestion(answers)) => self.questions.iter().all(|asked| {
                let mut answers = answers.iter();
                answers.any(|(key, text)| *key == asked.key && asked.is_answered_by(text))
            }),
            _ => false,
        }
    }

    /// Whether a person approves it somewhere else.
    pub(crate) fn is_approved_outside(&self) -> bool {
        matches!(
            self.kind,
            MechanismKind::Push | MechanismKind::PhoneCall | MechanismKind::IdentityProvider
        )
    }
}

impl Asked {
    fn new(question: &SecurityQuestion) -> Self {
        Self {
            key: format!("u_{}", Uuid::new_v4()),
            question: question.clone(),
        }
    }

    /// Whether letter case matters to the service is not known; here it does.
    fn is_answered_by(&self, text: &str) -> bool {
        self.question.answer.trim() == text.trim()
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
    pub(crate) fn new(user: Option<Uuid>, policy: &Policy, wants_platform_token: bool) -> Self {
        let mechanism = |kind: &MechanismKind| {
            let mut mechanism = Mechanism::new(*kind);
            if *kind == MechanismKind::SecurityQuestions {
                mechanism.questions = policy.security_questions.iter().map(Asked::new).collect();
            }
            mechanism
        };
        let challenge = |kinds: &Vec<MechanismKind>| kinds.iter().map(mechanism).collect();
        Self {
            user,
            wants_platform_token,
            wants_pin: false,
            challenges: policy.challenges.iter().map(challenge).collect(),
            current: 0,
            wrong_answers: 0,
        }
    }

    /// One that another identity provider has to approve. It waits from the beginning.
    pub(crate) fn elsewhere(
        user: Option<Uuid>,
        policy: &Policy,
        wants_platform_token: bool,
    ) -> Self {
        let mut provider = Mechanism::new(MechanismKind::IdentityProvider);
        provider.outside = Outside::Waiting;
        Self {
            challenges: vec![vec![provider]],
            wants_pin: policy.idp_pin,
            ..Self::new(user, policy, wants_platform_token)
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

    /// Takes a password, a code, or answers to questions.
    pub(crate) fn answer(
        &mut self,
        mechanism: &str,
        given: &Given,
        is_password: impl FnOnce(&str) -> bool,
    ) -> Result<Progress, Refused> {
        let known = self.user.is_some();
        let chosen = self.choice(mechanism)?;
        let right = match (chosen.kind, given) {
            (MechanismKind::SecurityQuestions, given) => chosen.questions_are_answered(given),
            (MechanismKind::PhoneCall, _) | (_, Given::ByQuestion(_)) => {
                return Err(Refused::NotPossible);
            }
            (MechanismKind::Password, Given::Text(text)) => is_password(text),
            (_, Given::Text(text)) => match &chosen.code {
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
        let (known, wants_pin) = (self.user.is_some(), self.wants_pin);
        match self.choice(mechanism)?.outside {
            Outside::NotAsked => Err(Refused::NotPossible),
            Outside::Waiting => Ok(Progress::Waiting),
            // The page shows its PIN, and only that signs in. What the service tells meanwhile is not known.
            Outside::Approved if known && wants_pin => Ok(Progress::Waiting),
            Outside::Approved if known => Ok(self.advance()),
            Outside::Approved | Outside::Denied => Err(Refused::Over),
        }
    }

    /// Decides what waits outside; whether anything did.
    pub(crate) fn decide(&mut self, approve: bool) -> bool {
        let pin = self.wants_pin.then(fresh_code);
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
            waiting.code = pin.or(waiting.code.take());
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

    fn policy(challenges: &[Vec<MechanismKind>]) -> Policy {
        Policy {
            challenges: challenges.to_vec(),
            ..Policy::default()
        }
    }

    fn login(challenges: &[Vec<MechanismKind>]) -> Login {
        Login::new(Some(Uuid::from_u128(1)), &policy(challenges), false)
    }

    fn id(login: &Login, index: usize) -> String {
        login.choices()[index].id.clone()
    }

    #[test]
    fn challenges_are_met_one_after_the_other() {
        use MechanismKind::{Authenticator, Email, Password};
        let mut login = login(&[vec![Password], vec![Email, Authenticator]]);
        let code_of_later = login.challenges()[1][1].id.clone();
        let early = login.answer(&code_of_later, &"x".into(), |_| true);
        assert_eq!(early, Err(Refused::NotPossible));
        let password = id(&login, 0);
        assert_eq!(
            login.answer(&password, &"pw".into(), |text| text == "pw"),
            Ok(Progress::NextChallenge)
        );
        let mail = id(&login, 0);
        assert_eq!(
            login.answer(&mail, &"".into(), |_| true),
            Err(Refused::NotPossible)
        );
        let code = login.start(&mail).unwrap().code.clone().unwrap();
        assert_eq!(
            login.answer(&mail, &code.as_str().into(), |_| false),
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
        let mut login = Login::new(None, &policy(&[vec![MechanismKind::Password]]), false);
        let password = id(&login, 0);
        for _ in 1..WRONG_ANSWERS {
            assert_eq!(
                login.answer(&password, &"pw".into(), |_| true),
                Err(Refused::Wrong)
            );
        }
        assert_eq!(
            login.answer(&password, &"pw".into(), |_| true),
            Err(Refused::Over)
        );
    }
}
