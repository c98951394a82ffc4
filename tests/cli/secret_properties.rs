//! Random Secrets, broken at random: whatever is done with their file, and
//! whatever a server says to them, nothing that they hold is in any output.

use serde_json::json;

use crate::apiserver::{Answer, ApiServer, Request};
use crate::support::Home;

#[path = "../support/random/rng.rs"]
mod rng;
#[path = "../support/random/secrets.rs"]
mod secrets;

const FILES: usize = 30;
const SEED: u64 = 20_261_129;

/// A Pod that refers to the Secret `s` in each way that there is.
const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: i
    envFrom: [{secretRef: {name: s}}]
    env:
    - {name: A, valueFrom: {secretKeyRef: {name: s, key: password}}}
    - {name: B, valueFrom: {secretKeyRef: {name: s, key: tls.key}}}
    - {name: C, value: '$(A) $(B)'}
";

/// A refusal that quotes the object in one of many ways.
fn refused(request: &Request) -> Answer {
    let text = request.body.clone();
    let causes = json!([
        {"field": "data[tls.key]", "reason": "FieldValueInvalid", "message": format!("Invalid value: {text}")},
        {"field": text, "reason": "FieldValueInvalid", "message": text},
    ]);
    match text.len() % 6 {
        0 => {
            let message = format!("Secret \"s\" is invalid: {text}");
            Answer::refusal_with(422, "Invalid", &message, &causes)
        }
        1 => Answer::refusal(400, "BadRequest", &format!("illegal base64 data: {text}")),
        2 => Answer::refusal(403, "Forbidden", &format!("webhook \"w\" denied: {text}")),
        3 => Answer::refusal(500, "InternalError", &text),
        // No answer of the API's at all.
        4 => Answer::text(400, &text),
        _ => Answer::text(201, &format!("[{text}]")),
    }
}

#[test]
fn no_output_holds_what_a_broken_secret_holds() {
    let mut rng = rng::Rng::new(SEED);
    let server = ApiServer::new()
        .answering("POST /api", refused)
        .answering("PATCH /api", refused);
    for _ in 0..FILES {
        let secret = secrets::broken_secret(&mut rng);
        let both = format!("{}\n---\n{POD}", secret.text);
        let home = Home::with(&[("s.yaml", &secret.text), ("both.yaml", &both)]);
        let explain = ["explain-env", "-f", "both.yaml", "--offline", "-v", "9"];
        let runs = [
            home.run(&["create", "-f", "s.yaml", "--dry-run=client", "-v", "9"]),
            home.run(&["apply", "-f", "s.yaml", "--dry-run=client"]),
            home.run(&["create", "pod", "p", "--from", "s.yaml", "--dry-run=client"]),
            home.run(&explain),
            home.run(&[&explain[..], &["-o", "json"]].concat()),
            home.run(&[&explain[..], &["--trace", "A"]].concat()),
            home.run_on(&server, &["create", "-f", "s.yaml"]),
            home.run_on(&server, &["apply", "-f", "s.yaml", "--validate=ignore"]),
        ];
        for run in runs {
            let leak = secret.leak(&run.all());
            assert_eq!(leak, None, "{}\n{}", secret.text, run.all());
        }
    }
}

#[test]
fn a_refusal_of_a_secret_keeps_what_helps_and_loses_what_it_quotes() {
    const PATH: &str = "POST /api/v1/namespaces/default/secrets";
    let text =
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: hunter2\n";
    let home = Home::with(&[("s.yaml", text)]);
    let own = "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\" in the namespace \"default\"";
    let invalid = json!([{"field": "stringData[password]", "reason": "FieldValueInvalid", "message": "Invalid value: \"hunter2\": too weak"}]);
    for (answer, line) in [
        (
            Answer::refusal(403, "Forbidden", own),
            "cannot create resource \"secrets\"",
        ),
        (
            Answer::refusal(409, "AlreadyExists", "secrets \"s\" already exists"),
            "secret/s: secrets \"s\" already exists\n",
        ),
        (
            Answer::refusal_with(422, "Invalid", "Secret \"s\" is invalid: hunter2", &invalid),
            "secret/s: stringData.password: invalid value\n --> s.yaml:6:13\n",
        ),
        (
            Answer::refusal(
                400,
                "BadRequest",
                "admission webhook \"w\" denied the request: hunter2 is weak",
            ),
            "(400 BadRequest)",
        ),
        (
            Answer::refusal(
                400,
                "BadRequest",
                "Secret in version \"v1\" cannot be handled as a Secret: strict decoding error: unknown field \"hunter2\", duplicate field \"stringData.password\"",
            ),
            "secret/s: stringData.password: duplicate field\n",
        ),
        (
            Answer::refusal(400, "hunter2", "illegal base64 data: hunter2"),
            "(400)",
        ),
    ] {
        let server = ApiServer::new().on(PATH, answer);
        let run = home.run_on(&server, &["create", "-f", "s.yaml"]);
        assert!(run.stderr.contains(line), "{line}: {}", run.all());
        assert!(!run.all().contains("hunter2"), "{}", run.all());
        assert_ne!(run.code, Some(0));
    }
}
