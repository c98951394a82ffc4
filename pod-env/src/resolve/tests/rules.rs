//! The examples of the rules, run: the bad one breaks its rule, the good one
//! does not.

use pod_model::rules::{self, Example, Rule};
use pod_model::{Document, kinds, manifest};

use super::*;

/// Rules that an example cannot show: what is in the cluster, or a value of
/// many kilobytes. Tests of their own make them.
const NOT_RUN: [&Rule; 4] = [
    &rules::FORBIDDEN,
    &rules::VALUE_TOO_LONG,
    &rules::ARGUMENT_TOO_LONG,
    &rules::ENVIRONMENT_TOO_LONG,
];

/// Rules about what was not read: what is not in the example was not asked for.
const OF_UNREAD: [&Rule; 3] = [
    &rules::UNKNOWN_REFERENCE,
    &rules::NOT_LOOKED_UP,
    &rules::MAY_BE_REPLACED,
];

fn part<T: serde::de::DeserializeOwned>(document: &Document, path: &str) -> Option<T> {
    match path {
        "" => Some(document.decode().unwrap()),
        _ => document.decode_at(&FieldPath::parse(path)).unwrap(),
    }
}

fn findings(rule: &Rule, example: Example) -> Vec<Finding> {
    let read = manifest::read("example.yaml", example.text().as_bytes().to_vec());
    assert!(read.errors.is_empty(), "{}: {:?}", rule.id, read.errors);
    let mut world = world(json!({}));
    if OF_UNREAD.contains(&rule) {
        world.otherwise = Answer::NotAsked;
    }
    world.options.version = rule.until.unwrap_or_default();
    for document in &read.documents {
        let (api_version, kind) = (document.api_version().unwrap(), document.kind().unwrap());
        match kind {
            "ConfigMap" => world.config_maps.push(part(document, "").unwrap()),
            "Secret" => world.secrets.push(part(document, "").unwrap()),
            "Service" => {
                let mut service: Service = part(document, "").unwrap();
                service.metadata.namespace = Some("ns".into());
                world.services.push(service);
            }
            _ => {
                let template = kinds::pod_template_path(api_version, kind).unwrap();
                let of = |field: &'static str| template.field(field).to_string();
                world.pod.metadata = part(document, &of("metadata")).unwrap_or_default();
                world.pod.spec = part(document, &of("spec"));
                if kind == "StatefulSet" {
                    world.stage = Stage::Template;
                    world.controller = Controller::StatefulSet {
                        name: document.name().map(str::to_owned),
                        service_name: part(document, "spec.serviceName"),
                    };
                }
            }
        }
    }
    world.run().findings
}

#[test]
fn each_bad_example_breaks_its_rule_and_the_good_one_does_not() {
    let (mut run, mut wrong) = (0, Vec::new());
    let titles = ["Environment", "Sources of the environment"];
    let topics = rules::TOPICS.iter();
    let topics = topics.filter(|topic| titles.contains(&topic.title));
    let run_here = |rule: &&&Rule| !NOT_RUN.contains(*rule);
    for rule in topics.flat_map(|topic| topic.rules).filter(run_here) {
        let bad = findings(rule, rule.bad);
        if !bad.iter().any(|f| f.is(rule)) {
            wrong.push(format!("{}: the bad example makes {bad:#?}", rule.id));
        }
        let good = findings(rule, rule.good);
        if good.iter().any(|f| f.is(rule)) {
            wrong.push(format!("{}: the good example makes {good:#?}", rule.id));
        }
        run += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(run > 30, "{run}");
}
