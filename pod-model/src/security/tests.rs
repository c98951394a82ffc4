//! Contexts that are easily misread.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use crate::container::ContainerView;

use super::{
    ContainerSecurity, FsGroupEffect, ImageUser, NonRoot, Origin, Runtime, Settings, User, security,
};

fn container(pod: &Value, own: &Value, settings: &Settings<'_>) -> ContainerSecurity {
    let spec = json!({
        "securityContext": pod,
        "containers": [{"name": "app", "image": "i", "securityContext": own}],
    });
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    let mut found = security(&ObjectMeta::default(), &spec, settings);
    found.containers.remove(0)
}

#[test]
fn container_comes_before_pod_and_pod_before_image() {
    let images = |_: &ContainerView<'_>| ImageUser::Uid(7);
    let settings = Settings {
        images: &images,
        ..Settings::default()
    };
    for (pod, own, user, origin) in [
        (json!({}), json!({}), 7, Origin::Image),
        (json!({"runAsUser": 5}), json!({}), 5, Origin::Pod),
        (
            json!({"runAsUser": 5}),
            json!({"runAsUser": 0}),
            0,
            Origin::Container,
        ),
    ] {
        let found = container(&pod, &own, &settings).run_as_user;
        assert_eq!((found.value, found.origin), (User::Id(user), origin));
    }
}

#[test]
fn capabilities_are_those_of_the_runtime() {
    let containerd = Runtime::Containerd { major: 1, minor: 7 };
    for (lists, runtime, bounding, unknown) in [
        (json!({"drop": ["all"]}), containerd, vec![], vec![]),
        (
            json!({"drop": ["ALL"], "add": ["net_bind_service"]}),
            containerd,
            vec!["NET_BIND_SERVICE"],
            vec![],
        ),
        (
            json!({"drop": ["ALL"], "add": ["CAP_KILL", "KILL"]}),
            containerd,
            vec!["KILL"],
            vec!["CAP_KILL"],
        ),
        (
            json!({"drop": ["ALL"], "add": ["CAP_KILL"]}),
            Runtime::CriO,
            vec!["KILL"],
            vec![],
        ),
        // What is dropped by name is dropped last.
        (
            json!({"drop": ["ALL", "KILL"], "add": ["KILL", "CHOWN"]}),
            containerd,
            vec!["CHOWN"],
            vec![],
        ),
        (
            json!({"drop": ["ALL"], "add": ["ALL"]}),
            containerd,
            vec![],
            vec![],
        ),
    ] {
        let settings = Settings {
            runtime,
            ..Settings::default()
        };
        let own = json!({"capabilities": lists, "runAsUser": 0});
        let found = container(&json!({}), &own, &settings).capabilities;
        assert_eq!(found.bounding, bounding, "{lists}");
        assert_eq!(found.effective, Some(bounding), "{lists}");
        assert_eq!(found.unknown, unknown, "{lists}");
    }
    let own = json!({"capabilities": {"add": ["SYS_ADMIN"]}, "runAsUser": 1});
    let found = container(&json!({}), &own, &Settings::default()).capabilities;
    assert!(found.bounding.contains(&"SYS_ADMIN"), "{found:?}");
    assert_eq!(found.effective, Some(vec![]));
}

#[test]
fn all_capabilities_but_those_that_are_dropped_are_not_all() {
    for (own, all_but) in [
        (json!({"capabilities": {"add": ["ALL"]}}), Some(vec![])),
        (
            json!({"capabilities": {"add": ["ALL"], "drop": ["SYS_ADMIN", "NET_RAW"]}}),
            Some(vec!["NET_RAW", "SYS_ADMIN"]),
        ),
        (
            json!({"capabilities": {"add": ["ALL"], "drop": ["ALL"]}}),
            None,
        ),
        (
            json!({"privileged": true, "capabilities": {"drop": ["NET_RAW"]}}),
            Some(vec![]),
        ),
    ] {
        let found = container(&json!({}), &own, &Settings::default()).capabilities;
        assert_eq!(found.all_but, all_but, "{own}");
    }
}

