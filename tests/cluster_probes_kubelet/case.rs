//! A Pod with probes, and how its program behaves.

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::defaults;
use pod_probe::{Assumptions, Kind, StopTakes};
use serde_json::{Value, json};

/// The way that a probe asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handler {
    Http,
    Tcp,
    Grpc,
    Exec,
    /// The port has a name that no container declares.
    Unresolved,
    /// The command is a program that the image does not have.
    MissingProgram,
}

/// One probe.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) kind: Kind,
    pub(crate) handler: Handler,
    fields: Value,
}

/// One container, which may be a sidecar.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) probes: Vec<Probe>,
    is_sidecar: bool,
    lifecycle: Value,
}

/// One Pod.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) containers: Vec<Container>,
    pub(crate) does: Assumptions,
    grace: u64,
    restart_policy: &'static str,
}

/// A probe that is made every so many seconds and has this failureThreshold.
///
/// Its time-out is long, so that a machine that is busy does not fail it.
pub(crate) fn probe(kind: Kind, handler: Handler, period: u32, failures: u32) -> Probe {
    let fields = json!({
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": 5,
    });
    Probe {
        kind,
        handler,
        fields,
    }
}

impl Probe {
    pub(crate) fn with(mut self, field: &str, value: u32) -> Self {
        self.fields[field] = value.into();
        self
    }

    /// True if the program's record has each attempt.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self.handler, Handler::Http | Handler::Grpc | Handler::Exec)
    }

    fn json(&self, ports: Ports) -> Value {
        let name = name(self.kind);
        let mut probe = self.fields.clone();
        let (handler, action) = match self.handler {
            Handler::Http => (
                "httpGet",
                json!({"port": ports.http, "path": format!("/{name}")}),
            ),
            Handler::Tcp => ("tcpSocket", json!({"port": ports.tcp})),
            Handler::Grpc => ("grpc", json!({"port": ports.grpc, "service": name})),
            Handler::Exec => {
                let http = format!("-http={}", ports.http);
                (
                    "exec",
                    json!({"command": ["/probe-server", http, "ask", name]}),
                )
            }
            Handler::Unresolved => ("httpGet", json!({"port": "nobodys"})),
            Handler::MissingProgram => ("exec", json!({"command": ["/no/such/program"]})),
        };
        probe[handler] = action;
        probe
    }
}

/// The kind as the program writes it.
pub(crate) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Startup => "startup",
        Kind::Readiness => "readiness",
        Kind::Liveness => "liveness",
    }
}

impl Container {
    /// Its path, as events have it.
    pub(crate) fn path(&self) -> String {
        let list = if self.is_sidecar {
            "initContainers"
        } else {
            "containers"
        };
        format!("spec.{list}{{{}}}", self.name)
    }
}

/// Containers of a Pod share its network.
#[derive(Clone, Copy)]
struct Ports {
    http: usize,
    tcp: usize,
    grpc: usize,
}

impl Case {
    /// A Pod of one container, looked at for so many seconds.
    pub(crate) fn new(name: &'static str, seconds: u64, probes: Vec<Probe>) -> Self {
        let does = Assumptions {
            horizon: Duration::from_secs(seconds),
            ..Assumptions::default()
        };
        let case = Self {
            name,
            containers: Vec::new(),
            does,
            grace: 5,
            restart_policy: "Always",
        };
        case.beside("main", probes)
    }

    /// One more container.
    pub(crate) fn beside(mut self, name: &str, probes: Vec<Probe>) -> Self {
        self.containers.push(Container {
            name: name.to_owned(),
            probes,
            is_sidecar: false,
            lifecycle: Value::Null,
        });
        self
    }

    /// A sidecar, before all others.
    pub(crate) fn sidecar(mut self, probes: Vec<Probe>) -> Self {
        self = self.beside("sidecar", probes);
        if let Some(mut sidecar) = self.containers.pop() {
            sidecar.is_sidecar = true;
            self.containers.insert(0, sidecar);
        }
        self
    }

