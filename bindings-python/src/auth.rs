//! Token sources, as Python gives them. Clients that are made with the same one share its tokens.

use std::{fmt, sync::Arc};

use cyberark_identity::{
    AuthorizationCode, ClientCredentials, Error, PlatformToken, Prompt, Question, Result,
    SharedSource, StaticToken, Token, TokenSource, UserLogin, auth::Exchange, transport::BoxFuture,
};
use pyo3::{IntoPyObjectExt, prelude::*, types::PyDict};
use secrecy::SecretString;

use crate::{desk, raise};

/// The native half of credentials.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Source(SharedSource);

impl Source {
    pub(crate) fn shared(&self) -> SharedSource {
        self.0.clone()
    }
}

#[pymethods]
impl Source {
    #[staticmethod]
    fn client_credentials(
        py: Python<'_>,
        app_id: String,
        client_id: String,
        client_secret: String,
        scope: Option<String>,
        in_body: bool,
    ) -> PyResult<Self> {
        let source = ClientCredentials::new(app_id, client_id, client_secret);
        let source = source.map(|source| match scope {
            Some(scope) => source.scope(scope),
            None => source,
        });
        made(
            py,
            source.map(|source| if in_body { source.in_body() } else { source }),
        )
    }

    #[staticmethod]
    fn platform_token(py: Python<'_>, client_id: String, client_secret: String) -> PyResult<Self> {
        made(py, PlatformToken::new(client_id, client_secret))
    }

    #[staticmethod]
    fn static_token(py: Python<'_>, token: String) -> PyResult<Self> {
        made(py, StaticToken::new(token))
    }

    #[staticmethod]
    fn token_function(function: Py<PyAny>) -> Self {
        Self(SharedSource::new(Function(Arc::new(function))))
    }

    #[staticmethod]
    fn authorization_code(
        py: Python<'_>,
        app_id: String,
        client_id: String,
        scope: String,
        client_secret: Option<String>,
        redirect_uri: Option<String>,
        prompt: Py<PyAny>,
    ) -> PyResult<Self> {
        let source = || {
            let prompt = Function(Arc::new(prompt));
            let mut source = AuthorizationCode::new(app_id, client_id, scope, prompt)?;
            if let Some(secret) = client_secret {
                source = source.client_secret(secret);
            }
            match redirect_uri {
                Some(address) => source.redirect_uri(&address),
                None => Ok(source),
            }
        };
        made(py, source())
    }

    #[staticmethod]
    fn user_login(
        py: Python<'_>,
        user: String,
        password: Option<String>,
        prompt: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let source = || {
            let mut source = UserLogin::new(user)?;
            if let Some(password) = password {
                source = source.password(password);
            }
            Ok(match prompt {
                Some(prompt) => source.prompt(Function(Arc::new(prompt))),
                None => source,
            })
        };
        made(py, source())
    }
}

fn made(py: Python<'_>, source: Result<impl TokenSource>) -> PyResult<Source> {
    let source = source.map_err(|error| raise::error(py, error))?;
    Ok(Source(SharedSource::new(source)))
}

/// A function of the caller, that gives tokens or asks a person.
struct Function(Arc<Py<PyAny>>);

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

impl Function {
    /// Calls it. The text that it returns is taken; what is neither text nor None is refused without being shown.
    async fn text(&self, question: Option<Question>) -> Result<Option<String>> {
        let function = self.0.clone();
        let returned = desk::call(move |py| match question {
            Some(question) => function.bind(py).call1((shown(py, &question)?,)),
            None => function.bind(py).call0(),
        });
        let returned = returned.await.map_err(failed)?;
        let text = Python::try_attach(|py| returned.bind(py).extract::<Option<String>>().ok());
        text.flatten().ok_or_else(|| {
            Error::configuration("a function that was passed as a part of `auth` returned no text")
        })
    }
}

/// The error of a call in which a function of the caller raised.
fn failed(raised: PyErr) -> Error {
    let name = Python::try_attach(|py| {
        let name = raised.get_type(py).name();
        name.map_or_else(|_| String::new(), |name| name.to_string())
    });
    let name = name.unwrap_or_default();
    let message = format!("signing in failed: a function raised {name}");
    Error::authentication(message).caused_by(raised)
}

fn shown<'py>(py: Python<'py>, question: &Question) -> PyResult<Bound<'py, PyAny>> {
    let members = pythonize::pythonize(py, question)?.cast_into::<PyDict>()?;
    let module = py.import("cyberark_identity._prompt")?;
    module
        .getattr("Question")?
        .call_method1("_of", (members,))?
        .into_bound_py_any(py)
}

impl TokenSource for Function {
    fn fetch<'a>(&'a self, _: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async {
            let text = self.text(None).await?;
            Token::new(&text.unwrap_or_default(), None)
        })
    }
}

impl Prompt for Function {
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>> {
        Box::pin(async {
            let answer = self.text(Some(question.clone())).await?;
            Ok(answer.map(SecretString::from))
        })
    }
}
