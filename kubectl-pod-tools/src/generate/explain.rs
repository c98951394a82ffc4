//! What generated fields mean, for `--explain-flags`: what each does and what
//! holds without it. The defaults are those of `pod_model::defaults`.

use pod_model::{FieldPath, Segment};

/// Fields of a Pod's or a Job's spec, without the numbers of list items; the
/// template of a Job reads as a Pod. `container` stands for all three lists.
const FIELDS: [(&str, &str); 77] = [
    (
        "spec.parallelism",
        "how many of its Pods run at the same time; 1 by default",
    ),
    (
        "spec.completions",
        "how many Pods have to succeed; 1 by default",
    ),
    (
        "spec.completionMode",
        "Indexed: each Pod has a number, in $JOB_COMPLETION_INDEX; NonIndexed by default",
    ),
    (
        "spec.backoffLimit",
        "so many Pods may fail before the Job does; 6 by default",
    ),
    (
        "spec.backoffLimitPerIndex",
        "so many Pods may fail for each index",
    ),
    (
        "spec.maxFailedIndexes",
        "the Job fails when more indexes than this have failed",
    ),
    (
        "spec.activeDeadlineSeconds",
        "whatever still runs after so many seconds is ended, and has failed; no limit by default",
    ),
    (
        "spec.ttlSecondsAfterFinished",
        "the Job and its Pods are deleted so long after the end; never by default",
    ),
    ("spec.suspend", "no Pods are made until this is false"),
    (
        "spec.podFailurePolicy",
        "what a failed Pod means; the first rule that matches decides",
    ),
    (
        "spec.successPolicy",
        "when the Job counts as successful before all Pods have succeeded",
    ),
    (
        "spec.podReplacementPolicy",
        "Failed: a new Pod only when the old one has ended, not while it still ends",
    ),
    (
        "spec.managedBy",
        "another controller than Kubernetes' own runs this Job",
    ),
    (
        "spec.restartPolicy",
        "Always restarts what ends, OnFailure what fails, Never nothing; a Job's failed Pods stay to be read with Never",
    ),
    (
        "spec.terminationGracePeriodSeconds",
        "seconds between the request to end and the kill; 30 by default",
    ),
    (
        "spec.serviceAccountName",
        "as whom the Pod talks to the API server; `default` by default",
    ),
    (
        "spec.automountServiceAccountToken",
        "false: no credentials for the API server are mounted",
    ),
    ("spec.nodeName", "runs on this node, past the scheduler"),
    ("spec.nodeSelector", "only on nodes with all these labels"),
    (
        "spec.schedulerName",
        "who chooses the node; default-scheduler by default",
    ),
    (
        "spec.priorityClassName",
        "how important the Pod is when there is no room",
    ),
    ("spec.runtimeClassName", "which container runtime runs it"),
    (
        "spec.hostNetwork",
        "true: the node's own network, with its addresses and ports",
    ),
    (
        "spec.tolerations",
        "taints of nodes that do not keep the Pod away",
    ),
    (
        "spec.topologySpreadConstraints",
        "spreads the Pods over nodes or zones",
    ),
    (
        "spec.topologySpreadConstraints.maxSkew",
        "the fullest place may have so many Pods more than the emptiest",
    ),
    (
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        "only on nodes that match one of the terms; looked at when it is scheduled, not later",
    ),
    (
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution",
        "better on nodes that match; a higher weight (1 to 100) counts more",
    ),
    ("spec.affinity.podAffinity", "near Pods with these labels"),
    (
        "spec.affinity.podAntiAffinity",
        "away from Pods with these labels",
    ),
    ("spec.imagePullSecrets", "credentials for the registry"),
    (
        "spec.resources",
        "requests and limits for all containers together",
    ),
    (
        "spec.initContainers",
        "each runs to its end before the next; with restartPolicy Always it is a sidecar that stays",
    ),
    (
        "spec.securityContext.runAsUser",
        "the user that all containers run as; the image's own by default",
    ),
    (
        "spec.securityContext.runAsGroup",
        "the group that all containers run as; the image's own by default",
    ),
    (
        "spec.securityContext.runAsNonRoot",
        "true: the kubelet starts no container as root",
    ),
    (
        "spec.securityContext.fsGroup",
        "volumes belong to this group, and each process is in it",
    ),
    (
        "spec.securityContext.supplementalGroups",
        "more groups for each process",
    ),
    (
        "spec.securityContext.seccompProfile",
        "which system calls are allowed; Unconfined by default",
    ),
    (
        "spec.securityContext.sysctls",
        "kernel settings of the Pod's own namespaces",
    ),
    (
        "spec.volumes.emptyDir",
        "a new empty directory that lives as long as the Pod",
    ),
    ("spec.volumes.hostPath", "a path of the node"),
    (
        "spec.volumes.persistentVolumeClaim",
        "storage that outlives the Pod",
    ),
    ("spec.volumes.projected", "several sources in one directory"),
    (
        "spec.container.image",
        "without a tag or digest it is :latest",
    ),
    (
        "spec.container.imagePullPolicy",
        "Always asks the registry each time; the default is Always for :latest, otherwise IfNotPresent",
    ),
    (
        "spec.container.command",
        "in place of the image's entrypoint; $(VAR) is expanded, there is no shell",
    ),
    (
        "spec.container.args",
        "in place of the image's arguments; $(VAR) is expanded, there is no shell",
    ),
    (
        "spec.container.workingDir",
        "where the program starts; the image's own by default",
    ),
    ("spec.container.envFrom", "each key becomes a variable"),
    (
        "spec.container.env",
        "over envFrom; $(NAME) is the value of a variable that stands before",
    ),
    (
        "spec.container.ports",
        "for people and for names; an unlisted port can be reached, too",
    ),
    (
        "spec.container.ports.hostPort",
        "opens this port on the node, so one such Pod fits on each",
    ),
    (
        "spec.container.resources",
        "requests choose the node and the share of CPU; limits throttle CPU and kill for memory",
    ),
    (
        "spec.container.livenessProbe",
        "restarts the container after so many failures in a row",
    ),
    (
        "spec.container.readinessProbe",
        "keeps traffic of Services away while it fails",
    ),
    (
        "spec.container.startupProbe",
        "holds the other probes back until it has succeeded once",
    ),
    (
        "spec.container.initialDelaySeconds",
        "seconds from the start to the first try; 0 by default",
    ),
    (
        "spec.container.periodSeconds",
        "seconds between two tries; 10 by default",
    ),
    (
        "spec.container.timeoutSeconds",
        "seconds until a try has failed; 1 by default",
    ),
    (
        "spec.container.failureThreshold",
        "failures in a row that count; 3 by default",
    ),
    (
        "spec.container.successThreshold",
        "successes in a row that count; 1 by default",
    ),
    (
        "spec.container.lifecycle.postStart",
        "runs beside the program right after its start; when it fails, the container is killed",
    ),
    (
        "spec.container.lifecycle.preStop",
        "runs before the program is asked to end, within the grace period",
    ),
    (
        "spec.container.lifecycle.stopSignal",
        "what asks the program to end; the image's own or SIGTERM by default",
    ),
    (
        "spec.container.restartPolicy",
        "over the Pod's; Always in an init container makes it a sidecar",
    ),
    (
        "spec.container.restartPolicyRules",
        "what an exit code means; the first rule that matches decides",
    ),
    (
        "spec.container.volumeMounts",
        "where the Pod's volumes appear in this container",
    ),
    (
        "spec.container.stdin",
        "true: the standard input stays open for whoever attaches",
    ),
    (
        "spec.container.tty",
        "true: a terminal, which needs stdin to be of use",
    ),
    (
        "spec.container.securityContext.privileged",
        "true: as root on the node itself",
    ),
    (
        "spec.container.securityContext.allowPrivilegeEscalation",
        "false: setuid programs gain nothing; true by default",
    ),
    (
        "spec.container.securityContext.capabilities",
        "parts of root's power, added to or dropped from the runtime's default set",
    ),
    (
        "spec.container.securityContext.readOnlyRootFilesystem",
        "true: only volumes can be written to",
    ),
    (
        "spec.container.securityContext.runAsNonRoot",
        "true: the kubelet does not start it as root",
    ),
    (
        "spec.container.securityContext.runAsUser",
        "the user that it runs as, over the Pod's",
    ),
    (
        "spec.container.securityContext.seccompProfile",
        "which system calls are allowed; Unconfined by default",
    ),
];

