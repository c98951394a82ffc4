//! Handlers in words.

use pod_probe::{Handler, Header};

use crate::shell_quote::quoted;
use crate::ui::escape;

/// Address of the Pod, where nothing else is known.
const POD: &str = "POD-IP";

/// Returns true for a header that the kubelet adds to each probe; reports for programs have it.
fn is_kubelets(header: &Header) -> bool {
    match header.name.as_str() {
        "User-Agent" => header.value.starts_with("kube-probe/"),
        "Accept" => header.value == "*/*",
        _ => false,
    }
}

/// Returns a host as it stands before a port: an IPv6 address has brackets.
fn in_url(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// Returns the request or the command of the kubelet, in one line.
pub(super) fn handler_text(handler: &Handler) -> String {
    escape(&text(handler)).into_owned()
}

fn text(handler: &Handler) -> String {
    match handler {
        Handler::Exec { command } => {
            let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
            format!("exec {}", words.join(" "))
        }
        Handler::HttpGet(request) => {
            let host = in_url(request.host.as_deref().unwrap_or(POD));
            let slash = if request.path.starts_with('/') {
                ""
            } else {
                "/"
            };
            let mut text = format!(
                "GET {}://{host}:{}{slash}{}",
                request.scheme, request.port, request.path
            );
            if let Some(host) = &request.host_header {
                text.push_str(&format!(", Host: {host}"));
            }
            for header in request.headers.iter().filter(|own| !is_kubelets(own)) {
                text.push_str(&format!(", {}: {}", header.name, header.value));
            }
            text
        }
        Handler::TcpSocket { host, port } => {
            let host = in_url(host.as_deref().unwrap_or(POD));
            format!("TCP connection to {host}:{port}")
        }
        Handler::Grpc { port, service } if service.is_empty() => {
            format!("gRPC health check of {POD}:{port}")
        }
        Handler::Grpc { port, service } => {
            format!("gRPC health check of {POD}:{port}, service {service}")
        }
        Handler::Sleep { seconds } => format!("sleep of {seconds} s"),
        Handler::Unresolved { reason } => format!("cannot be run: {reason}"),
        Handler::Missing {} => "cannot be run: no action".to_owned(),
    }
}
