//! `make soak`: a million calls on one client, with cancellations mixed in, while memory and descriptors are watched.
//!
//! `soak PROGRAM [CALLS]`, with the path of the emulator's program, which runs beside this one so that its memory does
//! not count.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use cyberark_identity::{Client, ClientCredentials, ops::scim::users::QueryUsers};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

const AT_ONCE: usize = 64;
/// One call in so many is dropped in the middle.
const CANCELLED: usize = 50;
/// Calls after which pools and buffers have their size.
const WARM_UP: usize = 50_000;
/// How much the resident set may grow after that, in MiB. An allocator does not give everything back at once.
const SLACK: f64 = 8.0;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: soak PROGRAM [CALLS]");
        return ExitCode::from(2);
    };
    let calls = arguments.next().and_then(|calls| calls.parse().ok());
    match soak(&program, calls.unwrap_or(1_000_000)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("soak: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn soak(program: &str, calls: usize) -> Result<(), String> {
    let (mut tenant, client) = start(program)?;
    let outcome = watch(&client, calls).await;
    // Its standard input closes, and it ends.
    drop(tenant.stdin.take());
    let _ = tenant.wait();
    outcome
}

async fn watch(client: &Client, calls: usize) -> Result<(), String> {
    println!(
        "{:>9} {:>11} {:>10} {:>10}",
        "calls", "cancelled", "RSS MiB", "open files"
    );
    let warm_up = WARM_UP.min(calls / 10);
    let (mut cancelled, mut warm) = (0, None);
    for round in rounds(warm_up, calls) {
        cancelled += run(client, round.len()).await?;
        let now = Usage::read()?;
        println!(
            "{:>9} {cancelled:>11} {:>10.1} {:>10}",
            round.end, now.rss, now.files
        );
        let warm = warm.get_or_insert(now);
        if now.rss > warm.rss + SLACK || now.files > warm.files + AT_ONCE {
            return Err("memory or open files grow".to_owned());
        }
    }
    Ok(())
}

/// The warm-up, and then ten parts.
fn rounds(warm_up: usize, calls: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let part = (calls - warm_up).div_ceil(10).max(1);
    let rest = (0..10)
        .map(move |n| (warm_up + n * part).min(calls)..(warm_up + (n + 1) * part).min(calls));
    std::iter::once(0..warm_up).chain(rest)
}

/// Makes so many calls, and tells how many were cancelled.
async fn run(client: &Client, calls: usize) -> Result<usize, String> {
    let started = stream::iter(0..calls).map(|number| one(client.clone(), number));
    let mut ended = started.buffer_unordered(AT_ONCE);
    let mut cancelled = 0;
    while let Some(outcome) = ended.next().await {
        cancelled += usize::from(outcome?);
    }
    Ok(cancelled)
}

/// One call; whether it was cancelled.
async fn one(client: Client, number: usize) -> Result<bool, String> {
    let call = tokio::spawn(async move {
        let found = match number % 2 {
            0 => client
                .users()
                .get_by_name("admin@acme.example")
                .await
                .map(|user| user.uuid),
            _ => client
                .scim()
                .users()
                .query(QueryUsers::default())
                .await
                .map(|page| page.first().and_then(|user| user.id.clone())),
        };
        found.map_err(|error| error.to_string())
    });
    if number.is_multiple_of(CANCELLED) {
        tokio::time::sleep(Duration::from_micros((number % 400) as u64)).await;
        call.abort();
    }
    match call.await {
        Ok(Ok(Some(_))) => Ok(false),
        Ok(Ok(None)) => Err("an answer without an id".to_owned()),
        Ok(Err(error)) => Err(error),
        Err(ended) if ended.is_cancelled() => Ok(true),
        Err(ended) => Err(ended.to_string()),
    }
}

fn start(program: &str) -> Result<(Child, Client), String> {
    let mut tenant = Command::new(program)
        .args(["--seed-users", "10"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let mut line = String::new();
    let output = tenant.stdout.take().ok_or("no output")?;
    BufReader::new(output)
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    let described: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
    let text = |name: &str| described[name].as_str().unwrap_or_default().to_owned();
    let client = ClientCredentials::new(text("app_id"), text("client_id"), text("client_secret"))
        .and_then(|auth| Client::builder(text("url")).auth(auth).build())
        .map_err(|error| error.to_string())?;
    Ok((tenant, client))
}

/// What this process holds.
#[derive(Clone, Copy)]
struct Usage {
    rss: f64,
    files: usize,
}

impl Usage {
    fn read() -> Result<Self, String> {
        let status = std::fs::read_to_string("/proc/self/status")
            .map_err(|error| format!("this needs Linux: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line
            .and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
            .ok_or("no VmRSS")?;
        let files = std::fs::read_dir("/proc/self/fd").map_err(|error| error.to_string())?;
        Ok(Self {
            rss: kib / 1024.0,
            files: files.count(),
        })
    }
}
