//! Mistakes in a manifest: all at once, each with its place.

use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::ApiServer;
use crate::support::Home;

const WRONG: &str = "\
# Two documents; lines count in the whole file.
apiVersion: v1
kind: ConfigMap
metadata: {name: fine}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  name: web
spec:
  containers:
  - nmae: web
    image: nginx
    ports:
    - containerPort: \"80\"
  restartpolicy: Never
";

#[test]
fn all_errors_are_reported_and_valid_documents_sent() {
    let home = Home::with(&[("wrong.yaml", WRONG)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "wrong.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
configmap/fine created
--- stderr
error[duplicate-key]: duplicate key `name` in the same object
  --> wrong.yaml:10:3
   |
10 |   name: web
   |   ^^^^ second
   |
  ::: wrong.yaml:9:3
   |
 9 |   name: web
   |   ---- first
   |
   = help: remove or rename one of them; only the last counts

error[missing-field]: missing required field `name` in Container
  --> wrong.yaml:13:5
   |
13 |   - nmae: web
   |     ^^^^ missing `name`

error[unknown-field]: unknown field `nmae` in Container
  --> wrong.yaml:13:5
   |
13 |   - nmae: web
   |     ^^^^ unknown field
   |
   = help: did you mean `name`?

error[wrong-type]: `containerPort` must be a 32-bit integer, found the string "80"
  --> wrong.yaml:16:22
   |
16 |     - containerPort: "80"
   |                      ^^^^ expected a 32-bit integer
   |
   = help: use `80` without quotes

error[unknown-field]: unknown field `restartpolicy` in PodSpec
  --> wrong.yaml:17:3
   |
17 |   restartpolicy: Never
   |   ^^^^^^^^^^^^^ unknown field
   |
   = help: use `restartPolicy`; names are case-sensitive

1 of 2 objects created: configmap/fine; not created: pod/web

"#]]
    );
    assert_eq!(
        server.asked(),
        ["POST /api/v1/namespaces/default/configmaps"]
    );
}

#[test]
fn a_secrets_mistakes_have_places_and_its_lines_stay_hidden() {
    let text = "\
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData:
  pin: 1234
  pni: 'hunter2'
type: Opaque
typo: hunter2
---
apiVersion: v1
kind: Secret
metadata: {name: t}
stringData:
\tpassword: hunter2
";
    let home = Home::with(&[("secret.yaml", text)]);
    let run = home.run(&["create", "-f", "secret.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[syntax]: found character that cannot start any token
 --> secret.yaml:14:1
  = note: the lines of what may be a Secret are not shown
  = help: YAML does not allow tabs in indentation; use spaces

error[wrong-type]: `pin` must be a string
 --> secret.yaml:5:8
  = note: the lines of what may be a Secret are not shown
  = help: quote it

error[unknown-field]: unknown field `typo` in Secret
 --> secret.yaml:8:1
  = note: the lines of what may be a Secret are not shown
  = help: did you mean `type`?

0 of 2 objects created (dry run); not created: secret.yaml:14:1, secret/s

"#]]
    );
    assert!(!run.all().contains("hunter2") && !run.all().contains("1234"));
}

#[test]
fn warn_tells_and_sends_and_ignore_only_sends() {
    let text = POD.replace("image:", "imagee:");
    let home = Home::with(&[("pod.yaml", &text)]);
    for (how, parameter) in [("warn", "Warn"), ("ignore", "Ignore")] {
        let server = ApiServer::new().storing();
        let flag = format!("--validate={how}");
        let run = home.run_on(&server, &["create", "-f", "pod.yaml", &flag]);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), "pod/web created\n"),
            "{run:?}"
        );
        let path = server.requests().pop().unwrap().path;
        assert!(
            path.ends_with(&format!("&fieldValidation={parameter}")),
            "{path}"
        );
        match how {
            "warn" => assert_data_eq!(
                run.stderr,
                str![[r#"
warning[unknown-field]: unknown field `imagee` in Container
 --> pod.yaml:8:5
  |
8 |     imagee: nginx
  |     ^^^^^^ unknown field
  |
  = help: did you mean `image`?


"#]]
            ),
            _ => assert_eq!(run.stderr, ""),
        }
    }
}

#[test]
fn object_needs_kind_and_version_whatever_validates() {
    let home = Home::with(&[(
        "odd.yaml",
        "kind: Pod\n---\napiVersion: v1\n---\n[]\n---\nword\n---\n{apiVersion: v1, kind: 5}\n",
    )]);
    for how in ["strict", "warn", "ignore"] {
        let flag = format!("--validate={how}");
        let run = home.run(&["create", "-f", "odd.yaml", "--dry-run=client", &flag]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
        assert!(
            run.stderr.contains("0 of 5 objects created"),
            "{}",
            run.stderr
        );
    }
    let run = home.run(&["create", "-f", "odd.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.stderr,
        str![[r#"
error[missing-api-version]: missing field `apiVersion` in the object
 --> odd.yaml:1:1
  |
1 | kind: Pod
  | ^^^^ missing `apiVersion`
  |
  = help: add the field, such as `apiVersion: v1`

error[missing-kind]: missing field `kind` in the object
 --> odd.yaml:3:1
  = note: the lines of what may be a Secret are not shown
  = help: add the field, such as `kind: Pod`

error[wrong-type]: expected an object with `apiVersion` and `kind`
 --> odd.yaml:5:1
  = note: the lines of what may be a Secret are not shown

error[wrong-type]: expected an object with `apiVersion` and `kind`
 --> odd.yaml:7:1
  = note: the lines of what may be a Secret are not shown

error[wrong-type]: `kind` must be a string
 --> odd.yaml:9:24
  = note: the lines of what may be a Secret are not shown

0 of 5 objects created (dry run); not created: odd.yaml, document 1, odd.yaml, document 2, odd.yaml, document 3, odd.yaml, document 4, odd.yaml, document 5

"#]]
    );
}

#[test]
fn a_newer_servers_fields_are_for_it_to_judge() {
    use crate::apiserver::Answer;
    let version = r#"{"major": "1", "minor": "99+", "gitVersion": "v1.99.0"}"#;
    let home = Home::with(&[(
        "pod.yaml",
        &POD.replace("spec:", "spec:\n  fromTheFuture: 1"),
    )]);
    let server = ApiServer::bare()
        .on("GET /version", Answer::text(200, version))
        .storing();
    let run = home.run_on(&server, &["create", "-f", "pod.yaml"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web created\n"),
        "{run:?}"
    );
    let rules = ["create", "-f", "pod.yaml", "--kubernetes-version", "1.37"];
    let run = home.run_on(&server, &rules);
    assert_eq!(run.code, Some(1), "{run:?}");
}

/// A file with thousands of mistakes is one mistake: it is not told thousands
/// of times, unless somebody asks.
#[test]
fn number_of_printed_findings_is_limited() {
    let labels: Vec<String> = (0..150).map(|n| format!("    l{n}: {n}\n")).collect();
    let labels = labels.concat();
    let text = POD.replace(
        "  name: web\nspec",
        &format!("  name: web\n  labels:\n{labels}spec"),
    );
    let home = Home::with(&[("many.yaml", &text), ("odd.yaml", "kind: [\n")]);
    let files = ["-f", "many.yaml", "-f", "odd.yaml"];
    for command in [
        &["create", "--dry-run=client"][..],
        &["explain-env", "--offline"],
    ] {
        let run = home.run(&[command, &files].concat());
        let told = run.stderr.matches("error[").count();
        assert_eq!((run.code, told), (Some(1), 101), "{run:?}");
        let more = "warning: 50 more errors in many.yaml; use `-v 1` to print all\n";
        assert!(run.stderr.contains(more), "{run:?}");
        let all = home.run(&[command, &files, &["-v", "1"]].concat());
        assert_eq!(all.stderr.matches("error[").count(), 151);
        assert!(!all.stderr.contains("more errors"), "{all:?}");
    }
}
