//! Lists with an empty item, and lists whose items cannot be told apart.

use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

/// A Pod with one more line in its container, or in its spec.
fn pod(container: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n{spec}  containers:\n  - name: a\n    image: a\n{container}"
    )
}

#[test]
fn every_command_places_an_empty_item() {
    for (text, created, applied) in [
        (pod("    env:\n    -\n", ""), 1, 1),
        (pod("    env: [{name: A}, null]\n", ""), 1, 1),
        (pod("    ports: [~]\n", ""), 1, 1),
        (pod("    volumeMounts:\n    - \n", ""), 1, 1),
        (pod("    envFrom:\n    -\n", ""), 1, 1),
        (pod("", "  volumes: [null]\n"), 1, 1),
        (pod("", "  hostAliases: [null]\n"), 1, 1),
        (pod("", "  initContainers: [null]\n"), 1, 1),
        // These the server takes: an empty text, and a toleration of everything.
        (pod("    args: [null]\n", ""), 0, 0),
        (pod("", "  nodeSelector: {a: }\n"), 0, 0),
    ] {
        let home = Home::with(&[("p.yaml", text.as_str())]);
        for (command, code) in [("create", created), ("apply", applied)] {
            let server = ApiServer::new().storing();
            let run = home.run_on(&server, &[command, "-f", "p.yaml"]);
            assert_eq!(run.code, Some(code), "{command} {text}{run:?}");
            assert_eq!(server.asked().is_empty(), code == 1, "{command} {text}");
            if code == 1 {
                assert!(run.stderr.contains("--> p.yaml:"), "{run:?}");
            }
        }
        let run = home.run(&["explain-env", "--offline", "-f", "p.yaml"]);
        assert!(!run.stderr.contains("invalid type"), "{text}{run:?}");
        assert!(run.stdout.contains("KUBERNETES_"), "{text}{run:?}");
    }
}

