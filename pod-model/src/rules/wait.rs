//! Rules of `wait`: how a wait ends that does not end well.

rules! {
    WAIT_FAILED: Error, "wait-failed", "The target failed" => {
        explanation: "The Job, Pod or rollout has ended without success, or the condition can never become true. The \
            message gives the reason and the container that failed. The exit code is 1.",
        bad: run!("kubectl pod-tools wait job/migrate  # its program exits with 1"),
        good: run!("kubectl pod-tools wait job/migrate  # its program exits with 0"),
        upstream: "k8s.io/kubernetes/pkg/controller/job: Controller.syncJob",
    }
    WAIT_DELETED: Error, "wait-deleted", "The target does not exist, or was deleted before it was done" => {
        explanation: "The object was not created in time (`--wait-for-creation`), or it was deleted during the wait. \
            The exit code is 4. To wait for the deletion, use `--for=deleted`.",
        bad: run!("kubectl pod-tools wait pod/web --for=ready  # the Pod is deleted meanwhile"),
        good: run!("kubectl pod-tools wait pod/web --for=ready  # the Pod is kept"),
        upstream: "k8s.io/kubectl/pkg/cmd/wait: getObjAndCheckCondition",
    }
    WAIT_STUCK: Error, "wait-stuck", "The target is stuck in a state that it cannot leave on its own" => {
        explanation: "An image cannot be pulled, a ConfigMap is missing, no node fits, or the like. Waiting longer \
            does not help. docs/waiting.md lists these states and how long each must last. The exit code is 5.",
        bad: run!("kubectl pod-tools wait pod/web --for=ready  # its image does not exist"),
        good: run!("kubectl pod-tools wait pod/web --for=ready  # its image exists"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/images: EnsureImageExists; pkg/kubelet/kuberuntime: startContainer",
    }
    WAIT_TIMED_OUT: Error, "wait-timed-out", "The timeout passed before the target was done" => {
        explanation: "The time of `--timeout` was over before the target had succeeded or failed. The exit code is \
            124, and the verdict is `unknown`.",
        bad: run!("kubectl pod-tools wait job/migrate --timeout=1s  # it runs for a minute"),
        good: run!("kubectl pod-tools wait job/migrate --timeout=10m"),
        upstream: "timeout(1): exit status 124",
    }
    WAIT_NOT_DELETED: Error, "wait-not-deleted", "An object that was to be deleted still exists" => {
        explanation: "`--rm` deletes an object when its wait is over. The API server refused the deletion, or the \
            object still exists, for example because of a finalizer.",
        bad: run!("kubectl pod-tools wait job/migrate --rm  # you may not delete Jobs"),
        good: run!("kubectl pod-tools wait job/migrate --rm  # you may delete Jobs"),
        upstream: "k8s.io/apiserver/pkg/registry/generic/registry: Store.Delete",
    }
}
