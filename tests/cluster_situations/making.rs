//! Making situations: many at the same time, each step by step.

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::faults;
use crate::record;
use crate::shape::{Shape, shape};
use crate::situations::{Situation, Step};
use crate::snapshot::Snapshot;
use crate::support::cluster::{cluster, succeeded};
use crate::support::namespace::Namespace;

/// Time between two looks at the cluster.
const PAUSE: Duration = Duration::from_millis(500);
/// Time between two annotations of a Pod.
const BETWEEN_NUDGES: Duration = Duration::from_secs(3);

/// A situation as it is being made.
struct Making<'a> {
    situation: &'a Situation,
    namespace: String,
    /// Held so that it is there for as long as this.
    _own: Option<Namespace>,
    /// The number of steps that are done.
    done: usize,
    since: Instant,
    nudged: Instant,
    /// The recorded shape that it has to come to.
    shape: Option<Shape>,
    /// The last state that was not the end.
    differs: String,
}

/// A situation that has come about.
pub(crate) struct Made<'a> {
    pub(crate) situation: &'a Situation,
    pub(crate) namespace: &'a str,
    pub(crate) objects: Vec<Value>,
    pub(crate) now: jiff::Timestamp,
}

/// The work to do.
pub(crate) struct Work<'a> {
    /// The situations to make, in their order.
    pub(crate) situations: Vec<&'a Situation>,
    /// The most that are made at the same time.
    pub(crate) at_once: usize,
    /// The time for each.
    pub(crate) patience: Duration,
    /// Present and true if each has to come to the recorded shape.
    pub(crate) is_check: bool,
}

/// Makes situations, hands over each that has come about, and returns what went wrong. One that is refused is handed
/// over again when it is looked at the next time and is still so, for as long as there is patience.
pub(crate) fn make(
    work: &Work<'_>,
    mut take: impl FnMut(&Made<'_>) -> Result<(), String>,
) -> Vec<String> {
    let names: Vec<&str> = work
        .situations
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    // The name of the first tells one shared namespace from the next.
    let shared = Namespace::new(&format!("situations-{}", names[0]));
    let mut waiting = work.situations.iter();
    let mut makings: Vec<Making<'_>> = Vec::new();
    let mut wrong = Vec::new();
    loop {
        let free = work.at_once - makings.len();
        makings.extend(
            waiting
                .by_ref()
                .take(free)
                .map(|one| Making::begin(one, &shared, work.is_check)),
        );
        if makings.is_empty() {
            return wrong;
        }
        std::thread::sleep(PAUSE);
        let snapshot = Snapshot::take();
        makings.retain_mut(|making| {
            let objects = snapshot.objects_of(&making.situation.name, &making.namespace, &names);
            let has_come = making.has_come(&objects);
            let is_done = has_come && {
                let made = Made {
                    situation: making.situation,
                    namespace: &making.namespace,
                    objects,
                    now: snapshot.now,
                };
                let taken = take(&made);
                taken.map_err(|why| making.look_again(why)).is_ok()
            };
            if is_done {
                println!(
                    "{}: {} s",
                    making.situation.name,
                    making.since.elapsed().as_secs()
                );
            } else if making.since.elapsed() > work.patience {
                println!(
                    "{}: not in {} s",
                    making.situation.name,
                    work.patience.as_secs()
                );
                wrong.push(making.complaint());
            } else {
                making.nudge();
                return true;
            }
            making.clean();
            false
        });
    }
}

impl<'a> Making<'a> {
    fn begin(situation: &'a Situation, shared: &Namespace, is_check: bool) -> Self {
        let own = situation.description.namespace.as_ref().map(|own| {
            let namespace = Namespace::new(&situation.name);
            for (key, value) in &own.labels {
                cluster().kubectl(&[
                    "label",
                    "namespace",
                    namespace.name(),
                    &format!("{key}={value}"),
                ]);
            }
            namespace
        });
        let namespace = own.as_ref().unwrap_or(shared);
        let manifest = situation.file("manifest.yaml");
        namespace.kubectl(&["create", "-f", manifest.to_str().unwrap()]);
        Self {
            situation,
            namespace: namespace.name().to_owned(),
            _own: own,
            done: 0,
            since: Instant::now(),
            nudged: Instant::now(),
            shape: is_check.then(|| shape(&situation.record())),
            differs: String::new(),
        }
    }

    /// Goes as far as the objects allow, and returns whether that is the end.
    fn has_come(&mut self, objects: &[Value]) -> bool {
        while let Some(step) = self.situation.description.steps.get(self.done) {
            if let Step::Until(conditions) = step {
                if let Some(missing) = conditions.iter().find(|one| !one.holds(objects)) {
                    self.differs = format!("{missing:?} does not hold");
                    return false;
                }
                self.done += 1;
            } else {
                self.done += usize::from(self.act(step));
                // What comes of it is not in these objects.
                return false;
            }
        }
        let Some(expected) = &self.shape else {
            return true;
        };
        let found = shape(objects);
        if found == *expected {
            return true;
        }
        let differs = format!("its shape is\n{found:#?}\nand was recorded as\n{expected:#?}");
        self.look_again(differs);
        false
    }

    /// Has the last conditions hold another time.
    fn look_again(&mut self, why: String) {
        self.differs = why;
        self.done -= 1;
    }

    /// Does a step, and returns whether it is done.
    fn act(&self, step: &Step) -> bool {
        match step {
            Step::Until(_) => {}
            Step::Retry(args) => return self.try_kubectl(args).status.success(),
            Step::Refused(args) => return !self.try_kubectl(args).status.success(),
            Step::Kubectl(args) => self.kubectl(args),
            Step::Stop(part) => cluster().stop(part),
            Step::Start(part) => cluster().start(part),
            Step::KubeletConfig(lines) => faults::configure_kubelet(lines),
            Step::EvictionThreshold(resource) => faults::set_eviction_threshold(resource),
            Step::PodNetwork { replace, by } => faults::change_network(replace, by),
        }
        true
    }

    fn try_kubectl(&self, args: &[String]) -> Output {
        let args = args.iter().map(String::as_str);
        let args: Vec<&str> = ["--namespace", &self.namespace]
            .into_iter()
            .chain(args)
            .collect();
        cluster().try_kubectl(&args)
    }

    fn kubectl(&self, args: &[String]) {
        let what = format!("{}: kubectl {}", self.situation.name, args.join(" "));
        succeeded(&self.try_kubectl(args), &what);
    }

    fn nudge(&mut self) {
        let Some(pod) = &self.situation.description.nudge else {
            return;
        };
        if self.nudged.elapsed() > BETWEEN_NUDGES {
            self.nudged = Instant::now();
            let value = format!("{}={}", record::NUDGE, self.since.elapsed().as_millis());
            let args = ["annotate", "--overwrite", pod, &value].map(str::to_owned);
            // It may not be there yet.
            drop(self.try_kubectl(&args));
        }
    }

    fn complaint(&self) -> String {
        let Self {
            situation,
            done,
            differs,
            ..
        } = self;
        format!("{}: after {done} steps: {differs}", situation.name)
    }

    /// Removes its objects, so that others have the CPUs.
    fn clean(&self) {
        for args in &self.situation.description.cleanup {
            self.kubectl(args);
        }
        let manifest = self.situation.file("manifest.yaml");
        let delete = [
            "delete",
            "--wait=false",
            "--grace-period=1",
            "--ignore-not-found",
            "-f",
        ];
        let args = delete
            .map(str::to_owned)
            .into_iter()
            .chain([manifest.to_str().unwrap().to_owned()]);
        self.kubectl(&args.collect::<Vec<_>>());
    }
}
