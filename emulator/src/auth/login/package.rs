//! How challenges are shown.

use serde_json::{Value, json};

use crate::state::login::{Asked, Login, Mechanism};
use crate::state::policy::MechanismKind;
use crate::state::user::User;

/// All challenges of a sign-in. Where an account is known, its addresses are shown in part.
pub(super) fn challenges(login: &Login, account: Option<&User>) -> Vec<Value> {
    let challenge = |choices: &Vec<Mechanism>| {
        let mechanisms: Vec<Value> = choices
            .iter()
            .map(|choice| mechanism(choice, account))
            .collect();
        json!({ "Mechanisms": mechanisms })
    };
    login.challenges().iter().map(challenge).collect()
}

/// The texts are not known.
fn mechanism(mechanism: &Mechanism, account: Option<&User>) -> Value {
    let mail = account
        .and_then(|user| user.mail.as_deref())
        .map(masked_mail);
    let number = account
        .and_then(|user| user.mobile_number.as_deref())
        .map(masked_number);
    let (name, select, chosen) = match mechanism.kind {
        MechanismKind::Password => ("UP", "Password", "Enter your password"),
        MechanismKind::Email => ("EMAIL", "E-mail", "Enter the code from the message"),
        MechanismKind::Sms => ("SMS", "Text message", "Enter the code from the message"),
        MechanismKind::PhoneCall => ("PF", "Phone call", "Answer the call and press the key"),
        MechanismKind::Authenticator => (
            "OATH",
            "Authenticator",
            "Enter the code of your authenticator",
        ),
        MechanismKind::Push => (
            "OTP",
            "Mobile app",
            "Approve on your device or enter its code",
        ),
        MechanismKind::SecurityQuestions => {
            ("SQ", "Security question", "Answer your security question")
        }
        MechanismKind::IdentityProvider => ("", "", ""),
    };
    let mut shown = json!({
        "Name": name,
        "AnswerType": answer_type(mechanism),
        "MechanismId": mechanism.id,
        "PromptMechChosen": chosen,
        "PromptSelectMech": select,
        "UiPrompt": if mechanism.is_text() { Value::Null } else { chosen.into() },
    });
    match mechanism.kind {
        MechanismKind::Email => shown["PartialAddress"] = mail.into(),
        MechanismKind::Sms => shown["PartialDeviceAddress"] = number.into(),
        MechanismKind::PhoneCall => shown["PartialPhoneNumber"] = number.into(),
        MechanismKind::SecurityQuestions => ask(&mechanism.questions, &mut shown),
        _ => {}
    }
    shown
}

/// One question stands by itself, several have keys for their answers.
fn ask(questions: &[Asked], shown: &mut Value) {
    if let [asked] = questions {
        shown["Question"] = asked.question.question.as_str().into();
        return;
    }
    let part =
        |asked: &Asked| json!({ "Uuid": asked.key, "PromptMechChosen": asked.question.question });
    let parts: Vec<_> = questions.iter().map(part).collect();
    shown["MultipartMechanism"] = json!({ "MechanismParts": parts });
}

fn answer_type(mechanism: &Mechanism) -> &'static str {
    match mechanism.kind {
        _ if mechanism.is_text() => "Text",
        MechanismKind::PhoneCall => "StartOob",
        _ => "StartTextOob",
    }
}

fn masked_mail(mail: &str) -> String {
    let (local, domain) = mail.rsplit_once('@').unwrap_or((mail, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

fn masked_number(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("***{last}")
}
