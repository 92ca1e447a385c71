//! How people sign in: which challenges they meet, and whether they are sent elsewhere first.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::users::fold;

/// A way to satisfy a challenge, under the code that the service uses for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MechanismKind {
    /// The password.
    #[serde(rename = "UP")]
    Password,
    #[serde(rename = "EMAIL")]
    Email,
    #[serde(rename = "SMS")]
    Sms,
    /// A telephone call that is answered by a key.
    #[serde(rename = "PF")]
    PhoneCall,
    /// The code that an authenticator shows.
    #[serde(rename = "OATH")]
    Authenticator,
    /// A push to a device, or the code that the device shows.
    #[serde(rename = "OTP")]
    Push,
    /// One or several security questions, which are answered at once.
    #[serde(rename = "SQ")]
    SecurityQuestions,
    /// Signing in at another identity provider. A policy asks for it by its address instead; the name is what stands
    /// for a mechanism where its PIN is given.
    #[serde(rename = "OOBAUTHPIN", skip_deserializing)]
    IdentityProvider,
}

/// A security question, and the answer that a person has set for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityQuestion {
    pub(crate) question: String,
    pub(crate) answer: String,
}

/// What one person, or everybody, meets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policy {
    /// One mechanism of each has to be satisfied, in this order.
    pub(crate) challenges: Vec<Vec<MechanismKind>>,
    /// The host where sign-in has to be started; other hosts name it and do nothing else.
    pub(crate) pod_fqdn: Option<String>,
    /// Where another identity provider signs them in.
    pub(crate) idp_redirect_url: Option<String>,
    /// Whether the page of that provider ends in a PIN, which has to be typed into the program.
    pub(crate) idp_pin: bool,
    /// What is asked by the mechanism `SQ`.
    pub(crate) security_questions: Vec<SecurityQuestion>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            challenges: vec![vec![MechanismKind::Password]],
            pod_fqdn: None,
            idp_redirect_url: None,
            idp_pin: false,
            security_questions: Vec::new(),
        }
    }
}

impl Policy {
    /// # Errors
    /// What nobody could sign in by.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let mut mechanisms = self.challenges.iter().flatten();
        let asks = mechanisms.any(|kind| *kind == MechanismKind::SecurityQuestions);
        let blank =
            |one: &SecurityQuestion| one.question.trim().is_empty() || one.answer.trim().is_empty();
        if self.challenges.is_empty() || self.challenges.iter().any(Vec::is_empty) {
            Err("there has to be a challenge, and a mechanism in each")
        } else if asks && self.security_questions.is_empty() {
            Err("`SQ` needs `security_questions`: a list of `question` and `answer`")
        } else if self.security_questions.iter().any(blank) {
            Err("neither `question` nor `answer` of `security_questions` may be blank")
        } else if self.idp_pin && self.idp_redirect_url.is_none() {
            Err("`idp_pin` needs `idp_redirect_url`")
        } else {
            Ok(())
        }
    }

    /// Whether a password is all that is asked for.
    pub(crate) fn is_password_only(&self) -> bool {
        let password_is_enough =
            |choice: &Vec<MechanismKind>| choice.contains(&MechanismKind::Password);
        self.idp_redirect_url.is_none()
            && self.challenges.len() == 1
            && self.challenges.iter().all(password_is_enough)
    }
}

/// The policy for everybody, and those of single people, by folded login name so that it does not matter whether there
/// is such an account.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Policies {
    everybody: Policy,
    single: HashMap<Box<str>, Policy>,
}

impl Policies {
    pub(crate) fn of(&self, user_name: &str) -> &Policy {
        self.single.get(&fold(user_name)).unwrap_or(&self.everybody)
    }

    /// Sets the policy of one person or, without a name, of everybody who has none of their own.
    pub(crate) fn set(&mut self, user_name: Option<&str>, policy: Policy) {
        match user_name {
            Some(name) => {
                self.single.insert(fold(name), policy);
            }
            None => self.everybody = policy,
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn everybody(&self) -> &Policy {
        &self.everybody
    }

    pub(crate) fn single(&self) -> BTreeMap<&str, &Policy> {
        let single = self.single.iter();
        single.map(|(name, policy)| (&**name, policy)).collect()
    }
}
