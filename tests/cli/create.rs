//! `create -f` against a server that takes what it is given, or does not.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const MANY: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: shop}
spec: {containers: [{name: app, image: nginx}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
";

#[test]
fn lines_are_kubectls_and_the_order_is_what_pods_need() {
    let home = Home::with(&[("many.yaml", MANY)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "many.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
namespace/shop created
configmap/settings created
secret/password created
service/web created
pod/app created
deployment.apps/web created

"#]]
    );
    assert_data_eq!(
        server.asked().join("\n"),
        str![[r#"
POST /api/v1/namespaces
POST /api/v1/namespaces/shop/configmaps
POST /api/v1/namespaces/shop/secrets
POST /api/v1/namespaces/shop/services
POST /api/v1/namespaces/shop/pods
POST /apis/apps/v1/namespaces/shop/deployments
"#]]
    );
}

#[test]
fn request_has_the_object_and_its_parameters() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let server = ApiServer::new().storing();
    home.run_on(&server, &["create", "-f", "pod.yaml", "-n", "team"]);
    let requests = server.requests();
    let post = requests.iter().find(|r| r.method == "POST").unwrap();
    assert_eq!(
        post.path,
        "/api/v1/namespaces/team/pods?fieldManager=pod-tools&fieldValidation=Strict"
    );
    assert_eq!(post.header("content-type"), ["application/json"]);
    assert_eq!(
        post.json(),
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "team"},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        })
    );
    assert!(post.header("authorization").is_empty());
}

#[test]
fn dry_runs_say_so() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let server = ApiServer::new().storing();
    for (flag, line) in [
        ("--dry-run=none", "pod/web created\n"),
        ("--dry-run=server", "pod/web created (server dry run)\n"),
        ("--dry-run=client", "pod/web created (dry run)\n"),
        ("--dry-run", "pod/web created (dry run)\n"),
    ] {
        let run = home.run_on(&server, &["create", "-f", "pod.yaml", flag]);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (Some(0), line, "")
        );
    }
    let posts: Vec<String> = server.requests().into_iter().map(|r| r.path).collect();
    let dry = posts
        .iter()
        .filter(|path| path.ends_with("&dryRun=All"))
        .count();
    assert_eq!((server.asked().len(), dry), (2, 1), "{posts:?}");
}

#[test]
fn a_client_dry_run_asks_nobody() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let run = home.run(&["create", "-f", "pod.yaml", "--dry-run=client", "-o", "name"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web\n"),
        "{run:?}"
    );
}

