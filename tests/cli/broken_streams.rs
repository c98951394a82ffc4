//! Files that break off or fall apart in the middle: nothing of a broken
//! document is sent, and `apply` sends nothing of its file.

use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use crate::POD;
use crate::apiserver::ApiServer;
use crate::support::Home;

const SETTINGS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
";
/// A key that was pasted without its indentation.
const PASTED: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: tls}
stringData:
  tls.key: |
-----BEGIN RSA PRIVATE KEY-----
hunter2hunter2
-----END RSA PRIVATE KEY-----
";

/// The requests that a file leads to.
fn sent(command: &str, text: &str) -> (Vec<String>, crate::support::Run) {
    let server = ApiServer::new().storing();
    let home = Home::with(&[("f.yaml", text)]);
    let run = home.run_on(&server, &[command, "-f", "f.yaml"]);
    let mut asked = server.asked();
    asked.retain(|request| !request.starts_with("GET"));
    (asked, run)
}

#[test]
fn a_key_that_was_pasted_at_the_margin_destroys_nothing() {
    let text = format!("{SETTINGS}{PASTED}---\n{POD}");
    let (asked, run) = sent("apply", &text);
    assert_eq!(asked, [""; 0]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[syntax]: invalid Yaml document separator
 --> f.yaml:10:4
  = note: the lines of what may be a Secret are not shown
  = help: indent each line of the PEM block, as the value of a block scalar (`|`) needs it

info[held-back]: no object in f.yaml is applied because part of the file cannot be read

0 of 3 objects applied; not applied: f.yaml:10:4; not tried: configmap/settings, pod/web

"#]]
    );
    let (asked, run) = sent("create", &text);
    assert_eq!(asked, ["POST /api/v1/namespaces/default/configmaps"]);
    assert!(!run.all().contains("hunter2"), "{}", run.all());
    assert_eq!(run.code, Some(1));
}

#[test]
fn nothing_after_a_broken_document_is_sent() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
    for broken in [
        format!("{secret}--- x\n"),
        format!("{secret}----\n"),
        format!("{secret}...\nstringData: {{a: b}}\n"),
        format!("{secret}stringData: {{a: b\n"),
        format!("{secret}stringData: {{a: \"b\n"),
        format!("{secret}stringData:\n\ta: b\n"),
        format!("{secret}stringData: {{a: *b}}\n"),
        format!("{secret}stringData: {{a: \"\0\"}}\n"),
        format!("{secret}-----END KEY-----\n"),
        "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"s\"}} x\n"
            .to_owned(),
        "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"s\"\n"
            .to_owned(),
    ] {
        let text = format!("{SETTINGS}{broken}---\n{POD}");
        let (asked, run) = sent("apply", &text);
        assert_eq!((asked.len(), run.code), (0, Some(1)), "{broken}: {run:?}");
        let (asked, run) = sent("create", &text);
        let settings = "POST /api/v1/namespaces/default/configmaps";
        assert_eq!(
            (asked, run.code),
            (vec![settings.to_owned()], Some(1)),
            "{broken}: {run:?}"
        );
    }
    // Of JSON, each object that ended before stands for itself.
    let settings = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}"#;
    for end in ["{\"apiVersion\": \"v1\", \"kind\": ", "]", "x"] {
        let text = format!("{settings}\n{settings}\n{end}");
        assert_eq!(sent("create", &text).0.len(), 2, "{end}");
        assert_eq!(sent("apply", &text).0.len(), 0, "{end}");
    }
    // What only looks like it is no break.
    let text = format!("{SETTINGS}{POD}...\n--- # a comment\n{POD}");
    assert_eq!(sent("apply", &text).0.len(), 3);
}

#[test]
fn other_files_are_not_held_back() {
    let server = ApiServer::new().storing();
    let home = Home::with(&[("a.yaml", PASTED), ("b.yaml", POD)]);
    let run = home.run_on(&server, &["apply", "-f", "a.yaml", "-f", "b.yaml"]);
    assert_eq!(run.stdout, "pod/web serverside-applied\n");
    assert_eq!(run.code, Some(1));
}

