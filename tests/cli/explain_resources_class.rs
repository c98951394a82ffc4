//! `explain-resources`: what a node, a quota or a LimitRange leaves of the change to another class.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::explain_resources::{NODE, item, offline};
use crate::explain_resources_node::{SMALL, json_of};
use crate::support::Home;

#[test]
fn a_better_class_that_the_cluster_refuses_is_told_with_the_reason() {
    let quota = |hard: &str, used: &str| {
        format!(
            "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: team, namespace: shop}}\nspec: {{hard: {hard}}}\n\
             status: {{hard: {hard}, used: {used}}}\n"
        )
    };
    let refused = |text: &str| {
        let item = json_of(text, &["pod/a"]);
        let change = item["qosChange"].clone();
        assert_eq!(change["to"], "Guaranteed", "{item}");
        change["refused"].clone()
    };
    let memory = SMALL.replace(
        "requests: {cpu: 3, memory: 1Gi}",
        "requests: {cpu: 3, memory: 256Mi}",
    );
    let memory = memory.replace("limits: {", "limits: {cpu: 3, ");
    let full = quota("{requests.memory: 1Gi}", "{requests.memory: 512Mi}");
    let why = "ResourceQuota team refuses it: exceeded quota: team, requested: requests.memory=1Gi, used: requests.memory=512Mi, limited: requests.memory=1Gi";
    assert_eq!(refused(&format!("{memory}{full}")), json!([why]));
    let run = offline(&format!("{memory}{full}"), &["pod/a"]);
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(&format!("requests.memory = 1Gi, but {why}")),
        "{run:?}"
    );
    let empty = quota("{requests.memory: 1Gi}", "{requests.memory: \"0\"}");
    assert_eq!(refused(&format!("{memory}{empty}")), Value::Null);
    // A Pod that exists is counted already, and gives back what it has.
    let stored = memory.replace("namespace: shop}", "namespace: shop, uid: u}");
    let counted = quota("{requests.memory: 1Gi}", "{requests.memory: 256Mi}");
    assert_eq!(refused(&format!("{stored}{counted}")), Value::Null);
    let why = why.replace("used: requests.memory=512Mi", "used: requests.memory=256Mi");
    assert_eq!(refused(&format!("{stored}{full}")), json!([why]));
    let resized = format!(
        "{stored}status:\n  phase: Running\n  qosClass: Burstable\n  containerStatuses:\n  - {{name: c, image: i, imageID: i, ready: true, \
         restartCount: 0, allocatedResources: {{cpu: 3, memory: 512Mi}}, resources: {{requests: {{cpu: 3, memory: 512Mi}}}}}}\n"
    );
    assert_eq!(refused(&format!("{resized}{full}")), Value::Null);

    let range = "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: lr, namespace: shop}\nspec:\n  \
                 limits: [{type: Pod, max: {cpu: 2}}]\n";
    let limited = SMALL
        .replace("cpu: 3", "cpu: 500m")
        .replace("limits: {", "limits: {cpu: 1800m, ");
    assert_eq!(refused(&format!("{limited}{range}")), Value::Null);
    let two = format!(
        "{limited}  - {{name: d, image: i, resources: {{requests: {{cpu: 500m}}, limits: {{memory: 1Gi}}}}}}\n"
    );
    let why = "LimitRange lr refuses it: maximum cpu usage per Pod is 2, but limit is 2300m";
    assert_eq!(refused(&format!("{two}{range}"))[0], why);
    let run = offline(&format!("{two}{range}"), &["pod/a"]);
    assert!(
        run.stdout.contains("but LimitRange lr refuses it"),
        "{run:?}"
    );
    let plain = offline(&format!("{two}{range}"), &["pod/a", "--as-written"]);
    assert!(!plain.stdout.contains("refuses it"), "{plain:?}");
}

