//! The environments of all containers of a Pod.

use std::cell::OnceCell;
use std::collections::HashSet;

use pod_model::lookup::Answers;
use pod_model::{ContainerView, Finding, Verdict, containers};

use super::builder::Builder;
use super::context::Context;
use super::hints;
use crate::report::{ContainerEnv, EnvItem};
use crate::runtime::host_name;
use crate::service_links::ServiceEnv;
use crate::subject::{Options, Subject};

/// The environments of one target, with the findings.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The environments.
    pub item: EnvItem,
    /// The findings. Paths begin at the object's root.
    pub findings: Vec<Finding>,
    /// The verdict: `Ok` if every required value resolves.
    pub verdict: Verdict,
}

/// Builds the environment of the chosen containers; the findings and the verdict are those
/// of these containers and of the Pod.
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
