//! Questions on the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use secrecy::{ExposeSecret, SecretString};

use super::{Prompt, Question, QuestionKind};
use crate::{
    error::{Error, ErrorKind, Result},
    transport::BoxFuture,
};

/// Asks on the terminal, without showing secrets, and opens addresses in the browser of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminalPrompt;

impl Prompt for TerminalPrompt {
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>> {
        let question = question.clone();
        Box::pin(async {
            // People think for longer than a runtime may be held up.
            let asked = tokio::task::spawn_blocking(move || ask(&question)).await;
            let answer = asked.map_err(|error| unheard(&error))?;
            answer.map_err(|error| unheard(&error))
        })
    }
}

fn unheard(cause: &dyn std::error::Error) -> Error {
    let message = format!("signing in failed: there is no terminal to ask on: {cause}");
    Error::new(ErrorKind::Authentication, message).hint("pass a `prompt` of your own")
}

fn ask(question: &Question) -> io::Result<Option<SecretString>> {
    let message = match &question.number {
        Some(number) => format!("{} [{number}]", question.message),
        None => question.message.clone(),
    };
    match question.kind {
        QuestionKind::Choose => choose(question),
        QuestionKind::Secret => {
            rpassword::prompt_password(format!("{message}: ")).map(|text| Some(text.into()))
        }
        QuestionKind::Code => {
            let code = line(&format!(
                "{message} (Enter alone waits for your approval): "
            ))?;
            Ok(Some(code).filter(|code| !code.expose_secret().is_empty()))
        }
        QuestionKind::Approve => say(&message),
        QuestionKind::Visit => {
            let url = question.url.as_deref().unwrap_or_default();
            if io::stderr().is_terminal() {
                // Without a browser the address is still there to be read.
                let _ = open::that_detached(url);
            }
            say(&format!("{message}: {url}"))
        }
    }
}

fn choose(question: &Question) -> io::Result<Option<SecretString>> {
    say(&question.message)?;
    for (number, choice) in (1..).zip(&question.choices) {
        say(&format!("  {number}  {}", choice.label))?;
    }
    let number = line("Number: ")?.expose_secret().parse::<usize>().ok();
    let chosen = number.and_then(|number| question.choices.get(number.checked_sub(1)?));
    Ok(chosen.map(|choice| choice.id.clone().into()))
}

fn say(text: &str) -> io::Result<Option<SecretString>> {
    writeln!(io::stderr(), "{text}")?;
    Ok(None)
}

fn line(prompt: &str) -> io::Result<SecretString> {
    write!(io::stderr(), "{prompt}")?;
    io::stderr().flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim().to_owned().into())
}
