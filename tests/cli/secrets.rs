//! Values of a Secret are shown to nobody who has not asked for them: in no report, no
//! error, with no `-v`.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use super::look_ups::SHOP;
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

const VALUE: &str = "hunter2-12345678";
/// The same in Base64.
const ENCODED: &str = "aHVudGVyMi0xMjM0NTY3OA==";

fn keeps_it(run: &Run) {
    let all = run.all();
    for part in ["hunter2", "12345678", "aHVudGVyMi0xMjM0NTY3OA"] {
        assert!(!all.contains(part), "{all}");
    }
}

#[test]
fn broken_secret_is_reported_by_place_only() {
    let wrong = |line: &str| {
        SHOP.replace("stringData: {password: hunter2}", line)
            .replace(
                "image: i\n    command",
                "image: i\n    bogus: x\n    command",
            )
    };
    for (line, told) in [
        (
            "stringData: {password: 12345678}",
            ":9:24: stringData.password: must be a string",
        ),
        (
            "stringData: {password: [hunter2]}",
            ":9:24: stringData.password: must be a string",
        ),
        (
            "data: {password: 'hunter2!'}",
            ":9:18: data.password: must be a string in Base64; use stringData for plain text",
        ),
        (
            "data: {password: 12345678}",
            ":9:18: data.password: must be a string in Base64; use stringData for plain text",
        ),
        ("data: hunter2", ":9:7: data: has the wrong type"),
        ("type: {a: hunter2}", ":9:7: type: has the wrong type"),
    ] {
        for format in ["table", "json", "yaml"] {
            let run = offline(&wrong(line), &["-o", format, "-v", "9"]);
            keeps_it(&run);
            assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
            let end = format!("error: cannot decode Secret `login`: pod.yaml{told}\n");
            assert!(run.stderr.ends_with(&end), "{line}: {}", run.stderr);
            // What else is wrong is told, too.
            let other = "error[unknown-field]: unknown field `bogus` in Container\n";
            assert!(run.stderr.contains(other), "{}", run.stderr);
        }
    }
    // However its kind is written.
    for kind in ["&k Secret", "!!str Secret", "\"\\x53ecret\""] {
        let wrong = wrong("stringData: {password: 12345678}");
        let run = offline(
            &wrong.replace("kind: Secret", &format!("kind: {kind}")),
            &[],
        );
        keeps_it(&run);
        assert!(
            run.stderr.contains("`password` must be a string"),
            "{run:?}"
        );
    }
    // Of a ConfigMap it helps to see what stands there.
    let map = SHOP.replace("HOST: db.example.com", "HOST: 12345678");
    assert_data_eq!(
        offline(&map, &[]).stderr,
        str![[r#"
error[wrong-type]: `HOST` must be a string, found the number 12345678
 --> pod.yaml:4:14
  |
4 | data: {HOST: 12345678}
  |              ^^^^^^^^ expected a string
  |
  = help: quote it: "12345678"

error: cannot decode ConfigMap `settings`: pod.yaml:4:14: data.HOST: invalid type: integer `12345678`, expected a string

"#]]
    );
}

/// A file in one line, as JSON is: an excerpt of it would show what stands
/// around the place.
#[test]
fn no_excerpt_shows_what_stands_beside_the_mistake() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": VALUE}});
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "i", "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "none"}}},
            {"name": "B", "value": "$(C)"}]}]}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [secret, pod]}).to_string();
    for text in [list, format!("{secret}{pod}"), format!("{secret}\n{pod}")] {
        for args in [&[][..], &["-o", "docker"], &["--trace", "A"]] {
            let run = offline(&text, &[args, &["-v", "9"]].concat());
            keeps_it(&run);
            assert_eq!(run.code, Some(1), "{run:?}");
        }
    }
}

const POD: &str = "GET /api/v1/namespaces/default/pods/web";
const SECRET: &str = "GET /api/v1/namespaces/default/secrets/s";