#[test]
fn generated_name_is_printed() {
    let text = POD.replace("name: web\nspec", "generateName: web-\nspec");
    let home = Home::with(&[("pod.yaml", &text)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "pod.yaml"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web-x1y2z created\n"),
        "{run:?}"
    );
    let dry = home.run(&["create", "-f", "pod.yaml", "--dry-run=client"]);
    assert_eq!(dry.stdout, "pod/<unknown> created (dry run)\n", "{dry:?}");
    let gone = ApiServer::new();
    let run = home.run_on(&gone, &["create", "-f", "pod.yaml"]);
    assert!(
        run.stderr
            .starts_with("error[refused-by-server]: pod/web-…: "),
        "{run:?}"
    );
}

#[test]
fn existing_object_is_refused_and_the_others_are_created() {
    let home = Home::with(&[("many.yaml", MANY)]);
    let exists = Answer::refusal(409, "AlreadyExists", "services \"web\" already exists");
    let server = ApiServer::new()
        .on("POST /api/v1/namespaces/shop/services", exists)
        .storing();
    let run = home.run_on(&server, &["create", "-f", "many.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
namespace/shop created
configmap/settings created
secret/password created
pod/app created
deployment.apps/web created
--- stderr
error[refused-by-server]: service/web: services "web" already exists
  --> many.yaml:17:18
   |
17 | metadata: {name: web, namespace: shop}
   |                  ^^^
   |
   = help: use `apply` to update it, or `kubectl delete` to remove it first

5 of 6 objects created: namespace/shop, configmap/settings, secret/password, pod/app, deployment.apps/web; not created: service/web

"#]]
    );
    assert_eq!(server.asked().len(), 6, "{:?}", server.asked());
}

#[test]
fn documents_after_a_broken_one_are_not_created() {
    let text = format!("kind: Pod\nmetadata: {{name: nameless\n---\n{POD}---\napiVersion: v1\n");
    let home = Home::with(&[("pods.yaml", &text)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "pods.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[syntax]: did not find expected ',' or '}'
 --> pods.yaml:3:1
  |
3 | ---
  | ^
  |
 ::: pods.yaml:2:11
  |
2 | metadata: {name: nameless
  |           - while parsing a flow mapping

error[missing-kind]: missing field `kind` in the object
 --> pods.yaml:13:1
  = note: the lines of what may be a Secret are not shown
  = help: add the field, such as `kind: Pod`

info[held-back]: documents after the first syntax error in pods.yaml are not created

0 of 3 objects created; not created: pods.yaml:3:1, pods.yaml, document 3; not tried: pod/web

"#]]
    );
}

#[test]
fn a_connection_that_dies_leaves_the_rest_untried() {
    let home = Home::with(&[("many.yaml", MANY)]);
    let server = ApiServer::new()
        .on("POST /api/v1/namespaces/shop/secrets", Answer::closed())
        .storing();
    let run = home.run_on(&server, &["create", "-f", "many.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stdout
namespace/shop created
configmap/settings created
--- stderr
error: outcome unknown: create secrets "password" in namespace "shop": the server http://SERVER/ cannot be reached: it closed the connection without an answer
help: check the result with `kubectl get secrets password -n shop` before retrying
2 of 6 objects created: namespace/shop, configmap/settings; outcome unknown: secret/password; not tried: service/web, pod/app, deployment.apps/web

"#]]
    );
}

#[test]
fn kind_that_discovery_lacks_is_refused() {
    let thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {any: 1}\n";
    let other = "---\napiVersion: example.com/v1\nkind: Other\nmetadata: {name: b}\n";
    let none = "---\napiVersion: nowhere.io/v1\nkind: None\nmetadata: {name: c}\n";
    let home = Home::with(&[("things.yaml", &[thing, other, none].concat())]);
    let resources = json!({"kind": "APIResourceList", "resources": [
        {"name": "things", "kind": "Thing", "namespaced": false},
        {"name": "things/status", "kind": "Other", "namespaced": true},
    ]});
    let server = ApiServer::new()
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .storing();
    let run = home.run_on(&server, &["create", "-f", "things.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
thing.example.com/a created
--- stderr
error[refused-by-server]: other.example.com/b: the server has no kind "Other" in "example.com/v1"
 --> things.yaml:7:7
  |
7 | kind: Other
  |       ^^^^^
  |
  = help: check with `kubectl api-resources`; create the CustomResourceDefinition before its objects

error[refused-by-server]: none.nowhere.io/c: the server has no kind "None" in "nowhere.io/v1"
  --> things.yaml:11:7
   |
11 | kind: None
   |       ^^^^
   |
   = help: check with `kubectl api-resources`; create the CustomResourceDefinition before its objects

1 of 3 objects created: thing.example.com/a; not created: other.example.com/b, none.nowhere.io/c

"#]]
    );
    assert_eq!(server.asked()[1], "POST /apis/example.com/v1/things");
}

#[test]
fn the_objects_of_a_new_definition_wait_until_it_is_served() {
    let thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n";
    let definition = "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: things, kind: Thing}\n  versions: [{name: v1, served: true, storage: true}]\n";
    let home = Home::with(&[("things.yaml", &[thing, definition].concat())]);
    let resources = json!({"resources": [{"name": "things", "kind": "Thing", "namespaced": true}]});
    let server = ApiServer::new()
        .once(
            "GET /apis/example.com/v1",
            Answer::refusal(404, "NotFound", "404"),
        )
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .once(
            "POST /apis/example.com/v1",
            Answer::refusal(
                404,
                "NotFound",
                "the server could not find the requested resource",
            ),
        )
        .storing();
    let run = home.run_on(&server, &["create", "-f", "things.yaml"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(server.asked().len(), 6, "{:?}", server.asked());
}

#[test]
fn another_namespace_than_the_files_is_refused_before_anything_is_sent() {
    let home = Home::with(&[("many.yaml", MANY)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "many.yaml", "-n", "other"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        server.asked(),
        ["POST /api/v1/namespaces"],
        "the only one without"
    );
    let told =
        "error[namespace-mismatch]: the object is in namespace `shop`, the command in `other`
 --> many.yaml:3:34
";
    assert!(run.stderr.starts_with(told), "{}", run.stderr);
}
