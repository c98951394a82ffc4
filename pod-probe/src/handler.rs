//! Handlers of probes and hooks.

use std::time::Duration;

use k8s_openapi::api::core::v1::{
    ContainerPort, ExecAction, HTTPGetAction, LifecycleHandler, Probe as ApiProbe, TCPSocketAction,
};
use pod_model::KubernetesVersion;
use serde::Serialize;

use crate::port::{PortError, resolve_port};
use crate::request::{HttpRequest, Purpose, non_empty};

/// One action; the kubelet takes the first that is declared, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Handler {
    /// Runs a command in the container; exit code 0 is success.
    Exec {
        /// As declared. For a probe, the kubelet expands references to
        /// variables whose values the container declares literally; for a hook
        /// it expands none.
        command: Vec<String>,
    },
    /// Sends a request. A probe succeeds with a status from 200 to 399, a hook
    /// with any answer.
    HttpGet(HttpRequest),
    /// Opens a connection.
    TcpSocket {
        /// Absent for the Pod's own address.
        #[serde(skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// 1 to 65535.
        port: u16,
    },
    /// Asks gRPC's health service at the Pod's address.
    Grpc {
        /// As declared; not looked up.
        port: i32,
        /// Empty for the server as a whole.
        service: String,
    },
    /// Waits; hooks only.
    Sleep {
        /// Seconds.
        seconds: i64,
    },
    /// Cannot be run: the port is not known.
    Unresolved {
        /// The reason.
        reason: String,
    },
    /// Cannot be run: no action that the kubelet knows here.
    Missing {},
}

impl Handler {
    /// Upstream: `prober.runProbe` in `k8s.io/kubernetes/pkg/kubelet/prober`.
    pub(crate) fn of_probe(
        probe: &ApiProbe,
        ports: &[ContainerPort],
        version: KubernetesVersion,
    ) -> Self {
        if let Some(action) = &probe.exec {
            return exec(action);
        }
        if let Some(action) = &probe.http_get {
            return http(action, ports, Purpose::Probe, version);
        }
        if let Some(action) = &probe.tcp_socket {
            return tcp(action, ports, version);
        }
        match &probe.grpc {
            Some(action) => Self::Grpc {
                port: action.port,
                service: action.service.clone().unwrap_or_default(),
            },
            None => Self::Missing {},
        }
    }

    /// Upstream: `handlerRunner.Run` in
    /// `k8s.io/kubernetes/pkg/kubelet/lifecycle`; it refuses `tcpSocket`.
    pub(crate) fn of_hook(
        hook: &LifecycleHandler,
        ports: &[ContainerPort],
        version: KubernetesVersion,
    ) -> Self {
        if let Some(action) = &hook.exec {
            return exec(action);
        }
        if let Some(action) = &hook.http_get {
            return http(action, ports, Purpose::Lifecycle, version);
        }
        match &hook.sleep {
            Some(action) => Self::Sleep {
                seconds: action.seconds,
            },
            None => Self::Missing {},
        }
    }

    /// Returns the time that the handler takes if it only sleeps, by itself or by a command.
    pub fn sleep_time(&self) -> Option<Duration> {
        let words: Vec<&str> = match self {
            Self::Sleep { seconds } => {
                return Some(Duration::from_secs(
                    u64::try_from(*seconds).unwrap_or_default(),
                ));
            }
            Self::Exec { command } => match command.as_slice() {
                [shell, flag, script] if flag == "-c" && is_shell(shell) => {
                    script.split_whitespace().collect()
                }
                words => words.iter().map(String::as_str).collect(),
            },
            _ => return None,
        };
        let ["sleep" | "/bin/sleep" | "/usr/bin/sleep", time] = words.as_slice() else {
            return None;
        };
        let time = time.strip_suffix('s').unwrap_or(time);
        time.parse().map(Duration::from_secs).ok()
    }
}

/// Returns true for the name or path of a shell.
pub(crate) fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next();
    matches!(name, Some("sh" | "bash" | "ash" | "dash"))
}

fn exec(action: &ExecAction) -> Handler {
    Handler::Exec {
        command: action.command.clone().unwrap_or_default(),
    }
}

fn http(
    action: &HTTPGetAction,
    ports: &[ContainerPort],
    purpose: Purpose,
    version: KubernetesVersion,
) -> Handler {
    HttpRequest::new(action, ports, purpose, version).map_or_else(unresolved, Handler::HttpGet)
}

fn tcp(action: &TCPSocketAction, ports: &[ContainerPort], version: KubernetesVersion) -> Handler {
    resolve_port(&action.port, ports, version).map_or_else(unresolved, |port| Handler::TcpSocket {
        host: non_empty(action.host.as_deref()),
        port,
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_or_else wants"
)]
fn unresolved(error: PortError) -> Handler {
    Handler::Unresolved {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_that_only_sleeps_has_a_known_time() {
        let exec = |words: &[&str]| Handler::Exec {
            command: words.iter().map(|&word| word.to_owned()).collect(),
        };
        for (words, expected) in [
            (&["sleep", "10"][..], Some(10)),
            (&["/bin/sh", "-c", "sleep 15"], Some(15)),
            (&["sh", "-c", " sleep  5s "], Some(5)),
            (&["sh", "-c", "sleep 5; nginx -s quit"], None),
            (&["sh", "-c", "sleep 5 &"], None),
            (&["sh", "-c", "sleep $DELAY"], None),
            (&["sleep", "1m"], None),
            (&["nginx", "-s", "quit"], None),
            (&[], None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(exec(words).sleep_time(), expected, "{words:?}");
        }
        let sleep = Handler::Sleep { seconds: 7 };
        assert_eq!(sleep.sleep_time(), Some(Duration::from_secs(7)));
    }
}
