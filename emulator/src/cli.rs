//! The command line: start a tenant, print one JSON line, serve until told to stop.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::Parser;

use crate::faults::FaultScript;
use crate::{Emulator, EmulatorError, Options};

/// A CyberArk Identity tenant on this machine.
///
/// Prints one JSON line (url, scim_url, app_id, client_id, client_secret, token, ca_file) and serves until it gets
/// SIGTERM or SIGINT, or until its standard input closes. Only a pipe, a socket or a terminal can close: with
/// /dev/null or a file as standard input, it serves until it gets a signal.
#[derive(Debug, Parser)]
#[command(name = "cyberark-identity-emulator", version, max_term_width = 100)]
struct Arguments {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// How many people the directory holds at the start
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed_users: usize,

    /// Faults in force from the start: a JSON file, or the JSON itself
    #[arg(long, value_name = "SCRIPT")]
    fault: Option<String>,

    /// Keep the tenant in this file, across restarts and crashes; an existing file has its own people
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Serve over TLS; ca_file names the certificate to trust
    #[arg(long)]
    tls: bool,

    /// How long issued tokens live, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 18_000)]
    token_lifetime: u64,

    /// Do not stop when standard input closes
    #[arg(long)]
    no_stdin: bool,
}

/// Exit status for arguments that cannot be used.
const USAGE: u8 = 2;

/// Runs the program with the given arguments, the first of which is its name, and gives the exit status: 0 after a
/// stop that was asked for, 1 when the tenant cannot start, 2 for arguments that cannot be used.
pub fn run<I, T>(arguments: I) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(message) => {
            // Help and version are messages too, and they are no mistakes.
            let _ = message.print();
            return if message.use_stderr() { USAGE } else { 0 };
        }
    };
    let watch_stdin = !arguments.no_stdin;
    let options = match arguments.into_options() {
        Ok(options) => options,
        Err(message) => return complain(&message, USAGE),
    };
    match serve(options, watch_stdin) {
        Ok(()) => 0,
        Err(error) => complain(&error.to_string(), 1),
    }
}

impl Arguments {
    fn into_options(self) -> Result<Options, String> {
        let faults = self.fault.as_deref().map(read_script).transpose()?;
        if self.token_lifetime == 0 {
            return Err("--token-lifetime has to be at least one second".to_owned());
        }
        Ok(Options {
            host: self.host,
            port: self.port,
            seed_users: self.seed_users,
            tls: self.tls,
            state: self.state,
            faults,
            token_lifetime: Duration::from_secs(self.token_lifetime),
            ..Options::default()
        })
    }
}

fn read_script(argument: &str) -> Result<FaultScript, String> {
    let inline = argument.trim_start().starts_with(['[', '{']);
    let text = if inline {
        argument.to_owned()
    } else {
        std::fs::read_to_string(argument).map_err(|error| format!("--fault {argument}: {error}"))?
    };
    FaultScript::from_json(&text).map_err(|error| format!("--fault: {error}"))
}

fn complain(message: &str, status: u8) -> u8 {
    // There is nobody left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    status
}

fn serve(options: Options, watch_stdin: bool) -> Result<(), EmulatorError> {
    let (told, stop) = mpsc::channel();
    // Before the line is printed, so that a signal sent by its reader is never missed.
    watch_signals(told.clone())?;
    let mut emulator = Emulator::start(options)?;
    announce(&emulator).map_err(EmulatorError::Runtime)?;
    if watch_stdin && stdin_can_close() {
        std::thread::spawn(move || wait_for_end_of_input(&told));
    }
    let _ = stop.recv();
    emulator.stop();
    Ok(())
}

fn announce(emulator: &Emulator) -> std::io::Result<()> {
    let line = serde_json::to_string(emulator.description())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Whether somebody holds the other end of the standard input. The null device and plain files are at their end from
/// the beginning, which is how shells start background jobs and service managers their services.
#[cfg(unix)]
fn stdin_can_close() -> bool {
    use std::io::IsTerminal;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return true;
    }
    stdin
        .as_fd()
        .try_clone_to_owned()
        .and_then(|descriptor| File::from(descriptor).metadata())
        .is_ok_and(|metadata| metadata.file_type().is_fifo() || metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn stdin_can_close() -> bool {
    true
}

fn wait_for_end_of_input(told: &mpsc::Sender<()>) {
    let mut stdin = std::io::stdin().lock();
    let mut ignored = [0; 256];
    loop {
        match stdin.read(&mut ignored) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let _ = told.send(());
}

/// Starts listening for the signals that end the program.
fn watch_signals(told: mpsc::Sender<()>) -> Result<(), EmulatorError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(EmulatorError::Runtime)?;
    let signals = {
        let _inside = runtime.enter();
        Signals::listen().map_err(EmulatorError::Runtime)?
    };
    std::thread::Builder::new()
        .name("identity-emulator-signals".to_owned())
        .spawn(move || {
            runtime.block_on(signals.next());
            let _ = told.send(());
        })
        .map_err(EmulatorError::Runtime)?;
    Ok(())
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
