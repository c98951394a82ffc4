//! `explain-security -f`.

use serde_json::{Value, json};

use crate::support::{Home, Run};

const WEB: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext: {runAsUser: 1000, fsGroup: 2000, supplementalGroups: [7, 8]}
  volumes: [{name: data, emptyDir: {}}]
  initContainers:
  - name: proxy
    image: envoy
    restartPolicy: Always
    securityContext: {runAsUser: 0, runAsGroup: 0, capabilities: {drop: [ALL], add: [NET_ADMIN]}}
  containers:
  - name: app
    image: nginx
    ports: [{containerPort: 8080}]
    volumeMounts: [{name: data, mountPath: /data}]
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      seccompProfile: {type: RuntimeDefault}
";

/// The same as a Deployment's template.
pub(super) fn deployment(spec: &str) -> String {
    let indented = spec.lines().map(|line| ["    ", line, "\n"].concat());
    let indented: String = indented.collect();
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  selector: {{matchLabels: {{app: web}}}}\n  \
         template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n{indented}"
    )
}

pub(super) const PLAIN: &str = "  containers:\n  - name: app\n    image: nginx\n";

pub(super) fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{spec}")
}

pub(super) fn namespace(labels: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels: {{{labels}}}\n"
    )
}

pub(super) fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[
        ("pod.yaml", text),
        ("root.json", r#"{"config": {"User": ""}}"#),
        ("name.json", r#"[{"Config": {"User": "nginx"}}]"#),
        ("number.json", r#"{"config": {"User": "101:102"}}"#),
    ]);
    home.run(&[&["explain-security", "-f", "pod.yaml", "--offline"], args].concat())
}

fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "SecurityReport");
    report["items"][0].clone()
}

pub(super) fn json_of(text: &str, args: &[&str]) -> Value {
    item(&offline(text, &[args, &["-o", "json"]].concat()))
}

/// The findings of a rule.
pub(super) fn of<'a>(item: &'a Value, id: &str) -> Vec<&'a Value> {
    let all = item["findings"].as_array().unwrap().iter();
    all.filter(|own| own["id"] == id).collect()
}

#[test]
fn the_report_says_as_whom_each_container_runs_and_why() {
    let run = offline(WEB, &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "ok");
    let (proxy, app) = (&item["containers"][0], &item["containers"][1]);
    assert_eq!(
        (&proxy["name"], &proxy["type"]),
        (&json!("proxy"), &json!("sidecar"))
    );
    let user = json!({"value": 0, "origin": "container", "path": "spec.initContainers[0].securityContext.runAsUser"});
    assert_eq!(proxy["runAsUser"], user);
    assert_eq!(proxy["capabilities"]["bounding"], json!(["NET_ADMIN"]));
    assert_eq!(proxy["capabilities"]["effective"], json!(["NET_ADMIN"]));
    assert_eq!(proxy["noNewPrivileges"]["value"], false);
    assert_eq!(app["runAsUser"]["value"], 1000);
    assert_eq!(app["runAsUser"]["origin"], "pod");
    assert_eq!(app["supplementalGroups"]["value"], json!([2000, 7, 8]));
    assert_eq!(app["capabilities"]["effective"], json!([]));
    assert_eq!(
        app["capabilities"]["bounding"].as_array().map(Vec::len),
        Some(14)
    );
    assert_eq!(app["noNewPrivileges"]["value"], true);
    assert_eq!(app["readOnlyRootFilesystem"]["value"], true);
    assert_eq!(app["seccompProfile"]["value"], "RuntimeDefault");
    assert_eq!(proxy["seccompProfile"]["value"], "Unconfined");
    assert_eq!(proxy["seccompProfile"]["origin"], "default");
}

