//! Refusals and faults of a server.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

pub(crate) const PODS: &str = "POST /api/v1/namespaces/default/pods";

pub(crate) fn create(server: &ApiServer) -> Run {
    Home::with(&[("pod.yaml", POD)]).run_on(server, &["create", "-f", "pod.yaml"])
}

pub(crate) fn refused(answer: Answer) -> Run {
    create(&ApiServer::new().on(PODS, answer))
}

#[test]
fn credentials_that_are_not_accepted_end_the_run() {
    let unauthorized = Answer::refusal(401, "Unauthorized", "Unauthorized");
    assert_data_eq!(
        refused(unauthorized.clone()).all(),
        str![[r#"
exit code 3
--- stderr
error: the server does not accept the credentials to create pods "web" in namespace "default" (401 Unauthorized)
help: log in again if they have expired, or use others with --user or --token

"#]]
    );
    let at_once = ApiServer::bare().on("GET /version", unauthorized);
    let run = create(&at_once);
    assert_eq!(run.code, Some(3));
    assert!(at_once.asked().is_empty());
}

#[test]
fn create_needs_no_right_to_the_version() {
    let hidden = Answer::refusal(
        403,
        "Forbidden",
        "forbidden: User \"eve\" cannot get path \"/version\"",
    );
    let server = ApiServer::bare().on("GET /version", hidden).storing();
    let run = create(&server);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
}

#[test]
fn a_forbidden_request_names_verb_resource_and_namespace() {
    let message = "pods is forbidden: User \"eve\" cannot create resource \"pods\" in API group \"\" in the namespace \"default\"";
    let run = refused(Answer::refusal(403, "Forbidden", message));
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stderr
error[refused-by-server]: pod/web: not allowed to create pods "web" in namespace "default": pods is forbidden: User "eve" cannot create resource "pods" in API group "" in the namespace "default"
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^
  |
  = help: check with `kubectl auth can-i create pods -n default`


"#]]
    );
}

#[test]
fn a_policy_that_forbids_is_an_answer() {
    let message = "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true";
    let run = refused(Answer::refusal(403, "Forbidden", message));
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[refused-by-server]: pod/web: not allowed: pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^
  |
  = help: use `create pod|job --profile restricted` to meet the strictest level


"#]]
    );
    let quota = "pods \"web\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0";
    assert_eq!(
        refused(Answer::refusal(403, "Forbidden", quota)).code,
        Some(1)
    );
}

/// A refusal by admission is about the object, whatever its code: no right is missing.
#[test]
fn an_admission_that_denies_is_an_answer() {
    let webhook = "admission webhook \"policy.example.com\" denied the request: no latest tags";
    for (code, reason, message) in [
        (403, "Forbidden", webhook),
        (403, "no latest tags", webhook),
        (400, "BadRequest", webhook),
        (404, "NotFound", webhook),
        (
            403,
            "Forbidden",
            "admission webhook \"w\" denied the request without explanation",
        ),
        (
            422,
            "Invalid",
            "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
        ),
        (
            403,
            "Forbidden",
            "pods \"web\" is forbidden: unable to create new content in namespace default because it is being terminated",
        ),
    ] {
        let run = refused(Answer::refusal(code, reason, message));
        assert_eq!(run.code, Some(1), "{run:?}");
        let told = format!("error[refused-by-server]: pod/web: not allowed: {message}\n");
        assert!(run.stderr.starts_with(&told), "{run:?}");
        assert!(!run.stderr.contains("auth can-i"), "{run:?}");
    }
    for message in [
        "no",
        "roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"eve\" (groups=[]) is attempting to grant RBAC permissions not currently held: …",
    ] {
        let run = refused(Answer::refusal(403, "Forbidden", message));
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(!run.stderr.contains("auth can-i"), "{run:?}");
    }
}

#[test]
fn missing_namespace_is_reported() {
    let run = refused(Answer::refusal(
        404,
        "NotFound",
        "namespaces \"default\" not found",
    ));
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error[refused-by-server]: pod/web: namespaces "default" not found
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^
  |
  = help: create it with `kubectl create namespace NAME`, or use -n


"#]]
    );
}

#[test]
fn each_cause_of_an_invalid_object_has_its_place() {
    let causes = json!([
        {"reason": "FieldValueInvalid", "field": "spec.containers[0].image", "message": "Invalid value: \"nginx\": not today"},
        {"reason": "FieldValueRequired", "field": "spec.containers[0].ports[0].name", "message": "Required value"},
        {"reason": "FieldValueForbidden", "field": "metadata.name", "message": "Forbidden: no"},
    ]);
    let message = "Pod \"web\" is invalid: [spec.containers[0].image: …]";
    let run = refused(Answer::refusal_with(422, "Invalid", message, &causes));
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[refused-by-server]: pod/web: spec.containers[0].image: Invalid value: "nginx": not today
 --> pod.yaml:8:12
  |
8 |     image: nginx
  |            ^^^^^

error[refused-by-server]: pod/web: spec.containers[0].ports[0].name: Required value
 --> pod.yaml:7:5
  |
7 |   - name: web
  |     ^^^^

error[refused-by-server]: pod/web: metadata.name: Forbidden: no
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^


"#]]
    );
}

#[test]
fn the_servers_own_strict_decoding_has_places() {
    let message = "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.containers[0].image\", duplicate field \"metadata.name\"";
    let run = refused(Answer::refusal(400, "BadRequest", message));
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[refused-by-server]: pod/web: spec.containers[0].image: unknown field
 --> pod.yaml:8:12
  |
8 |     image: nginx
  |            ^^^^^

error[refused-by-server]: pod/web: metadata.name: duplicate field
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^


"#]]
    );
}

#[test]
fn each_warning_is_printed_once() {
    let two = |request: &crate::apiserver::Request| {
        Answer::stored(request)
            .header("warning", "299 - \"old API\"")
            .header(
                "warning",
                "299 - \"quote \\\" and \\u001b\", 199 - \"not for people\"",
            )
            .header("warning", "299 - \"escape \\\\ \u{9b}31m\"")
    };
    let text = format!(
        "{POD}---\n{}",
        POD.replace("name: web\nspec", "name: other\nspec")
    );
    let home = Home::with(&[("pods.yaml", &text)]);
    let server = ApiServer::new().answering("POST /api/v1", two);
    let run = home.run_on(&server, &["create", "-f", "pods.yaml", "-q"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
pod/web created
pod/other created
--- stderr
Warning: old API
Warning: quote " and u001b
Warning: escape / /u{9b}31m

"#]]
    );
    assert!(!run.stderr.contains('\u{9b}'));
}
