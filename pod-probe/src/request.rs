//! The HTTP request of a probe or a hook.
//!
//! Upstream: `NewRequestForHTTPGetAction` in
//! `k8s.io/kubernetes/pkg/probe/http/request.go`.

use k8s_openapi::api::core::v1::{ContainerPort, HTTPGetAction};
use pod_model::KubernetesVersion;
use serde::Serialize;

use crate::port::{PortError, resolve_port};

/// Who sends the request; it says so in `User-Agent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A probe.
    Probe,
    /// A lifecycle hook.
    Lifecycle,
}

/// A header as it is sent, with its name in Go's canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// `X-Custom`
    pub name: String,
    /// As declared.
    pub value: String,
}

/// Headers that Go's client ignores: it takes length and encoding from the body, which a
/// `GET` does not have.
///
/// Upstream: `reqWriteExcludeHeader` in Go's `net/http`.
const NOT_SENT: [&str; 4] = ["Host", "Content-Length", "Transfer-Encoding", "Trailer"];

/// A `GET` request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    /// `http` or `https`, in lower case.
    pub scheme: String,
    /// The host; absent for the Pod's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// 1 to 65535.
    pub port: u16,
    /// With its query, as declared. The kubelet parses it as a URL: it drops a
    /// fragment, and puts a `/` in front where there is none.
    pub path: String,
    /// The `Host` header, where it is not that of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_header: Option<String>,
    /// The other headers: the declared ones, then those that the kubelet adds.
    pub headers: Vec<Header>,
    /// Name of a declared header that Go's client refuses to send, so that the probe fails.
    #[serde(skip)]
    pub invalid_header: Option<String>,
    /// The version whose client sends it.
    #[serde(skip)]
    pub version: KubernetesVersion,
}

impl HttpRequest {
    /// The request for an action.
    ///
    /// # Errors
    /// The port cannot be resolved.
    pub fn new(
        action: &HTTPGetAction,
        ports: &[ContainerPort],
        purpose: Purpose,
        version: KubernetesVersion,
    ) -> Result<Self, PortError> {
        let scheme = action.scheme.as_deref().unwrap_or_default().to_lowercase();
        let mut headers: Vec<Header> = action
            .http_headers
            .iter()
            .flatten()
            .map(|header| Header {
                name: canonical(&header.name),
                value: header.value.clone(),
            })
            .collect();
        let host_header = first(&headers, "Host").filter(|value| !value.is_empty());
        let invalid_header = headers.iter().find(|header| !can_be_sent(header));
        let invalid_header = invalid_header.map(|header| header.name.clone());
        let agent = match purpose {
            Purpose::Probe => "probe",
            Purpose::Lifecycle => "lifecycle",
        };
        add_or_drop(
            &mut headers,
            "User-Agent",
            format!("kube-{agent}/{version}"),
        );
        add_or_drop(&mut headers, "Accept", "*/*".to_owned());
        let mut agents = 0;
        headers.retain(|header| match header.name.as_str() {
            // Go's client sends the first of several.
            "User-Agent" => {
                agents += 1;
                agents == 1
            }
            name => !NOT_SENT.contains(&name),
        });
        Ok(Self {
            scheme: if scheme.is_empty() {
                "http".to_owned()
            } else {
                scheme
            },
            host: non_empty(action.host.as_deref()),
            port: resolve_port(&action.port, ports, version)?,
            path: action.path.clone().unwrap_or_default(),
            host_header,
            headers,
            invalid_header,
            version,
        })
    }
}

pub(crate) fn non_empty(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn first(headers: &[Header], name: &str) -> Option<String> {
    let mut named = headers.iter().filter(|header| header.name == name);
    named.next().map(|header| header.value.clone())
}

/// A header that is not declared gets a value; one that is declared empty is
/// not sent.
fn add_or_drop(headers: &mut Vec<Header>, name: &str, value: String) {
    match first(headers, name) {
        None => headers.push(Header {
            name: name.to_owned(),
            value,
        }),
        Some(declared) if declared.is_empty() => headers.retain(|header| header.name != name),
        Some(_) => {}
    }
}

fn is_token(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_allowed)
}

/// Upstream: `validateHeaders` in Go's `net/http/transport.go`.
fn can_be_sent(header: &Header) -> bool {
    let is_control = |byte: u8| (byte < b' ' && byte != b'\t') || byte == 0x7f;
    is_token(&header.name) && !header.value.bytes().any(is_control)
}

/// Upstream: `textproto.CanonicalMIMEHeaderKey`, which leaves names alone that
/// are no tokens.
fn canonical(name: &str) -> String {
    if !is_token(name) {
        return name.to_owned();
    }
    let mut upper = true;
    name.chars()
        .map(|letter| {
            let cased = if upper {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
            upper = letter == '-';
            cased
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::HTTPHeader;
    use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

    use super::*;

    fn request(headers: &[(&str, &str)]) -> HttpRequest {
        let header = |(name, value): &(&str, &str)| HTTPHeader {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        let action = HTTPGetAction {
            port: IntOrString::Int(80),
            scheme: Some("HTTPS".into()),
            path: Some("/a?b".into()),
            http_headers: Some(headers.iter().map(header).collect()),
            ..HTTPGetAction::default()
        };
        HttpRequest::new(&action, &[], Purpose::Probe, KubernetesVersion::V1_35).unwrap()
    }

    fn sent(request: &HttpRequest) -> Vec<String> {
        let line = |header: &Header| format!("{}: {}", header.name, header.value);
        request.headers.iter().map(line).collect()
    }

    #[test]
    fn the_kubelet_names_itself_and_accepts_everything() {
        let request = request(&[("x-custom", "1"), ("x-custom", "2")]);
        assert_eq!(request.scheme, "https");
        assert_eq!(request.host, None);
        assert_eq!(
            sent(&request),
            [
                "X-Custom: 1",
                "X-Custom: 2",
                "User-Agent: kube-probe/1.35",
                "Accept: */*"
            ]
        );
    }

    #[test]
    fn headers_of_the_client_override_declared_ones() {
        let request = request(&[
            ("user-agent", "a"),
            ("user-agent", "b"),
            ("content-length", "5"),
            ("accept", "text/plain"),
        ]);
        assert_eq!(sent(&request), ["User-Agent: a", "Accept: text/plain"]);
    }

    #[test]
    fn an_empty_accept_or_user_agent_is_not_sent() {
        let request = request(&[("accept", ""), ("User-Agent", ""), ("host", "a.b")]);
        assert_eq!(sent(&request), <[&str; 0]>::default());
        assert_eq!(request.host_header.as_deref(), Some("a.b"));
    }
}