    pub(crate) fn does(mut self, change: impl FnOnce(&mut Assumptions)) -> Self {
        change(&mut self.does);
        self
    }

    /// A preStop hook for each container.
    pub(crate) fn pre_stop(mut self, hook: &Value) -> Self {
        for container in &mut self.containers {
            container.lifecycle = json!({ "preStop": hook });
        }
        self
    }

    pub(crate) fn grace(mut self, seconds: u64) -> Self {
        self.grace = seconds;
        self
    }

    pub(crate) fn restart_policy(mut self, policy: &'static str) -> Self {
        self.restart_policy = policy;
        self
    }

    /// The spec, whose program writes its record below a directory of the node.
    pub(crate) fn spec(&self, directory: &str) -> Value {
        let all = self.containers.iter().enumerate();
        let all = all.map(|(index, own)| (own.is_sidecar, self.container(index, own)));
        let (sidecars, containers): (Vec<_>, Vec<_>) = all.partition(|(sidecar, _)| *sidecar);
        let values = |list: Vec<(bool, Value)>| list.into_iter().map(|(_, own)| own).collect();
        let (sidecars, containers): (Vec<Value>, Vec<Value>) =
            (values(sidecars), values(containers));
        json!({
            "restartPolicy": self.restart_policy,
            "terminationGracePeriodSeconds": self.grace,
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "initContainers": sidecars,
            "containers": containers,
            "volumes": [{"name": "record", "hostPath": {"path": directory}}],
        })
    }

    /// The spec with its defaults, as the forecast wants it.
    pub(crate) fn typed(&self) -> PodSpec {
        let mut spec: PodSpec = serde_json::from_value(self.spec("/")).unwrap();
        let init = spec.init_containers.iter_mut().flatten();
        for container in spec.containers.iter_mut().chain(init) {
            defaults::container(container);
        }
        spec
    }

    fn container(&self, index: usize, own: &Container) -> Value {
        let ports = Ports {
            http: 8080 + index,
            tcp: 8180 + index,
            grpc: 8280 + index,
        };
        let mut args = self.behaviour();
        args.push(format!("-record=/record/{}", own.name));
        args.push(format!("-http={}", ports.http));
        let asked_by = |handler| own.probes.iter().any(|probe| probe.handler == handler);
        if asked_by(Handler::Tcp) {
            args.push(format!("-tcp={}", ports.tcp));
        }
        if asked_by(Handler::Grpc) {
            args.push(format!("-grpc={}", ports.grpc));
        }
        let mut container = json!({
            "name": own.name,
            "image": "probe-server",
            "imagePullPolicy": "IfNotPresent",
            "args": args,
            "volumeMounts": [{"name": "record", "mountPath": "/record"}],
            "resources": {"requests": {"cpu": "20m"}},
            "lifecycle": own.lifecycle,
        });
        if own.is_sidecar {
            container["restartPolicy"] = "Always".into();
        }
        for probe in &own.probes {
            container[format!("{}Probe", name(probe.kind))] = probe.json(ports);
        }
        container
    }

    /// The assumptions as flags of the program.
    fn behaviour(&self) -> Vec<String> {
        let does = &self.does;
        let seconds = |time: Duration| format!("{}s", time.as_secs_f64());
        let mut flags = vec![
            format!("-starts-after={}", seconds(does.starts_after)),
            format!("-slow={}", seconds(does.slow)),
        ];
        let times = [
            ("fails", does.fails_at),
            ("recovers", does.recovers_at),
            ("hangs", does.hangs_at),
            ("errors", does.errors_at),
        ];
        for (flag, at) in times {
            flags.extend(at.map(|at| format!("-{flag}-at={}", seconds(at))));
        }
        flags.extend(
            does.exits_at
                .map(|(at, code)| format!("-exits-at={}={code}", seconds(at))),
        );
        flags.push(match does.stop_takes {
            StopTakes::Time(time) => format!("-stop-takes={}", seconds(time)),
            StopTakes::Never => "-stop-takes=never".to_owned(),
        });
        if does.first_run_only {
            flags.push("-first-run-only".to_owned());
        }
        flags
    }
}