/// A running Pod that uses the Secret in every way, and prints it.
fn server(secret: &Value) -> ApiServer {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"enableServiceLinks": false, "containers": [{
            "name": "c", "image": "i",
            "command": ["sh", "-c", "echo $(URL) $URL"], "args": ["$(S_password)"],
            "envFrom": [{"secretRef": {"name": "s"}, "prefix": "S_"}],
            "env": [
                {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "password"}}},
                {"name": "URL", "value": "db://$(PASSWORD)@$(S_password)/$(NONE)"},
                {"name": "PASSWORD", "value": "$(URL)"},
            ]}]},
        "status": {"containerStatuses": [{"name": "c", "ready": true, "restartCount": 0, "image": "i",
            "imageID": "i", "state": {"running": {}}}]},
    });
    let environ = format!("S_password={VALUE}\0S_old={VALUE}\0PASSWORD=was {VALUE}\0URL={VALUE}\0");
    ApiServer::new()
        .on(&format!("{POD}/exec"), Answer::exec(environ, None))
        .on(POD, Answer::json(&pod))
        .on(SECRET, Answer::json(secret))
}

#[test]
fn a_readable_secret_stays_out_of_every_report_and_log() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"password": ENCODED}});
    let server = server(&secret);
    let home = Home::new();
    for args in [
        &["-o", "table"][..],
        &["-o", "json"],
        &["-o", "yaml"],
        &["-o", "dotenv"],
        &["-o", "shell"],
        &["-o", "docker"],
        &["--trace", "URL"],
        &["--trace", "PASSWORD", "-o", "json"],
        &["--verify"],
        &["--verify", "-o", "json"],
        &["--verify", "-o", "yaml"],
    ] {
        let args = [&["explain-env", "web", "-v", "9"], args].concat();
        let run = home.run_on(&server, &args);
        keeps_it(&run);
        assert_eq!(run.code, Some(1), "one reference has no variable: {run:?}");
        assert!(
            run.stderr.contains("/secrets/s 200"),
            "-v tells of requests: {run:?}"
        );
        // The same with leave: else the test would not have seen it.
        let shown = home.run_on(&server, &[&args[..], &["--show-secrets"]].concat());
        assert!(shown.all().contains(VALUE), "{shown:?}");
    }
}

#[test]
fn a_secret_of_the_server_that_is_none_is_not_quoted() {
    for data in [
        json!({"password": 12_345_678}),
        json!({"password": "hunter2!"}),
        json!("hunter2"),
    ] {
        let server = server(&json!({"metadata": {"name": "s"}, "data": data}));
        let run = Home::new().run_on(&server, &["explain-env", "web", "-v", "9"]);
        keeps_it(&run);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.stderr
                .ends_with("error: the server sent an invalid Secret \"s\"\n"),
            "{run:?}"
        );
    }
}

/// The value that a path leads to is compared, and not told.
#[test]
fn a_wait_for_a_field_of_a_secret_does_not_say_what_stands_there() {
    let one = |kind: &str| {
        json!({
            "apiVersion": "v1", "kind": kind,
            "metadata": {
                "name": "s", "namespace": "default", "uid": "u",
                "annotations": {"last-applied": VALUE},
            },
            "data": {"password": ENCODED, "a": "eA=="},
        })
    };
    let on = |kind: &str, resource: &str, more: &[&str]| {
        let list = json!({"metadata": {"resourceVersion": "1"}, "items": [one(kind)]});
        let server = ApiServer::new().on(
            &format!("GET /api/v1/namespaces/default/{resource}?limit"),
            Answer::json(&list),
        );
        let word = format!("{}/s", kind.to_lowercase());
        let args = [
            "wait",
            &word,
            "-n",
            "default",
            "--timeout=0",
            "--junit",
            "j.xml",
        ];
        let home = Home::new();
        let mut run = home.run_on(&server, &[&args[..], more].concat());
        run.stdout += &std::fs::read_to_string(home.path().join("j.xml")).unwrap();
        run
    };
    for (path, code, told) in [
        ("{.data.password}", 0, "is set"),
        ("{.data.password}=aHVudGVyMi0xMjM0NTY3OA==", 0, "is set"),
        ("{.data.password}=eA==", 124, "has a different value"),
        ("{.data}=eA==", 1, "cannot equal a text"),
        ("{.metadata.annotations.last-applied}", 0, "is set"),
        ("{.data['a','password']}", 0, "has 2 values"),
    ] {
        for format in ["json", "yaml", "name"] {
            let condition = format!("--for=jsonpath={path}");
            let run = on("Secret", "secrets", &[&condition, "-o", format]);
            assert_eq!(run.code, Some(code), "{path}: {run:?}");
            assert!(run.stderr.contains(told), "{path}: {run:?}");
            keeps_it(&run);
        }
    }
    let run = on("ConfigMap", "configmaps", &["--for=jsonpath={.data.a}"]);
    assert!(run.stderr.contains("{.data.a} is eA=="), "{run:?}");
}