#[test]
fn a_better_class_that_its_node_or_none_of_all_nodes_can_hold_is_told_with_the_reason() {
    let pod = SMALL.replace("limits: {memory: 1Gi}", "limits: {cpu: 8, memory: 1Gi}");
    let named = pod.replace("spec:\n", "spec:\n  nodeName: n1\n");
    let change = &json_of(&format!("{named}{NODE}"), &["pod/a"])["qosChange"];
    let edits = json!(["spec.containers[0].resources.requests.cpu = 8"]);
    assert_eq!(change["edits"], edits);
    let why = "the Pod then requests 8 of cpu, and its node n1 has 4 to give: the kubelet rejects it (OutOfcpu)";
    assert_eq!(change["refused"], json!([why]));

    let of_all = |cpu: &str| {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "resourceVersion": "1"},
            "status": {"allocatable": {"cpu": cpu, "memory": "15Gi"}}});
        let list = json!({"apiVersion": "v1", "kind": "NodeList", "metadata": {"resourceVersion": "1"}, "items": [node]});
        let server = ApiServer::new().on("GET /api/v1/nodes", Answer::json(&list));
        let home = Home::with(&[("pod.yaml", &pod)]);
        let args = [
            "explain-resources",
            "-f",
            "pod.yaml",
            "--as-written",
            "-o",
            "json",
        ];
        item(&home.run_on(&server, &args))["qosChange"]["refused"].clone()
    };
    let why = "the Pod then requests 8 of cpu, and the only node has 4 to give";
    assert_eq!(of_all("4"), json!([why]));
    assert_eq!(of_all("8"), Value::Null);
}

#[test]
fn nodes_that_are_not_all_known_refuse_no_better_class() {
    let pod = SMALL.replace("limits: {memory: 1Gi}", "limits: {cpu: 8, memory: 1Gi}");
    let stored = pod.replace("namespace: shop}", "namespace: shop, uid: u}");
    let stored = stored.replace("spec:\n", "spec:\n  nodeName: n1\n");
    for text in [pod, stored] {
        let change = &json_of(&format!("{text}{NODE}"), &["pod/a"])["qosChange"];
        assert_eq!(change["to"], "Guaranteed", "{change}");
        assert_eq!(change["refused"], Value::Null, "{change}");
    }
}

/// A Pod of class BestEffort.
const PLAIN: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n  containers:\n  - {name: c, image: i}\n";

fn quota(spec: &str, used: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: team, namespace: shop}}\nspec: {{{spec}}}\n\
         status: {{{spec}, used: {used}}}\n"
    )
}

fn limit_range(item: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: lr, namespace: shop}}\nspec: {{limits: [{item}]}}\n"
    )
}

#[test]
fn a_quota_refuses_a_better_class_that_names_too_little() {
    let stored = PLAIN.replace("namespace: shop}", "namespace: shop, uid: u}");
    let team = quota(
        "hard: {limits.memory: 1Gi}, scopes: [NotBestEffort]",
        "{limits.memory: 512Mi}",
    )
    .replace("scopes: [NotBestEffort], used", "used");
    let why = json!([
        "ResourceQuota team refuses it: failed quota: team: must specify limits.memory for: c"
    ]);
    for pod in [PLAIN, &stored] {
        let change = &json_of(&format!("{pod}{team}"), &["pod/a"])["qosChange"];
        assert_eq!(change["to"], "Burstable", "{change}");
        assert_eq!(change["refused"], why, "{change}");
    }
    // A Pod that is created anew gets it.
    let range = limit_range("{type: Container, default: {memory: 128Mi}}");
    let change = &json_of(&format!("{stored}{team}{range}"), &["pod/a"])["qosChange"];
    assert_eq!(change["refused"], Value::Null, "{change}");
}

