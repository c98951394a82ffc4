//! The table of causes.

use serde::Serializer;

/// A row: what a cause states, whatever the object.
pub struct CauseRow {
    /// Stable name in kebab case, such as `out-of-memory`.
    pub id: &'static str,
    /// The statement, in a clause.
    pub states: &'static str,
}

/// The id says all.
impl std::fmt::Debug for CauseRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Causes are the same if their ids are.
impl PartialEq for CauseRow {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CauseRow {}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference to the field"
)]
pub(super) fn serialize_id<S: Serializer>(
    row: &&'static CauseRow,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(row.id)
}

macro_rules! causes {
    ($($name:ident: $id:literal, $states:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $states, ".")]
            pub static $name: CauseRow = CauseRow { id: $id, states: $states };
        )*
        /// All rows.
        pub static CAUSES: &[&CauseRow] = &[$(&$name),*];
    };
}

causes! {
    ADMISSION_DENIED: "admission-denied", "a validating admission policy or webhook refuses the Pods";
    BEING_DELETED: "being-deleted", "the deleted object waits for what it owns";
    CLAIM_MISSING: "claim-missing", "a PersistentVolumeClaim of the Pod does not exist";
    CLAIM_UNBOUND: "claim-unbound", "a PersistentVolumeClaim of the Pod has no volume";
    COMMAND_NOT_EXECUTABLE: "command-not-executable", "a shell in the container could not execute a file (126)";
    COMMAND_NOT_FOUND: "command-not-found", "a shell in the container did not find a program (127)";
    CONFIG_MAP_KEY_MISSING: "config-map-key-missing", "a ConfigMap exists without the key";
    CONFIG_MAP_MISSING: "config-map-missing", "a ConfigMap does not exist";
    CONTAINER_COMPLETED: "container-completed", "a container of several has ended well";
    CONTAINER_CONFIG_ERROR: "container-config-error", "the kubelet cannot put together the configuration of a container";
    CONTAINER_CREATION_FAILS: "container-creation-fails", "the runtime cannot create a container";
    CONTAINER_START_FAILS: "container-start-fails", "the runtime cannot start a container";
    CRON_JOB_FORBIDDEN: "cron-job-forbidden", "concurrencyPolicy Forbid, and an earlier Job still runs";
    CRON_JOB_INVALID: "cron-job-invalid", "the time zone or the schedule of the CronJob is not valid";
    CRON_JOB_MISSED: "cron-job-missed", "the CronJob did not start runs that were due";
    CRON_JOB_RUN_FAILED: "cron-job-run-failed", "the last Job of the CronJob failed";
    CRON_JOB_SUSPENDED: "cron-job-suspended", "the CronJob is suspended";
    CRON_JOB_WAITS: "cron-job-waits", "the CronJob waits for its next time";
    CSI_DRIVER_MISSING: "csi-driver-missing", "the driver of a volume is not registered on the node";
    DEADLINE_EXCEEDED: "deadline-exceeded", "activeDeadlineSeconds of the Pod";
    DEPLOYMENT_PAUSED: "deployment-paused", "the Deployment is paused";
    END_NOT_SEEN: "end-not-seen", "nobody saw the container end";
    EVICTED: "evicted", "the kubelet or the API evicted the Pod";
    EVICTED_DISK: "evicted-disk", "evicted, since the node was short of disk";
    EVICTED_MEMORY: "evicted-memory", "evicted, since the node was short of memory";
    EVICTED_STORAGE_LIMIT: "evicted-storage-limit", "evicted, since a container or the Pod wrote more than its limit of ephemeral-storage";
    EVICTED_VOLUME_LIMIT: "evicted-volume-limit", "evicted, since an emptyDir became larger than its sizeLimit";
    EXEC_FORMAT_ERROR: "exec-format-error", "the program is of another format or architecture";
    EXITS_UNDER_ALWAYS: "exits-under-always", "a program that ends well is restarted for ever";
    EXITS_WITH_ERROR: "exits-with-error", "the program ends with an exit code of its own";
    FINALIZER: "finalizer", "the deleted object is kept by its finalizers";
    HOST_PATH_MISSING: "host-path-missing", "a hostPath of the node is not of the wanted type";
    HOST_PORT_TAKEN: "host-port-taken", "another Pod uses the port of the node";
    IMAGE_NAME_INVALID: "image-name-invalid", "the name is not one of an image";
    IMAGE_NEVER_PULLED: "image-never-pulled", "the image is not on the node, or not for these credentials, and imagePullPolicy is Never";
    IMAGE_NOT_FOUND: "image-not-found", "the registry has no such image";
    IMAGE_PLATFORM_MISSING: "image-platform-missing", "the registry has the image, but not for the architecture of the node";
    IMAGE_PULL_FAILS: "image-pull-fails", "the image cannot be pulled, for a reason that nobody classifies";
    IMAGE_PULL_FORBIDDEN: "image-pull-forbidden", "the registry refuses the image to these credentials, or to none";
    IMAGE_PULL_RATE_LIMITED: "image-pull-rate-limited", "the registry answers 429";
    INIT_CONTAINER_FAILS: "init-container-fails", "an init container ends with an error";
    INIT_CONTAINER_RUNS: "init-container-runs", "an init container runs, and the apps wait for it";
    INSUFFICIENT_RESOURCES: "insufficient-resources", "no node has as much of a resource";
    JOB_BACKOFF_LIMIT: "job-backoff-limit", "more Pods or restarts failed than backoffLimit allows";
    JOB_DEADLINE: "job-deadline", "activeDeadlineSeconds of the Job";
    JOB_FAILED: "job-failed", "the Job has failed, for a reason that nobody classifies";
    JOB_FAILED_INDEXES: "job-failed-indexes", "indexes of the Job failed";
    JOB_FAILURE_POLICY: "job-failure-policy", "a rule of podFailurePolicy failed the Job";
    JOB_FAILURES_IGNORED: "job-failures-ignored", "a rule of podFailurePolicy ignores the failures";
    JOB_HELD_BY_CONTAINER: "job-held-by-container", "the work is done, and another container keeps the Pod from ending";
    JOB_MANAGED_BY: "job-managed-by", "another controller is responsible for the Job";
    JOB_PARALLELISM_ZERO: "job-parallelism-zero", "parallelism is 0";
    JOB_RETRIES: "job-retries", "Pods failed, and the Job tries again";
    JOB_RUNNING: "job-running", "the Job runs";
    JOB_SUSPENDED: "job-suspended", "the Job is suspended";
    KILLED_BY_SIGNAL: "killed-by-signal", "the program died of a signal that neither the kubelet nor the kernel's memory killer is known to have sent";
    LIMIT_RANGE_VIOLATED: "limit-range-violated", "a LimitRange refuses the Pods";
    LIVENESS_PROBE_ERRORED: "liveness-probe-errored", "the liveness probe cannot be run and so never fails";
    LIVENESS_PROBE_KILLED: "liveness-probe-killed", "the liveness probe failed, and the kubelet killed the container";
    LIVENESS_PROBE_REDIRECTED: "liveness-probe-redirected", "a probe is redirected to another host, which counts as success";
    NO_COMMAND: "no-command", "neither the image nor the Pod has a command";
    NO_MATCHING_NODE: "no-matching-node", "no node has the labels that a DaemonSet wants";
    NODE_CORDONED: "node-cordoned", "no node that fits may take new Pods";
    NODE_GONE: "node-gone", "the node does not answer, and its Pods are to be deleted";
    NODE_MISSING: "node-missing", "the Pod names a node that does not exist";
    NODE_NOT_READY: "node-not-ready", "the node does not answer";
    NODE_SELECTOR_MISMATCH: "node-selector-mismatch", "no node has the labels";
    NODE_SHUTDOWN: "node-shutdown", "the node was shut down";
    NOT_SCHEDULED: "not-scheduled", "no scheduler has looked at the Pod";
    NOT_TAKEN_UP: "not-taken-up", "the kubelet of the node has not taken up the Pod";
    OUT_OF_MEMORY: "out-of-memory", "a process of the container ran into the memory limit";
    OUT_OF_MEMORY_CHILD: "out-of-memory-child", "a process ran into the memory limit, and the program ended well all the same";
    POD_AFFINITY_UNMET: "pod-affinity-unmet", "no node is beside the Pods that are wanted";
    POD_CREATION_REFUSED: "pod-creation-refused", "the API server refuses the Pods, for a reason that nobody classifies";
    POD_FAILED: "pod-failed", "the Pod has failed, and its status does not say why";
    POD_SECURITY_VIOLATED: "pod-security-violated", "Pod Security refuses the Pods";
    POST_START_HOOK_FAILED: "post-start-hook-failed", "the postStart hook failed, and the kubelet killed the container";
    POST_START_HOOK_RUNS: "post-start-hook-runs", "the postStart hook has not ended";
    PREEMPTED: "preempted", "a Pod of a higher priority took its place";
    PROGRAM_MISSING: "program-missing", "the image has no such program";
    PROGRAM_NOT_EXECUTABLE: "program-not-executable", "the program may not be executed";
    PROGRESS_DEADLINE_EXCEEDED: "progress-deadline-exceeded", "the Deployment made no progress for progressDeadlineSeconds";
    QUOTA_EXCEEDED: "quota-exceeded", "a ResourceQuota refuses the Pods";
    READ_ONLY_ROOT_FILE_SYSTEM: "read-only-root-file-system", "the program writes to the root file system, which is read-only";
    READINESS_GATE_UNMET: "readiness-gate-unmet", "a condition of readinessGates is not True";
    READINESS_PROBE_ERRORED: "readiness-probe-errored", "the readiness probe cannot be run";
    READINESS_PROBE_FAILS: "readiness-probe-fails", "the readiness probe fails";
    READINESS_PROBE_REDIRECTED: "readiness-probe-redirected", "a probe is redirected to another host, which counts as success";
    READINESS_UNKNOWN: "readiness-unknown", "a container is not ready, and nothing says why";
    REGISTRY_UNAVAILABLE: "registry-unavailable", "the registry does not answer, or with a 5xx";
    REJECTED_BY_KUBELET: "rejected-by-kubelet", "the kubelet refused the Pod, which never comes back";
    RESIZE_DEFERRED: "resize-deferred", "the node cannot give the new resources now";
    RESIZE_INFEASIBLE: "resize-infeasible", "the node can never give the new resources";
    ROLLING_OUT: "rolling-out", "a rollout goes on";
    ROLLOUT_ON_DELETE: "rollout-on-delete", "updateStrategy OnDelete keeps the Pods of an older template";
    ROLLOUT_PARTITIONED: "rollout-partitioned", "the partition of a StatefulSet keeps Pods of an older template";
    RUN_AS_NON_ROOT_REFUSED: "run-as-non-root-refused", "runAsNonRoot, and the container would run as root or as an unknown user";
    RUNTIME_CLASS_MISSING: "runtime-class-missing", "the RuntimeClass does not exist";
    SANDBOX_CREATION_FAILS: "sandbox-creation-fails", "the runtime or the network of the node cannot make the Pod's sandbox";
    SCALED_TO_ZERO: "scaled-to-zero", "the workload is to have no Pods";
    SCHEDULING_GATE: "scheduling-gate", "a scheduling gate has not been removed";
    SECCOMP_PROFILE_MISSING: "seccomp-profile-missing", "the node has no such seccomp profile";
    SECRET_KEY_MISSING: "secret-key-missing", "a Secret exists without the key";
    SECRET_MISSING: "secret-missing", "a Secret does not exist";
    SERVICE_ACCOUNT_MISSING: "service-account-missing", "the ServiceAccount does not exist";
    SIDECAR_FAILS: "sidecar-fails", "a sidecar ends again and again";
    STARTING: "starting", "the containers are being started";
    STARTUP_PROBE_ERRORED: "startup-probe-errored", "the startup probe cannot be run";
    STARTUP_PROBE_FAILS: "startup-probe-fails", "the startup probe has not succeeded yet";
    STARTUP_PROBE_KILLED: "startup-probe-killed", "the startup probe failed, and the kubelet killed the container";
    TERMINATING: "terminating", "the Pod is deleted, and its grace time has not passed";
    UNSCHEDULABLE: "unschedulable", "no node takes the Pod";
    UNTOLERATED_TAINT: "untolerated-taint", "no node without a taint that the Pod does not tolerate";
    VOLUME_ATTACH_FAILS: "volume-attach-fails", "a volume cannot be attached to the node, often since another node has it";
    VOLUME_MOUNT_FAILS: "volume-mount-fails", "a volume cannot be mounted";
    VOLUME_NODE_AFFINITY_CONFLICT: "volume-node-affinity-conflict", "the volume can be used on other nodes only";
    WEBHOOK_UNREACHABLE: "webhook-unreachable", "an admission webhook does not answer";
}
