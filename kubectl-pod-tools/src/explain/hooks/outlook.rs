//! Consequences in sentences: what a postStart hook holds back, and how long a deletion takes.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::ContainerType;
use pod_probe::{Handler, HookLoop, ShutdownStep, hook_loop};

use super::report::ContainerHooks;
use super::timeline::TimelineItem;
use crate::explain::seconds::rounded;
use crate::render::time_range;

/// Returns the consequences of the hooks of a Pod.
pub(super) fn outlook(
    spec: &PodSpec,
    containers: &[ContainerHooks],
    timeline: &[TimelineItem],
) -> Vec<String> {
    let mut all: Vec<String> = containers
        .iter()
        .filter_map(|own| post_start(spec, own))
        .collect();
    let ended = timeline
        .iter()
        .filter(|own| own.event == ShutdownStep::Ended);
    let last = ended.max_by_key(|own| (own.latest, own.earliest));
    if let Some(last) = last {
        let (earliest, latest) = rounded(last.earliest, last.latest);
        all.push(format!(
            "the last container, {}, ends {} after the deletion",
            last.container,
            time_range(earliest, Some(latest))
        ));
    }
    all
}

fn post_start(spec: &PodSpec, own: &ContainerHooks) -> Option<String> {
    let hook = own.post_start.as_ref()?;
    let takes = match &hook.handler {
        Handler::Unresolved { .. } | Handler::Missing {} => return None,
        handler => match (handler.sleep_time(), hook_loop(handler)) {
            (Some(time), _) => format!("for {} s", time.as_secs()),
            (None, Some(HookLoop::Endless { .. })) => "for ever".to_owned(),
            (None, _) => "until it ends, without a time-out".to_owned(),
        },
    };
    let later = later(spec, own);
    let later = if later.is_empty() {
        String::new()
    } else {
        format!(", holds back the start of {}", later.join(", "))
    };
    Some(format!(
        "the postStart hook of container {} runs beside the container's own process{later}, and keeps the \
         container from counting as running {takes}; if it fails, the container is killed",
        own.name
    ))
}

/// Returns the names of the containers that start after one.
///
/// Upstream: `SyncPod` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`.
fn later<'a>(spec: &'a PodSpec, own: &ContainerHooks) -> Vec<&'a str> {
    let names =
        |all: &'a [k8s_openapi::api::core::v1::Container]| all.iter().map(|own| own.name.as_str());
    let init = names(spec.init_containers.as_deref().unwrap_or_default());
    let apps = names(&spec.containers);
    let all: Vec<&str> = init.chain(apps).collect();
    let is_known = matches!(
        own.container_type,
        ContainerType::App | ContainerType::Sidecar
    );
    let at = all
        .iter()
        .position(|name| *name == own.name)
        .filter(|_| is_known);
    at.map(|at| all[at + 1..].to_vec()).unwrap_or_default()
}
