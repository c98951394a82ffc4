//! The variables of each kind of Service, and the Pods that get them.

use super::*;
use crate::subject::Subject;
use k8s_openapi::api::core::v1::{PodSpec, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::FieldPath;
use pod_model::lookup::{Answers, Completeness, LookupKind};
use serde_json::{Value, json};

use crate::subject::{Controller, Stage};

fn service(name: &str, namespace: &str, spec: &Value) -> Service {
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": namespace}, "spec": spec,
    }))
    .unwrap()
}

fn env_of(
    services: &[Service],
    live: bool,
    links: Option<bool>,
    known: Completeness,
) -> ServiceEnv {
    let metadata = ObjectMeta::default();
    let spec = PodSpec {
        enable_service_links: links,
        ..PodSpec::default()
    };
    let subject = Subject {
        name: Some("p"),
        namespace: "shop",
        metadata: &metadata,
        spec: &spec,
        status: None,
        base: FieldPath::parse("spec"),
        stage: Stage::File,
        controller: &Controller::Other,
    };
    let kind = LookupKind::of::<Service>();
    let mut answers = Answers::default();
    for service in services {
        let ObjectMeta {
            name, namespace, ..
        } = &service.metadata;
        let (name, namespace) = (name.as_deref().unwrap(), namespace.as_deref().unwrap());
        let object = Box::new(service.clone());
        if live {
            answers.add_from_cluster(kind, namespace, name, object, "cluster".into());
        } else {
            answers.add_from_file(kind, namespace, name, object, "cluster".into());
        }
    }
    for namespace in ["shop", "default"] {
        answers.set_completeness(kind, namespace, known);
    }
    ServiceEnv::of(&subject, &answers)
}

fn pairs(env: &ServiceEnv) -> Vec<(&str, &str)> {
    env.vars()
        .iter()
        .map(|v| (v.name.as_str(), v.value.as_deref().unwrap_or("?")))
        .collect()
}

#[test]
fn every_form_of_a_service_with_two_ports() {
    let web = service(
        "my-web",
        "shop",
        &json!({"clusterIP": "10.0.0.7", "ports": [
            {"name": "http-alt", "port": 80},
            {"name": "dns", "port": 53, "protocol": "UDP"}]}),
    );
    let env = env_of(&[web], true, None, Completeness::Complete);
    assert_eq!(
        pairs(&env),
        [
            ("MY_WEB_SERVICE_HOST", "10.0.0.7"),
            ("MY_WEB_SERVICE_PORT", "80"),
            ("MY_WEB_SERVICE_PORT_HTTP_ALT", "80"),
            ("MY_WEB_SERVICE_PORT_DNS", "53"),
            ("MY_WEB_PORT", "tcp://10.0.0.7:80"),
            ("MY_WEB_PORT_80_TCP", "tcp://10.0.0.7:80"),
            ("MY_WEB_PORT_80_TCP_PROTO", "tcp"),
            ("MY_WEB_PORT_80_TCP_PORT", "80"),
            ("MY_WEB_PORT_80_TCP_ADDR", "10.0.0.7"),
            ("MY_WEB_PORT_53_UDP", "udp://10.0.0.7:53"),
            ("MY_WEB_PORT_53_UDP_PROTO", "udp"),
            ("MY_WEB_PORT_53_UDP_PORT", "53"),
            ("MY_WEB_PORT_53_UDP_ADDR", "10.0.0.7"),
        ]
    );
}

#[test]
fn an_ipv6_address_stands_in_brackets_in_urls_only() {
    let web = service(
        "w",
        "shop",
        &json!({"clusterIP": "fd00::1", "ports": [{"port": 80}]}),
    );
    let env = env_of(&[web], true, None, Completeness::Complete);
    assert!(pairs(&env).contains(&("W_PORT", "tcp://[fd00::1]:80")));
    assert!(pairs(&env).contains(&("W_SERVICE_HOST", "fd00::1")));
}

#[test]
fn pod_gets_the_services_of_its_namespace() {
    let spec = json!({"clusterIP": "10.0.0.1", "ports": [{"port": 443}]});
    let all = [
        service("kubernetes", "default", &spec),
        service("other", "default", &spec),
        service("own", "shop", &spec),
        service(
            "headless",
            "shop",
            &json!({"clusterIP": "None", "ports": [{"port": 1}]}),
        ),
        service(
            "named",
            "shop",
            &json!({"type": "ExternalName", "externalName": "x.org"}),
        ),
    ];
    let names = |links| {
        let env = env_of(&all, true, links, Completeness::Complete);
        let mut names: Vec<String> = env.vars().iter().map(|v| v.service.clone()).collect();
        names.dedup();
        names
    };
    assert_eq!(names(None), ["kubernetes", "own"]);
    assert_eq!(names(Some(true)), ["kubernetes", "own"]);
    assert_eq!(names(Some(false)), ["kubernetes"]);
}

