//! `explain-security --fix` and `-o patch`.

use serde_json::{Value, json};

use crate::support::{Home, Run};

const WEB: &str = "\
# The web server
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}   # its name
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: nginx
        args:
        - |
          # no comment
        securityContext: {}
      # the end
";

/// The file after `--fix`, and the run.
fn fixed(text: &str, args: &[&str]) -> (String, Run) {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run(&[&["explain-security", "--fix", "pod.yaml"], args].concat());
    let after = std::fs::read_to_string(home.path().join("pod.yaml")).unwrap();
    (after, run)
}

#[test]
fn fix_adds_what_is_missing_and_leaves_every_other_line() {
    let (after, run) = fixed(WEB, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let expected = WEB.replace(
        "securityContext: {}\n      # the end\n",
        "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}\n      # the end\n      \
         securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n",
    );
    assert_eq!(after, expected);
    assert!(
        run.stdout.contains("\n-        securityContext: {}\n+"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("changed pod.yaml (4 fields); 1 object meets restricted:v1.37"),
        "{run:?}"
    );
    // There is nothing more to do.
    let (again, run) = fixed(&after, &[]);
    assert_eq!((run.code, again, run.stdout.as_str()), (Some(0), after, ""));
    assert!(run.stderr.contains("nothing to change"), "{run:?}");
}

#[test]
fn a_dry_run_prints_a_diff_and_writes_nothing() {
    let (after, run) = fixed(WEB, &["--dry-run=client"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(after, WEB);
    assert!(
        run.stdout
            .starts_with("--- pod.yaml\n+++ pod.yaml\n@@ -13,5 +13,9 @@\n"),
        "{run:?}"
    );
    assert!(run.stderr.contains("would change pod.yaml"), "{run:?}");
}

#[test]
fn what_a_person_must_decide_is_left_and_told() {
    let text = WEB.replace(
        "      containers:",
        "      hostNetwork: true\n      containers:",
    );
    let (after, run) = fixed(&text, &["--level", "baseline"]);
    assert_eq!((run.code, &after), (Some(1), &text), "{run:?}");
    assert!(
        run.stderr
            .contains("pod.yaml:10:20: set spec.template.spec.hostNetwork to false?"),
        "{run:?}"
    );
    assert!(run.stderr.contains("--unsafe-fixes"), "{run:?}");
    let (after, run) = fixed(&text, &["--level", "baseline", "--unsafe-fixes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        after,
        text.replace("hostNetwork: true", "hostNetwork: false")
    );
}

#[test]
fn places_of_a_dry_run_are_those_of_the_file_as_it_is() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: x\n  - name: b\n    \
                image: x\n    securityContext:\n      seccompProfile: {type: Unconfined}\n";
    for (flags, place) in [
        (&["--dry-run=client"][..], "pod.yaml:11:30: set"),
        (&[], "pod.yaml:16:30: set"),
    ] {
        let (_, run) = fixed(text, flags);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains(place), "{run:?}");
    }
}

#[test]
fn a_file_that_cannot_be_fixed_stays() {
    for (text, code, message) in [
        ("a: [\n", 1, "did not find expected"),
        (
            "kind: ConfigMap\napiVersion: v1\n",
            1,
            "has no Pod and no Pod template",
        ),
        (
            "kind: Pod\napiVersion: v1\nspec: {containers: 5}\n",
            1,
            "pod.yaml:3:20",
        ),
    ] {
        let (after, run) = fixed(text, &[]);
        assert_eq!((run.code, after.as_str()), (Some(code), text), "{run:?}");
        assert!(run.stderr.contains(message), "{run:?}");
    }
}

#[test]
fn an_anchored_value_that_others_use_is_not_changed() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: x\n    securityContext: &s\n      allowPrivilegeEscalation: false\n  - name: b\n    image: x\n    securityContext:\n      <<: *s\n      capabilities: {drop: [ALL]}\n";
    let (after, run) = fixed(text, &[]);
    assert_eq!(run.code, Some(0), "{run:?}\n{after}");
    assert!(
        after.contains(
            "securityContext: &s\n      allowPrivilegeEscalation: false\n      capabilities:\n"
        ),
        "{after}"
    );
}

#[test]
fn only_a_file_can_be_fixed() {
    let home = Home::with(&[("pod.yaml", WEB)]);
    for (args, message) in [
        (&["--fix", "-"][..], "found standard input"),
        (&["--fix", "https://example.com/a.yaml"], "found a URL"),
        (&["--fix", "."], "the directory"),
        (&["--fix", "pod.yaml", "web"], "cannot be used with"),
        (
            &["--fix", "pod.yaml", "-f", "pod.yaml"],
            "cannot be used with",
        ),
        (
            &["--fix", "pod.yaml", "--level", "privileged"],
            "--level baseline",
        ),
        (
            &["--fix", "pod.yaml", "--as-written"],
            "cannot be used with",
        ),
        (&["--dry-run"], "--fix"),
        (&["web", "--unsafe-fixes"], "--fix"),
    ] {
        let run = home.run(&[&["explain-security"], args].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(message), "{run:?}");
    }
}

#[test]
fn the_patch_has_the_shape_of_the_owner() {
    let home = Home::with(&[("pod.yaml", WEB)]);
    let run = home.run(&[
        "explain-security",
        "-f",
        "pod.yaml",
        "--offline",
        "-o",
        "patch",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .starts_with("# deployment.apps/web to restricted:v1.37\n"),
        "{run:?}"
    );
    let manifest = pod_model::manifest::read("patch", run.stdout.into_bytes());
    let patch: Value = manifest.documents[0].to_value().unwrap();
    let context = json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}});
    let spec = json!({
        "containers": [{"name": "app", "securityContext": context}],
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
    });
    assert_eq!(patch, json!({"spec": {"template": {"spec": spec}}}));
}

