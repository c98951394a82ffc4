//! No message about a Secret, however broken, repeats its values.

use std::sync::Arc;

use kube::core::Status;
use pod_model::{Document, KubernetesVersion, manifest};
use serde_json::json;

use super::check_options::CheckOptions;
use super::options::{Action, Validate};
use super::prepare::prepare;
use super::refusal;
use crate::cluster::{ClusterError, Request, Verb};
use crate::render::{LocatedFinding, finding_to_text};

#[path = "../../../tests/support/random/rng.rs"]
mod rng;
#[path = "../../../tests/support/random/secrets.rs"]
mod secrets;

const FILES: usize = 2_000;
const SEED: u64 = 20_261_128;

fn rules(action: Action) -> CheckOptions {
    CheckOptions {
        action,
        validate: Validate::Strict,
        version: KubernetesVersion::LATEST,
        newer_server: false,
        namespace: Some("n".to_owned()),
    }
}

fn told(placed: &LocatedFinding) -> String {
    let report = serde_json::to_string(&placed.finding).unwrap();
    format!("{}{report}\n", finding_to_text(placed))
}

/// Refusals of a server that quotes all that it was sent.
fn refusals(document: &Document) -> Vec<ClusterError> {
    let text = document.to_json();
    let status = |code: u16, reason: &str, message: String| {
        let causes = json!([
            {"field": "data[tls.key]", "reason": "FieldValueInvalid", "message": format!("Invalid value: {text}: may not")},
            {"field": text, "reason": text, "message": text},
            {"field": format!("stringData.{text}"), "reason": "FieldManagerConflict", "message": format!("conflict with \"{text}\"")},
        ]);
        let causes = if code == 422 { causes } else { json!([]) };
        let status = json!({"code": code, "reason": reason, "message": message, "details": {"causes": causes}});
        let status: Status = serde_json::from_value(status).unwrap();
        ClusterError::Refused {
            request: Request {
                verb: Verb::Create,
                resource: "secrets".into(),
                name: Some("s".into()),
                namespace: None,
            },
            status: Box::new(status),
        }
    };
    vec![
        status(422, "Invalid", format!("Secret \"s\" is invalid: {text}")),
        status(400, "BadRequest", format!("illegal base64 data: {text}")),
        status(
            400,
            &text,
            format!("strict decoding error: unknown field \"{text}\""),
        ),
        status(
            403,
            "Forbidden",
            format!("secrets \"s\" is forbidden: {text}"),
        ),
        status(
            403,
            "Forbidden",
            format!("admission webhook \"w\" denied the request: {text}"),
        ),
        status(409, "AlreadyExists", format!("{text} already exists")),
        status(500, "InternalError", text.clone()),
        ClusterError::NotAnApi {
            server: "https://s".into(),
            cause: format!("invalid type: string {text}"),
        },
    ]
}

/// All that is said of a file by a command.
fn said(text: &str, action: Action) -> String {
    let manifest = manifest::read("f.yaml", text.as_bytes().to_vec());
    let input = prepare(std::slice::from_ref(&manifest), &rules(action));
    let mut said: String = input.findings.iter().map(told).collect();
    let names = input.refused.iter().chain(&input.held_back);
    names.for_each(|name| said += name);
    for prepared in &input.objects {
        said += &prepared.shown;
        let document = &prepared.document;
        for error in refusals(document)
            .into_iter()
            .filter(|_| document.may_be_secret())
        {
            let error = refusal::without_values(error, document);
            let (findings, failure) = refusal::findings(error, &prepared.shown, document);
            said += &format!("{failure:?}\n");
            said.extend(findings.into_iter().map(|finding| {
                told(&LocatedFinding {
                    finding,
                    source: Some(Arc::clone(document.source())),
                    object: prepared.shown.clone(),
                })
            }));
        }
    }
    said
}

#[test]
fn messages_contain_no_value_of_a_secret() {
    let mut rng = rng::Rng::new(SEED);
    let (mut leaks, mut findings) = (Vec::new(), 0);
    for _ in 0..FILES {
        let secret = secrets::broken_secret(&mut rng);
        for action in [Action::Create, Action::Apply] {
            let said = said(&secret.text, action);
            findings += said.matches("error").count();
            if let Some(leak) = secret.leak(&said) {
                let said: Vec<&str> = said.lines().filter(|l| l.contains(&leak)).collect();
                leaks.push(format!("{leak}\n{}\n=> {}", secret.text, said.join("\n")));
            }
        }
    }
    assert!(findings > FILES, "only {findings} findings were looked at");
    let first = leaks.iter().take(12).cloned().collect::<Vec<_>>();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        first.join("\n\n")
    );
}
