//! Servers that cannot be reached, and TLS of every bad kind.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command as Process;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::cell::{Failure, Run};
use crate::commands::{COMMANDS, Command};
use crate::matrix::in_parallel;
use crate::server::{Fault, Hostile, Role, raw};
use crate::world;

/// Exit codes of every command.
fn codes(command: &Command) -> Vec<i32> {
    let mut codes = vec![3];
    if command.waits() {
        codes.push(124);
    }
    codes
}

fn check(command: &'static Command, what: &str, url: &str, more: &[&str]) -> Result<(), Failure> {
    let run = Run::of(command, url, "1s", more);
    let cell = format!("{} | {what}", command.name);
    run.failure(run.problems(&codes(command)), cell, &[])
}

/// Commands that run at the same time.
const THREADS: usize = 6;

/// Checks something of every command, which its index tells from the others.
fn each_command(work: impl Fn(usize, &'static Command) -> Vec<Result<(), Failure>> + Sync) {
    let all: Vec<(usize, &'static Command)> = COMMANDS.iter().enumerate().collect();
    let results = Mutex::new(Vec::new());
    in_parallel(THREADS, &all, |(index, command)| {
        let checked = work(*index, command);
        results.lock().unwrap().extend(checked);
    });
    let results = results.into_inner().unwrap();
    let compared = results.len();
    let told: Vec<String> = results
        .into_iter()
        .filter_map(Result::err)
        .map(|f| format!("{}: {}\n  {}\n", f.cell, f.problems.join("; "), f.evidence))
        .collect();
    println!("{compared} cells compared");
    assert!(
        told.is_empty(),
        "{} of {compared} cells:\n{}",
        told.len(),
        told.concat()
    );
}

#[test]
fn a_server_that_is_not_there_is_exit_code_3() {
    each_command(|_, command| {
        ["http://127.0.0.1:1", "https://127.0.0.1:1"]
            .map(|url| check(command, url, url, &[]))
            .into()
    });
}

/// Answers to a ClientHello that are no TLS, or not for long.
fn listeners() -> Vec<(&'static str, String)> {
    let answering = |bytes: &'static [u8], stays: bool| {
        let address = raw(move |mut stream: TcpStream| {
            let mut hello = [0; 16];
            // A client that goes away in the middle is expected.
            let _ = stream.read(&mut hello);
            let _ = stream.write_all(bytes);
            if stays {
                std::thread::sleep(Duration::from_secs(20));
            }
        });
        format!("https://{address}")
    };
    vec![
        (
            "TLS: plain HTTP",
            answering(
                b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
                false,
            ),
        ),
        ("TLS: garbage", answering(&[0xaa; 600], false)),
        ("TLS: closes at once", answering(b"", false)),
        ("TLS: hangs", answering(b"", true)),
        // handshake_failure and internal_error (RFC 8446, section 6).
        ("TLS: an alert", answering(&[21, 3, 3, 0, 2, 2, 40], false)),
        (
            "TLS: another alert",
            answering(&[21, 3, 3, 0, 2, 2, 80], false),
        ),
        (
            "TLS: half a ServerHello",
            answering(&[22, 3, 3, 0, 122, 2, 0, 0], false),
        ),
        (
            "TLS: a record that is too long",
            answering(&[22, 3, 3, 0xff, 0xff, 2, 0, 0, 1], true),
        ),
    ]
}

#[test]
fn invalid_tls_is_exit_code_3() {
    let listeners = listeners();
    // Each command meets half of them, and each of them half of the commands.
    each_command(|index, command| {
        let half = listeners.iter().skip(index % 2).step_by(2);
        half.map(|(what, url)| check(command, what, url, &[]))
            .collect()
    });
}

fn openssl(directory: &Path, args: &[&str]) {
    let output = Process::new("openssl")
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A certificate for 127.0.0.1 that signs itself by an authority, `ca.crt`.
fn certificate(
    directory: &Path,
    name: &str,
    validity: &[&str],
    addresses: &str,
) -> Arc<rustls::ServerConfig> {
    let curve = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    let (key, request, leaf) = (
        format!("{name}.key"),
        format!("{name}.csr"),
        format!("{name}.crt"),
    );
    let subject = [
        "req",
        "-subj",
        "/CN=server",
        "-keyout",
        &key,
        "-out",
        &request,
    ];
    openssl(directory, &[&subject[..], &curve].concat());
    let extensions = format!("basicConstraints=CA:FALSE\nsubjectAltName={addresses}\n");
    std::fs::write(directory.join("extensions"), extensions).unwrap();
    let sign = [
        "ca",
        "-batch",
        "-config",
        "ca.conf",
        "-extfile",
        "extensions",
        "-in",
        &request,
        "-out",
        &leaf,
    ];
    openssl(directory, &[&sign[..], validity].concat());
    let certificate = CertificateDer::from_pem_file(directory.join(&leaf)).unwrap();
    let key = PrivateKeyDer::from_pem_file(directory.join(&key)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

fn authority(directory: &Path) {
    let curve = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    let sign = [
        "req",
        "-x509",
        "-days",
        "2",
        "-subj",
        "/CN=test-ca",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
    ];
    openssl(directory, &[&sign[..], &curve].concat());
    std::fs::write(directory.join("index.txt"), "").unwrap();
    std::fs::write(directory.join("serial"), "01\n").unwrap();
    let config = "[ca]\ndefault_ca = own\n[own]\ndir = .\ndatabase = index.txt\nserial = serial\n\
        new_certs_dir = .\ncertificate = ca.crt\nprivate_key = ca.key\ndefault_md = sha256\n\
        policy = any\nunique_subject = no\n[any]\ncommonName = supplied\n";
    std::fs::write(directory.join("ca.conf"), config).unwrap();
}

const VALID: &[&str] = &["-days", "2"];
const PAST: &[&str] = &[
    "-startdate",
    "20200101000000Z",
    "-enddate",
    "20200102000000Z",
];
const FUTURE: &[&str] = &[
    "-startdate",
    "20480101000000Z",
    "-enddate",
    "20490101000000Z",
];
const HERE: &str = "IP:127.0.0.1";

#[test]
fn certificates_that_do_not_fit_and_connections_that_break_are_exit_code_3() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    authority(at);
    let trusted = at.join("ca.crt").to_str().unwrap().to_owned();
    let trusting = ["--certificate-authority", &trusted];
    let good = certificate(at, "good", VALID, HERE);
    let rows = [
        (
            "TLS: expired",
            certificate(at, "past", PAST, HERE),
            &trusting[..],
            None,
        ),
        (
            "TLS: not valid yet",
            certificate(at, "future", FUTURE, HERE),
            &trusting[..],
            None,
        ),
        (
            "TLS: another name",
            certificate(at, "other", VALID, "DNS:other.test"),
            &trusting[..],
            None,
        ),
        ("TLS: an unknown authority", Arc::clone(&good), &[], None),
        (
            "TLS: cut in the head",
            Arc::clone(&good),
            &trusting[..],
            Some(Fault::HalfHead),
        ),
        (
            "TLS: cut in the body",
            Arc::clone(&good),
            &trusting[..],
            Some(Fault::HalfBody),
        ),
        (
            "TLS: cut at once",
            Arc::clone(&good),
            &trusting[..],
            Some(Fault::Close),
        ),
        (
            "TLS: hangs behind it",
            good,
            &trusting[..],
            Some(Fault::Hang),
        ),
    ];
    each_command(|index, command| {
        let half = rows.iter().skip(index % 2).step_by(2);
        half.map(|(what, config, more, fault)| {
            let then = command.then;
            let server = Hostile::tls(
                Box::new(move |request| world::answer(request, then)),
                command.targets,
                fault.clone().map(|fault| (main_role(command), fault)),
                Arc::clone(config),
            );
            check(command, what, &server.url(), more)
        })
        .collect()
    });
    // The fixture can be trusted: without a fault all is well.
    let command = &COMMANDS[0];
    let then = command.then;
    let config = certificate(at, "last", VALID, HERE);
    let world = Box::new(move |request: &_| world::answer(request, then));
    let server = Hostile::tls(world, command.targets, None, config);
    let run = Run::of(command, &server.url(), "30s", &trusting);
    assert!(run.is_healthy(), "{}", run.ran.stderr);
}

/// The role of which a broken answer decides: `--verify` may go on without what
/// it could not look into.
fn main_role(command: &Command) -> Role {
    match command.role {
        Role::Stream if command.writes() => Role::Write,
        Role::Stream => Role::Read,
        role => role,
    }
}
