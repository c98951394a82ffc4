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

use std::collections::HashSet;

use k8s_openapi::api::core::v1::EnvVar as SpecVar;
use pod_model::resources::LimitRangeDefaults;
use pod_model::{Finding, Verdict};

use crate::report::{ContainerEnv, EnvItem};
use crate::runtime::{HostName, host_name};
use crate::service_links::ServiceEnv;
use crate::subject::{Found, Options, Stage, Subject};
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
    found: &'a Found<'a>,
    options: &'a Options,
    services: &'a ServiceEnv,
    host_name: &'a HostName,
    /// What LimitRanges give the Pod on creation.
    defaults: Option<&'a LimitRangeDefaults>,
}

/// Builds the environment of every container that is asked about; what is said
/// of the others is left out, of the findings and of the verdict alike.
pub fn resolve(subject: &Subject<'_>, found: &Found<'_>, options: &Options) -> Resolution {
    let services = ServiceEnv::of(subject, found);
    let host_name = host_name(subject, options);
    let defaults =
        (subject.stage != Stage::Live).then(|| LimitRangeDefaults::of(&found.limit_ranges));
    let context = Context {
        subject,
        found,
        options,
        services: &services,
        host_name: &host_name,
        defaults: defaults.as_ref(),
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
