//! The logs that are followed at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::container::State;
use super::follow::{Follow, MOST, Shared};
use super::prefix::Prefix;
use super::print::{Layout, Piece, Printer};
use super::resume::{Position, Recent};
use super::sides::Sides;
use super::turn::Turns;
use crate::cluster::Cluster;
use crate::ui::Ui;
use pod_model::status::fields::{container_statuses, name, text, uid};

/// Time without data after which logs of running containers are left.
const RECOVERY: Duration = Duration::from_secs(1);
/// Maximum time for them after the wait.
const RUNNING: Duration = Duration::from_secs(5);
/// Time for the next line of a container that has ended.
const STALLED: Duration = Duration::from_secs(5);
/// Maximum time for all lines of these.
const ENDED: Duration = Duration::from_mins(1);

/// A program whose output is printed.
#[derive(Clone, Debug)]
pub(in crate::wait) struct Program {
    /// Name of its container.
    pub container: String,
    /// The streams of its output, if they are known.
    pub sides: Option<Arc<Sides>>,
}

/// The followed logs.
pub(in crate::wait) struct Streams {
    shared: Arc<Shared>,
    /// Name of the only container that is followed, or `None` for all.
    only: Option<String>,
    out: mpsc::Sender<Piece>,
    layout: Layout,
    /// The logs, by the Pod's uid and the container's name.
    followed: BTreeMap<(String, String), Followed>,
    tasks: JoinSet<()>,
    drain: Option<Drain>,
}

struct Followed {
    shown: String,
    state: watch::Sender<State>,
    read: Arc<AtomicBool>,
}

/// The time after the wait, for the last lines.
#[derive(Clone, Copy)]
struct Drain {
    began: Instant,
    moved: Instant,
    activity: u64,
}

impl Streams {
    /// Returns a set without logs, for those of all containers or of a program.
    pub(in crate::wait) fn new(
        cluster: &Cluster,
        printer: &Printer,
        program: Option<&Program>,
        ui: &Arc<Ui>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                cluster: cluster.clone(),
                ui: Arc::clone(ui),
                slots: Semaphore::new(MOST),
                sides: program.and_then(|program| program.sides.clone()),
                turns: Turns::default(),
                activity: AtomicU64::new(0),
                forbidden: AtomicBool::new(false),
                crowded: AtomicBool::new(false),
            }),
            only: program.map(|program| program.container.clone()),
            out: printer.sender(),
            layout: printer.layout(),
            followed: BTreeMap::new(),
            tasks: JoinSet::new(),
            drain: None,
        }
    }

    /// Updates the state of a Pod.
    pub(in crate::wait) fn see(&mut self, namespace: &str, pod: &Value) {
        for status in container_statuses(pod) {
            let state = State::of(pod, status);
            let container = text(status, "name");
            if self.only.as_ref().is_some_and(|only| only != container) {
                continue;
            }
            let key = (uid(pod).to_owned(), container.to_owned());
            if let Some(followed) = self.followed.get(&key) {
                followed
                    .state
                    .send_if_modified(|before| std::mem::replace(before, state) != state);
            } else if state.started {
                self.follow(key, namespace, name(pod), state);
            }
        }
    }

    fn follow(&mut self, key: (String, String), namespace: &str, pod: &str, state: State) {
        let (sender, receiver) = watch::channel(state);
        let read = Arc::<AtomicBool>::default();
        let container = key.1.clone();
        let shown = self.layout.shown(namespace, pod, &container);
        let follow = Follow {
            shared: Arc::clone(&self.shared),
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            prefix: Prefix::new(self.followed.len(), &shown),
            state: receiver,
            read: Arc::clone(&read),
            out: self.out.clone(),
            position: Position::default(),
            recent: Recent::default(),
            container,
        };
        let followed = Followed {
            shown,
            state: sender,
            read,
        };
        self.followed.insert(key, followed);
        self.tasks.spawn(follow.run());
    }

    /// Returns the logs of ended containers that are not read to the end.
    fn unread(&self) -> impl Iterator<Item = &Followed> {
        let followed = self.followed.values();
        followed.filter(|one| one.state.borrow().ended && !one.read.load(Ordering::Relaxed))
    }

    /// Returns whether all logs are complete; called repeatedly after the wait.
    pub(in crate::wait) fn drained(&mut self) -> bool {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.is_empty() || self.out.is_closed() {
            return true;
        }
        let now = Instant::now();
        // Lines that wait to be written count as activity.
        let held_up = self.out.capacity() < self.out.max_capacity();
        let activity = self.shared.activity.load(Ordering::Relaxed);
        let drain = self.drain.get_or_insert(Drain {
            began: now,
            moved: now,
            activity,
        });
        if drain.activity != activity || held_up {
            drain.activity = activity;
            drain.moved = now;
        }
        if held_up {
            return false;
        }
        let (lasted, idle) = (now - drain.began, now - drain.moved);
        if self.unread().next().is_some() {
            // The output of a program was requested, so that it is worth more time.
            idle >= STALLED || self.only.is_none() && lasted >= ENDED
        } else {
            idle >= RECOVERY || lasted >= RUNNING
        }
    }

    /// Stops following, and reports the logs that were not read to the end.
    pub(in crate::wait) fn finish(self) {
        let unread: Vec<&str> = self.unread().map(|one| one.shown.as_str()).collect();
        if !unread.is_empty() && !self.out.is_closed() {
            let (shown, rest) = unread.split_at(unread.len().min(5));
            let mut message = format!("not read to the end: the logs of {}", shown.join(", "));
            if !rest.is_empty() {
                message.push_str(&format!(" and {} more", rest.len()));
            }
            self.shared.ui.warning(&message);
        }
    }
}
