//! The life that lies ahead of a Pod: stage by stage, from the scheduler to the last restart.
//!
//! Upstream, in `k8s.io/kubernetes/pkg`: scheduler/scheduler.go (who places it), kubelet/kubelet.go `SyncPod`
//! (volumes, sandbox), kubelet/kuberuntime/kuberuntime_manager.go `computePodActions` and `SyncPod` (the order of
//! containers), kuberuntime_container.go `startContainer` (image and postStart hook hold back what follows),
//! kubelet/kuberuntime/util `doBackOff`, kubelet/status/generate.go (Ready), kubelet/kubelet_pods.go `getPhase`.

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use crate::container::{ContainerType, ContainerView, containers};
use crate::path::FieldPath;
use crate::prose::{list, list_up_to};
use crate::selector::required_node_affinity;

/// Names of volumes that a sentence lists.
const MOST: usize = 4;

/// A stage of a Pod's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The stage in one word or two: `scheduling`.
    pub name: &'static str,
    /// Everything that happens in it, in sentences.
    pub text: String,
    /// The field that decides it; absent where a default does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
}

/// Returns the stages of a Pod's life in their order. `base` is the path of its spec.
pub fn lifecycle(spec: &PodSpec, base: &FieldPath) -> Vec<Stage> {
    let all = containers(spec, base);
    let mut stages = vec![placing(spec, base)];
    stages.extend(volumes(spec, base));
    for own in &all {
        match own.container_type {
            ContainerType::Init => stages.push(init(spec, own)),
            ContainerType::Sidecar => stages.push(sidecar(own)),
            ContainerType::App | ContainerType::Ephemeral => {}
        }
    }
    let apps: Vec<&ContainerView<'_>> = all
        .iter()
        .filter(|own| own.container_type == ContainerType::App)
        .collect();
    if !apps.is_empty() {
        stages.push(apps_start(&apps, base));
    }
    stages.push(ready(spec, &all, base));
    stages.push(restarts(spec, &apps, base));
    if let Some(seconds) = spec.active_deadline_seconds {
        stages.push(Stage {
            name: "deadline",
            text: format!(
                "{seconds} s after the kubelet has taken it up, the Pod fails (DeadlineExceeded), whatever runs."
            ),
            path: Some(base.field("activeDeadlineSeconds")),
        });
    }
    stages.push(deletion(spec, &all, base));
    stages
}

fn placing(spec: &PodSpec, base: &FieldPath) -> Stage {
    let stage = |text: String, field: Option<&'static str>| Stage {
        name: "scheduling",
        text,
        path: field.map(|field| base.field(field)),
    };
    let gates: Vec<&str> = spec
        .scheduling_gates
        .iter()
        .flatten()
        .map(|gate| gate.name.as_str())
        .collect();
    if !gates.is_empty() {
        return stage(
            format!(
                "No scheduler looks at the Pod until somebody removes {} from schedulingGates.",
                list(&gates)
            ),
            Some("schedulingGates"),
        );
    }
    if let Some(node) = spec.node_name.as_deref().filter(|name| !name.is_empty()) {
        return stage(
            format!(
                "No scheduler is asked: the kubelet of node {node} takes the Pod up, or refuses it for good if it does not fit."
            ),
            Some("nodeName"),
        );
    }
    let scheduler = spec
        .scheduler_name
        .as_deref()
        .unwrap_or("default-scheduler");
    let wants: Vec<String> = spec
        .node_selector
        .iter()
        .flatten()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let required = required_node_affinity(spec);
    let (which, field) = if !wants.is_empty() {
        (
            format!(" with {}", list_up_to(&wants, MOST)),
            "nodeSelector",
        )
    } else if required.is_some() {
        (" that its nodeAffinity allows".to_owned(), "affinity")
    } else {
        (String::new(), "schedulerName")
    };
    stage(
        format!(
            "{scheduler} chooses a node{which}; until there is one that fits, the Pod is Pending."
        ),
        (field != "schedulerName" || spec.scheduler_name.is_some()).then_some(field),
    )
}

/// Volumes that hold back all containers until they are there.
fn volumes(spec: &PodSpec, base: &FieldPath) -> Option<Stage> {
    let mut names: Vec<String> = Vec::new();
    for volume in spec.volumes.iter().flatten() {
        if let Some(own) = &volume.config_map
            && own.optional != Some(true)
        {
            names.push(format!("ConfigMap {}", own.name));
        }
        if let Some(own) = &volume.secret
            && own.optional != Some(true)
        {
            let name = own.secret_name.as_deref().unwrap_or_default();
            names.push(format!("Secret {name}"));
        }
        if let Some(own) = &volume.persistent_volume_claim {
            names.push(format!("PersistentVolumeClaim {}", own.claim_name));
        }
        for source in volume
            .projected
            .iter()
            .flat_map(|own| &own.sources)
            .flatten()
        {
            if let Some(own) = &source.config_map
                && own.optional != Some(true)
            {
                names.push(format!("ConfigMap {}", own.name));
            }
            if let Some(own) = &source.secret
                && own.optional != Some(true)
            {
                names.push(format!("Secret {}", own.name));
            }
        }
    }
    (!names.is_empty()).then(|| Stage {
        name: "volumes",
        text: format!(
            "Nothing starts before the volumes are mounted: {}.",
            list_up_to(&names, MOST)
        ),
        path: Some(base.field("volumes")),
    })
}

