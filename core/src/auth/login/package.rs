//! What the service asks for, and how far that has got.

use serde::Deserialize;
use serde_json::Value;

use super::{super::prompt::Choice, platform::Session};

/// The result of `StartAuthentication` and `AdvanceAuthentication`, whichever members it has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Answered {
    pub(super) summary: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) challenges: Option<Vec<Challenge>>,
    pub(super) pod_fqdn: Option<String>,
    pub(super) client_message: Option<String>,
    pub(super) generated_auth_value: Option<Value>,
    pub(super) auth: Option<String>,
    pub(super) token: Option<String>,
    pub(super) refresh_token: Option<String>,
    pub(super) token_lifetime: Option<Value>,
    pub(super) idp_redirect_url: Option<String>,
    pub(super) idp_redirect_short_url: Option<String>,
    pub(super) idp_login_session_id: Option<String>,
    pub(super) idp_oob_auth_pin_required: Option<bool>,
    /// Of `OobAuthStatus`.
    pub(super) state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Challenge {
    #[serde(default)]
    pub(super) mechanisms: Vec<Mechanism>,
}

/// A way to meet a challenge.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Mechanism {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) answer_type: String,
    #[serde(rename = "MechanismId")]
    pub(super) id: String,
    prompt_mech_chosen: Option<String>,
    prompt_select_mech: Option<String>,
    ui_prompt: Option<String>,
    partial_address: Option<String>,
    partial_device_address: Option<String>,
    partial_phone_number: Option<String>,
    question: Option<String>,
    pub(super) multipart_mechanism: Option<Parts>,
}

/// Several questions that are answered at once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parts {
    #[serde(default)]
    pub(super) mechanism_parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Part {
    pub(super) uuid: String,
    #[serde(default)]
    pub(super) prompt_mech_chosen: String,
}

/// How far a sign-in is.
pub(super) enum Progress {
    SignedIn(Session),
    Challenged(Package),
    Elsewhere(Provider),
}

/// Challenges to be met, in this order.
pub(super) struct Package {
    pub(super) session: String,
    pub(super) challenges: Vec<Vec<Mechanism>>,
}

/// Another identity provider.
pub(super) struct Provider {
    pub(super) url: String,
    pub(super) session: String,
    pub(super) pin_required: bool,
}

impl Mechanism {
    /// A key that has to be plugged in, a picture to be scanned, a password to be changed: these need the portal.
    pub(super) fn is_usable(&self) -> bool {
        !matches!(self.name.as_str(), "U2F" | "QR" | "RESET" | "DUO")
    }

    pub(super) fn is_password(&self) -> bool {
        self.name == "UP"
    }

    pub(super) fn choice(&self) -> Choice {
        let address = self.address();
        let label = self.prompt_select_mech.as_deref().unwrap_or(&self.name);
        Choice {
            id: self.id.clone(),
            mechanism: self.name.clone(),
            label: match address {
                Some(address) => format!("{label} ({address})"),
                None => label.to_owned(),
            },
        }
    }

    /// The question, in the service's words if it has any.
    pub(super) fn prompt(&self) -> &str {
        let prompts = [&self.question, &self.ui_prompt, &self.prompt_mech_chosen];
        let mut prompts = prompts.into_iter().flatten();
        let given = prompts.find(|text| !text.trim().is_empty());
        given.map_or("Your answer", |text| text.trim())
    }

    fn address(&self) -> Option<&str> {
        let addresses = [
            &self.partial_address,
            &self.partial_device_address,
            &self.partial_phone_number,
        ];
        let mut addresses = addresses.into_iter().flatten();
        addresses.find(|text| !text.is_empty()).map(String::as_str)
    }
}

impl Answered {
    /// What is to be done now. None when the next of the challenges is due, and for an answer that decides nothing.
    pub(super) fn progress(self, session: Option<&str>) -> Option<Progress> {
        if self.auth.is_some() || self.token.is_some() {
            return Some(Progress::SignedIn(Session::of(self)));
        }
        let session = self.session_id.clone().or(session.map(str::to_owned))?;
        if let Some(url) = self.idp_redirect_short_url.or(self.idp_redirect_url) {
            return Some(Progress::Elsewhere(Provider {
                url,
                session: self.idp_login_session_id.unwrap_or(session),
                pin_required: self.idp_oob_auth_pin_required.unwrap_or(false),
            }));
        }
        let challenges = self
            .challenges
            .filter(|challenges| !challenges.is_empty())?;
        let challenges = challenges.into_iter().map(|one| one.mechanisms).collect();
        Some(Progress::Challenged(Package {
            session,
            challenges,
        }))
    }
}
