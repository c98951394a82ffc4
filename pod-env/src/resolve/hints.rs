//! Findings about names of variables and about the Pod as a whole.

use pod_model::lookup::Completeness;
use pod_model::validation::validate_hostname_override;
use pod_model::{Finding, rules};

use super::builder::Builder;
use super::context::Context;
use crate::report::{SourceKind, Status};
use crate::runtime::{HostName, overrides_count, unused_names};
use crate::shell::{ForeignNames, foreign_names};

impl Builder<'_> {
    /// Adds a finding for each variable that a POSIX shell cannot refer to.
    pub(super) fn hints(&mut self) {
        let mut findings = Vec::new();
        let foreign_names = foreign_names(self.container);
        for entry in &self.entries {
            let takes_part = !matches!(entry.status, Status::Skipped | Status::Overridden);
            let own = !matches!(
                entry.source.kind,
                SourceKind::Runtime | SourceKind::ServiceLink
            );
            if takes_part && own && !entry.shell_name {
                let name = entry.name.escape_debug();
                let path = entry.path.clone();
                let path = path.unwrap_or_else(|| self.container.path.clone());
                let cannot = "a POSIX shell cannot refer to it";
                let (message, help) = match foreign_names {
                    Some(ForeignNames::Dropped) => (
                        format!(
                            "`{name}` is set, but {cannot}, and the container's shell does not pass it on to programs"
                        ),
                        format!(
                            "rename it, or start the program without a shell; `$({name})` refers to it in the manifest"
                        ),
                    ),
                    Some(ForeignNames::Depends) => (
                        format!(
                            "`{name}` is set, but {cannot}, and dash and busybox ash do not pass it on to programs"
                        ),
                        format!(
                            "rename it, start the program without a shell, or use bash; `$({name})` refers to it in the manifest"
                        ),
                    ),
                    Some(ForeignNames::Kept) | None => (
                        format!("`{name}` is set, but {cannot}"),
                        format!(
                            "print it with `printenv '{name}'`; `$({name})` refers to it in the manifest"
                        ),
                    ),
                };
                findings.push(Finding::new(&rules::NOT_SHELL_NAME, path, message).help(help));
            }
        }
        self.findings.append(&mut findings);
    }
}

/// Adds the findings about the Pod as a whole.
pub(super) fn of_the_pod(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let base = &context.subject.base;
    if let HostName::Invalid { path, why, so } = context.host_name {
        let message = format!("{why}; {so}");
        findings.push(Finding::new(
            &rules::INVALID_HOSTNAME,
            path.clone(),
            message,
        ));
    }
    if overrides_count(context.options) {
        let refused = validate_hostname_override(context.subject.spec, base);
        findings.extend(refused.into_iter().map(|mut finding| {
            finding.judge_by(&rules::INVALID_HOSTNAME);
            finding
        }));
    }
    for (field, instead) in unused_names(context.subject) {
        let message = format!("`{field}` of the template is not used: {instead}");
        findings.push(
            Finding::new(&rules::UNUSED_HOSTNAME, base.field(field), message).help("remove it"),
        );
    }
    if context.subject.spec.containers.is_empty() {
        findings.push(Finding::new(
            &rules::NO_CONTAINERS,
            base.field("containers"),
            "a Pod needs at least one container",
        ));
    }
    if context.services.completeness == Completeness::Forbidden {
        let namespace = context.subject.namespace;
        let message = format!(
            "no permission to list Services in namespace `{namespace}`: their variables are unknown"
        );
        findings.push(
            Finding::new(&rules::FORBIDDEN, base.clone(), message)
                .help("request permission to list Services, or set `enableServiceLinks: false`"),
        );
    }
    for var in context.services.vars() {
        if let Some(other) = &var.collides_with {
            let message = format!(
                "Services `{other}` and `{}` both set `{}`; which one wins is random",
                var.service, var.name
            );
            findings.push(
                Finding::new(&rules::SERVICE_LINK_COLLISION, base.clone(), message)
                    .help("use their DNS names, and set `enableServiceLinks: false`"),
            );
        }
    }
}