#[test]
fn a_service_of_the_namespace_called_kubernetes_hides_the_clusters() {
    let own = service(
        "kubernetes",
        "shop",
        &json!({"clusterIP": "10.9.9.9", "ports": [{"port": 1}]}),
    );
    let clusters = service(
        "kubernetes",
        "default",
        &json!({"clusterIP": "10.0.0.1", "ports": [{"port": 443}]}),
    );
    for services in [
        [own.clone(), clusters.clone()],
        [clusters.clone(), own.clone()],
    ] {
        let env = env_of(&services, true, None, Completeness::Complete);
        let (_, var) = env.get("KUBERNETES_SERVICE_HOST").unwrap();
        assert_eq!(var.value.as_deref(), Some("10.9.9.9"));
    }
}

#[test]
fn an_address_that_is_still_to_be_given_is_unknown_and_not_empty() {
    let web = service("web", "shop", &json!({"ports": [{"port": 80}]}));
    let env = env_of(
        std::slice::from_ref(&web),
        false,
        None,
        Completeness::Complete,
    );
    assert_eq!(
        env.get("WEB_SERVICE_HOST").map(|(_, v)| v.value.clone()),
        Some(None)
    );
    assert_eq!(
        env.get("WEB_SERVICE_PORT").map(|(_, v)| v.value.clone()),
        Some(Some("80".to_owned()))
    );
    // Live and without an address, it has none for good.
    let env = env_of(&[web], true, None, Completeness::Complete);
    assert!(env.get("WEB_SERVICE_HOST").is_none());
}

#[test]
fn the_api_servers_service_is_there_even_unread() {
    let env = env_of(&[], false, Some(false), Completeness::NotAsked);
    assert_eq!(env.vars().len(), 8);
    assert!(
        env.get("KUBERNETES_SERVICE_HOST")
            .unwrap()
            .1
            .value
            .is_none()
    );
    // Listed and not there: then it is not there.
    assert!(
        env_of(&[], false, None, Completeness::Complete)
            .vars()
            .is_empty()
    );
}

#[test]
fn services_with_one_variable_collide() {
    let spec = json!({"clusterIP": "10.0.0.1", "ports": [{"port": 80}]});
    let env = env_of(
        &[
            service("web", "shop", &spec),
            service("web-service", "shop", &spec),
        ],
        true,
        None,
        Completeness::Complete,
    );
    let (_, var) = env.get("WEB_SERVICE_PORT").unwrap();
    assert_eq!(var.collides_with.as_deref(), Some("web"));
    assert_eq!(var.value, None, "chance decides");
}

#[test]
fn a_name_that_an_unread_service_could_make() {
    let env = env_of(&[], false, None, Completeness::NotAsked);
    for name in [
        "WEB_SERVICE_HOST",
        "WEB_SERVICE_PORT_HTTP",
        "WEB_PORT",
        "WEB_PORT_80_TCP_ADDR",
    ] {
        assert!(env.could_have(name), "{name}");
    }
    for name in ["PROTOCAL", "web_service_host", "_x", "PORT"] {
        assert!(!env.could_have(name), "{name}");
    }
}

#[test]
fn the_names_of_links_have_their_forms() {
    for (name, is_link) in [
        ("WEB_SERVICE_HOST", true),
        ("MY_WEB_2_SERVICE_HOST", true),
        ("WEB_SERVICE_PORT", true),
        ("WEB_SERVICE_PORT_HTTP", true),
        ("WEB_PORT", true),
        ("MY_WEB_PORT", true),
        ("WEB_PORT_80_TCP", true),
        ("WEB_PORT_80_TCP_ADDR", true),
        ("_SERVICE_HOST", false),
        ("_PORT", false),
        ("web_SERVICE_HOST", false),
        ("MY-WEB_SERVICE_HOST", false),
        ("my.web_PORT", false),
        ("MY WEB_SERVICE_PORT", false),
        ("WEB_PORT_X", false),
        ("WEB_PORT_", false),
        ("WEB_HOST", false),
        ("SERVICE_HOST", false),
        ("", false),
    ] {
        assert_eq!(is_link_name(name), is_link, "{name}");
    }
}
