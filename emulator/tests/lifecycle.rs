//! Starting, stopping, TLS, and the program.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{start, start_with};
use cyberark_identity_emulator::{Emulator, EmulatorError, Options};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;

#[test]
fn stopping_closes_idle_connections_at_once_and_can_be_repeated() {
    let mut tenant = start(0);
    let mut idle = tenant.connect();
    assert_eq!(
        idle.request("GET", "/scim/Users", &[], b"").unwrap().status,
        401
    );
    let begun = Instant::now();
    tenant.emulator.stop();
    tenant.emulator.stop();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(idle.rest().is_empty());
    assert!(TcpStream::connect(tenant.address()).is_err());
}

#[test]
fn stopping_does_not_wait_for_a_request_that_hangs() {
    let mut tenant = start(0);
    let mut hanging = tenant.connect();
    hanging
        .send(
            "GET",
            "/scim/Users",
            &[("X-Emulator-Fault", "\"hang\"")],
            b"",
        )
        .unwrap();
    let pending = tenant.get("/_emulator/requests?outcome=pending&fault=hang&wait_ms=5000");
    assert_eq!(pending.status, 200);
    let begun = Instant::now();
    tenant.emulator.stop();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(hanging.rest().is_empty());
}

#[test]
fn a_tenant_starts_inside_a_runtime_of_the_caller() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tenant = start(1);
        assert_eq!(tenant.get("/scim/Users").json()["totalResults"], 3);
    });
}

#[test]
fn a_taken_port_is_an_error_that_names_it() {
    let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = holder.local_addr().unwrap();
    let error = Emulator::start(Options {
        port: address.port(),
        ..Options::default()
    })
    .unwrap_err();
    assert!(matches!(error, EmulatorError::Bind { .. }));
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn a_tenant_that_listens_everywhere_describes_itself_by_loopback() {
    let tenant = start_with(Options {
        host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..Options::default()
    });
    assert!(tenant.description().url.starts_with("http://127.0.0.1:"));
    assert_eq!(tenant.get("/scim/Users").status, 200);
}

#[test]
fn many_users_are_there_quickly() {
    let begun = Instant::now();
    let tenant = start(100_000);
    assert_eq!(
        tenant.get("/scim/Users?count=1").json()["totalResults"],
        100_002
    );
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn tls_is_trusted_by_its_own_authority_and_by_nobody_else() {
    let mut tenant = start_with(Options {
        tls: true,
        ..Options::default()
    });
    let ca_file = tenant.description().ca_file.clone().unwrap();
    assert!(tenant.description().url.starts_with("https://127.0.0.1:"));
    let mut trusted = rustls::RootCertStore::empty();
    trusted
        .add(CertificateDer::from_pem_file(&ca_file).unwrap())
        .unwrap();
    for name in ["127.0.0.1", "localhost"] {
        let answer = ask_over_tls(tenant.address(), trusted.clone(), name).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    let other = start_with(Options {
        tls: true,
        ..Options::default()
    });
    let refused = ask_over_tls(other.address(), trusted, "127.0.0.1").unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&ca_file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    tenant.emulator.stop();
    assert!(!ca_file.exists());
}

fn ask_over_tls(
    address: &str,
    trusted: rustls::RootCertStore,
    name: &'static str,
) -> std::io::Result<String> {
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(trusted)
    .with_no_client_auth();
    let server = ServerName::try_from(name).unwrap();
    let connection = rustls::ClientConnection::new(Arc::new(config), server).unwrap();
    let mut stream = rustls::StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /scim/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_cyberark-identity-emulator");

fn program(arguments: &[&str], stdin: Stdio) -> Child {
    Command::new(PROGRAM)
        .args(arguments)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn first_line(child: &mut Child) -> Value {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn the_program_prints_one_line_and_ends_with_its_standard_input() {
    let mut child = program(&["--port", "0", "--seed-users", "3"], Stdio::piped());
    let line = first_line(&mut child);
    let members: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "url",
            "scim_url",
            "app_id",
            "client_id",
            "client_secret",
            "token",
            "ca_file"
        ]
    );
    assert_eq!(line["ca_file"], Value::Null);
    assert_eq!(
        line["scim_url"],
        format!("{}/scim", line["url"].as_str().unwrap())
    );
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn the_program_ends_on_a_signal_and_the_null_device_does_not_end_it() {
    for signal in ["-TERM", "-INT"] {
        let mut child = program(&["--tls"], Stdio::null());
        let line = first_line(&mut child);
        let address = line["url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        assert!(TcpStream::connect(address).is_ok());
        let ca_file = std::path::PathBuf::from(line["ca_file"].as_str().unwrap());
        assert!(ca_file.exists());
        let told = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(!ca_file.exists());
    }
}

#[test]
fn the_program_explains_arguments_it_cannot_use() {
    for (arguments, part) in [
        (&["--port", "seventy"][..], "seventy"),
        (&["--sead-users", "3"], "--sead-users"),
        (&["--fault", "/no/such/file.json"], "/no/such/file.json"),
        (&["--fault", "[{\"action\":\"explode\"}]"], "explode"),
        (&["--token-lifetime", "0"], "--token-lifetime"),
    ] {
        let output = program(arguments, Stdio::null())
            .wait_with_output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(part), "{message}");
        assert!(output.stdout.is_empty());
    }
    let output = program(&["--help"], Stdio::null())
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let output = program(&["--port", &port], Stdio::null())
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}