#[test]
fn containers_of_one_image_may_have_two_users() {
    let images =
        |own: &ContainerView<'_>| ImageUser::parse(if own.name == "one" { "0" } else { "7" });
    let settings = Settings {
        images: &images,
        ..Settings::default()
    };
    let spec =
        json!({"containers": [{"name": "one", "image": "i"}, {"name": "two", "image": "i"}]});
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    let found = security(&ObjectMeta::default(), &spec, &settings).containers;
    let users = found.into_iter().map(|own| own.run_as_user.value);
    assert_eq!(users.collect::<Vec<_>>(), [User::Id(0), User::Id(7)]);
}

#[test]
fn no_new_privileges_follow_one_field_alone() {
    for (own, is_set) in [
        (json!({}), false),
        (json!({"allowPrivilegeEscalation": true}), false),
        (json!({"allowPrivilegeEscalation": false}), true),
        (
            json!({"allowPrivilegeEscalation": false, "capabilities": {"add": ["SYS_ADMIN"]}}),
            true,
        ),
        (json!({"privileged": true}), false),
    ] {
        let found = container(&json!({}), &own, &Settings::default());
        assert_eq!(found.no_new_privileges.value, is_set, "{own}");
    }
}

#[test]
fn root_of_an_image_is_refused_where_non_root_is_required() {
    let pod = json!({"runAsNonRoot": true});
    for (user, own, is_refused) in [
        ("", json!({}), true),
        ("0", json!({}), true),
        ("www-data", json!({}), true),
        ("1000:0", json!({}), false),
        ("", json!({"runAsUser": 1000}), false),
        ("1000", json!({"runAsUser": 0}), true),
        ("", json!({"runAsNonRoot": false}), false),
    ] {
        let images = |_: &ContainerView<'_>| ImageUser::parse(user);
        let settings = Settings {
            images: &images,
            ..Settings::default()
        };
        let found = container(&pod, &own, &settings).non_root_verdict;
        let seen = matches!(found, NonRoot::Refused { .. });
        assert_eq!(seen, is_refused, "{user} {own} {found:?}");
    }
}

#[test]
fn a_volume_that_is_mounted_read_only_keeps_its_groups() {
    let iscsi =
        |read_only| json!({"targetPortal": "1.2.3.4", "iqn": "i", "lun": 0, "readOnly": read_only});
    for (source, expected) in [
        (
            json!({"iscsi": iscsi(false)}),
            FsGroupEffect::ChangedByPolicy,
        ),
        (json!({"iscsi": iscsi(true)}), FsGroupEffect::Unchanged),
        (json!({"fc": {"readOnly": true}}), FsGroupEffect::Unchanged),
        (
            json!({"flexVolume": {"driver": "a/b"}}),
            FsGroupEffect::DependsOnDriver,
        ),
        (
            json!({"flexVolume": {"driver": "a/b", "readOnly": true}}),
            FsGroupEffect::Unchanged,
        ),
        (
            json!({"rbd": {"monitors": ["a"], "image": "b"}}),
            FsGroupEffect::NoPlugin,
        ),
    ] {
        let mut volume = source.clone();
        volume["name"] = json!("v");
        let spec =
            json!({"securityContext": {"fsGroup": 5}, "volumes": [volume], "containers": []});
        let spec: PodSpec = serde_json::from_value(spec).unwrap();
        let found = security(&ObjectMeta::default(), &spec, &Settings::default());
        assert_eq!(found.volumes[0].effect, expected, "{source}");
    }
}

#[test]
fn low_ports_depend_on_the_runtime() {
    let own = json!({"runAsUser": 1000});
    for (node, first) in [
        ("containerd://1.7.27", Some(1024)),
        ("containerd://v2.1.4", Some(0)),
        ("cri-o://1.33.0", Some(1024)),
        ("docker://28", None),
    ] {
        let settings = Settings {
            runtime: Runtime::of_node(node),
            ..Settings::default()
        };
        let found = container(&json!({}), &own, &settings).low_ports;
        assert_eq!(found.first, first, "{node} {found:?}");
    }
}

#[test]
fn origins_have_one_word_each() {
    for origin in [
        Origin::Container,
        Origin::Pod,
        Origin::Image,
        Origin::Runtime,
        Origin::Default,
    ] {
        assert_eq!(json!(origin), origin.as_str());
    }
}
