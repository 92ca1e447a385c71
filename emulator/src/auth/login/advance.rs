//! `Security/AdvanceAuthentication` and `Security/OobAuthStatus`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::success::{platform_result, signed_in};
use super::{failed, no_session};
use crate::answer::Answer;
use crate::call::Call;
use crate::platform::{Failure, Outcome, Params, Payload};
use crate::state::login::{Given, Login, Mechanism, Progress, Refused};
use crate::state::outbox::MessageKind;
use crate::state::policy::MechanismKind;

/// Stands for a mechanism where the PIN of another identity provider is given.
const PIN: &str = "OOBAUTHPIN";

/// What a step has led to.
enum Step {
    /// The account is signed in, perhaps with a platform token.
    Done(Uuid, bool),
    Shown(Payload),
}

pub(super) fn advance(call: &Call<'_>) -> Answer {
    match step(call) {
        Ok(Step::Done(user, wants_platform_token)) => signed_in(call, &user, wants_platform_token),
        Ok(Step::Shown(payload)) => super::wrap(call, &Ok(payload)),
        Err(failure) => super::wrap(call, &Err(failure)),
    }
}

/// A step that a sign-in can take.
enum Action {
    Answer(Given),
    StartOob,
    Poll,
}

fn step(call: &Call<'_>) -> Result<Step, Failure> {
    let params = Params::of(call)?;
    let session = params.required("SessionId")?;
    let mechanism = params.required("MechanismId")?;
    let word = params.required("Action")?;
    let action = match word.trim().to_ascii_lowercase().as_str() {
        "answer" => Action::Answer(given(&params)?),
        "startoob" => Action::StartOob,
        "poll" => Action::Poll,
        _ => return Err(Failure::unknown_word(&word)),
    };
    match action {
        Action::StartOob => start_outside(call, &session, &mechanism).map(Step::Shown),
        Action::Poll => decide(call, &session, &mechanism, Login::poll),
        Action::Answer(given) if mechanism == PIN => {
            let provider = provider(call, &session)?;
            take_answer(call, &session, &provider, &given)
        }
        Action::Answer(given) => take_answer(call, &session, &mechanism, &given),
    }
}

/// A text or, for several security questions, an object of texts by their keys.
fn given(params: &Params<'_>) -> Result<Given, Failure> {
    if let Some(Value::Object(answers)) = params.value("Answer") {
        let answer =
            |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
        let answers: Option<Vec<_>> = answers.iter().map(answer).collect();
        let refused = || Failure::invalid("Answer", "An answer cannot be read as text.");
        return answers.map(Given::ByQuestion).ok_or_else(refused);
    }
    let text = params.text("Answer")?;
    text.map(|text| Given::from(&*text))
        .ok_or_else(|| Failure::missing("Answer"))
}

/// The directory is locked before the sign-ins, here and everywhere.
fn take_answer(
    call: &Call<'_>,
    session: &str,
    mechanism: &str,
    given: &Given,
) -> Result<Step, Failure> {
    let directory = call.tenant.read();
    decide(call, session, mechanism, |login, mechanism| {
        let user = login.user.and_then(|id| directory.users.get(&id));
        login.answer(mechanism, given, |text| {
            user.is_some_and(|user| user.password.matches(text))
        })
    })
}

/// Sends a code or asks the device.
fn start_outside(call: &Call<'_>, session: &str, mechanism: &str) -> Outcome {
    let (user, started) = {
        let mut logins = call.tenant.logins.lock();
        let pending = logins.find(session, call.now_ms()).ok_or_else(no_session)?;
        let started = pending
            .login
            .start(mechanism)
            .map_err(|_| failed())?
            .clone();
        (pending.login.user, started)
    };
    deliver(call, user, &started);
    Payload::of(&waiting(&started))
}

/// What is asked of a push goes with the answer, so that the number can be compared.
fn waiting(mechanism: &Mechanism) -> serde_json::Value {
    json!({ "Summary": "OobPending", "GeneratedAuthValue": mechanism.number })
}

/// Mail and text messages go to the outbox; codes of devices are told by the control paths alone.
fn deliver(call: &Call<'_>, user: Option<Uuid>, mechanism: &Mechanism) {
    let mut directory = call.tenant.write();
    let account = user.and_then(|id| directory.users.get(&id));
    let address = account.and_then(|user| match mechanism.kind {
        MechanismKind::Email => user.mail.clone(),
        MechanismKind::Sms => user.mobile_number.clone(),
        _ => None,
    });
    if let (Some(to), Some(code)) = (address, &mechanism.code) {
        directory
            .outbox
            .send(MessageKind::SignInCode, &to, code.as_str());
    }
}

fn decide(
    call: &Call<'_>,
    session: &str,
    mechanism: &str,
    take: impl FnOnce(&mut Login, &str) -> Result<Progress, Refused>,
) -> Result<Step, Failure> {
    let mut logins = call.tenant.logins.lock();
    let pending = logins.find(session, call.now_ms()).ok_or_else(no_session)?;
    match take(&mut pending.login, mechanism) {
        Ok(Progress::SignedIn) => {
            let (user, wants) = (pending.login.user, pending.login.wants_platform_token);
            logins.end(session);
            user.map(|user| Step::Done(user, wants)).ok_or_else(failed)
        }
        Ok(Progress::NextChallenge) => {
            Payload::of(&json!({ "Summary": "StartNextChallenge" })).map(Step::Shown)
        }
        Ok(Progress::Waiting) => {
            let mut choices = pending.login.choices().iter();
            let shown = choices.find(|choice| choice.id == mechanism).map(waiting);
            Payload::of(&shown).map(Step::Shown)
        }
        Err(Refused::Over) => {
            logins.end(session);
            Err(failed())
        }
        Err(Refused::Wrong | Refused::NotPossible) => Err(failed()),
    }
}

/// The mechanism that another identity provider is, in a sign-in that waits for one.
fn provider(call: &Call<'_>, session: &str) -> Result<String, Failure> {
    let mut logins = call.tenant.logins.lock();
    let pending = logins.find(session, call.now_ms()).ok_or_else(no_session)?;
    let mut choices = pending.login.choices().iter();
    let provider = choices.find(|choice| choice.kind == MechanismKind::IdentityProvider);
    Ok(provider.ok_or_else(failed)?.id.clone())
}

/// How far sign-in at another identity provider is. The words besides `Success` are not known.
pub(super) fn oob_status(call: &Call<'_>) -> Answer {
    super::wrap(call, &status(call))
}

fn status(call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let session = params.required("SessionId")?;
    let provider = provider(call, &session)?;
    match decide(call, &session, &provider, Login::poll)? {
        Step::Done(user, _) => platform_result(call, &user),
        Step::Shown(_) => Payload::of(&json!({ "State": "Pending" })),
    }
}