#[test]
fn broken_file_is_neither_awaited_nor_copied() {
    let server = ApiServer::new().storing();
    let text = format!("{POD}---\n{PASTED}");
    let home = Home::with(&[("f.yaml", &text)]);
    for args in [
        &["wait", "-f", "f.yaml", "--for=deleted"][..],
        &["create", "pod", "x", "--from", "f.yaml", "--dry-run=client"],
    ] {
        let run = home.run_on(&server, args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
        assert!(
            run.stderr.contains("invalid Yaml document separator\n"),
            "{run:?}"
        );
        assert!(!run.all().contains("hunter2"), "{}", run.all());
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn no_look_up_is_answered_from_what_is_broken() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: before}\n";
    let pod = POD.replace(
        "image: nginx",
        "image: nginx\n    env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: a}}}]",
    );
    for broken in [
        format!("{map}--- x\nb: c\n"),
        format!("{map}...\nb: c\n"),
        format!("--- x\n{map}"),
        format!("{map}b: \"c\n"),
    ] {
        let run = offline(&format!("{broken}---\n{pod}"), &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(!run.stdout.contains("before"), "{broken}: {}", run.all());
    }
    let run = offline(&format!("{map}---\n{pod}"), &[]);
    assert!(run.stdout.contains("before"), "{}", run.all());
}

/// kubectl decodes a list as a whole (`decodeToList` in k8s.io/apimachinery), and
/// sends nothing of one that it cannot decode.
#[test]
fn list_that_kubectl_cannot_decode_is_not_sent() {
    let map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}";
    let list = "apiVersion: v1\nkind: List\nitems";
    for (broken, told) in [
        (
            format!("{list}:\n- {map}\n- {{apiVersion: v1, kind: List, items: [{map}]}}\n"),
            "move its items to the outer list",
        ),
        (format!("{list}:\n- {map}\n- 5\n"), "expected an object"),
        (format!("{list}:\n- {map}\n-\n"), "expected an object"),
        (
            format!("{list}:\n- {map}\n- {{apiVersion: v1, metadata: {{name: x}}}}\n"),
            "kind",
        ),
        (format!("{list}: {map}\n"), "`items` must be a list"),
        (format!("{list}: 5\n"), "`items` must be a list"),
        (
            "apiVersion: v1\nkind: List\n".to_owned(),
            "missing field `items` in List",
        ),
    ] {
        for command in ["create", "apply"] {
            for more in [&[][..], &["--validate=ignore"], &["--dry-run=client"]] {
                let server = ApiServer::new().storing();
                let text = format!("{broken}---\n{POD}");
                let home = Home::with(&[("f.yaml", &text)]);
                let run = home.run_on(&server, &[&[command, "-f", "f.yaml"], more].concat());
                let asked = server.asked();
                let maps = asked.iter().any(|a| a.contains("configmaps"));
                assert!(!maps, "{broken} {more:?}: {asked:?}");
                assert_eq!(run.code, Some(1), "{broken} {more:?}: {run:?}");
                assert!(run.stderr.contains(told), "{broken} {more:?}: {run:?}");
                // What stands beside the list is no part of it.
                assert!(run.stdout.contains("pod/web"), "{broken}: {run:?}");
                assert!(!run.stdout.contains("<unknown>"), "{broken}: {run:?}");
            }
        }
    }
    let (asked, run) = sent("create", &format!("{list}: null\n---\n{POD}"));
    assert_eq!((asked.len(), run.code), (1, Some(0)), "{run:?}");
}

#[test]
fn apply_never_makes_a_name_up() {
    for metadata in [
        "{generateName: a-}",
        "{generateName: a-, name: \"\"}",
        "{generateName: a-, name: null}",
        "{generateName: a-, name: 5}",
        "{name: \"\"}",
        "{nmae: x}",
        "{}",
        "5",
    ] {
        for validate in ["strict", "warn", "ignore"] {
            let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\n");
            let server = ApiServer::new().storing();
            let home = Home::with(&[("f.yaml", &text)]);
            let validate = format!("--validate={validate}");
            let run = home.run_on(&server, &["apply", "-f", "f.yaml", &validate]);
            let asked = server.asked();
            let changes = asked.iter().filter(|request| !request.starts_with("GET"));
            assert_eq!(changes.count(), 0, "{metadata} {validate}: {asked:?}");
            assert_eq!(run.code, Some(1), "{metadata} {validate}: {run:?}");
            assert!(run.stderr.contains("f.yaml:3:"), "{metadata}: {run:?}");
        }
    }
}

#[test]
fn a_wait_for_files_is_for_all_that_they_hold() {
    for nameless in [
        "metadata: {generateName: web-}\n",
        "metadata: {nmae: web}\n",
        "metadata: {name: ''}\n",
        "",
    ] {
        let text = format!("{POD}---\napiVersion: v1\nkind: Pod\n{nameless}");
        let home = Home::with(&[("f.yaml", &text)]);
        let server = ApiServer::new();
        let run = home.run_on(&server, &["wait", "-f", "f.yaml", "--for=deleted"]);
        assert_eq!(run.code, Some(1), "{nameless}: {run:?}");
        assert!(
            run.stderr.contains("wait needs the name of the object"),
            "{run:?}"
        );
        assert_eq!(server.asked(), [""; 0]);
    }
}
