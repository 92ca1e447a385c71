//! The embedded tenant, for tests and first steps.

use std::{
    net::IpAddr,
    path::PathBuf,
    process,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cyberark_identity_emulator::{Emulator, EmulatorError, FaultScript, Options, cli};
use pyo3::{
    exceptions::{PyOSError, PyRuntimeError, PyValueError},
    prelude::*,
};

/// A running tenant. Stopped when it is stopped or dropped, by the process that started it.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Tenant {
    emulator: Mutex<Option<Emulator>>,
    process: u32,
}

impl Tenant {
    fn running(&self) -> PyResult<MutexGuard<'_, Option<Emulator>>> {
        if self.process != process::id() {
            return Err(PyRuntimeError::new_err(
                "this emulator runs in the parent process: use its url from here",
            ));
        }
        Ok(self.emulator.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `ask` while other Python threads go on: the server may need to answer them first.
    fn ask<T: Send>(&self, py: Python<'_>, ask: impl FnOnce(&Emulator) -> T + Send) -> PyResult<T> {
        py.detach(|| match self.running()?.as_ref() {
            Some(emulator) => Ok(ask(emulator)),
            None => Err(PyRuntimeError::new_err("the emulator is stopped")),
        })
    }
}

/// A child must not stop its parent's server, whose threads it does not have.
impl Drop for Tenant {
    fn drop(&mut self) {
        if self.process != process::id() {
            let emulator = self.emulator.get_mut();
            std::mem::forget(emulator.unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

#[pymethods]
impl Tenant {
    /// Starts a tenant. When this returns, it answers.
    #[new]
    #[allow(clippy::too_many_arguments)] // each is an option of the Python class
    #[pyo3(signature = (*, seed_users, tls, faults, token_lifetime, port, host, state))]
    fn new(
        py: Python<'_>,
        seed_users: usize,
        tls: bool,
        faults: Option<&str>,
        token_lifetime: f64,
        port: u16,
        host: &str,
        state: Option<PathBuf>,
    ) -> PyResult<Self> {
        let host: IpAddr = host
            .parse()
            .map_err(|error| PyValueError::new_err(format!("host: {error}")))?;
        let options = Options {
            host,
            port,
            seed_users,
            tls,
            faults: faults.map(script).transpose()?,
            token_lifetime: seconds(token_lifetime)?,
            state,
            ..Options::default()
        };
        let emulator = py.detach(|| Emulator::start(options)).map_err(failed)?;
        Ok(Self {
            emulator: Mutex::new(Some(emulator)),
            process: process::id(),
        })
    }

    /// What a client needs to use the tenant.
    fn description<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let description = self.ask(py, |emulator| emulator.description().clone())?;
        Ok(pythonize::pythonize(py, &description)?)
    }

    /// The requests that arrived, without their secrets.
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let requests = self.ask(py, Emulator::requests)?;
        Ok(pythonize::pythonize(py, &requests)?)
    }

    fn clear_requests(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Emulator::clear_requests)
    }

    fn add_faults(&self, py: Python<'_>, faults: &str) -> PyResult<()> {
        let faults = script(faults)?;
        self.ask(py, |emulator| drop(emulator.add_faults(faults)))
    }

    fn clear_faults(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Emulator::clear_faults)
    }

    /// A token for any account; none when there is no such account.
    fn token_for(&self, py: Python<'_>, user_name: &str) -> PyResult<Option<String>> {
        self.ask(py, |emulator| emulator.token_for(user_name))
    }

    fn set_sign_in(&self, py: Python<'_>, policy: &str) -> PyResult<()> {
        let set = self.ask(py, |emulator| emulator.set_sign_in(policy))?;
        set.map_err(PyValueError::new_err)
    }

    fn sign_ins<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let pending = self.ask(py, Emulator::sign_ins)?;
        Ok(pythonize::pythonize(py, &pending)?)
    }

    fn decide_sign_in(&self, py: Python<'_>, user_name: &str, approve: bool) -> PyResult<bool> {
        self.ask(py, |emulator| emulator.decide_sign_in(user_name, approve))
    }

    fn advance_clock(&self, py: Python<'_>, by: f64) -> PyResult<()> {
        let by = seconds(by)?;
        self.ask(py, |emulator| emulator.advance_clock(by))
    }

    fn expire_tokens(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Emulator::expire_tokens)
    }

    /// Stops the tenant. Stopping twice is harmless, and so is stopping a parent's tenant, which runs on.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        if self.process != process::id() {
            return Ok(());
        }
        let emulator = self.running()?.take();
        py.detach(|| drop(emulator));
        Ok(())
    }
}

fn script(json: &str) -> PyResult<FaultScript> {
    FaultScript::from_json(json).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn failed(error: EmulatorError) -> PyErr {
    match error {
        EmulatorError::FaultScript(error) => PyValueError::new_err(error.to_string()),
        error => PyOSError::new_err(error.to_string()),
    }
}

/// The command line of the emulator. Gives the exit status.
#[pyfunction]
pub(crate) fn run_emulator(py: Python<'_>, arguments: Vec<String>) -> u8 {
    py.detach(|| cli::run(arguments))
}