#[test]
fn items_of_one_key_are_refused_before_an_apply() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, name: a}, {port: 80, name: b, protocol: TCP}]}\n";
    let set =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, finalizers: [a.b/c, a.b/d, a.b/c]}\n";
    let custom = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, finalizers: [a.b/c, a.b/c]}\n";
    for (text, what) in [
        (
            pod("    env: [{name: A}, {name: B}, {name: A}]\n", ""),
            "duplicate items with `name: A` in `env`",
        ),
        (
            pod(
                "    ports: [{containerPort: 1}, {containerPort: 1, protocol: TCP}]\n",
                "",
            ),
            "duplicate items with `containerPort: 1` and `protocol: TCP` in `ports`",
        ),
        (
            pod("", "  imagePullSecrets: [{}, {}]\n"),
            "duplicate items with `name: \"\"` in `imagePullSecrets`",
        ),
        (
            service.to_owned(),
            "duplicate items with `port: 80` and `protocol: TCP` in `ports`",
        ),
        (
            set.to_owned(),
            "duplicate items with the value `a.b/c` in `finalizers`",
        ),
        (
            custom.to_owned(),
            "duplicate items with the value `a.b/c` in `finalizers`",
        ),
    ] {
        let home = Home::with(&[("p.yaml", text.as_str())]);
        for dry_run in ["--dry-run=none", "--dry-run=server", "--dry-run=client"] {
            let server = ApiServer::new().storing();
            let run = home.run_on(&server, &["apply", "-f", "p.yaml", dry_run]);
            assert_eq!(run.code, Some(1), "{text}{run:?}");
            assert!(
                run.stderr
                    .starts_with(&format!("error[duplicate-item]: {what}\n")),
                "{run:?}"
            );
            assert!(server.asked().is_empty(), "{:?}", server.asked());
        }
        let run = home.run(&["create", "-f", "p.yaml", "--dry-run=client"]);
        assert!(!run.stderr.contains("two items"), "{run:?}");
    }
    // Another protocol is another port.
    let two = pod(
        "    ports: [{containerPort: 1}, {containerPort: 1, protocol: UDP}]\n",
        "",
    );
    let run =
        Home::with(&[("p.yaml", two.as_str())]).run(&["apply", "-f", "p.yaml", "--dry-run=client"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

const PATCH: &str = "PATCH /api/v1/namespaces/default/pods/p";

/// `--validate=ignore` leaves it to the server.
#[test]
fn refused_merge_is_placed_at_its_fields() {
    let text = pod("    env: [{name: A}, {name: A}]\n", "");
    let message = "failed to create typed patch object (default/p; /v1, Kind=Pod): errors:\n  .spec.containers[name=\"a\"].env: duplicate entries for key [name=\"A\"]\n  .spec.foo: field not declared in schema";
    let server = ApiServer::new().on(PATCH, Answer::refusal(500, "", message));
    let run = Home::with(&[("p.yaml", text.as_str())])
        .run_on(&server, &["apply", "-f", "p.yaml", "--validate=ignore"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[refused-by-server]: pod/p: .spec.containers[name="a"].env: duplicate entries for key [name="A"]
 --> p.yaml:8:5
  |
8 |     env: [{name: A}, {name: A}]
  |     ^^^

error[refused-by-server]: pod/p: .spec.foo: field not declared in schema
 --> p.yaml:4:1
  |
4 | spec:
  | ^^^^


"#]]
    );
    assert_eq!(
        server
            .asked()
            .iter()
            .filter(|asked| asked.starts_with("PATCH"))
            .count(),
        1
    );
}

#[test]
fn a_message_of_several_lines_stays_in_lines() {
    let text = pod("", "");
    for message in ["one:\n  two\n::error::three", "one:\r\ntwo\u{1b}[31m"] {
        let server = ApiServer::new().on(PATCH, Answer::refusal(422, "Invalid", message));
        let run =
            Home::with(&[("p.yaml", text.as_str())]).run_on(&server, &["apply", "-f", "p.yaml"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            !run.stderr.contains("\\n") && !run.stderr.contains('\u{1b}'),
            "{run:?}"
        );
        let second = run.stderr.lines().nth(1).unwrap();
        assert!(
            second.trim_start().starts_with("| ") && second.contains("two"),
            "{run:?}"
        );
        assert!(
            !run.stderr
                .lines()
                .any(|line| line.trim_start().starts_with("::"))
        );
    }
}

#[test]
fn object_with_items_is_a_list_of_any_kind() {
    let items = "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n";
    for kind in ["Pod", "ConfigMapList", "List", "Deployment"] {
        let text = format!("apiVersion: v1\nkind: {kind}\n{items}");
        let run = Home::with(&[("l.yaml", text.as_str())]).run(&[
            "create",
            "-f",
            "l.yaml",
            "--dry-run=client",
        ]);
        assert_eq!(
            run.stdout, "configmap/a created (dry run)\nsecret/b created (dry run)\n",
            "{kind}: {run:?}"
        );
    }
    // kubectl looks the kind up before it takes the items.
    for (api_version, kind, is_one) in [
        ("v1", "Bundle", false),
        ("v1", "configmaplist", false),
        ("v1", "BundleList", false),
        ("apps/v1", "Release", false),
        ("rbac.authorization.k8s.io/v1", "Rules", false),
        ("networking.k8s.io/v1", "List", true),
        ("argoproj.io/v1alpha1", "Bundle", true),
        ("argoproj.io/v1alpha1", "ApplicationList", true),
        ("apps/v1beta1", "DeploymentList", true),
    ] {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\n{items}");
        let home = Home::with(&[("l.yaml", text.as_str())]);
        for command in ["create", "apply"] {
            let run = home.run(&[command, "-f", "l.yaml", "--dry-run=client"]);
            assert_eq!(run.code, Some(i32::from(!is_one)), "{kind}: {run:?}");
            let is_told = run.stderr.contains("unknown kind `");
            assert_eq!(is_told, !is_one, "{kind}: {run:?}");
        }
    }
    // Without words of its own, an item is of the list's kind.
    let text = "apiVersion: v1\nkind: ConfigMap\nitems: [{metadata: {name: a}}]\n";
    let run = Home::with(&[("l.yaml", text)]).run(&["create", "-f", "l.yaml", "--dry-run=client"]);
    assert_eq!(run.stdout, "configmap/a created (dry run)\n", "{run:?}");
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems: {b: c}\n";
    let run = Home::with(&[("l.yaml", text)]).run(&[
        "create",
        "-f",
        "l.yaml",
        "--dry-run=client",
        "--validate=ignore",
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("`items` must be a list"), "{run:?}");
}