#[test]
fn what_is_wrong_in_the_file_itself_is_told() {
    let list =
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items: []\n---\n";
    let twice = WEB.replace(
        "      - name: app\n",
        "      - name: app\n        image: old\n",
    );
    let typed = WEB.replace("image: nginx", "image: y");
    for (text, message) in [
        (format!("{list}{WEB}"), "a list cannot be an item of a list"),
        (twice, "duplicate key `image`"),
        (typed, "quote it: \"y\""),
    ] {
        let (_, run) = fixed(&text, &["--dry-run"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(run.stderr.matches("error").count(), 1, "{run:?}");
        assert!(run.stderr.contains(message), "{run:?}");
    }
}

/// A Pod template in a custom resource, one that only resembles it, and one without a container's name.
const CUSTOM: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: app, image: nginx, env: [{name: A, value: b}]}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: fast}
spec:
  template:
    spec:
      containerConcurrency: 5
      containers:
      - {name: app, image: nginx}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: bare}
spec: {template: {spec: {containers: [{image: nginx}]}}}
";

#[test]
fn a_custom_resource_is_edited_only_where_it_has_a_pod_template() {
    let (after, run) = fixed(CUSTOM, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (first, others) = CUSTOM.split_once("---").unwrap();
    assert!(after.ends_with(&format!("---{others}")), "{after}");
    assert!(!after.starts_with(first), "{after}");
    for message in [
        "pod.yaml:16:7: service.serving.knative.dev/fast is left as it is: its `spec.template` is not a Pod template: unknown field `containerConcurrency`",
        "service.serving.knative.dev/bare is left as it is",
        "rollout.argoproj.io/web: a custom resource, edited as a Pod template",
        "1 object meets restricted",
    ] {
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
    }
}

/// `kubectl patch` takes no strategic patch of a custom resource, and one of type merge replaces lists.
#[test]
fn the_patch_of_a_custom_resource_has_whole_lists() {
    let home = Home::with(&[("pod.yaml", CUSTOM)]);
    let args = ["-f", "pod.yaml", "--offline", "-o", "patch"];
    let run = home.run(&[&["explain-security"], &args[..]].concat());
    assert!(
        run.stdout.contains("# for `kubectl patch --type merge`"),
        "{run:?}"
    );
    let manifest = pod_model::manifest::read("patch", run.stdout.into_bytes());
    let patch: Value = manifest.documents[0].to_value().unwrap();
    let container = &patch["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["env"], json!([{"name": "A", "value": "b"}]));
    assert_eq!(container["image"], "nginx");
    assert_eq!(
        container["securityContext"]["capabilities"]["drop"],
        json!(["ALL"])
    );
}

#[test]
fn the_diff_has_no_line_of_a_secret_beside_a_change() {
    let secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n";
    let text = format!("{secret}---\n{WEB}---\n{secret}");
    let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: hunter2}}\n\
                - apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec: {containers: [{name: a, image: b}]}\n\
                - {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: hunter2}}\n";
    for text in [text.as_str(), list] {
        let (after, run) = fixed(text, &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(after.matches("hunter2").count(), 2, "{after}");
        assert!(run.stdout.contains("RuntimeDefault"), "{run:?}");
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(!all.contains("hunter2"), "{run:?}");
    }
}

#[test]
fn a_written_escalation_is_yours_to_decide() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    image: b\n    \
                securityContext: {allowPrivilegeEscalation: true}\n";
    let (after, run) = fixed(text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(after.contains("allowPrivilegeEscalation: true"), "{after}");
    assert!(run.stderr.contains("on purpose, perhaps"), "{run:?}");
    let (after, run) = fixed(text, &["--unsafe-fixes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(after.contains("allowPrivilegeEscalation: false"), "{after}");
}