fn init(spec: &PodSpec, own: &ContainerView<'_>) -> Stage {
    let policy = own
        .restart_policy
        .or(spec.restart_policy.as_deref())
        .unwrap_or("Always");
    let fails = if policy == "Never" {
        "if it fails, the Pod fails"
    } else {
        "if it fails, it is run again, with a growing back-off, for ever"
    };
    Stage {
        name: "init container",
        text: format!("{} runs to its end; {fails}.", own.name),
        path: Some(own.path.clone()),
    }
}

fn hook(own: &ContainerView<'_>) -> bool {
    own.lifecycle
        .is_some_and(|lifecycle| lifecycle.post_start.is_some())
}

fn has_probe(own: &ContainerView<'_>, field: &str) -> bool {
    own.probes
        .iter()
        .any(|(name, probe)| *name == field && probe.is_some())
}

fn sidecar(own: &ContainerView<'_>) -> Stage {
    let mut until = Vec::new();
    if hook(own) {
        until.push("its postStart hook has ended");
    }
    if has_probe(own, "startupProbe") {
        until.push("its startup probe has succeeded");
    }
    let until = if until.is_empty() {
        "it has been started".to_owned()
    } else {
        list(&until)
    };
    Stage {
        name: "sidecar",
        text: format!(
            "{} is started and stays; what follows waits until {until}.",
            own.name
        ),
        path: Some(own.path.clone()),
    }
}

fn apps_start(apps: &[&ContainerView<'_>], base: &FieldPath) -> Stage {
    let names: Vec<&str> = apps.iter().map(|own| own.name).collect();
    let hooks: Vec<&str> = apps
        .iter()
        .filter(|own| hook(own))
        .map(|own| own.name)
        .collect();
    let mut text = match names.as_slice() {
        [name] => format!("{name} is started."),
        names => format!(
            "{} are started in this order; each waits until the image of the one before is pulled, not until it is ready.",
            list_up_to(names, 2 * MOST)
        ),
    };
    if !hooks.is_empty() {
        text.push_str(&format!(
            " The postStart hook of {} runs beside the program, has no time-out, and holds back what follows.",
            list(&hooks)
        ));
    }
    Stage {
        name: "containers",
        text,
        path: Some(base.field("containers")),
    }
}

fn ready(spec: &PodSpec, all: &[ContainerView<'_>], base: &FieldPath) -> Stage {
    let probed: Vec<&str> = all
        .iter()
        .filter(|own| has_probe(own, "readinessProbe"))
        .map(|own| own.name)
        .collect();
    let started: Vec<&str> = all
        .iter()
        .filter(|own| own.container_type != ContainerType::Init && has_probe(own, "startupProbe"))
        .map(|own| own.name)
        .collect();
    let gates: Vec<&str> = spec
        .readiness_gates
        .iter()
        .flatten()
        .map(|gate| gate.condition_type.as_str())
        .collect();
    let mut when = Vec::new();
    if !started.is_empty() {
        when.push(format!(
            "the startup probe of {} has succeeded",
            list(&started)
        ));
    }
    if !probed.is_empty() {
        when.push(format!(
            "the readiness probe of {} has succeeded",
            list(&probed)
        ));
    }
    if !gates.is_empty() {
        when.push(format!("a controller has set {} to True", list(&gates)));
    }
    let (text, path) = if when.is_empty() {
        (
            "The Pod is ready as soon as its containers run: no probe asks whether they work."
                .to_owned(),
            None,
        )
    } else {
        let path = (!gates.is_empty()).then(|| base.field("readinessGates"));
        (format!("The Pod is ready when {}.", list(&when)), path)
    };
    Stage {
        name: "ready",
        text,
        path,
    }
}

fn restarts(spec: &PodSpec, apps: &[&ContainerView<'_>], base: &FieldPath) -> Stage {
    let policy = spec.restart_policy.as_deref().unwrap_or("Always");
    let mut text = match policy {
        "Never" => "A container that ends is not started again. When all have ended, the Pod has succeeded if every exit code is 0, and failed otherwise.".to_owned(),
        "OnFailure" => "A container that ends with another exit code than 0 is started again: at once, then after 10 s, 20 s, 40 s, at most 5 min. The Pod has succeeded when all have ended with 0; it never fails by itself.".to_owned(),
        _ => "A container that ends, however, is started again: at once, then after 10 s, 20 s, 40 s, at most 5 min. The Pod ends by deletion only.".to_owned(),
    };
    let own: Vec<&str> = apps
        .iter()
        .filter(|own| own.restart_policy.is_some())
        .map(|own| own.name)
        .collect();
    if !own.is_empty() {
        text.push_str(&format!(
            " For {} its own restartPolicy and rules hold instead.",
            list(&own)
        ));
    }
    Stage {
        name: "restarts",
        text,
        path: spec
            .restart_policy
            .is_some()
            .then(|| base.field("restartPolicy")),
    }
}

fn deletion(spec: &PodSpec, all: &[ContainerView<'_>], base: &FieldPath) -> Stage {
    let grace = spec.termination_grace_period_seconds.unwrap_or(30);
    let hooks: Vec<&str> = all
        .iter()
        .filter(|own| {
            own.lifecycle
                .is_some_and(|lifecycle| lifecycle.pre_stop.is_some())
        })
        .map(|own| own.name)
        .collect();
    let first = if hooks.is_empty() {
        "SIGTERM comes at once".to_owned()
    } else {
        format!(
            "the preStop hook of {} runs first, then SIGTERM comes",
            list(&hooks)
        )
    };
    Stage {
        name: "deletion",
        text: format!("{first}, and SIGKILL {grace} s after the deletion at the latest."),
        path: spec
            .termination_grace_period_seconds
            .is_some()
            .then(|| base.field("terminationGracePeriodSeconds")),
    }
}
