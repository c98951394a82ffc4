//! A scripted server for tests.

use std::sync::{Arc, Mutex};

use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use super::{Cluster, NOT_SERVED, Resource};

/// An answer: its status, the seconds of its `Retry-After`, its body.
#[derive(Clone)]
pub(super) struct Reply(pub u16, pub Option<u32>, pub String);

/// A page of a list of ConfigMaps.
pub(super) fn page(names: &[&str], next: Option<&str>) -> Reply {
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"metadata": {"name": name, "namespace": "default", "uid": name}}))
        .collect();
    let metadata = json!({"resourceVersion": "7", "continue": next.unwrap_or("")});
    let list =
        json!({"apiVersion": "v1", "kind": "ConfigMapList", "metadata": metadata, "items": items});
    Reply(200, None, list.to_string())
}

/// A refusal of the API server.
pub(super) fn refusal(code: u16, after: Option<u32>) -> Reply {
    let status = json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": "no", "reason": "X", "code": code});
    Reply(code, after, status.to_string())
}

/// Requests that the server has received.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

/// A server that sends its answers in order, and repeats the last one.
pub(super) fn serving(mut replies: Vec<Reply>) -> (Cluster, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    replies.reverse();
    let script = Arc::new(Mutex::new(replies));
    let service = tower::service_fn(move |request: Request<Body>| {
        seen.lock().unwrap().push(request.uri().to_string());
        let Reply(status, after, body) = {
            let mut script = script.lock().unwrap();
            let last = script.last().cloned().unwrap();
            if script.len() > 1 {
                script.pop();
            }
            last
        };
        let mut response = Response::builder().status(status);
        if let Some(seconds) = after {
            response = response.header("retry-after", seconds.to_string());
        }
        let response = response.body(Body::from(body.into_bytes()));
        async move { Ok::<_, std::io::Error>(response.unwrap()) }
    });
    let cluster = Cluster::scripted(Client::new(service, "default"));
    (cluster, asked)
}

/// A server that has these objects and lists, by their paths, and records what it is asked for.
pub(crate) fn serving_paths(paths: Vec<(&'static str, Value)>) -> (Cluster, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let asked = request.uri().to_string();
        let path = request.uri().path();
        let found = paths.iter().find(|(known, _)| *known == path);
        let (status, body) = match found {
            Some((_, object)) => (200, object.clone()),
            None => (
                404,
                json!({"apiVersion": "v1", "kind": "Status", "status": "Failure",
                "message": NOT_SERVED, "reason": "NotFound", "code": 404}),
            ),
        };
        seen.lock().unwrap().push(asked);
        let response = Response::builder().status(status);
        let response = response.body(Body::from(body.to_string().into_bytes()));
        async move { Ok::<_, std::io::Error>(response.unwrap()) }
    });
    let cluster = Cluster::scripted(Client::new(service, "default"));
    (cluster, asked)
}

pub(super) fn config_maps() -> Resource {
    Resource::built_in("v1", "ConfigMap").unwrap()
}

/// Returns an answer with an object.
pub(super) fn answer(object: &Value) -> Reply {
    Reply(200, None, object.to_string())
}
