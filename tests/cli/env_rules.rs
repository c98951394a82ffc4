//! `explain-env`: the kubelet's rules, as far as the command line and the
//! cluster have a part in them.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

fn forbidden(what: &str) -> Answer {
    Answer::refusal(403, "Forbidden", &format!("{what} is forbidden"))
}

/// The report on one file, with what the server answers.
fn report(text: &str, server: &ApiServer) -> (Run, Value) {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run_on(server, &["explain-env", "-f", "pod.yaml", "-o", "json"]);
    let report = serde_json::from_str(&run.stdout).unwrap_or_default();
    (run, report)
}

/// The variable of a name that counts, in the first container.
fn variable<'r>(report: &'r Value, name: &str) -> &'r Value {
    let env = report["items"][0]["containers"][0]["env"].as_array();
    let mut all = env.unwrap().iter();
    all.find(|v| v["name"] == name && v["status"] != "overridden")
        .unwrap_or_else(|| panic!("no {name} in {report}"))
}

const LINKED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: c, image: i, env: [{name: A, value: b}]}
";

#[test]
fn forbidden_services_are_unread() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/services",
            forbidden("services"),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            forbidden("services"),
        );
    let home = Home::with(&[("pod.yaml", LINKED)]);
    assert_data_eq!(
        home.run_on(&server, &["explain-env", "-f", "pod.yaml"])
            .all(),
        str![[r#"
exit code 0
--- stdout
pod/p, container c, in pod.yaml
NAME           SOURCE               VALUE
A              line 6               b
KUBERNETES_…   service/kubernetes   8 variables (--services lists them)
PATH           runtime              <set by the image or the runtime>
HOSTNAME       runtime              p
HOME           runtime              <the user's home directory in the image's /etc/passwd>
…              other services       unknown: forbidden

warning[forbidden]: no permission to list Services in namespace `default`: their variables are unknown
 --> pod.yaml:4:1
  |
4 | spec:
  | ^^^^
  |
  = help: request permission to list Services, or set `enableServiceLinks: false`

"#]]
    );
    let (_, report) = report(LINKED, &server);
    assert_eq!(report["items"][0]["verdict"], "unknown");
    assert_eq!(
        report["items"][0]["containers"][0]["unread"],
        json!([{"kind": "serviceLink", "name": "", "prefix": "", "reason": "forbidden"}])
    );
}

#[test]
fn service_of_the_api_server_is_read_by_name_if_lists_are_forbidden() {
    let kubernetes = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443}]}});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            Answer::json(&kubernetes),
        )
        .on(
            "GET /api/v1/namespaces/default/services",
            forbidden("services"),
        );
    let (_, report) = report(LINKED, &server);
    let host = variable(&report, "KUBERNETES_SERVICE_HOST");
    assert_eq!(host["value"], "10.96.0.1");
    assert_eq!(report["items"][0]["verdict"], "unknown");
}

#[test]
fn listed_services_are_complete() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/shop/services",
            Answer::json(&json!({"items": []})),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            forbidden("services"),
        );
    let text = LINKED.replace("{name: p}", "{name: p, namespace: shop}");
    let (run, report) = report(&text, &server);
    let item = &report["items"][0];
    assert_eq!((&item["verdict"], run.code), (&json!("ok"), Some(0)));
    assert_eq!(item["containers"][0]["unread"], Value::Null);
    // Where the API server is, is then not known, and not nowhere.
    let host = variable(&report, "KUBERNETES_SERVICE_HOST");
    assert_eq!(
        (&host["value"], &host["status"]),
        (&Value::Null, &json!("runtime"))
    );
}

