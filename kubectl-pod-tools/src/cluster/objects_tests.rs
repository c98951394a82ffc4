//! Writes against a scripted server.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::scripted::{Reply, answer, config_maps, serving};
use super::{ClusterError, SubmitParams};

const MODIFIED: &str = "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again";

fn refused(code: u16, message: &str, causes: &Value) -> Reply {
    let status = json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": message, "reason": "Conflict", "code": code, "details": {"causes": causes}});
    Reply(code, None, status.to_string())
}

fn object(version: Option<&str>) -> Value {
    let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default", "uid": "u"}});
    if let Some(version) = version {
        object["metadata"]["resourceVersion"] = version.into();
    }
    object
}

/// Returns the result of an apply, the number of requests and the time that they took.
async fn applied(
    replies: Vec<Reply>,
    object: &Value,
) -> (Result<Value, ClusterError>, usize, Duration) {
    let (cluster, asked) = serving(replies);
    let params = SubmitParams {
        field_validation: "Strict",
        field_manager: "m".to_owned(),
        ..SubmitParams::default()
    };
    let began = Instant::now();
    let config_maps = config_maps();
    let applied = cluster.apply(&config_maps, "default", "a", object, &params);
    let applied = timeout(Duration::from_hours(1), applied).await;
    let asked = asked.lock().unwrap();
    let path = "/api/v1/namespaces/default/configmaps/a?fieldManager=m&fieldValidation=Strict";
    assert!(asked.iter().all(|one| one == path), "{asked:?}");
    let applied = applied.expect("it ends");
    (applied, asked.len(), began.elapsed())
}

/// Mirrors kubectl's `maxPatchRetry` (k8s.io/kubectl/pkg/cmd/apply).
#[tokio::test(start_paused = true)]
async fn an_apply_is_sent_again_where_another_change_came_in_between_and_nowhere_else() {
    let owned = json!([{"field": ".data", "reason": "FieldManagerConflict", "message": "conflict with \"other\""}]);
    let none = json!([]);
    let (mine, pinned) = (object(None), object(Some("7")));
    let modified = || refused(409, MODIFIED, &none);
    for (reply, object, requests) in [
        (
            refused(409, "Apply failed with 1 conflict", &owned),
            &mine,
            1,
        ),
        (refused(409, MODIFIED, &owned), &mine, 1),
        (refused(409, "it is being deleted", &none), &mine, 1),
        (refused(403, MODIFIED, &none), &mine, 1),
        (modified(), &pinned, 1),
        (modified(), &mine, 6),
    ] {
        let (answer, sent, took) = applied(vec![reply], object).await;
        assert!(answer.unwrap_err().code().is_some());
        assert_eq!(sent, requests);
        // 100 ms before the first, and 100 ms more before each of the others.
        let waited = Duration::from_millis(if requests == 1 { 0 } else { 1500 });
        let expected = waited..waited + Duration::from_millis(100);
        assert!(expected.contains(&took), "{took:?}");
    }
    for conflicts in 0..=5 {
        let mut replies = vec![modified(); conflicts];
        replies.push(answer(&mine));
        let (answer, sent, _) = applied(replies, &mine).await;
        assert_eq!(answer.unwrap()["metadata"]["name"], "a");
        assert_eq!(sent, conflicts + 1);
    }
}

#[tokio::test]
async fn a_cluster_says_its_url_and_its_namespace() {
    let (cluster, _) = serving(vec![answer(&json!({}))]);
    assert_eq!(cluster.server(), "http://server");
    assert_eq!(cluster.namespace(), "default");
}
