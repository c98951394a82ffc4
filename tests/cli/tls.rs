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
        home.write("version", "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"gitVersion\": \"v1.35.4\"}");
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
fn what_does_not_fit_is_told_and_what_fits_goes_through() {
    let home = Home::new();
    let server = Tls::new(&home, &[]);
    let (code, told) = server.version(&home, &[]);
    assert_eq!(code, Some(3));
    assert_data_eq!(
        told,
        str![[r#"
Client Version: v0.1.0
Kubernetes Rules: v1.31 to v1.35
error: the certificate of https://SERVER/ is not trusted: invalid peer certificate: UnknownIssuer
help: give the authority that signed it with --certificate-authority (a server's own certificate is not taken as one)

"#]]
    );

    let (code, told) = server.version(&home, &["--certificate-authority", "ca.crt"]);
    assert_eq!(code, Some(3));
    assert_data_eq!(
        told,
        str![[r#"
Client Version: v0.1.0
Kubernetes Rules: v1.31 to v1.35
error: the certificate of https://SERVER/ is not trusted: invalid peer certificate: certificate not valid for name "127.0.0.1"; certificate is only valid for DnsName("cluster.test")
help: give the name that it was made for with --tls-server-name, or a fitting --certificate-authority

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
    assert!(told.ends_with("Server Version: v1.35.4\n"), "{told}");

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
Kubernetes Rules: v1.31 to v1.35
error: the certificate of https://SERVER/ is not trusted: invalid peer certificate: UnknownIssuer
help: give the authority that signed it with --certificate-authority (a server's own certificate is not taken as one)

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

#[test]
fn plain_http_where_tls_is_wanted_is_told() {
    let server = crate::apiserver::ApiServer::new();
    let url = server.url().replace("http:", "https:");
    let run = Home::new().run(&["version", "--server", &url]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
}
