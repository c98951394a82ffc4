//! Certificates: `openssl s_server` with one that it signs itself.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use snapbox::{assert_data_eq, str};

use crate::support::Home;

/// A server whose certificate is for `cluster.test`.
struct Tls {
    child: Child,
    port: u16,
}

impl Tls {
    fn new(home: &Home, more: &[&str]) -> Self {
        Self::with(home, more, |_| {})
    }

    /// One whose certificate is signed once more.
    fn with(home: &Home, more: &[&str], sign: impl Fn(&dyn Fn(&[&str]))) -> Self {
        let openssl = |args: &[&str]| {
            let output = home.program("openssl", args).output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ];
        let ca = [
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
        openssl(&[&ca[..], &key].concat());
        let leaf = [
            "req",
            "-subj",
            "/CN=cluster.test",
            "-keyout",
            "tls.key",
            "-out",
            "tls.csr",
        ];
        openssl(&[&leaf[..], &key].concat());
        home.write(
            "san",
            "subjectAltName=DNS:cluster.test\nbasicConstraints=CA:FALSE\n",
        );
        openssl(&[
            "x509",
            "-req",
            "-in",
            "tls.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "san",
            "-out",
            "tls.crt",
        ]);
        sign(&openssl);
        home.write("version", "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"gitVersion\": \"v1.37.2\"}");
        // Nobody else takes the port in between: the system hands out others first.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let accept = format!("127.0.0.1:{port}");
        let mut command = home.program(
            "openssl",
            &[
                "s_server", "-accept", &accept, "-cert", "tls.crt", "-key", "tls.key", "-HTTP",
                "-quiet",
            ],
        );
        let child = command
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let began = Instant::now();
        while TcpStream::connect(&accept).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "openssl s_server does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn version(&self, home: &Home, args: &[&str]) -> (Option<i32>, String) {
        let url = format!("https://127.0.0.1:{}", self.port);
        let run = home.run(&[&["version", "--server", &url], args].concat());
        (
            run.code,
            (run.stdout + &run.stderr).replace(&url, "https://SERVER"),
        )
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn mismatched_certificates_are_refused_and_others_accepted() {
    let home = Home::new();
    let server = Tls::new(&home, &[]);
    let (code, told) = server.version(&home, &[]);
    assert_eq!(code, Some(3));
    assert_data_eq!(
        told,
        str![[r#"
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
error: the certificate of https://SERVER/ is not trusted: it is signed by an unknown authority
help: use --certificate-authority with the authority that signed it

"#]]
    );

    let (code, told) = server.version(&home, &["--certificate-authority", "ca.crt"]);
    assert_eq!(code, Some(3));
    assert_data_eq!(
        told,
        str![[r#"
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
error: the certificate of https://SERVER/ is not trusted: it is for cluster.test
help: use a --server URL with such a name, or --tls-server-name

"#]]
    );

    let fitting = [
        "--certificate-authority",
        "ca.crt",
        "--tls-server-name",
        "cluster.test",
    ];
    let (code, told) = server.version(&home, &fitting);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\nServer Version: v1.37.2\n"), "{told}");

    let (code, told) = server.version(&home, &["--insecure-skip-tls-verify"]);
    assert_eq!(code, Some(0), "{told}");

    let (code, told) = server.version(&home, &["--certificate-authority", "gone.crt"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("gone.crt"), "{told}");
    let (code, told) = server.version(&home, &["--certificate-authority", "san"]);
    assert_eq!(code, Some(3));
    assert_data_eq!(
        told,
        str![[r#"
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
error: the certificate authority san holds no PEM certificate

"#]]
    );
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_wants_one() {
    let home = Home::new();
    let server = Tls::new(
        &home,
        &["-Verify", "1", "-verify_return_error", "-CAfile", "ca.crt"],
    );
    let trusted = ["--insecure-skip-tls-verify"];
    let (code, told) = server.version(&home, &trusted);
    assert_eq!(code, Some(3), "{told}");
    let certificate = ["--client-certificate", "tls.crt", "--client-key", "tls.key"];
    let (code, told) = server.version(&home, &[&trusted[..], &certificate].concat());
    assert_eq!(code, Some(0), "{told}");
    let gone = [
        "--client-certificate",
        "gone.crt",
        "--client-key",
        "tls.key",
    ];
    let (code, told) = server.version(&home, &[&trusted[..], &gone].concat());
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("gone.crt"), "{told}");
}

/// The messages about a server whose certificate is good from `start` to `end`.
fn told_of_a_certificate(start: &str, end: &str) -> String {
    let home = Home::new();
    // An authority that keeps a book can sign for any time.
    home.write("index", "");
    home.write("serial", "01\n");
    home.write(
        "ca.cnf",
        "[ca]\ndefault_ca = t\n[t]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n\
         default_md = sha256\npolicy = p\n[p]\ncommonName = supplied\n\
         [x]\nbasicConstraints = CA:FALSE\nsubjectAltName = IP:127.0.0.1\n",
    );
    let server = Tls::with(&home, &[], |openssl| {
        openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-startdate",
            start,
            "-enddate",
            end,
            "-extensions",
            "x",
            "-in",
            "tls.csr",
            "-cert",
            "ca.crt",
            "-keyfile",
            "ca.key",
            "-out",
            "tls.crt",
        ]);
    });
    let (code, told) = server.version(&home, &["--certificate-authority", "ca.crt"]);
    assert_eq!(code, Some(3), "{told}");
    told
}

#[test]
fn expired_certificate_gets_a_help() {
    assert_data_eq!(
        told_of_a_certificate("20200101000000Z", "20200202000000Z"),
        str![[r#"
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
error: the certificate of https://SERVER/ is not trusted: it has expired on 2020-02-02T00:00:00Z
help: renew the server's certificate (`kubeadm certs renew`), or check the clock of this machine

"#]]
    );
    assert_data_eq!(
        told_of_a_certificate("20900101000000Z", "20910101000000Z"),
        str![[r#"
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
error: the certificate of https://SERVER/ is not trusted: it is valid from 2090-01-01T00:00:00Z
help: check the clocks of this machine and of the server

"#]]
    );
}

/// The messages about a server that answers a connection with these bytes, and goes.
fn told_of(scheme: &str, answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Whatever comes first is the question.
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let _ = std::io::Write::write_all(&mut stream, answer);
        }
    });
    let run = Home::new().run(&["version", "--server", &url]);
    assert_eq!(run.code, Some(3), "{run:?}");
    run.stderr.replace(&url, "SERVER")
}

#[test]
fn other_protocols_get_plain_messages() {
    for (scheme, answer, told) in [
        (
            "https",
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "it does not answer in TLS; is its URL http:// by chance?",
        ),
        (
            "https",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            "it does not answer in TLS",
        ),
        ("https", b"", "in the middle of the TLS handshake"),
        // An alert: handshake_failure, internal_error.
        (
            "https",
            b"\x15\x03\x03\0\x02\x02\x28",
            "no TLS connection to SERVER",
        ),
        (
            "https",
            b"\x15\x03\x03\0\x02\x02\x50",
            "it refuses the TLS connection: internal error",
        ),
        ("http", b"SSH-2.0-OpenSSH_9.6\r\n", "its answer is not HTTP"),
        (
            "http",
            b"\x15\x03\x03\0\x02\x02\x28",
            "its answer is not HTTP",
        ),
        ("http", b"", "closed the connection without an answer"),
        (
            "http",
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
            "the answer broke off",
        ),
    ] {
        let seen = told_of(scheme, answer);
        assert!(seen.contains(told), "{told}: {seen}");
        for word in [
            "docs.rs",
            "rustls",
            "hyper",
            "close_notify",
            "InvalidContentType",
            "parsed",
        ] {
            assert!(!seen.contains(word), "{seen}");
        }
    }
}

#[test]
fn plain_http_to_a_tls_port_is_reported() {
    let server = crate::apiserver::ApiServer::new();
    let url = server.url().replace("http:", "https:");
    let run = Home::new().run(&["version", "--server", &url]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
}
