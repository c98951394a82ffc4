//! Discovery of types against a scripted server.

use serde_json::{Value, json};

use super::scripted::{Reply, answer, config_maps, refusal, serving};
use super::{ClusterError, NOT_SERVED, Resource};

/// Returns groups with their versions; the preferred version need not be the first.
fn groups(groups: &[(&str, &str, &[&str])]) -> Reply {
    let group = |(name, preferred, versions): &(&str, &str, &[&str])| {
        let versions: Vec<Value> = versions.iter().map(|v| json!({"version": v})).collect();
        json!({"name": name, "versions": versions, "preferredVersion": {"version": preferred}})
    };
    let groups: Vec<Value> = groups.iter().map(group).collect();
    answer(&json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
}

/// Returns the types of a version with plurals and kinds.
fn types(types: &[(&str, &str)]) -> Reply {
    let of = |(name, kind): &(&str, &str)| json!({"name": name, "kind": kind, "namespaced": true});
    let resources: Vec<Value> = types.iter().map(of).collect();
    answer(&json!({"kind": "APIResourceList", "resources": resources}))
}

/// Subresources of a type are listed beside it, with its kind or their own.
const WIDGETS: &[(&str, &str)] = &[
    ("widgets/status", "Widget"),
    ("widgets", "Widget"),
    ("widgets/scale", "Scale"),
    ("gears/status", "Gear"),
];

fn not_served() -> Reply {
    let status = json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": NOT_SERVED, "reason": "NotFound", "code": 404});
    Reply(404, None, status.to_string())
}

fn widgets() -> Resource {
    Resource {
        group: "example.com".to_owned(),
        version: "v1".to_owned(),
        kind: "Widget".to_owned(),
        plural: "widgets".to_owned(),
        namespaced: true,
    }
}

#[tokio::test]
async fn a_kind_is_that_of_a_type_and_not_of_its_parts() {
    for (kind, found) in [
        ("Widget", Some(widgets())),
        ("Scale", None),
        ("Gear", None),
        ("widget", None),
        ("Other", None),
    ] {
        let (cluster, asked) = serving(vec![types(WIDGETS)]);
        let resource = cluster.resource("example.com/v1", kind).await;
        match found {
            Some(expected) => assert_eq!(resource.unwrap(), expected),
            None => {
                let is_unknown = matches!(resource, Err(ClusterError::UnknownKind { .. }));
                assert!(is_unknown, "{kind} {resource:?}");
            }
        }
        assert_eq!(*asked.lock().unwrap(), ["/apis/example.com/v1"]);
    }
}

#[tokio::test]
async fn a_word_is_asked_for_where_it_can_be_and_is_no_part_of_a_type() {
    let all: &[&str] = &["example.com/v2", "example.com/v1", "example.org/v1"];
    for (word, versions, group) in [
        ("widgets", all, Some("example.com/v2")),
        ("Widget", all, Some("example.com/v2")),
        ("scale", all, None),
        ("gears", all, None),
        ("gear", all, None),
        ("widgets.example.com", &all[..2], Some("example.com/v2")),
        ("widgets.example", all, Some("example.com/v2")),
        ("widgets.v1.example.com", &all[1..2], Some("example.com/v1")),
        ("widgets.v1.example.org", &all[2..], Some("example.org/v1")),
        ("widgets.v3.example.com", &[], None),
        ("widgets.example.net", &[], None),
    ] {
        let groups = groups(&[
            // The preferred version is asked for first, and once.
            ("example.com", "v2", &["v1", "v2"]),
            ("example.org", "v1", &["v1"]),
        ]);
        let (cluster, asked) = serving(vec![groups, types(WIDGETS)]);
        let found = cluster.resources_by_word(word).await;
        let found = match found {
            Ok(found) => {
                assert!(found.iter().all(|one| one.plural == "widgets"), "{found:?}");
                found.first().map(Resource::api_version)
            }
            Err(ClusterError::UnknownType { .. }) => None,
            Err(error) => panic!("{word}: {error:?}"),
        };
        assert_eq!(found.as_deref(), group, "{word}");
        let paths = versions.iter().map(|version| format!("/apis/{version}"));
        let expected: Vec<String> = std::iter::once("/apis".to_owned()).chain(paths).collect();
        assert_eq!(*asked.lock().unwrap(), expected, "{word}");
    }
}

/// The core group has one version.
#[tokio::test]
async fn a_type_of_the_core_group_is_gone_when_an_api_server_does_not_list_it() {
    let others = || groups(&[("example.com", "v1", &["v1"])]);
    let there = types(&[("configmaps", "ConfigMap")]);
    let gone = || types(&[("pods", "Pod"), ("configmaps/status", "ConfigMap")]);
    for (replies, served, paths) in [
        (vec![there], Some(true), &["/api/v1"][..]),
        (vec![gone(), others()], Some(false), &["/api/v1", "/apis"]),
        (
            vec![not_served(), others()],
            Some(false),
            &["/api/v1", "/apis", "/apis"],
        ),
        // A proxy may have answered in its place.
        (
            vec![gone(), refusal(503, None)],
            None,
            &["/api/v1", "/apis"],
        ),
        (vec![not_served()], None, &["/api/v1", "/apis"]),
        (vec![refusal(403, None)], None, &["/api/v1"]),
    ] {
        let (cluster, asked) = serving(replies);
        let is_served = cluster.is_served(&config_maps()).await;
        assert_eq!(is_served.as_ref().ok(), served.as_ref(), "{is_served:?}");
        assert_eq!(*asked.lock().unwrap(), paths);
    }
}

#[tokio::test]
async fn a_type_of_a_group_is_gone_when_no_other_version_has_it() {
    let one = || groups(&[("example.com", "v1", &["v1"])]);
    let two = || groups(&[("example.com", "v1", &["v1", "v2"])]);
    let none = || types(&[("gears", "Gear"), ("widgets/status", "Widget")]);
    let away = || refusal(503, None);
    for (replies, said) in [
        (vec![types(WIDGETS)], "served"),
        (vec![none(), one(), none()], "gone"),
        (vec![none(), two(), none(), none()], "gone"),
        // Of its own version the server has just said that it is not there.
        (vec![none(), one(), away()], "gone"),
        (vec![none(), two(), none(), types(WIDGETS)], "in v2"),
        (vec![none(), two(), none(), away()], "not told"),
    ] {
        let (cluster, _) = serving(replies);
        let found = match cluster.is_served(&widgets()).await {
            Ok(true) => "served".to_owned(),
            Ok(false) => "gone".to_owned(),
            Err(ClusterError::OtherVersion { served, .. }) => format!("in {served}"),
            Err(ClusterError::Undiscovered { .. }) => "not told".to_owned(),
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(found, said);
    }
}
