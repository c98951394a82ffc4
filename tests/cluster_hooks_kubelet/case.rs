//! Pods that are deleted.

use std::time::Duration;

use pod_probe::{ShutdownAssumptions, StopTakes};
use serde_json::{Value, json};

/// A preStop hook.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Hook {
    None,
    /// A command that takes the time of the case.
    Exec,
    /// Seconds of an action.
    Sleep(u64),
}

/// A container.
pub(crate) struct Container {
    pub(crate) name: &'static str,
    is_sidecar: bool,
    hook: Hook,
}

impl Container {
    const fn app(name: &'static str, hook: Hook) -> Self {
        Self {
            name,
            is_sidecar: false,
            hook,
        }
    }

    const fn sidecar(name: &'static str, hook: Hook) -> Self {
        Self {
            name,
            is_sidecar: true,
            hook,
        }
    }

    pub(crate) fn is_exec(&self) -> bool {
        self.hook == Hook::Exec
    }
}

/// A Pod.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) grace: u64,
    /// Grace period that the deletion asks for.
    pub(crate) asks: Option<u64>,
    /// Seconds of commands in hooks.
    hook: u64,
    /// Seconds after SIGTERM, or `None` for never.
    stop: Option<u64>,
    pub(crate) containers: &'static [Container],
    /// Containers that end before another one's SIGTERM.
    pub(crate) ordered: &'static [(&'static str, &'static str)],
}

impl Case {
    pub(crate) fn assumed(&self) -> ShutdownAssumptions {
        let stop = self.stop.map(Duration::from_secs);
        ShutdownAssumptions {
            pre_stop_takes: Some(Duration::from_secs(self.hook)),
            stop_takes: Some(stop.map_or(StopTakes::Never, StopTakes::Time)),
        }
    }

    pub(crate) fn runs_over(&self) -> bool {
        self.hook >= self.asks.unwrap_or(self.grace)
    }

    pub(crate) fn spec(&self, directory: &str) -> Value {
        let container = |own: &Container| {
            let name = own.name;
            let stops = match self.stop {
                Some(seconds) => format!("; sleep {seconds}; touch /rec/{name}.ended; exit 0"),
                None => String::new(),
            };
            let script = format!(
                "trap 'touch /rec/{name}.sigterm{stops}' TERM; touch /rec/{name}.started; \
                 while :; do sleep 1 & wait $!; done"
            );
            let hook = format!(
                "touch /rec/{name}.preStop; sleep {}; touch /rec/{name}.preStopEnd",
                self.hook
            );
            let hook = match own.hook {
                Hook::None => Value::Null,
                Hook::Exec => json!({"preStop": {"exec": {"command": ["sh", "-c", hook]}}}),
                Hook::Sleep(seconds) => json!({"preStop": {"sleep": {"seconds": seconds}}}),
            };
            json!({
                "name": name, "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent",
                "command": ["sh", "-c", script], "lifecycle": hook,
                "restartPolicy": own.is_sidecar.then_some("Always"),
                "volumeMounts": [{"name": "record", "mountPath": "/rec"}],
            })
        };
        let (sidecars, apps): (Vec<_>, Vec<_>) =
            self.containers.iter().partition(|own| own.is_sidecar);
        json!({
            "terminationGracePeriodSeconds": self.grace,
            "automountServiceAccountToken": false,
            "initContainers": sidecars.into_iter().map(container).collect::<Vec<_>>(),
            "containers": apps.into_iter().map(container).collect::<Vec<_>>(),
            "volumes": [{"name": "record", "hostPath": {"path": directory}}],
        })
    }
}

pub(crate) static CASES: [Case; 6] = [
    Case {
        name: "ordered",
        grace: 60,
        asks: None,
        hook: 2,
        stop: Some(1),
        containers: &[
            Container::sidecar("first", Hook::Sleep(1)),
            Container::sidecar("second", Hook::Exec),
            Container::app("app", Hook::Exec),
            Container::app("other", Hook::None),
        ],
        ordered: &[("app", "second"), ("other", "second"), ("second", "first")],
    },
    Case {
        name: "overrun",
        grace: 4,
        asks: None,
        hook: 60,
        stop: None,
        containers: &[Container::app("app", Hook::Exec)],
        ordered: &[],
    },
    Case {
        name: "deaf",
        grace: 3,
        asks: None,
        hook: 0,
        stop: None,
        containers: &[
            Container::sidecar("side", Hook::None),
            Container::app("app", Hook::None),
        ],
        ordered: &[],
    },
    Case {
        name: "used-up",
        grace: 6,
        asks: None,
        hook: 3,
        stop: None,
        containers: &[
            Container::sidecar("side", Hook::Exec),
            Container::app("app", Hook::Exec),
            Container::app("fast", Hook::Sleep(1)),
        ],
        ordered: &[],
    },
    Case {
        name: "sleeps",
        grace: 60,
        asks: None,
        hook: 0,
        stop: Some(0),
        containers: &[Container::app("app", Hook::Sleep(3))],
        ordered: &[],
    },
    Case {
        name: "asked",
        grace: 60,
        asks: Some(1),
        hook: 30,
        stop: None,
        containers: &[
            Container::sidecar("side", Hook::None),
            Container::app("app", Hook::Exec),
        ],
        ordered: &[],
    },
];
