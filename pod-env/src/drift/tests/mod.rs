//! Compares containers as they are now with their environment at the start.
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!(…)` reads best when it is handed over"
)]

mod gone;
mod lines;
mod masks;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, PodSpec, Secret, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::FieldPath;
use pod_model::lookup::{Answers, Completeness, LookupKind, Need, Unavailable};
use serde_json::{Value, json};

use super::*;
use crate::subject::{Controller, Options, Stage, Subject};

/// A container as it is now, with what it may refer to.
struct Now {
    spec: PodSpec,
    config_maps: BTreeMap<String, ConfigMap>,
    secrets: BTreeMap<String, Secret>,
    image: Option<Vec<String>>,
    services_completeness: Completeness,
    show_secrets: bool,
}

fn now(container: Value) -> Now {
    let mut container = container;
    container["name"] = "c".into();
    let spec = json!({"enableServiceLinks": false, "containers": [container]});
    Now {
        spec: serde_json::from_value(spec).unwrap(),
        config_maps: BTreeMap::new(),
        secrets: BTreeMap::new(),
        image: None,
        services_completeness: Completeness::Complete,
        show_secrets: false,
    }
}

impl Now {
    fn config_map(mut self, data: Value) -> Self {
        let map = serde_json::from_value(json!({"data": data})).unwrap();
        self.config_maps.insert("m".into(), map);
        self
    }

    fn secret(mut self, data: Value) -> Self {
        let secret = serde_json::from_value(json!({"stringData": data})).unwrap();
        self.secrets.insert("s".into(), secret);
        self
    }

    fn image(mut self, env: &[&str]) -> Self {
        self.image = Some(env.iter().map(|pair| (*pair).to_owned()).collect());
        self
    }

    fn against(&self, environ: &str, separator: Separator) -> Drift {
        let metadata = ObjectMeta::default();
        let subject = Subject {
            name: Some("p"),
            namespace: "n",
            metadata: &metadata,
            spec: &self.spec,
            status: None,
            base: FieldPath::parse("spec"),
            stage: Stage::Live,
            controller: &Controller::Other,
        };
        // What is not here may not be read.
        let mut answers = Answers::default();
        let services = LookupKind::of::<Service>();
        answers.set_completeness(services, "n", self.services_completeness);
        answers.set_completeness(services, "default", Completeness::Complete);
        let kind = LookupKind::of::<ConfigMap>();
        for (name, object) in &self.config_maps {
            let object = Box::new(object.clone());
            answers.add_from_cluster(kind, "n", name, object, "cluster".into());
        }
        let kind = LookupKind::of::<Secret>();
        for (name, object) in &self.secrets {
            let object = Box::new(object.clone());
            answers.add_from_cluster(kind, "n", name, object, "cluster".into());
        }
        answers.add_unavailable(&Need::named::<Secret>("n", "gone"), Unavailable::Missing);
        let image = self.image.iter().map(|env| ("c".to_owned(), env.clone()));
        let options = Options {
            show_secrets: self.show_secrets,
            image_env: image.collect(),
            ..Options::default()
        };
        let resolution = crate::resolve(&subject, &answers, &options);
        let container = &resolution.item.containers[0];
        drift(
            &self.spec,
            container,
            environ.as_bytes(),
            separator,
            self.show_secrets,
        )
    }

    /// Returns the differences, the unexplained variables and the number of unclear lines.
    fn told(&self, environ: &str, separator: Separator) -> (String, String, usize) {
        let drift = self.against(environ, separator);
        let one = |d: &Difference| {
            let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
            let (running, restarted) = (value(&d.running), value(&d.restarted));
            assert_eq!(
                d.masked,
                running.contains("***") || restarted.contains("***"),
                "{d:?}"
            );
            format!("{:?} {} {running}>{restarted}", d.change, d.name)
        };
        let all: Vec<String> = drift.differences.iter().map(one).collect();
        (
            all.join(", "),
            drift.unexplained.join(", "),
            drift.unclear_lines,
        )
    }

    fn by_nul(&self, environ: &str) -> String {
        self.told(environ, Separator::Nul).0
    }

    fn by_lines(&self, environ: &str) -> (String, String, usize) {
        self.told(environ, Separator::LineFeed)
    }
}

fn told(differences: &str, unexplained: &str, unclear: usize) -> (String, String, usize) {
    (differences.to_owned(), unexplained.to_owned(), unclear)
}
