//! Custom resources as targets of `explain-env` in the cluster.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::targets::{names, pod, server};
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

fn rollout(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": {"name": name, "namespace": "default"}, "spec": spec,
    })
}

/// A server with a custom type, of which some objects have a Pod template.
fn with_rollouts() -> ApiServer {
    let missing = Answer::refusal(404, "NotFound", "not found");
    rollouts_on(server(&[]).on("GET /api/v1/namespaces/default/pods/", missing))
}

fn rollouts_on(server: ApiServer) -> ApiServer {
    let groups = json!({"kind": "APIGroupList", "groups": [{
        "name": "argoproj.io", "versions": [{"version": "v1alpha1"}],
        "preferredVersion": {"version": "v1alpha1"}}]});
    let types = json!({"resources": [{"name": "rollouts", "singularName": "rollout",
        "kind": "Rollout", "namespaced": true}]});
    let template = json!({"template": {"spec": {"enableServiceLinks": false, "containers": [
        {"name": "main", "image": "i", "env": [{"name": "WHO", "value": "rollout"}]}]}}});
    let route = "GET /apis/argoproj.io/v1alpha1/namespaces/default/rollouts";
    let web = rollout("web", &template);
    let list = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "RolloutList", "items": [web]});
    let odd = rollout("odd", &json!({"replicas": 1}));
    server
        .on(&format!("{route}/web"), Answer::json(&web))
        .on(&format!("{route}/odd"), Answer::json(&odd))
        .on(&format!("{route}?"), Answer::json(&list))
        .on("GET /apis/argoproj.io/v1alpha1", Answer::json(&types))
        .on("GET /apis", Answer::json(&groups))
}

#[test]
fn a_custom_resource_with_a_pod_template_is_explained() {
    let server = with_rollouts();
    for words in [
        &["rollout/web"][..],
        &["rollouts", "web"],
        &["rollouts.argoproj.io/web"],
        &["rollouts", "--all"],
        &["rollouts", "-l", "app=web"],
    ] {
        let args = [&["explain-env", "-o", "json"], words].concat();
        let run = Home::new().run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(names(&run.stdout), ["web"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let env = &report["items"][0]["containers"][0]["env"][0];
        assert_eq!(env["value"], "rollout", "{words:?}");
        assert_eq!(
            env["path"], "spec.template.spec.containers[0].env[0]",
            "{words:?}"
        );
    }
    assert_data_eq!(
        Home::new()
            .run_on(&server, &["explain-env", "rollout/odd"])
            .all(),
        str![[r#"
exit code 2
--- stderr
error: rollout.argoproj.io/odd has no Pod template
help: expected `spec.template.spec.containers` or `spec.jobTemplate.spec.template.spec.containers`

"#]]
    );
    let run = Home::new().run_on(&server, &["explain-env", "rolouts/web"]);
    assert!(
        run.code == Some(2) && run.stderr.contains("rolouts"),
        "{run:?}"
    );
}

/// `wait` and kubectl read the words in the same order.
#[test]
fn a_type_of_the_server_comes_before_pods_of_the_same_names() {
    let route = |name: &str| format!("GET /api/v1/namespaces/default/pods/{name}");
    let server = ["web", "rollouts"]
        .into_iter()
        .fold(ApiServer::new(), |server, name| {
            server.on(&route(name), Answer::json(&pod(name)))
        });
    let server = rollouts_on(server);
    let args = ["explain-env", "rollouts", "web", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{run:?}");
    assert_eq!(items[0]["target"]["kind"], "Rollout", "{run:?}");
    let args = ["explain-env", "pods", "rollouts", "web", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(names(&run.stdout), ["rollouts", "web"], "{run:?}");
}

#[test]
fn a_cluster_scoped_object_has_no_namespace() {
    let groups = json!({"kind": "APIGroupList", "groups": [{
        "name": "argoproj.io", "versions": [{"version": "v1alpha1"}],
        "preferredVersion": {"version": "v1alpha1"}}]});
    let types = json!({"resources": [{"name": "clusterrollouts", "singularName": "clusterrollout",
        "kind": "ClusterRollout", "namespaced": false}]});
    let env =
        json!([{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}]);
    let big = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "ClusterRollout", "metadata": {"name": "big"},
        "spec": {"template": {"spec": {"enableServiceLinks": false,
            "containers": [{"name": "main", "image": "i", "env": env}]}}},
    });
    let list =
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "ClusterRolloutList", "items": [big]});
    let settings =
        json!({"metadata": {"name": "settings", "namespace": "default"}, "data": {"a": "1"}});
    let route = "GET /apis/argoproj.io/v1alpha1/clusterrollouts";
    let server = server(&[])
        .on(
            "GET /api/v1/namespaces/default/configmaps/settings",
            Answer::json(&settings),
        )
        .on(&format!("{route}/big"), Answer::json(&big))
        .on(&format!("{route}?"), Answer::json(&list))
        .on("GET /apis/argoproj.io/v1alpha1", Answer::json(&types))
        .on("GET /apis", Answer::json(&groups));
    for words in [
        &["clusterrollouts.argoproj.io/big"][..],
        &["clusterrollouts", "--all"],
        &["clusterrollouts", "--all", "-A"],
    ] {
        let args = [&["explain-env", "-o", "json"], words].concat();
        let run = Home::new().run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{words:?} {run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["items"][0]["target"]["namespace"], "", "{words:?}");
        // Its Pods are taken to be in the current namespace.
        let value = &report["items"][0]["containers"][0]["env"][0]["value"];
        assert_eq!(value, "1", "{words:?} {run:?}");
        let text = Home::new().run_on(&server, &[&["explain-env"], words].concat());
        assert!(
            text.stdout
                .starts_with("clusterrollout.argoproj.io/big, container main"),
            "{words:?} {text:?}"
        );
    }
}
