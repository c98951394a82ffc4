//! Containers as they are now against what they saw when they started.
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!(…)` reads best when it is handed over"
)]

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

    /// What differs, what is not explained, and how many lines are unclear.
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

#[test]
fn each_way_to_differ() {
    let env = json!([{"name": "A", "value": "1"}]);
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let map = json!({"B": "2", "N": "3"});
    let environ = "PATH=/\0HOSTNAME=p\0IMAGE=x\0A=1\0B=old\0LATE=y\0HOME=/\0";
    let with = now(json!({"env": env, "envFrom": from})).config_map(map.clone());
    assert_eq!(
        with.told(environ, Separator::Nul),
        told("Changed B old>2, New N ->3, Gone LATE y>-", "IMAGE", 0)
    );
    // No source could have set LATE.
    let prefixed = json!([{"configMapRef": {"name": "m"}, "prefix": "B_"}]);
    let with = now(json!({"env": env, "envFrom": prefixed})).config_map(json!({"1": "2"}));
    let environ = environ.replace("B=old", "B_1=2");
    assert_eq!(
        with.told(&environ, Separator::Nul),
        told("", "IMAGE, LATE", 0)
    );
    // A Service could have, whose variables come last.
    let environ = environ.replace("LATE", "WEB_SERVICE_HOST");
    assert_eq!(
        with.told(&environ, Separator::Nul),
        told("Gone WEB_SERVICE_HOST y>-", "IMAGE", 0)
    );
}

/// The order is that of containerd: the image's, those of device plugins, the
/// Pod's own in any order.
#[test]
fn what_stands_before_the_own_variables_is_not_gone_for_certain() {
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let plain = now(json!({"envFrom": from})).config_map(json!({"A": "1", "LANG": "x"}));
    let devices = json!({"limits": {"example.com/gpu": "1"}});
    let device = now(json!({"envFrom": from, "resources": devices}))
        .config_map(json!({"A": "1", "LANG": "x"}));
    let known = |now: Now| now.image(&["LANG=C", "IMAGE=i"]);
    // LANG takes the image's place; it does not say where the own ones begin.
    let environ = "PATH=/\0LANG=x\0IMAGE=i\0BEFORE=b\0A=1\0BEHIND=c\0";
    let rows = [
        (
            &plain.told(environ, Separator::Nul),
            "Gone IMAGE i>-, Gone BEFORE b>-, Gone BEHIND c>-",
            "",
        ),
        (
            &known(plain).told(environ, Separator::Nul),
            "Gone BEFORE b>-, Gone BEHIND c>-",
            "",
        ),
        (
            &known(device).told(environ, Separator::Nul),
            "Gone BEHIND c>-",
            "BEFORE",
        ),
    ];
    for (found, differences, unexplained) in rows {
        let path = "Changed PATH />/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, ";
        let differences_found = found.0.strip_prefix(path).unwrap_or(&found.0);
        assert_eq!(
            (differences_found, found.1.as_str()),
            (differences, unexplained)
        );
    }
    // An optional key that may never have been there.
    let key = json!({"configMapKeyRef": {"name": "m", "key": "k", "optional": true}});
    let optional =
        now(json!({"env": [{"name": "LANG", "valueFrom": key}, {"name": "A", "value": "1"}]}))
            .config_map(json!({}));
    assert_eq!(
        optional.told("LANG=C\0A=1\0", Separator::Nul),
        told("", "LANG", 0)
    );
    assert_eq!(optional.by_nul("A=1\0LANG=C\0"), "Gone LANG C>-");
}

#[test]
fn what_an_unread_service_may_set_is_not_gone() {
    let mut now = now(json!({"env": [{"name": "A", "value": "1"}]}));
    now.spec.enable_service_links = None;
    let environ = "A=1\0WEB_SERVICE_HOST=10.0.0.1\0WEB_PORT_80_TCP=x\0";
    let gone = "Gone WEB_SERVICE_HOST 10.0.0.1>-, Gone WEB_PORT_80_TCP x>-";
    assert_eq!(now.by_nul(environ), gone);
    now.services_completeness = Completeness::Forbidden;
    let (gone, unexplained, _) = now.told(environ, Separator::Nul);
    assert_eq!(gone, "");
    assert_eq!(unexplained, "WEB_SERVICE_HOST, WEB_PORT_80_TCP");
}

#[test]
fn what_a_secret_may_have_set_is_masked_though_the_secret_is_gone() {
    let both =
        json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "gone", "optional": true}}]);
    let reference = json!([{"name": "X", "value": "at $(A)"}, {"name": "Y", "value": "$(X)"},
        {"name": "L", "value": "plain"}]);
    let now_with = |container: Value| now(container).config_map(json!({"A": "map"}));
    let environ = "A=hunter2\0X=at hunter2\0Y=at hunter2\0L=other\0KEY=hunter3\0";
    let all = now_with(json!({"envFrom": both, "env": reference}));
    assert_eq!(
        all.by_nul(environ),
        "Changed A ***>map, Changed X ***>at map, Changed Y ***>at map, Changed L other>plain, Gone KEY ***>-"
    );
    // The same while the Secret is there, and has lost its keys.
    let emptied = json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s"}}]);
    let emptied = now_with(json!({"envFrom": emptied, "env": reference})).secret(json!({}));
    assert_eq!(emptied.by_nul(environ), all.by_nul(environ));
    // An optional key takes the place of a literal, or does not.
    let key = |name: &str| json!({"secretKeyRef": {"name": name, "key": "k", "optional": true}});
    for name in ["gone", "s"] {
        let twice =
            json!([{"name": "A", "value": "literal"}, {"name": "A", "valueFrom": key(name)}]);
        let twice = now(json!({"env": twice})).secret(json!({}));
        assert_eq!(twice.by_nul("A=hunter2\0"), "Changed A ***>literal");
        let alone = json!([{"name": "A", "valueFrom": key(name)}, {"name": "B", "value": "b"}]);
        let alone = now(json!({"env": alone})).secret(json!({}));
        assert_eq!(alone.by_nul("B=b\0A=hunter2\0"), "Gone A ***>-");
    }
    // An optional key of a ConfigMap lets it stand, or does not.
    let map = json!({"configMapKeyRef": {"name": "m", "key": "k", "optional": true}});
    let env = json!([{"name": "A", "valueFrom": key("s")}, {"name": "A", "valueFrom": map}]);
    let over = now(json!({"env": env})).secret(json!({}));
    let over = over.config_map(json!({"k": "map"}));
    assert_eq!(over.by_nul("A=hunter2\0"), "Changed A ***>map");
    let mut shown = all;
    shown.show_secrets = true;
    assert!(shown.by_nul(environ).contains("A hunter2>map"));
}

#[test]
fn what_no_secret_can_have_set_is_shown() {
    let prefixed = json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "gone", "optional": true}, "prefix": "S_"}]);
    let env = json!([
        {"name": "E", "value": "$$(S_A)"},
        {"name": "EARLY", "value": "$(T)"},
        {"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "S_FIXED", "value": "fixed"},
        {"name": "F", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
    ]);
    let now = now(json!({"envFrom": prefixed, "env": env}))
        .config_map(json!({"A": "1", "S_B": "2"}))
        .secret(json!({"k": "hunter2"}));
    let environ = "A=0\0E=0\0EARLY=0\0T=0\0S_FIXED=0\0F=0\0S_B=0\0S_=0\0";
    assert_eq!(
        now.by_nul(environ),
        "Changed A 0>1, Changed S_B ***>2, Changed E 0>$(S_A), Changed EARLY 0>$(T), Changed T ***>***, \
         Changed S_FIXED 0>fixed, Changed F 0>n, Gone S_ 0>-"
    );
}

#[test]
fn lines_of_an_unchanged_value_are_no_variables() {
    let env = json!([{"name": "A", "value": "x\nB=y\n"}, {"name": "C", "value": "1"}]);
    let now = now(json!({"env": env}));
    assert_eq!(now.by_lines("A=x\nB=y\n\nC=1\n"), told("", "", 0));
    assert_eq!(
        now.by_lines("A=p\nq\nC=1\n"),
        told("Changed A p\nq>x\nB=y\n", "", 0)
    );
    assert_eq!(
        now.by_lines("C=\nA=x\nB=y\n\n"),
        told("Changed C >1", "", 0)
    );
    // A value that goes on is not the expected one.
    assert_eq!(
        now.by_lines("C=1\n2\nA=x\nB=y\n\n"),
        told("Changed C 1\n2>1", "", 0)
    );
    assert_eq!(
        now.by_lines("A=x\nB=y\n\nC=1\n\n"),
        told("Changed C 1\n>1", "", 0)
    );
}

#[test]
fn a_line_that_only_looks_like_a_variable_is_neither_named_nor_shown() {
    let env = json!([
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ]);
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let now = now(json!({"env": env, "envFrom": from}))
        .config_map(json!({}))
        .secret(json!({"k": "new"}));
    // The key has changed, and what follows it may be its own.
    let key = "KEY=-----BEGIN\nMIIEvQ==\nTOKEN=hunter2\n-----END\n";
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=2\nMORE=x\n")),
        told("Changed KEY ->***", "", 3)
    );
    // B may be a line of the key, too.
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=hunter3\n")),
        told("Changed KEY ->***, Changed B ***>2", "", 2)
    );
    // Where one of two lines is meant, nobody knows which.
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=x\nB=y\n")),
        told("Changed KEY ->***, New B ->2", "", 4)
    );
    // Behind a variable that is as expected there is no doubt.
    assert_eq!(
        now.by_lines("KEY=new\nA=1\nLATE=x\nB=2\n"),
        told("Gone LATE x>-", "", 0)
    );
    assert_eq!(
        now.by_lines("KEY=new\nA=old\nB=older\n"),
        told("Changed A old>1, Changed B older>2", "", 0)
    );
}

#[test]
fn a_secret_that_may_not_be_read_leaves_no_piece_behind() {
    let env = json!([
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "unread", "key": "k"}}},
        {"name": "A", "value": "1"},
    ]);
    let now = now(json!({"env": env}));
    let environ = "PATH=/\nKEY=one\nQUJD==\nA=hunter2\nx\n";
    assert_eq!(now.by_lines(environ), told("Changed A ***>1", "", 1));
}

/// An optional key that a restart would take away is no Secret's by the spec. But
/// behind a Secret's value that has changed, what looks like it may be a line of
/// that value.
#[test]
fn an_optional_key_behind_a_secret_that_changed_is_masked() {
    let of = |source: Value| {
        let env = json!([
            {"name": "A", "value": "1"},
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            {"name": "X", "valueFrom": source},
        ]);
        now(json!({"env": env}))
            .config_map(json!({}))
            .secret(json!({"k": "new"}))
    };
    let key = json!({"configMapKeyRef": {"name": "m", "key": "x", "optional": true}});
    let secret = json!({"secretKeyRef": {"name": "s", "key": "x", "optional": true}});
    for (environ, differences) in [
        (
            "A=1\nKEY=old\nX=hunter2\n",
            "Changed KEY ***>***, Gone X ***>-",
        ),
        (
            "A=1\nKEY=-----BEGIN\nMIIE\nX=hunter2\nhunter3\n",
            "Changed KEY ***>***, Gone X ***>-",
        ),
        // Its name is hidden in a line of the value, and nothing of it is shown.
        ("A=1\nKEY=old\nX=hunter2\nX=hunter3\n", "Changed KEY ->***"),
    ] {
        for source in [&key, &secret] {
            let (told, _, _) = of(source.clone()).by_lines(environ);
            assert_eq!(told, differences, "{environ:?}");
        }
        let mut shown = of(key.clone());
        shown.show_secrets = true;
        let (told, _, _) = shown.by_lines(environ);
        assert_eq!(
            told.contains("Gone X hunter2"),
            differences.contains("Gone")
        );
    }
    // Before it, and where nothing is in doubt, it is told.
    let (told, _, _) = of(key.clone()).by_lines("A=1\nX=plain\nKEY=old\n");
    assert_eq!(told, "Changed KEY ***>***, Gone X plain>-");
    let (told, _, _) = of(key.clone()).by_lines("A=1\nKEY=new\nX=plain\n");
    assert_eq!(told, "Gone X plain>-");
    assert_eq!(
        of(key).by_nul("A=1\0KEY=old\0X=plain\0"),
        "Changed KEY ***>***, Gone X plain>-"
    );
    assert_eq!(
        of(secret).by_nul("A=1\0KEY=new\0X=hunter2\0"),
        "Gone X ***>-"
    );
}
