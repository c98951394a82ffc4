//! Drives a wait with fuzzed lists and watches, through the followers into the engine.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::engine::{Creation, WaitSpec};
use super::subject::{Subject, Which, streams};
use super::watch::{Message, follow};
use crate::cluster::{Resource, Selection, fuzzing};
use pod_model::status::condition::{Condition, parse};

/// Time for which the engine runs, on a clock that stands still while anything happens.
const LENGTH: Duration = Duration::from_mins(2);
/// Maximum number of messages that are fed in.
const MESSAGES: usize = 500;

/// Waits with fuzzed answers. The first part selects the targets and the text of `--for`; the
/// others are answers, in the order of the requests.
pub(crate) async fn wait(bytes: &[u8]) {
    let mut parts = bytes.split(|byte| *byte == fuzzing::SEPARATOR);
    let Some((choice, condition)) = parts.next().and_then(<[u8]>::split_first) else {
        return;
    };
    let condition = String::from_utf8_lossy(condition);
    let conditions = match parse(&condition) {
        Ok(condition) => vec![condition],
        Err(why) => {
            drop(why);
            vec![Condition::Done]
        }
    };
    let cluster = fuzzing::scripted(parts.map(<[u8]>::to_vec).collect());
    let (mut engine, sources) = streams(&[subject(*choice)], spec(*choice, conditions), None);
    let (sender, mut messages) = mpsc::channel(64);
    let mut tasks = JoinSet::new();
    for source in sources {
        tasks.spawn(follow(cluster.clone(), source, sender.clone()));
    }
    let began = Instant::now();
    let mut left = MESSAGES;
    while !engine.finished() && left > 0 && began.elapsed() < LENGTH {
        left -= 1;
        let wake = engine.wake_at().unwrap_or(LENGTH).min(LENGTH);
        tokio::select! {
            biased;
            message = messages.recv() => match message {
                Some(Message::Input(input, _)) => engine.feed(input, began.elapsed()),
                Some(Message::Warning(_)) => {}
                Some(Message::Failed(error)) => {
                    let _ = crate::error::Failure::from(error);
                    break;
                }
                None => break,
            },
            () = sleep_until(began + wake) => {}
        }
        engine.tick(began.elapsed());
        drop(engine.take_changes());
    }
    for (_, target) in engine.targets() {
        let _ = crate::ui::escape(&target.evidence.to_string());
    }
}

fn subject(choice: u8) -> Subject {
    let resource = |api_version: &str, kind: &str| Resource::built_in(api_version, kind);
    let known = match choice & 3 {
        0 => resource("v1", "Pod"),
        1 => resource("batch/v1", "Job"),
        2 => resource("apps/v1", "Deployment"),
        _ => None,
    };
    let resource = known.unwrap_or_else(|| Resource {
        group: "example.com".to_owned(),
        version: "v1".to_owned(),
        kind: "Widget".to_owned(),
        plural: "widgets".to_owned(),
        namespaced: true,
    });
    let which = match choice & 4 {
        0 => Which::Named(vec![("a".to_owned(), None)]),
        _ => Which::Selected(Selection::default()),
    };
    Subject {
        resource,
        namespace: "default".to_owned(),
        which,
    }
}

fn spec(choice: u8, conditions: Vec<Condition>) -> WaitSpec {
    WaitSpec {
        conditions,
        timeout: Some(LENGTH),
        fail_fast: choice & 8 == 0,
        follow_recreate: choice & 16 != 0,
        wait_for_creation: match choice & 32 {
            0 => Creation::No,
            _ => Creation::Within(LENGTH / 2),
        },
        keep_pods: choice & 64 != 0,
        report_pods: choice & 64 != 0,
        ..WaitSpec::default()
    }
}
