//! Tests with a paused clock: time passes as soon as all tasks wait for it.

use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::WithTrailers;
use kube::Client;
use kube::client::Body;
use serde_json::json;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::Instant;

use super::follow::follow;
use super::keep::Keep;
use super::source::{Message, Mode, Source};
use crate::cluster::{Cluster, Resource, Selection};
use crate::wait::engine::Input;

/// The behaviour of the server.
#[derive(Clone)]
enum Does {
    /// An answer.
    Says(u16, String),
    /// An answer that stays open and silent.
    Holds(String),
    /// A refusal with `Retry-After`, in seconds.
    Later(u32),
    /// No answer.
    Hangs,
    /// The connection is refused.
    Breaks,
}

fn list(version: &str) -> Does {
    Does::Says(
        200,
        json!({"apiVersion": "batch/v1", "kind": "JobList", "metadata": {"resourceVersion": version}, "items": []}).to_string(),
    )
}

fn added() -> Does {
    let event = json!({"type": "ADDED", "object": {"metadata": {"name": "a", "uid": "u", "resourceVersion": "9"}}});
    Does::Holds(format!("{event}\n"))
}

/// Follows a collection of a server that answers with each of these in turn, and with the last one
/// from then on. Returns the messages, and the number of requests.
fn followed(does: Vec<Does>) -> (Receiver<Message>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let script = Arc::new(Mutex::new(does));
    let service = tower::service_fn(move |_: Request<Body>| {
        counted.fetch_add(1, Ordering::Relaxed);
        let next = {
            let mut script = script.lock().unwrap();
            if script.len() > 1 {
                script.remove(0)
            } else {
                script[0].clone()
            }
        };
        answer(next)
    });
    let cluster = Cluster::scripted(Client::new(service, "default"));
    let source = Source {
        stream: 0,
        all: None,
        resource: Resource::built_in("batch/v1", "Job").unwrap(),
        namespace: "default".to_owned(),
        selection: Selection::default(),
        names: Vec::new(),
        keep: Keep::Status,
        mode: Mode::Watch {
            poll: Duration::from_secs(2),
        },
        optional: false,
        to_delete: false,
    };
    let (sender, messages) = mpsc::channel(64);
    tokio::spawn(follow(cluster, source, sender));
    (messages, asked)
}

type Trailers = Pin<Box<dyn Future<Output = Option<Result<HeaderMap, kube::Error>>> + Send>>;

async fn answer(does: Does) -> std::io::Result<Response<WithTrailers<Body, Trailers>>> {
    let mut response = Response::builder();
    let (status, text, goes_on) = match does {
        Does::Says(status, text) => (status, text, false),
        Does::Holds(text) => (200, text, true),
        Does::Later(seconds) => {
            response = response.header("retry-after", seconds.to_string());
            (429, "later".to_owned(), false)
        }
        Does::Hangs => pending().await,
        Does::Breaks => return Err(std::io::ErrorKind::ConnectionRefused.into()),
    };
    let trailers: Trailers = if goes_on {
        Box::pin(pending())
    } else {
        Box::pin(ready(None))
    };
    let body = Body::from(text.into_bytes()).with_trailers(trailers);
    Ok(response.status(status).body(body).unwrap())
}

