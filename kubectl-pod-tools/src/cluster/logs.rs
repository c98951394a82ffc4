//! The logs of containers, and the end of objects.

use serde_json::Value;

use super::error::{ClusterError, Request, Verb};
use super::mapping::{Resource, encode};
use super::request::Cluster;

impl Cluster {
    /// The last lines of a container's log, as text.
    ///
    /// # Errors
    /// What a request can meet; 400 when the container never started.
    pub(crate) async fn log_tail(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        lines: Option<u32>,
    ) -> Result<String, ClusterError> {
        let what = Request {
            verb: Verb::Get,
            resource: "pods/log".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        let mut path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={}",
            encode(namespace),
            encode(pod),
            encode(container)
        );
        if let Some(lines) = lines {
            path.push_str(&format!("&tailLines={lines}"));
        }
        let request = http::Request::get(path)
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        self.client()
            .request_text(request)
            .await
            .map_err(|e| ClusterError::from_kube(self.server(), &what, e))
    }

    /// Deletes one object, if it is still the one with this uid; what it owns
    /// goes with it.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn delete(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        uid: Option<&str>,
    ) -> Result<(), ClusterError> {
        let what = Request {
            verb: Verb::Delete,
            resource: resource.qualified(),
            name: Some(name.to_owned()),
            namespace: resource.namespaced.then(|| namespace.to_owned()),
        };
        let mut options = serde_json::json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
        });
        if let Some(uid) = uid {
            options["preconditions"] = serde_json::json!({"uid": uid});
        }
        let request = http::Request::delete(resource.path(Some(namespace), Some(name)))
            .header(http::header::CONTENT_TYPE, "application/json");
        let body = serde_json::to_vec(&options).map_err(|e| self.odd(&e))?;
        let request = request.body(body).map_err(|e| self.odd(&e))?;
        let answer: Result<Value, ClusterError> = self.send(&what, &request).await;
        answer.map(drop)
    }
}
