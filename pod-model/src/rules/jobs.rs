//! Rules of `explain-job`: Jobs that never end, and schedules that never come.

rules! {
    ENDLESS_JOB: Error, "endless-job", "A Job can never end" => {
        explanation: "A Job ends when its Pods do. One whose `parallelism` is 0 creates none, and a container whose command never \
            ends keeps its Pod, and so the Job, for ever: the kubelet waits for all containers but sidecars. A Pod that never ends is \
            no failure, so that `backoffLimit` does not help; only `activeDeadlineSeconds` does, and then the Job fails.",
        bad: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: work}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n\
\x20     - {name: work, image: busybox, command: [sh, -c, run]}\n\
\x20     - {name: proxy, image: busybox, command: [sleep, infinity]}"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: work}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      initContainers:\n\
\x20     - name: proxy\n        image: busybox\n        restartPolicy: Always\n        command: [sleep, infinity]\n      containers:\n\
\x20     - {name: work, image: busybox, command: [sh, -c, run]}"),
        upstream: "k8s.io/kubernetes/pkg/controller/job: syncJob, manageJob; pkg/kubelet: getPhase",
    }
    ENDLESS_RETRIES: Warning, "endless-retries", "A program that fails is tried again without end" => {
        explanation: "A failure that a rule of `podFailurePolicy` ignores does not count for `backoffLimit`: the Job tries again for \
            ever, each time after a longer wait, up to ten minutes, which is shown nowhere. Ignoring disruptions \
            (`onPodConditions: DisruptionTarget`) is what the action is for, and is not reported.",
        bad: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: work}\nspec:\n  podFailurePolicy:\n    rules:\n\
\x20   - {action: Ignore, onExitCodes: {operator: In, values: [3]}}\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n\
\x20     - {name: work, image: busybox, command: [sh, -c, run]}"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: work}\nspec:\n  activeDeadlineSeconds: 3600\n  podFailurePolicy:\n    rules:\n\
\x20   - {action: Ignore, onExitCodes: {operator: In, values: [3]}}\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n\
\x20     - {name: work, image: busybox, command: [sh, -c, run]}"),
        upstream: "k8s.io/kubernetes/pkg/controller/job: matchPodFailurePolicy, newBackoffRecord",
    }
    ENDLESS_SCHEDULE: Error, "endless-schedule", "A CronJob never runs" => {
        explanation: "The schedule has no time within five years, such as the 30th of February; the controller looks no further. The API \
            server takes it, because each of its fields is valid. With a `startingDeadlineSeconds` of 0 no run is ever due, either.",
        bad: yaml!("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: \"0 0 30 2 *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n\
\x20         - {name: work, image: busybox, command: [sh, -c, run]}"),
        good: yaml!("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: \"0 0 28 2 *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n\
\x20         - {name: work, image: busybox, command: [sh, -c, run]}"),
        upstream: "github.com/robfig/cron/v3: SpecSchedule.Next; k8s.io/kubernetes/pkg/controller/cronjob: mostRecentScheduleTime",
    }
}
