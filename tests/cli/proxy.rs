//! A proxy that does not do its part is blamed, by its address and without its password.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::support::{Home, Run, finish};

const SERVER: &str = "https://cluster.invalid:6443";

/// A proxy that answers each connection with these bytes, or with nothing.
fn proxy(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
    });
    address.to_string()
}

/// `version` by way of a proxy, named in the environment or in the kubeconfig.
fn through(url: &str, in_file: bool) -> Run {
    let proxy_url = if in_file { url } else { "" };
    let text = format!(
        "{{apiVersion: v1, kind: Config, current-context: c, \
         clusters: [{{name: k, cluster: {{server: '{SERVER}', proxy-url: '{proxy_url}'}}}}], \
         users: [], contexts: [{{name: c, context: {{cluster: k}}}}]}}"
    );
    let home = Home::with(&[(".kube/config", &text)]);
    let mut command = home.command(&["version"]);
    if !in_file {
        command.env("HTTPS_PROXY", url);
    }
    finish(command, b"")
}

#[test]
fn a_proxy_that_cannot_be_used_is_blamed_without_its_password() {
    let silent = proxy(b"");
    let refuses = proxy(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    let asks = proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let no_socks = proxy(b"\x05\xff");
    // No connection is accepted there.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let not_open = "cannot be reached: connection refused";
    let name = "cannot be reached: its name cannot be resolved";
    let no_answer = "closed the connection";
    let denies = format!("does not connect to {SERVER}/");
    for (scheme, address, cause) in [
        ("http", closed.to_string(), not_open),
        ("socks5", closed.to_string(), "cannot be reached"),
        ("http", "proxy.invalid:3128".to_owned(), name),
        ("http", silent, no_answer),
        ("http", refuses, &*denies),
        ("http", asks, "requires a user and a password"),
        ("socks5", no_socks, &denies),
    ] {
        for (user, in_file) in [("", false), ("me:hunter2@", false), ("me:hunter2@", true)] {
            let run = through(&format!("{scheme}://{user}{address}"), in_file);
            assert_eq!(run.code, Some(3), "{run:?}");
            let expected = format!("error: the proxy {scheme}://{address} {cause}\n");
            assert!(run.stderr.contains(&expected), "{expected}: {run:?}");
            assert!(run.stderr.contains("$HTTPS_PROXY"), "{run:?}");
            assert!(!run.stderr.contains("hunter2"), "{run:?}");
        }
    }
}