/// A line that lost its key or its indentation becomes part of a name.
#[test]
fn no_name_of_a_secret_holds_a_line_of_it() {
    for text in [
        "apiVersion: v1\nkind: Secret\n  hunter2 12345678\nmetadata: {name: s}\n",
        "apiVersion: v1\n  hunter2 12345678\nkind: Secret\nmetadata: {name: s}\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n    hunter2 12345678\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: n\n    hunter2 12345678\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  generateName: s\n    hunter2 12345678\n",
    ] {
        for args in [
            &["create"][..],
            &["create", "--validate=ignore"],
            &["create", "--dry-run=client"],
            &["apply", "--validate=warn", "-v", "9"],
            &["wait", "--for=deleted", "--timeout=0", "-v", "9"],
        ] {
            let server =
                ApiServer::new().on("POST /api", Answer::refusal(500, "InternalError", "no"));
            let home = Home::with(&[("f.yaml", text)]);
            let run = home.run_on(&server, &[args, &["-f", "f.yaml"]].concat());
            assert_eq!(run.code, Some(1), "{text} {args:?}: {run:?}");
            keeps_it(&run);
            let asked = server.asked();
            let named = asked.iter().any(|request| request.contains("hunter2"));
            assert!(!named, "{asked:?}");
        }
    }
}

/// Text after an invalid separator is a document without a kind.
#[test]
fn text_after_a_wrong_separator_is_judged_alone() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";
    for rest in [
        "--- {metadata: {name: s}, data: {password: hunter2-12345678}}\n",
        "...\npassword: hunter2-12345678\n",
        "... {data: {password: hunter2-12345678}}\n",
        "---hunter2-12345678: x\n",
        "metadata: {name: s}\ndata: {password: \"hunter2-12345678\n",
        "data:\n  password: hunter2-12345678\n",
    ] {
        for args in [
            &["create", "--dry-run=client"][..],
            &["apply", "--dry-run=client"],
            &["explain-env", "--offline"],
            &["create", "pod", "x", "--dry-run=client", "--from"],
        ] {
            let home = Home::with(&[("f.yaml", &format!("{pod}{rest}"))]);
            let file: &[&str] = if args.contains(&"--from") {
                &["f.yaml"]
            } else {
                &["-f", "f.yaml"]
            };
            let run = home.run(&[args, file].concat());
            assert_ne!(run.code, Some(0), "{rest}: {run:?}");
            keeps_it(&run);
        }
    }
    let json =
        r#"{"kind":"Pod","apiVersion":"v1" oops} {"apiVersion":"v1","data":{"p":"hunter2"}}"#;
    let home = Home::with(&[("f.json", json)]);
    keeps_it(&home.run(&["create", "--dry-run=client", "-f", "f.json"]));
    // What says that it is none is shown.
    let home = Home::with(&[("f.yaml", &format!("{pod}--- apiVersion: v1\nkind: Pod\n"))]);
    let run = home.run(&["create", "--dry-run=client", "-f", "f.yaml"]);
    assert!(run.stderr.contains("--- apiVersion: v1"), "{run:?}");
}

/// A warning that comes with a Secret may quote it.
#[test]
fn a_warning_beside_a_secret_is_shown_without_its_words() {
    let secret = json!({"metadata": {"name": "s"}, "data": {"A": "aHVudGVyMg=="}});
    let config_map = json!({"metadata": {"name": "c"}, "data": {"B": "b"}});
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  enableServiceLinks: false\n  containers:\n  - {name: c, image: i, envFrom: [{secretRef: {name: s}}, {configMapRef: {name: c}}]}\n";
    let home = Home::with(&[("pod.yaml", pod)]);
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/secrets/s",
            Answer::json(&secret).header("warning", "299 - \"A is hunter2\""),
        )
        .on(
            "GET /api/v1/namespaces/default/configmaps/c",
            Answer::json(&config_map).header("warning", "299 - \"old API\""),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            Answer::refusal(404, "NotFound", "services \"kubernetes\" not found"),
        );
    let run = home.run_on(&server, &["explain-env", "-f", "pod.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.all().contains("hunter2"), "{run:?}");
    for told in [
        "Warning: old API",
        "Warning: message hidden: it may contain Secret data",
    ] {
        assert!(run.stderr.contains(told), "{told}: {run:?}");
    }
}
