//! Jobs and `CronJobs` as a topic of `explain-…`: look-ups, conclusions, blocks.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::jiff::Timestamp;
use pod_model::job::{Indexes, JobRules, vanishes_at};
use pod_model::lookup::{LookupKind, Need};
use pod_model::validation::{validate_cron_job, validate_job};
use pod_model::{FieldPath, Finding, Verdict};

use super::blocks::blocks;
use super::checks::{cron_findings, job_findings};
use super::cron::CronScene;
use super::events::events;
use super::fields::Fields;
use super::forecast::forecast;
use super::history::Keeper;
use super::limits::{bounds_report, limits};
use super::manifest::manifest_summary;
use super::options::JobOptions;
use super::parts::{BoundsReport, IndexesReport, Outcome};
use super::pods::pod_reports;
use super::report::{ExplainedJob, JobBody};
use super::running::managed_by;
use super::scene::{JobScene, State};
use super::state::state;
use super::subject::{OwnPods, Subject, has_run, is_job, job_of, need_job, own_jobs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::explain::requested::Requested;
use crate::explain::topic::{Check, Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The end of each Job, and what comes before it.
pub(in crate::explain) struct JobTopic<'a> {
    options: &'a JobOptions,
    now: Timestamp,
}

impl<'a> JobTopic<'a> {
    pub(in crate::explain) fn new(options: &'a JobOptions) -> Self {
        Self {
            options,
            now: options.explain.now.unwrap_or_else(Timestamp::now),
        }
    }
}

impl Topic for JobTopic<'_> {
    const REPORT: &'static str = "JobReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Pod>(),
        LookupKind::of::<Job>(),
        LookupKind::of::<Event>(),
        LookupKind::of::<NewerEvent>(),
    ];
    // The Job of a Pod, then its Pods.
    const ROUNDS: usize = 2;
    type Body = JobBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    fn check(&self) -> Option<Check<Self>> {
        fn check(topic: &JobTopic<'_>, target: &Target) -> Result<(), Failure> {
            if is_job(target) || job_of(target).is_some() {
                return Ok(());
            }
            let message = if target.is_pod() {
                format!("{} does not belong to a Job", target.shown)
            } else {
                format!("expected a Job or a CronJob, found {}", target.shown)
            };
            let help = format!("use `{} {}`", topic.options.command, target.shown);
            Err(Failure::usage(message).help(help))
        }
        self.options.is_explicit.then_some(check)
    }

    fn explains(&self, target: &Target) -> bool {
        self.options.is_explicit || is_job(target)
    }

    fn no_targets(&self) -> Failure {
        Failure::new(Exit::Failure, "the input has no Job and no CronJob").help(format!(
            "add one, or use `{} -f FILE` for other objects",
            self.options.command
        ))
    }

    fn needs(&self, target: &Target, so_far: &Facts<'_, ()>) -> Vec<Need> {
        let subject = Subject::of(target, so_far.answers).ok().flatten();
        let own = subject.map(|own| own.needs(&target.pod_namespace));
        need_job(target)
            .into_iter()
            .chain(own.into_iter().flatten())
            .collect()
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, ()>) -> Conclusion<JobBody> {
        match Subject::of(target, facts.answers) {
            Ok(Some(Subject::Job(job))) => self.job(target, &job, facts),
            Ok(Some(Subject::CronJob(own))) => self.cron_job(target, &own, facts),
            Ok(Some(Subject::Unread { job, why })) => {
                let text = format!("{} belongs to job/{job}: {why}.", target.shown);
                let mut body = empty(State::unfinished("Unread", text));
                body.job = Some(job);
                conclusion(Verdict::Unknown, Vec::new(), body)
            }
            Ok(None) => {
                let text = format!("{} does not belong to a Job.", target.shown);
                conclusion(
                    Verdict::Unknown,
                    Vec::new(),
                    empty(State::unfinished("NoJob", text)),
                )
            }
            Err(finding) => {
                let text = format!("{} cannot be read.", target.shown);
                let body = empty(State::unfinished("Invalid", text));
                conclusion(Verdict::No, vec![*finding], body)
            }
        }
    }

    fn blocks(&self, explained: &ExplainedJob) -> Vec<Block> {
        blocks(explained, self.now, self.options.assumptions.is_some())
    }
}

