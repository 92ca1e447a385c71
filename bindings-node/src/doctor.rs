//! What the doctor found, as JSON for TypeScript.

use cyberark_identity::{
    Client, Error, ErrorKind, Result,
    doctor::{Report, misconfigured},
};
use napi_derive::napi;
use serde::Deserialize;

use crate::{answer::Outcome, engine::Engine, failure, options};

/// Why there are no credentials, or no client.
#[derive(Deserialize)]
struct Reason {
    message: String,
    hint: Option<String>,
}

impl Reason {
    fn read(json: &str) -> Result<Error> {
        let reason: Self = serde_json::from_str(json)
            .map_err(|error| Error::invalid_argument("doctor", "reason", &error.to_string()))?;
        let error = Error::configuration(reason.message);
        Ok(match reason.hint {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }
}

/// Checks the options for running the doctor. `lacking` is JSON: why there are no credentials.
pub(crate) fn look(
    engine: &Engine,
    options: Option<&str>,
    lacking: Option<&str>,
) -> Result<impl Future<Output = Outcome> + Send + use<>> {
    let client: Client = engine.client()?;
    let options = options::read("doctor", options)?;
    let lacking = lacking.map(Reason::read).transpose()?;
    Ok(async move {
        let report = match lacking {
            Some(reason) => client.doctor_without(reason, &options).await,
            None => client.doctor(&options).await,
        };
        Outcome::Told(to_json(report))
    })
}

/// The report on settings that make no client: JSON, for a reason given as JSON.
#[napi(catch_unwind)]
pub fn misconfigured_report(reason: String) -> String {
    let error = Reason::read(&reason).unwrap_or_else(|error| error);
    to_json(misconfigured(&error))
}

/// In the spelling of TypeScript.
fn to_json(mut report: Report) -> String {
    for check in &mut report.checks {
        let words = [Some(&mut check.message), check.hint.as_mut()];
        for text in words.into_iter().flatten() {
            *text = failure::spelled(ErrorKind::Configuration, std::mem::take(text));
        }
    }
    let text = report.to_string();
    serde_json::json!({ "report": report, "text": text }).to_string()
}
