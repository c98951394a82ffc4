//! All the logs that are followed at the same time.

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
use super::resume::Position;
use super::sides::Sides;
use super::turn::Turns;
use crate::cluster::Cluster;
use crate::ui::Ui;
use pod_model::status::fields::{container_statuses, name, text, uid};

/// What still runs is left when it was silent for so long,
const RECOVERY: Duration = Duration::from_secs(1);
/// and at the latest then.
const RUNNING: Duration = Duration::from_secs(5);
/// What has ended is given so long for its next line,
const STALLED: Duration = Duration::from_secs(5);
/// and so long for all of them.
const ENDED: Duration = Duration::from_mins(1);

/// A program whose output is asked for.
#[derive(Clone, Debug)]
pub(in crate::wait) struct Program {
    /// The name of its container.
    pub container: String,
    /// What tells its streams apart.
    pub sides: Option<Arc<Sides>>,
}

/// The logs.
pub(in crate::wait) struct Streams {
    shared: Arc<Shared>,
    /// The name of the one container that is followed; else all are.
    only: Option<String>,
    out: mpsc::Sender<Piece>,
    layout: Layout,
    /// By the Pod's uid and the container's name.
    followed: BTreeMap<(String, String), Followed>,
    tasks: JoinSet<()>,
    drain: Option<Drain>,
}

struct Followed {
    shown: String,
    state: watch::Sender<State>,
    read: Arc<AtomicBool>,
}

/// The time after the wait in which the last lines come.
#[derive(Clone, Copy)]
struct Drain {
    began: Instant,
    moved: Instant,
    activity: u64,
}

impl Streams {
    /// None yet. They will be those of all containers, or of a program.
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

    /// Takes in how a Pod is now.
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

    /// Those of containers that have ended and whose logs are not read to the end.
    fn unread(&self) -> impl Iterator<Item = &Followed> {
        let followed = self.followed.values();
        followed.filter(|one| one.state.borrow().ended && !one.read.load(Ordering::Relaxed))
    }

    /// Whether all has come that is to come; asked from the end of the wait on,
    /// again and again.
    pub(in crate::wait) fn drained(&mut self) -> bool {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.is_empty() || self.out.is_closed() {
            return true;
        }
        let now = Instant::now();
        // Lines that wait to be written are a reason to wait, too.
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
            // A program's output is asked for, not only interesting.
            idle >= STALLED || self.only.is_none() && lasted >= ENDED
        } else {
            idle >= RECOVERY || lasted >= RUNNING
        }
    }

    /// Leaves what still runs, and says what was not read to its end.
    pub(in crate::wait) fn finish(self) {
        let unread: Vec<&str> = self.unread().map(|one| one.shown.as_str()).collect();
        if !unread.is_empty() && !self.out.is_closed() {
            let (shown, rest) = unread.split_at(unread.len().min(5));
            let mut said = format!("not read to the end: the logs of {}", shown.join(", "));
            if !rest.is_empty() {
                said.push_str(&format!(" and {} more", rest.len()));
            }
            self.shared.ui.warning(&said);
        }
    }
}