#[test]
fn a_file_alone_knows_of_no_other_services() {
    let run = offline(LINKED, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let row = |run: &Run| {
        run.stdout
            .contains("other services       unknown: not asked")
    };
    assert!(row(&run), "{run:?}");
    let off = LINKED.replace(
        "  containers:",
        "  enableServiceLinks: false\n  containers:",
    );
    assert!(!row(&offline(&off, &[])));
}

/// Returns the value of HOSTNAME, or its placeholder.
fn host_name(run: &Run) -> &str {
    let mut rows = run.stdout.lines();
    let row = rows.find(|line| line.starts_with("HOSTNAME"));
    let row = row.unwrap_or_else(|| panic!("{run:?}"));
    row.split_once("runtime").unwrap().1.trim()
}

#[test]
fn the_host_name_of_a_stateful_set_and_of_an_indexed_job_is_the_controllers() {
    let template = "template: {metadata: {labels: {a: b}}, spec: {hostname: mine, restartPolicy: Never, containers: [{name: c, image: i, env: [{name: I, value: $(JOB_COMPLETION_INDEX)}]}]}}";
    let job = format!("completionMode: Indexed, completions: 2, {template}");
    let set = template.replace("restartPolicy: Never, ", "");
    let set = set.replace(", env: [{name: I, value: $(JOB_COMPLETION_INDEX)}]", "");
    for (head, spec, expected) in [
        (
            "apiVersion: apps/v1\nkind: StatefulSet",
            format!("{{serviceName: s, selector: {{matchLabels: {{a: b}}}}, {set}}}"),
            "<`x-` followed by the Pod's ordinal>",
        ),
        (
            "apiVersion: batch/v1\nkind: Job",
            format!("{{{job}}}"),
            "<`x-` followed by the Pod's completion index>",
        ),
        (
            "apiVersion: batch/v1\nkind: CronJob",
            format!("{{schedule: '* * * * *', jobTemplate: {{spec: {{{job}}}}}}}"),
            "<the Job's name, `-` and the Pod's completion index>",
        ),
        (
            "apiVersion: batch/v1\nkind: Job",
            format!("{{{}}}", job.replace("Indexed", "NonIndexed")),
            "mine",
        ),
    ] {
        let run = offline(
            &format!("{head}\nmetadata: {{name: x}}\nspec: {spec}\n"),
            &[],
        );
        assert_eq!(host_name(&run), expected, "{run:?}");
        let unused = "warning[unused-hostname]: `hostname` of the template is not used";
        assert_eq!(run.stdout.contains(unused), expected != "mine", "{run:?}");
        // The index can be referred to in the command only: it comes last.
        let indexed = spec.contains("completionMode: Indexed");
        let row = run
            .stdout
            .contains("JOB_COMPLETION_INDEX   metadata.labels");
        assert_eq!(row, indexed, "{run:?}");
    }
}

#[test]
fn an_indexed_job_s_index_is_a_variable_of_its_pods() {
    let spec = "completionMode: Indexed, completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i, args: [$(JOB_COMPLETION_INDEX)]}]}}";
    for (kind, spec) in [
        ("Job", format!("{{{spec}}}")),
        (
            "CronJob",
            format!("{{schedule: '* * * * *', jobTemplate: {{spec: {{{spec}}}}}}}"),
        ),
    ] {
        let text =
            format!("apiVersion: batch/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n");
        let run = offline(&text, &["-o", "json"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let index = variable(&report, "JOB_COMPLETION_INDEX");
        assert_eq!(index["status"], "runtime", "{index}");
        let references = &report["items"][0]["containers"][0]["commandReferences"];
        assert_eq!(references[0]["status"], "unknown", "{references}");
    }
}

#[test]
fn a_host_name_with_its_domain_needs_the_clusters() {
    let text = LINKED.replace(
        "  containers:",
        "  hostname: h\n  subdomain: s\n  setHostnameAsFQDN: true\n  containers:",
    );
    let run = offline(&text, &[]);
    assert_eq!(
        host_name(&run),
        "<`h.s.default.svc.`, followed by the cluster's DNS domain (`--cluster-domain`)>"
    );
    let run = offline(&text, &["--cluster-domain", "cluster.local"]);
    assert_eq!(host_name(&run), "h.s.default.svc.cluster.local");
    let domain = format!("{}.org", "x".repeat(60));
    let run = offline(&text, &["--cluster-domain", &domain]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout
            .contains("a host name has at most 64; the Pod waits with FailedCreatePodSandBox"),
        "{run:?}"
    );
}

#[test]
fn an_overridden_host_name_goes_with_neither_the_hosts_network_nor_an_fqdn() {
    let with = |fields: &str| {
        LINKED.replace(
            "  containers:",
            &format!("  hostnameOverride: o\n{fields}  containers:"),
        )
    };
    for field in ["hostNetwork: true", "setHostnameAsFQDN: true"] {
        let run = offline(&with(&format!("  {field}\n")), &[]);
        assert_eq!(run.code, Some(1), "{field}: {run:?}");
        assert!(run.stdout.contains("cannot combine"), "{run:?}");
        let args = &["--kubernetes-version", "1.34"];
        let old = offline(&with(&format!("  {field}\n")), args);
        assert!(!old.stdout.contains("cannot combine"), "{old:?}");
    }
    let run = offline(&with(""), &[]);
    assert_eq!((host_name(&run), run.code), ("o", Some(0)));
}

#[test]
fn the_version_decides_which_names_env_may_have_and_none_is_skipped() {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{1st: x}}\n---\n{}",
        LINKED.replace(
            "env: [",
            "envFrom: [{configMapRef: {name: m}}], env: [{name: 2nd, value: z}, "
        )
    );
    for (version, code) in [("1.31", 1), ("1.32", 0), ("1.35", 0), ("1.37", 0)] {
        let run = offline(&text, &["--kubernetes-version", version, "-o", "docker"]);
        assert_eq!(run.code, Some(code), "{version}: {run:?}");
        assert!(
            run.stdout.starts_with("1st=x\n2nd=z\n"),
            "{version}: {run:?}"
        );
        let refused = run.stderr.contains("error[invalid-name]: ") && run.stderr.contains("`2nd`");
        assert_eq!(refused, code == 1, "{version}: {run:?}");
        assert!(!run.stderr.contains("1st"), "{version}: {run:?}");
    }
}
