//! Probes and hooks.

use k8s_openapi::api::core::v1::{HTTPGetAction, Lifecycle, Probe};

use super::{number, string};

/// Fills in a probe and its handler.
///
/// Upstream: `SetDefaults_Probe`, and the generated default of
/// `GRPCAction.service`.
pub fn probe(probe: &mut Probe) {
    number(&mut probe.timeout_seconds, 1);
    number(&mut probe.period_seconds, 10);
    number(&mut probe.success_threshold, 1);
    number(&mut probe.failure_threshold, 3);
    if let Some(action) = &mut probe.http_get {
        http_get(action);
    }
    if let Some(action) = &mut probe.grpc {
        action.service.get_or_insert_default();
    }
}

/// Upstream: the generated walk over `Lifecycle`.
pub(super) fn lifecycle(lifecycle: &mut Lifecycle) {
    let hooks = [&mut lifecycle.post_start, &mut lifecycle.pre_stop];
    for hook in hooks.into_iter().flatten() {
        if let Some(action) = &mut hook.http_get {
            http_get(action);
        }
    }
}

/// Upstream: `SetDefaults_HTTPGetAction`.
fn http_get(action: &mut HTTPGetAction) {
    string(&mut action.path, "/");
    string(&mut action.scheme, "HTTP");
}

#[cfg(test)]
mod tests {
    use crate::version::KubernetesVersion;
    use serde_json::json;

    /// Upstream: `SetDefaults_HTTPGetAction`, for both hooks and every kind of container.
    #[test]
    fn a_hook_by_http_has_a_path_and_a_scheme() {
        for (action, path, scheme) in [
            (json!({"port": 1}), "/", "HTTP"),
            (json!({"port": 1, "path": "", "scheme": ""}), "/", "HTTP"),
            (
                json!({"port": 1, "path": "/a", "scheme": "HTTPS"}),
                "/a",
                "HTTPS",
            ),
        ] {
            let hook = json!({"httpGet": action});
            let container =
                json!([{"name": "c", "lifecycle": {"postStart": hook, "preStop": hook}}]);
            let mut pod = serde_json::from_value(json!({"spec": {
                "containers": container, "initContainers": container, "ephemeralContainers": container,
            }}))
            .unwrap();
            crate::defaults::pod(&mut pod, KubernetesVersion::LATEST);
            let spec = pod.spec.unwrap();
            let ephemeral = spec.ephemeral_containers.into_iter().flatten();
            let init = spec.init_containers.into_iter().flatten();
            let hooks = spec
                .containers
                .into_iter()
                .chain(init)
                .map(|own| own.lifecycle);
            let hooks: Vec<_> = hooks.chain(ephemeral.map(|own| own.lifecycle)).collect();
            assert_eq!(hooks.len(), 3);
            for own in hooks.into_iter().flatten() {
                for hook in [own.post_start, own.pre_stop] {
                    let action = hook.unwrap().http_get.unwrap();
                    assert_eq!(action.path.as_deref(), Some(path));
                    assert_eq!(action.scheme.as_deref(), Some(scheme));
                }
            }
        }
    }
}
