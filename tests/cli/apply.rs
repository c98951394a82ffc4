//! `apply -f`: server-side apply.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn it_is_a_patch_that_owns_its_fields() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["apply", "-f", "pod.yaml"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web serverside-applied\n"),
        "{run:?}"
    );
    let requests = server.requests();
    let patch = requests.iter().find(|r| r.method == "PATCH").unwrap();
    assert_eq!(
        patch.path,
        "/api/v1/namespaces/default/pods/web?fieldManager=pod-tools&fieldValidation=Strict"
    );
    assert_eq!(
        patch.header("content-type"),
        ["application/apply-patch+yaml"]
    );
    assert_eq!(
        patch.json()["metadata"],
        json!({"name": "web", "namespace": "default"})
    );
}

#[test]
fn flags_reach_the_server() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let server = ApiServer::new().storing();
    let flags = [
        "--force-conflicts",
        "--field-manager",
        "me & you",
        "--validate=warn",
        "--dry-run=server",
        "--server-side",
    ];
    let run = home.run_on(
        &server,
        &[&["apply", "-f", "pod.yaml"], &flags[..]].concat(),
    );
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web serverside-applied (server dry run)\n"),
        "{run:?}"
    );
    assert_eq!(
        server.requests().last().unwrap().path,
        "/api/v1/namespaces/default/pods/web?fieldManager=me%20%26%20you&fieldValidation=Warn&dryRun=All&force=true"
    );
}

#[test]
fn a_client_dry_run_says_so() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let run = home.run(&["apply", "-f", "pod.yaml", "--dry-run=client"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web applied (dry run)\n"),
        "{run:?}"
    );
}

#[test]
fn a_conflict_names_each_field_its_owner_and_its_place() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let conflict = Answer::refusal_with(
        409,
        "Conflict",
        "Apply failed with 2 conflicts: conflicts with \"kubectl\" using v1:\n- .spec.containers[name=\"web\"].image\n- .metadata.labels.app",
        &json!([
            {"reason": "FieldManagerConflict", "field": ".spec.containers[name=\"web\"].image", "message": "conflict with \"kubectl\" using v1"},
            {"reason": "FieldManagerConflict", "field": ".metadata.labels.app", "message": "conflict with \"helm\""},
        ]),
    );
    let server = ApiServer::new().on("PATCH /api/v1/namespaces/default/pods/web", conflict);
    let run = home.run_on(&server, &["apply", "-f", "pod.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[conflict]: pod/web: `spec.containers[name="web"].image` has another owner: conflict with "kubectl" using v1
 --> pod.yaml:8:12
  |
8 |     image: nginx
  |            ^^^^^
  |
  = help: remove the field from the file, or take it over with --force-conflicts

error[conflict]: pod/web: `metadata.labels.app` has another owner: conflict with "helm"
 --> pod.yaml:3:1
  |
3 | metadata:
  | ^^^^^^^^
  |
  = help: remove the field from the file, or take it over with --force-conflicts


"#]]
    );
}

#[test]
fn a_prefix_is_no_name() {
    let text = POD.replace("name: web\nspec", "generateName: web-\nspec");
    let home = Home::with(&[("pod.yaml", &text)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["apply", "-f", "pod.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[missing-name]: apply needs the name of the object, and this is only its beginning
 --> pod.yaml:4:17
  |
4 |   generateName: web-
  |                 ^^^^
  |
  = help: set metadata.name; `create` takes metadata.generateName


"#]]
    );
    assert!(server.asked().is_empty());
}