/// Parts of a path that say nothing of the meaning: each probe has the same
/// numbers.
const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// What the field means; none for what explains itself.
pub(crate) fn explanation(path: &FieldPath) -> Option<&'static str> {
    let mut names: Vec<&str> = path
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Field(name) => Some(&**name),
            Segment::Index(_) => None,
        })
        .collect();
    if names.starts_with(&["spec", "template"]) {
        names.drain(1..=1);
        if names.get(1) == Some(&"spec") {
            names.remove(1);
        }
    }
    if let Some(list) = names.get_mut(1)
        && ["containers", "initContainers"].contains(list)
        && names.len() > 2
    {
        names[1] = "container";
        if names.len() > 3 && PROBES.contains(&names[2]) {
            names.remove(2);
        }
    }
    let wanted = names.join(".");
    let row = FIELDS.iter().find(|(field, _)| *field == wanted);
    row.map(|(_, said)| *said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::rules;

    #[test]
    fn a_jobs_template_reads_as_a_pod() {
        let said = |path| explanation(&FieldPath::parse(path));
        let same = [
            ["spec.restartPolicy", "spec.template.spec.restartPolicy"],
            [
                "spec.containers[0].env",
                "spec.template.spec.initContainers[3].env",
            ],
            [
                "spec.containers[0].livenessProbe.periodSeconds",
                "spec.template.spec.containers[1].startupProbe.periodSeconds",
            ],
        ];
        for [one, other] in same {
            assert!(said(one).is_some(), "{one}");
            assert_eq!(said(one), said(other), "{other}");
        }
        assert!(said("spec.containers[0].name").is_none());
        assert!(said("metadata.name").is_none());
    }

    /// A field that the API does not have would never be explained.
    #[test]
    fn each_row_is_about_a_field_of_the_api() {
        for (field, said) in FIELDS {
            assert!(said.len() <= 120, "{field}: too long for a line");
            let lists = ["topologySpreadConstraints", "volumes", "ports"];
            let path = lists.iter().fold(
                field.replace("spec.container.", "spec.containers[0]."),
                |path, list| path.replace(&format!("{list}."), &format!("{list}[0].")),
            );
            let as_job = path.replace("spec.", "spec.template.spec.");
            let known = [
                ("v1", "Pod", path.clone()),
                ("batch/v1", "Job", path),
                ("batch/v1", "Job", as_job),
            ]
            .into_iter()
            .any(|(version, kind, path)| {
                knows(version, kind, &path) || knows_in_probe(version, kind, &path)
            });
            assert!(known, "{field}");
        }
    }

    fn knows_in_probe(version: &str, kind: &str, path: &str) -> bool {
        let path = path.replace("containers[0].", "containers[0].livenessProbe.");
        knows(version, kind, &path)
    }

    /// Whether the schema has the field: a wrong value in it is not an unknown
    /// field.
    fn knows(version: &str, kind: &str, path: &str) -> bool {
        let mut object = serde_json::json!({});
        let mut place = &mut object;
        for step in FieldPath::parse(path).segments() {
            place = match step {
                Segment::Field(name) => &mut place[name.as_ref()],
                Segment::Index(_) => {
                    *place = serde_json::json!([{}]);
                    &mut place[0]
                }
            };
        }
        *place = serde_json::json!({});
        object["apiVersion"] = version.into();
        object["kind"] = kind.into();
        let manifest = pod_model::manifest::read("x", object.to_string().into_bytes());
        let findings =
            pod_model::check(&manifest.documents[0], pod_model::KubernetesVersion::LATEST);
        !findings.iter().any(|finding| {
            finding.is(&rules::UNKNOWN_FIELD)
                || (finding.is(&rules::WRONG_TYPE) && finding.path.to_string() != path)
        })
    }
}