/// Returns the messages until an object arrives, or the end, and the time until then.
async fn until_an_object(mut messages: Receiver<Message>) -> (Vec<String>, Duration) {
    let began = Instant::now();
    let mut said = Vec::new();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Warning(text) => said.push(text),
            Message::Failed(error) => {
                said.push(format!("failed: {error}"));
                break;
            }
            Message::Input(Input::Upsert(..), _) => break,
            Message::Input(..) => {}
        }
    }
    (said, began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_falls_silent_is_noticed_within_a_minute() {
    let (messages, asked) = followed(vec![list("1"), Does::Holds(String::new()), added()]);
    let (said, took) = until_an_object(messages).await;
    assert!(said.is_empty(), "{said:?}");
    assert!(took < Duration::from_secs(55), "{took:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_silent_answer_is_asked_for_again() {
    for silent in [Does::Hangs, Does::Holds("{\"metadata\"".to_owned())] {
        let (messages, asked) = followed(vec![silent, list("1"), Does::Hangs, list("1"), added()]);
        let (said, took) = until_an_object(messages).await;
        assert!(
            said[0].contains("no answer within 30 s; trying again"),
            "{said:?}"
        );
        assert!(took < Duration::from_secs(65), "{took:?}");
        assert!(asked.load(Ordering::Relaxed) <= 5);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_to_retry_later_is_not_silent() {
    let (messages, asked) = followed(vec![
        Does::Later(60),
        list("1"),
        Does::Later(60),
        Does::Later(40),
        added(),
    ]);
    let (said, took) = until_an_object(messages).await;
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(took.as_secs(), 160);
    assert_eq!(asked.load(Ordering::Relaxed), 5);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_for_ten_minutes_is_lost() {
    let (messages, asked) = followed(vec![list("1"), Does::Breaks]);
    let (said, took) = until_an_object(messages).await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[1].starts_with("failed: "), "{said:?}");
    assert!((600..=610).contains(&took.as_secs()), "{took:?}");
    let asked = asked.load(Ordering::Relaxed);
    assert!((70..170).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn credentials_that_stay_refused_are_the_end_after_a_while() {
    let refused = json!({"kind": "Status", "message": "Unauthorized", "code": 401});
    let (messages, asked) = followed(vec![list("1"), Does::Says(401, refused.to_string())]);
    let (said, took) = until_an_object(messages).await;
    assert!(
        said.last().is_some_and(|last| last.starts_with("failed: ")),
        "{said:?}"
    );
    assert!((90..=100).contains(&took.as_secs()), "{took:?}");
    let asked = asked.load(Ordering::Relaxed);
    assert!((10..30).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_well_now_and_then_is_never_lost() {
    let broken = |count| vec![Does::Breaks; count];
    let mut does = vec![list("1")];
    // Each time unavailable for about eight minutes.
    for _ in 0..3 {
        does.extend(broken(80));
        does.push(list("1"));
    }
    does.push(added());
    let (said, took) = until_an_object(followed(does).0).await;
    assert!(
        !said.iter().any(|said| said.starts_with("failed")),
        "{said:?}"
    );
    assert!(took > Duration::from_mins(18), "{took:?}");
}

fn refusal(code: u16, reason: &str) -> Does {
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no", "reason": reason, "code": code});
    Does::Says(code, status.to_string())
}

fn list_of(names: &[&str]) -> Does {
    let item =
        |name: &&str| json!({"metadata": {"name": name, "uid": name, "namespace": "default"}});
    let items: Vec<_> = names.iter().map(item).collect();
    Does::Says(
        200,
        json!({"apiVersion": "batch/v1", "kind": "JobList", "metadata": {"resourceVersion": "1"}, "items": items}).to_string(),
    )
}

/// Returns the number of objects of each list, until an object is delivered alone, or the end.
async fn lists(mut messages: Receiver<Message>) -> (Vec<usize>, bool) {
    let mut counts = Vec::new();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Input(Input::Listed(_, objects), _) => counts.push(objects.len()),
            Message::Input(Input::Upsert(..), _) => return (counts, false),
            Message::Failed(_) => return (counts, true),
            _ => {}
        }
    }
    (counts, true)
}

#[tokio::test(start_paused = true)]
async fn one_404_does_not_say_that_everything_is_gone() {
    let not_found = || refusal(404, "NotFound");
    let closed = || Does::Says(200, String::new());
    for does in [
        // An event of a watch, a list after a failed watch, and both.
        vec![list_of(&["a"]), not_found(), list_of(&["a"]), added()],
        vec![
            list_of(&["a"]),
            refusal(410, "Expired"),
            not_found(),
            list_of(&["a"]),
            added(),
        ],
        vec![
            list_of(&["a"]),
            not_found(),
            not_found(),
            list_of(&["a"]),
            added(),
        ],
        vec![
            list_of(&["a"]),
            closed(),
            not_found(),
            list_of(&["a"]),
            added(),
        ],
    ] {
        let (counts, failed) = lists(followed(does).0).await;
        assert!(!failed && counts == [1, 1], "{counts:?}");
    }
    // A list is delivered at once if none was before.
    let (messages, asked) = followed(vec![not_found()]);
    assert_eq!(lists(messages).await, (vec![], true));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_retry_after_is_retried_after_a_pause() {
    for refused in [
        refusal(429, "TooManyRequests"),
        refusal(500, "InternalError"),
        refusal(410, "Expired"),
    ] {
        let does = vec![
            refused.clone(),
            list("1"),
            refused.clone(),
            refused,
            list("1"),
            added(),
        ];
        let (messages, asked) = followed(does);
        let (said, took) = until_an_object(messages).await;
        assert!(
            !said.iter().any(|said| said.starts_with("failed")),
            "{said:?}"
        );
        assert!(took >= Duration::from_millis(250), "{took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert_eq!(asked.load(Ordering::Relaxed), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_permanent_error_is_reported_at_once() {
    for refused in [
        refusal(400, "BadRequest"),
        refusal(422, "Invalid"),
        refusal(409, "Conflict"),
    ] {
        let (messages, asked) = followed(vec![list("1"), refused]);
        let (said, took) = until_an_object(messages).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("failed: "), "{said:?}");
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
