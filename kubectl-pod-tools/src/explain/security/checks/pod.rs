//! Checks of the Pod as a whole: sysctls, volumes and annotations.

use pod_model::security::{FsGroupEffect, Safety};
use pod_model::{FieldPath, Finding, Severity, rules};

use super::host_paths;
use super::subject::Subject;

/// Annotations of old for seccomp, which nothing reads any more.
const SECCOMP: [&str; 2] = [
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    sysctls(subject, found);
    fs_group(subject, found);
    annotations(subject, found);
    host_paths::check(subject, found);
}

fn sysctls(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for own in &subject.security.sysctls {
        let (message, severity) = match &own.safety {
            Safety::Safe { .. } => continue,
            Safety::Unsafe { message } => (
                format!(
                    "the Pod fails with SysctlForbidden ({message}) on a node whose kubelet does not allow it"
                ),
                Severity::Warning,
            ),
            Safety::NotNamespaced { message } | Safety::HostNamespace { message } => (
                format!("the Pod fails with SysctlForbidden: {message}"),
                Severity::Error,
            ),
        };
        let help = match &own.safety {
            Safety::Unsafe { .. } => {
                format!(
                    "start the kubelet with `--allowed-unsafe-sysctls={}`",
                    own.name
                )
            }
            _ => "set it on the node".to_owned(),
        };
        let path = subject.path(&own.path);
        found.push(
            Finding::new(&rules::UNSAFE_SYSCTL, path, message)
                .with_severity(severity)
                .help(help),
        );
    }
}

fn fs_group(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let security = subject.security;
    let Some(group) = &security.fs_group else {
        return;
    };
    let written: Vec<_> = security
        .volumes
        .iter()
        .filter(|own| subject.created.volume_path(subject.target, own).is_some())
        .collect();
    let is_unchanged = |effect| matches!(effect, FsGroupEffect::Unchanged | FsGroupEffect::NoFiles);
    if written.is_empty() || !written.iter().all(|own| is_unchanged(own.effect)) {
        return;
    }
    let names: Vec<String> = written
        .iter()
        .map(|own| format!("{} `{}`", own.source, own.name))
        .collect();
    let path = group.group.path.as_ref().map(|path| subject.path(path));
    let message = format!(
        "`fsGroup` changes no volume: the kubelet leaves {} as {}",
        names.join(", "),
        if names.len() == 1 {
            "it is"
        } else {
            "they are"
        }
    );
    found.push(
        Finding::new(&rules::UNUSED_FS_GROUP, path.unwrap_or_default(), message)
            .help("set owner and mode where the files are; the group itself is still given to the processes"),
    );
}

fn annotations(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let annotations = subject.target.metadata.annotations.iter().flatten();
    for (key, _) in annotations {
        let is_it = key == SECCOMP[0] || key.starts_with(SECCOMP[1]);
        if !is_it {
            continue;
        }
        let metadata = FieldPath::root().field("metadata");
        let path = subject
            .path(&metadata)
            .field("annotations")
            .field(key.clone());
        let message =
            format!("the annotation `{key}` has no effect: nothing reads it since Kubernetes 1.27");
        found.push(
            Finding::new(&rules::SECCOMP_ANNOTATION, path, message)
                .help("set `securityContext.seccompProfile`"),
        );
    }
}