#[test]
fn a_quota_that_refuses_a_pod_may_refuse_its_better_class_for_another_reason() {
    let pod = PLAIN.replace("image: i}", "image: i, resources: {limits: {cpu: 250m}}}");
    let team = |left: &str| {
        quota(
            &format!("hard: {{limits.memory: {left}}}"),
            "{limits.memory: 0}",
        )
    };
    let change =
        |left: &str| json_of(&format!("{pod}{}", team(left)), &["pod/a"])["qosChange"].clone();
    let refused = change("1Mi")["refused"].clone();
    let why = "ResourceQuota team refuses it: exceeded quota: team, requested: limits.memory=64Mi, used: limits.memory=0, limited: limits.memory=1Mi";
    assert_eq!(refused, json!([why]));
    let fits = change("40Mi");
    assert_eq!(fits["refused"], Value::Null, "{fits}");
    assert_eq!(
        fits["edits"][0],
        "spec.containers[0].resources.limits.memory, such as 32Mi"
    );
}

#[test]
fn the_example_of_an_amount_is_within_the_bounds_that_are_known() {
    let edits = |range: &str| {
        let change = &json_of(&format!("{PLAIN}{}", limit_range(range)), &["pod/a"])["qosChange"];
        assert_eq!(change["refused"], Value::Null, "{change}");
        change["edits"].clone()
    };
    let request = "spec.containers[0].resources.requests.memory, such as";
    let most =
        "{type: Container, max: {memory: 32Mi}, default: {memory: 0}, defaultRequest: {memory: 0}}";
    let limit = request.replace("requests", "limits");
    assert_eq!(edits(most), json!([format!("{limit} 32Mi")]));
    // Of no round amount.
    let only = most.replace(
        "max: {memory: 32Mi}",
        "min: {memory: 0}, max: {memory: 3Mi}",
    );
    assert_eq!(edits(&only), json!([format!("{limit} 3Mi")]));
}

#[test]
fn reasons_against_one_edit_follow_a_single_but() {
    let pod = PLAIN.replace(
        "image: i}",
        "image: i, resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 4, memory: 1Gi}}}",
    );
    let team = quota("hard: {requests.cpu: 2}", "{requests.cpu: 0}");
    let named = pod.replace("spec:\n", "spec:\n  nodeName: n1\n");
    let node = NODE.replace("\"4\"", "\"2\"");
    let run = offline(&format!("{named}{team}{node}"), &["pod/a"]);
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("; also, the Pod then requests 4 of cpu"),
        "{run:?}"
    );
    assert_eq!(text.matches(", but ").count(), 1, "{run:?}");
}

#[test]
fn the_pods_own_amounts_are_not_below_those_of_its_containers() {
    let text = |own: &str, a: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  resources: {own}\n  containers:\n  - {{name: a, image: i, resources: {a}}}\n  \
             - {{name: b, image: i, resources: {{requests: {{cpu: \"1\"}}, limits: {{memory: 256Mi}}}}}}\n"
        )
    };
    let change = |text: &str, version: &str| {
        let home = Home::with(&[("pod.yaml", text)]);
        let args = [
            "explain-resources",
            "--offline",
            "-f",
            "pod.yaml",
            "-o",
            "json",
        ];
        let run = home.run(&[&args[..], &["--kubernetes-version", version]].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        report["items"][0]["qosChange"].clone()
    };
    for version in ["1.34", "1.36", "1.37"] {
        let own = text("{requests: {cpu: \"2\"}}", "{requests: {memory: 1Gi}}");
        let found = change(&own, version);
        assert_eq!(found["to"], "Guaranteed", "{found}");
        assert!(found.to_string().contains("1280Mi"), "{version}: {found}");
        assert!(
            !found.to_string().contains("\"256Mi\""),
            "{version}: {found}"
        );
        assert_eq!(found["refused"], Value::Null, "{found}");
        // What stays refused is said to be.
        let own = text("{limits: {cpu: \"1\"}}", "{requests: {cpu: \"2\"}}");
        let found = change(&own, version);
        let refused = found["refused"][0].as_str().unwrap_or_default();
        assert!(
            refused.starts_with("validation refuses it: the Pod requests 1 of `cpu`"),
            "{found}"
        );
    }
}
