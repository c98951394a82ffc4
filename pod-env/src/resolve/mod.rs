//! The environment of every container of a Pod.
//!
//! Upstream: `makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go.

mod builder;
mod command;
mod env;
mod env_from;
mod exec;
mod file;
mod hints;
mod limits;
mod mounts;
mod own_names;
mod references;
mod surroundings;
#[cfg(test)]
mod tests;
mod value;
mod value_from;

use std::cell::OnceCell;
use std::collections::HashSet;

use k8s_openapi::api::core::v1::{EnvVar as SpecVar, LimitRange};
use pod_model::lookup::{Answers, Completeness};
use pod_model::resources::LimitRangeDefaults;
use pod_model::{Finding, Verdict};

use crate::report::{ContainerEnv, EnvItem};
use crate::runtime::{HostName, host_name};
use crate::service_links::ServiceEnv;
use crate::subject::{Options, Stage, Subject};
use pod_model::{ContainerView, containers};

use builder::Builder;

/// What is to be said of one target.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The environments.
    pub item: EnvItem,
    /// What is wrong, or good to know. Paths begin at the object's root.
    pub findings: Vec<Finding>,
    /// Whether everything that is required resolves.
    pub verdict: Verdict,
}

/// What all containers of one Pod share.
struct Context<'a> {
    subject: &'a Subject<'a>,
    answers: &'a Answers,
    options: &'a Options,
    services: &'a ServiceEnv,
    host_name: &'a HostName,
    limit_ranges: OnceCell<(LimitRangeDefaults, Completeness)>,
}

impl Context<'_> {
    /// Returns the defaults that LimitRanges give the Pod on creation, and whether
    /// all LimitRanges are known; `None` if it is created already.
    fn limit_ranges(&self) -> Option<&(LimitRangeDefaults, Completeness)> {
        let Subject {
            namespace, stage, ..
        } = *self.subject;
        (stage != Stage::Live).then(|| {
            self.limit_ranges.get_or_init(|| {
                let list = self.answers.all::<LimitRange>(namespace);
                let all: Vec<_> = list.objects.iter().map(|found| found.object).collect();
                (LimitRangeDefaults::of(&all), list.completeness)
            })
        })
    }
}

/// Builds the environment of every container that is asked about; what is said
/// of the others is left out, of the findings and of the verdict alike.
pub fn resolve(subject: &Subject<'_>, answers: &Answers, options: &Options) -> Resolution {
    let services = ServiceEnv::of(subject, answers);
    let host_name = host_name(subject, options);
    let context = Context {
        subject,
        answers,
        options,
        services: &services,
        host_name: &host_name,
        limit_ranges: OnceCell::new(),
    };
    let mut findings = Vec::new();
    hints::of_the_pod(&context, &mut findings);
    let mut unread = false;
    let mut item = EnvItem::default();
    let asked = |name: &str| {
        let names = &options.containers;
        names.is_empty() || names.iter().any(|asked| asked == name)
    };
    for container in containers(subject.spec, &subject.base) {
        if !asked(container.name) {
            continue;
        }
        let (env, more, missed) = one(&context, &container);
        item.containers.push(env);
        findings.extend(more);
        unread |= missed;
    }
    // The same envFrom in three containers is three findings, at three places;
    // the same statement about the same place is one.
    let mut seen = HashSet::new();
    findings.retain(|f| seen.insert((f.id(), f.path.clone(), f.message.clone())));
    let verdict = Verdict::of(&findings, !unread);
    Resolution {
        item,
        findings,
        verdict,
    }
}

/// The environment of one container.
fn one<'a>(
    context: &'a Context<'a>,
    container: &'a ContainerView<'a>,
) -> (ContainerEnv, Vec<Finding>, bool) {
    let mut builder = Builder::new(context, container);
    for (i, source) in container.env_from.iter().enumerate() {
        builder.env_from(i, source);
    }
    for (i, variable) in container.env.iter().enumerate() {
        builder.env(i, variable);
    }
    builder.completion_index();
    builder.service_links();
    builder.runtime();
    let expansion = builder.command();
    let mounts = builder.mounts();
    builder.exec_commands();
    builder.limits(&expansion.lengths);
    builder.hints();
    builder.finish(expansion, mounts)
}

/// The name of a variable in a manifest, as a message shows it.
fn shown_name(variable: &SpecVar) -> String {
    variable.name.escape_debug().to_string()
}