#[test]
fn each_violation_has_its_check_and_its_line() {
    let text = pod("  hostNetwork: true\n  containers:\n  - name: app\n    image: nginx\n");
    let item = json_of(&text, &[]);
    assert_eq!(
        (&item["level"], &item["version"]),
        (&json!("privileged"), &json!("v1.37"))
    );
    let violations = item["violations"].as_array().unwrap();
    let first = json!({"level": "baseline", "check": "hostNamespaces", "path": "spec.hostNetwork",
        "message": violations[0]["message"]});
    assert_eq!(violations[0], first);
    let checks: Vec<&str> = violations
        .iter()
        .map(|own| own["check"].as_str().unwrap())
        .collect();
    for check in [
        "allowPrivilegeEscalation",
        "capabilities_restricted",
        "runAsNonRoot",
        "seccompProfile_restricted",
    ] {
        assert!(checks.contains(&check), "{checks:?}");
    }
    let found = of(&item, "pod-security-violation");
    assert_eq!(found[0]["path"], "spec.hostNetwork");
    assert_eq!(found[0]["location"]["line"], 5);
    assert!(
        found.iter().all(|own| own["severity"] == "info"),
        "{found:?}"
    );
}

#[test]
fn a_level_that_is_asked_for_and_not_met_is_a_no() {
    let run = offline(&pod(PLAIN), &["--level", "restricted"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout.contains("error[pod-security-violation]"),
        "{run:?}"
    );
    assert!(run.stdout.contains("pod.yaml:6:"), "{run:?}");
    assert_eq!(
        offline(&pod(PLAIN), &["--pss-level", "baseline"]).code,
        Some(0)
    );
    let item = json_of(&pod(PLAIN), &["--level=restricted"]);
    assert_eq!(
        (&item["verdict"], &item["level"]),
        (&json!("no"), &json!("baseline"))
    );
    // Version 1.0 asks for less.
    let item = json_of(&pod(PLAIN), &["--level=restricted", "--pss-version=1.0"]);
    let checks: Vec<_> = item["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["check"].clone())
        .collect();
    assert_eq!(checks, ["runAsNonRoot"]);
    assert_eq!(item["version"], "v1.0");
    // A sysctl that is safe since 1.37: the version that is asked for counts, not that of the rules.
    let text = pod(
        "  securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: \"1\"}]}\n  containers: [{name: app, image: nginx}]\n",
    );
    let level = |args: &[&str]| {
        json_of(&text, &[&["--kubernetes-version=1.33"], args].concat())["level"].clone()
    };
    assert_eq!(level(&[]), "privileged");
    assert_eq!(level(&["--pss-version=1.37"]), "baseline");
}

#[test]
fn levels_and_versions_have_their_words() {
    for (args, words) in [
        (
            ["--level", "strict"],
            "expected privileged, baseline or restricted",
        ),
        (["--pss-version", "1.38"], "1.0 to 1.37"),
        (["--pss-version", "newest"], "expected `latest`"),
    ] {
        let run = offline(&pod(PLAIN), &args);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
    assert_eq!(
        json_of(&pod(PLAIN), &["--pss-version", "latest"])["version"],
        "latest"
    );
}

#[test]
fn the_user_of_the_image_decides_where_the_pod_names_none() {
    let text = pod(
        "  securityContext: {runAsNonRoot: true}\n  containers:\n  - name: app\n    image: nginx\n",
    );
    let item = json_of(&text, &[]);
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(item["containers"][0]["runAsUser"]["value"], Value::Null);
    assert_eq!(
        item["containers"][0]["capabilities"]["effective"],
        Value::Null
    );
    assert_eq!(of(&item, "unknown-image-user").len(), 1);
    for (file, code, user, message) in [
        ("root.json", Some(1), json!(0), "image will run as root"),
        (
            "name.json",
            Some(1),
            json!("nginx"),
            "non-numeric user (nginx)",
        ),
        ("number.json", Some(0), json!(101), ""),
    ] {
        let run = offline(&text, &["-o", "json", "--image-config", file]);
        assert_eq!(run.code, code, "{run:?}");
        let item = self::item(&run);
        let shown = &item["containers"][0]["runAsUser"];
        assert_eq!(
            (&shown["value"], &shown["origin"]),
            (&user, &json!("image"))
        );
        let refused = of(&item, "non-root-refused");
        assert_eq!(refused.is_empty(), message.is_empty(), "{item}");
        assert!(
            refused
                .iter()
                .all(|own| own["message"].as_str().unwrap().contains(message)),
            "{item}"
        );
    }
    let other = offline(&text, &["--image-config", "ap=root.json"]);
    assert_eq!(other.code, Some(2), "{other:?}");
    assert!(other.stderr.contains("did you mean `app`?"), "{other:?}");
}

#[test]
fn the_text_says_what_holds_and_where_from() {
    let run = offline(WEB, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let words = run.stdout.split_whitespace();
    let flat = words
        .filter(|word| *word != "|")
        .collect::<Vec<_>>()
        .join(" ");
    for words in [
        "pod/web, sidecar proxy, in pod.yaml",
        "user 1000 pod (line 5)",
        "ports below 1024: unknown",
        "fsGroup: 2000 (fsGroupChangePolicy Always)",
        "user 0 (root) container (line 11)",
        "supplemental groups 2000, 7, 8 pod (line 5)",
        "no_new_privs yes container (line 18)",
        "capabilities, effective: none",
        "capabilities, bounding and effective: NET_ADMIN",
        "Pod Security (v1.37): meets privileged only; baseline forbids capabilities_baseline",
        "(line 11, spec.initContainers[0].securityContext.capabilities.add[0])",
        "`-o patch` prints the one change that reaches baseline; it is yours to decide",
        "namespace `default` enforces: it was not read",
    ] {
        assert!(flat.contains(words), "{words}: {}", run.stdout);
    }
}

/// From 1.37 on the amounts of the whole Pod are filled in after the LimitRanges.
#[test]
fn a_limit_range_comes_before_the_amounts_of_the_whole_pod() {
    let text = "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: default}\nspec:\n  limits:\n  - type: Container\n    \
                defaultRequest: {cpu: 500m}\n---\n";
    let spec = "  resources: {limits: {cpu: 2}}\n  containers:\n  - {name: a, image: x, resources: {requests: {cpu: 100m}}}\n  \
                - {name: b, image: x}\n";
    let item = json_of(&[text, &pod(spec)].concat(), &[]);
    assert_eq!(of(&item, "refused-on-create"), [] as [&Value; 0], "{item}");
}

#[test]
fn a_token_depends_on_the_service_account() {
    let account = |value: &str| {
        format!(
            "---\nkind: ServiceAccount\napiVersion: v1\nmetadata: {{name: default, namespace: default}}\n{value}"
        )
    };
    let unless = "unless the ServiceAccount forbids it";
    for (account, flags, words, others) in [
        (String::new(), &[][..], unless, "no token"),
        (
            account(""),
            &[],
            "a token for the API server in app",
            unless,
        ),
        (
            account("automountServiceAccountToken: false\n"),
            &[],
            "no token",
            unless,
        ),
        (String::new(), &["--as-written"], unless, "no token"),
    ] {
        let run = offline(&[&pod(PLAIN), account.as_str()].concat(), flags);
        let flat = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words}: {run:?}");
        assert!(!flat.contains(others), "{others}: {run:?}");
    }
}

#[test]
fn one_container_can_be_chosen() {
    let run = offline(WEB, &["-c", "app", "-o", "json"]);
    let item = item(&run);
    assert_eq!(item["containers"].as_array().map(Vec::len), Some(1));
    assert_eq!(item["containers"][0]["name"], "app");
}

#[test]
fn every_kind_with_a_template_is_explained() {
    let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: 0 0 * * *\n  jobTemplate:\n    \
                spec:\n      template:\n        spec:\n          restartPolicy: Never\n          hostPID: true\n          \
                containers: [{name: app, image: nginx}]\n";
    let item = json_of(text, &[]);
    let path = "spec.jobTemplate.spec.template.spec.hostPID";
    assert_eq!(item["violations"][0]["path"], path);
    assert_eq!(
        of(&item, "pod-security-violation")[0]["location"]["line"],
        11
    );
}

#[test]
fn thousands_of_pods_are_a_stream() {
    let mut text = String::new();
    for at in 0..2000 {
        text += &format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web-{at}}}\nspec:\n{PLAIN}"
        );
    }
    let run = offline(&text, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 2000);
    assert!(items.iter().all(|own| own["level"] == "baseline"));
    assert_eq!(items[1999]["target"]["name"], "web-1999");
}