impl JobTopic<'_> {
    fn job(&self, target: &Target, job: &Job, facts: &Facts<'_, ()>) -> Conclusion<JobBody> {
        let version = facts.version;
        let Some(rules) = JobRules::of(job, version) else {
            let text = format!("{} has no spec.", target.shown);
            let body = empty(State::unfinished("Invalid", text));
            return conclusion(Verdict::Unknown, Vec::new(), body);
        };
        let fields = Fields {
            base: FieldPath::root(),
            document: target.document.as_ref().filter(|_| !target.is_pod()),
        };
        let namespace = &target.pod_namespace;
        let mut findings = job_findings(target, &rules, &fields);
        let is_manifest = !has_run(&job.metadata);
        // Bounds are those of values that the API server accepts.
        let refused = is_manifest.then(|| validate_job(job, version));
        if let Some(refused) = refused.filter(|own| !own.is_empty()) {
            return conclusion(Verdict::No, refused, empty(refused_state(&target.shown)));
        }
        let bounds = bounds_report(job, &rules);
        let assumed = self.options.assumptions.as_ref();
        let forecast = assumed.and_then(|own| forecast(job, own, version));
        if is_manifest {
            let limits = limits(job, &rules, &Indexes::default(), &Keeper::of(job), &fields);
            let text = manifest_summary(&target.shown, &rules, bounds);
            return conclusion(
                Verdict::of(&findings, true),
                findings,
                JobBody {
                    bounds,
                    limits,
                    forecast,
                    ..empty(State::unfinished("NotCreated", text))
                },
            );
        }
        let own = OwnPods::of(job, namespace, facts.answers);
        let (seen, unread_events) = events("Job", &job.metadata, namespace, facts.answers);
        let name = job.metadata.name.clone().unwrap_or_default();
        let shown = if target.is_pod() {
            format!("job.batch/{name}")
        } else {
            target.shown.clone()
        };
        let scene = JobScene {
            job,
            rules: &rules,
            own: &own,
            events: &seen,
            now: self.now,
            has_time: target.document.is_none() || self.options.explain.now.is_some(),
            version,
            shown: &shown,
            command: &self.options.command,
        };
        let counted = scene.counted();
        let counts = scene.counts(&counted);
        let state = state(&scene, &counted);
        if state.outcome != Outcome::Unfinished {
            findings.clear();
        }
        let pods = pod_reports(
            &rules,
            &own.pods,
            &fields.base,
            &self.options.explain.containers,
            version,
        );
        let present = pods.iter().filter(|pod| pod.counts).count();
        let gone = counts.failed - i64::try_from(present).unwrap_or(i64::MAX);
        let indexes = rules.is_indexed.then(|| {
            let failed = counted.failed_indexes.clone().unwrap_or_default();
            IndexesReport::of(&rules, &counted.succeeded_indexes, &failed, &counted.active)
        });
        let limits = limits(
            job,
            &rules,
            &counted.succeeded_indexes,
            &Keeper::of(job),
            &fields,
        );
        let unread = own.unread.iter().cloned().chain(unread_events);
        conclusion(
            state.verdict,
            findings,
            JobBody {
                job: target.is_pod().then_some(name),
                bounds,
                limits,
                counts: Some(counts),
                vanishes_at: vanishes_at(job),
                indexes,
                pods,
                gone_failures: gone.max(0),
                restarts_in_place: rules.restarts_in_place,
                forecast,
                events: seen,
                unread: unread.collect(),
                ..empty(state)
            },
        )
    }

    fn cron_job(
        &self,
        target: &Target,
        own: &CronJob,
        facts: &Facts<'_, ()>,
    ) -> Conclusion<JobBody> {
        let version = facts.version;
        let namespace = &target.pod_namespace;
        let (jobs, unread_jobs) = own_jobs(own, namespace, facts.answers);
        let (seen, unread_events) = events("CronJob", &own.metadata, namespace, facts.answers);
        let scene = CronScene {
            cron_job: own,
            jobs: &jobs,
            now: self.now,
            shown: &target.shown,
            command: &self.options.command,
        };
        let (mut state, report) = scene.explain();
        let template = own.spec.job_template.spec.clone().unwrap_or_default();
        let job = Job {
            spec: Some(template),
            ..Job::default()
        };
        let fields = Fields {
            base: FieldPath::root().field("spec").field("jobTemplate"),
            document: target.document.as_ref(),
        };
        let mut findings = cron_findings(&report);
        let Some(rules) = JobRules::of(&job, version) else {
            return conclusion(state.verdict, findings, empty(state));
        };
        if let Some(controller) = rules.external_controller {
            let text = managed_by(" Each Job of it is", controller);
            state.summary.push_str(&text);
        }
        findings.extend(job_findings(target, &rules, &fields));
        let is_manifest = !has_run(&own.metadata);
        if is_manifest {
            let refused = validate_cron_job(own, version);
            if !refused.is_empty() {
                let state = match state.verdict {
                    Verdict::No => state,
                    _ => refused_state(&target.shown),
                };
                let body = JobBody {
                    cron: Some(report),
                    ..empty(state)
                };
                return conclusion(Verdict::No, refused, body);
            }
        }
        let assumed = self.options.assumptions.as_ref();
        let forecast = assumed.and_then(|own| forecast(&job, own, version));
        let verdict = match state.verdict {
            Verdict::Ok | Verdict::Unknown if is_manifest => Verdict::of(&findings, true),
            verdict => verdict,
        };
        conclusion(
            verdict,
            findings,
            JobBody {
                bounds: bounds_report(&job, &rules),
                limits: limits(
                    &job,
                    &rules,
                    &Indexes::default(),
                    &Keeper::CronJob(own),
                    &fields,
                ),
                cron: Some(report),
                forecast,
                events: seen,
                unread: unread_jobs.into_iter().chain(unread_events).collect(),
                ..empty(state)
            },
        )
    }
}

fn conclusion(verdict: Verdict, findings: Vec<Finding>, body: JobBody) -> Conclusion<JobBody> {
    Conclusion {
        verdict,
        findings,
        body,
    }
}

/// A manifest that the API server refuses; its findings say why.
fn refused_state(shown: &str) -> State {
    let summary = format!("{shown} cannot be created: the API server refuses it.");
    State::unfinished("Invalid", summary)
}

fn empty(state: State) -> JobBody {
    JobBody {
        summary: state.summary,
        outcome: state.outcome,
        reason: state.reason,
        is_ended: state.is_ended,
        job: None,
        counts: None,
        bounds: BoundsReport::default(),
        limits: Vec::new(),
        next_retry: state.retries.first().map(|own| own.at),
        next_retry_is_exact: state.retries.first().map(|own| own.is_exact),
        retries: state.retries,
        vanishes_at: None,
        indexes: None,
        pods: Vec::new(),
        gone_failures: 0,
        cron: None,
        forecast: None,
        events: Vec::new(),
        advice: state.advice,
        unread: Vec::new(),
        restarts_in_place: false,
    }
}
