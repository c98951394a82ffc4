//! The logs of containers, and the end of objects.

use serde_json::Value;

use super::body;
use super::error::{ClusterError, Request, Verb};
use super::mapping::{Resource, encode};
use super::refusal;
use super::request::Cluster;
use super::shape::{self, Expected, Name};

/// Bytes of a log's end that are kept; a server may not know of `tailLines`.
const TAIL: usize = 64 << 10;

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
        lines: u32,
    ) -> Result<String, ClusterError> {
        let what = Request {
            verb: Verb::Get,
            resource: "pods/log".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={}&tailLines={lines}",
            encode(namespace),
            encode(pod),
            encode(container)
        );
        let request = http::Request::get(path)
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        let response = self.open(&what, &request).await?;
        let (head, body) = response.into_parts();
        let tail = self.in_time(&what, body::read_end(body, TAIL)).await?;
        if refusal::is_page(&head.headers) {
            let (server, status) = (self.server(), head.status);
            return Err(refusal::foreign(
                server,
                &what,
                status,
                &head.headers,
                &tail,
            ));
        }
        Ok(String::from_utf8_lossy(&tail).into_owned())
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
        if let (Some(uid), Some(options)) = (uid, options.as_object_mut()) {
            let preconditions = serde_json::json!({"uid": uid});
            options.insert("preconditions".to_owned(), preconditions);
        }
        let request = http::Request::delete(resource.path(Some(namespace), Some(name)))
            .header(http::header::CONTENT_TYPE, "application/json");
        let body = serde_json::to_vec(&options).map_err(|e| self.odd(&e))?;
        let request = request.body(body).map_err(|e| self.odd(&e))?;
        let expected = Expected {
            resource,
            namespace,
            name: Name::Is(name),
        };
        let check = |answer: &Value| shape::check_deleted(answer, &expected);
        self.send_change(&what, &request, check).await.map(drop)
    }
}
