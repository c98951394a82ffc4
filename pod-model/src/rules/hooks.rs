//! Rules of `explain-hooks`: what the kubelet does with the hooks of a container, and with its stop.

rules! {
    UNRUNNABLE_HOOK: Error, "unrunnable-hook", "A hook can never be run" => {
        explanation: "The API accepts `tcpSocket` in a hook, but the kubelet has no code for it: the hook fails each \
            time. So does one whose port has a name that the container does not declare, or whose command is one word with \
            spaces, because no shell splits it. A postStart hook that fails kills its container, so the container never \
            runs. A preStop hook that fails ends at once, with the event FailedPreStopHook; that is a warning.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {postStart: {tcpSocket: {port: 80}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {postStart: {httpGet: {port: 80}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/lifecycle: handlerRunner.Run; pkg/kubelet/kuberuntime: startContainer, executePreStopHook",
    }
    LONG_HOOK: Warning, "long-hook", "A preStop hook takes the whole grace period" => {
        explanation: "The grace period counts from the start of the preStop hook. A hook that takes all of it leaves the \
            container the kubelet's minimum: two seconds from SIGTERM to SIGKILL. The kubelet does not end the hook, it only stops \
            waiting for it. A `sleep` action that is longer than the grace period is refused by the API server; a command \
            that sleeps is not.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {exec: {command: [sleep, \"60\"]}}}"),
        good: pod!("  terminationGracePeriodSeconds: 90\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {exec: {command: [sleep, \"60\"]}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: executePreStopHook, killContainer; pkg/apis/core/validation: validateSleepAction",
    }
    ENDLESS_HOOK: Warning, "endless-hook", "A hook has a loop without a bound of its own" => {
        explanation: "Hooks have no time-out. A preStop hook in a loop that never ends takes the whole grace period, if its \
            container does not end meanwhile. A postStart hook keeps its container from counting as running, and later \
            containers from starting, for ever; that is an error. A loop that asks a program, such as `while killall -0 nginx`, \
            is a hint: many images do not have the program. Then `while` ends at once, and `until` and `while !` never.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle:\n\
\x20     preStop: {exec: {command: [sh, -c, while true; do sleep 1; done]}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle:\n\
\x20     preStop: {exec: {command: [sh, -c, for i in 1 2 3; do sleep 1; done]}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/lifecycle: handlerRunner.Run; pkg/kubelet/kuberuntime: startContainer, executePreStopHook",
    }
    FAILED_HOOK: Warning, "failed-hook", "A hook has failed" => {
        explanation: "The kubelet writes the event FailedPostStartHook or FailedPreStopHook, without the cause. A container whose \
            postStart hook has failed waits with the reason PostStartHookError, and its message has the cause: often a program \
            that the image does not have. A preStop hook also fails if its container ends before it, which is harmless. \
            Found where events or the status say so.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, lifecycle: {preStop: {exec: {command: [drain]}}}}", "apiVersion: v1\nkind: Event\nmetadata: {name: web.1}\ninvolvedObject: {kind: Pod, name: web, fieldPath: \"spec.containers{web}\"}\nreason: FailedPreStopHook\nmessage: PreStopHook failed\nsource: {component: kubelet}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {exec: {command: [nginx, -s, quit]}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: startContainer, executePreStopHook",
    }
    HOOK_HOST: Warning, "hook-host", "Pod Security refuses the host of a hook" => {
        explanation: "A hook with a `host` makes the kubelet send a request to any address that the node can reach, and says \
            nothing about this container. The kubelet connects from the node, so `localhost` is the node and not the Pod. Since \
            Kubernetes 1.34 the Pod Security Standards refuse it at `baseline` and `restricted`.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {httpGet: {host: lb.internal, port: 80}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {httpGet: {port: 80}}}"),
        upstream: "k8s.io/pod-security-admission/policy: hostProbesAndHostLifecycleV1Dot34; k8s.io/kubernetes/pkg/kubelet/lifecycle: runHTTPHandler",
        since: V1_34,
    }
    HTTPS_HOOK: Info, "https-hook", "A hook over HTTPS falls back to HTTP" => {
        explanation: "The certificate is not verified. If the server answers without TLS, the kubelet repeats the request over \
            plain HTTP, without the header `Authorization`, and writes the event LifecycleHTTPFallback.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {httpGet: {scheme: HTTPS, port: 443}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {httpGet: {port: 80}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/lifecycle: runHTTPHandler, isHTTPResponseError",
    }
    SWALLOWED_SIGTERM: Warning, "swallowed-sigterm", "The first process of a container does not react to SIGTERM" => {
        explanation: "Linux does not deliver a signal to process 1 of a container that has no handler for it. A shell has none, \
            waits for its command, and passes nothing on; neither have `sleep`, `tail` and `cat`. Each stop then takes the \
            whole grace period and ends with SIGKILL, exit code 137. Begin the last command with `exec`, set a `trap`, or start \
            it by a small init such as tini. A hint where it depends on the shell (dash stays, Bash and BusyBox \
            replace themselves by the last command), where the containers end by themselves, and where a preStop hook may end them. Not for \
            shared process namespaces, nor where the image has the command.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, nginx; echo ended]}"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, exec nginx]}"),
        upstream: "pid_namespaces(7); k8s.io/kubernetes/pkg/kubelet/kuberuntime: killContainer",
    }
    NO_GRACE_PERIOD: Warning, "no-grace-period", "A Pod goes from the API before its containers have ended" => {
        explanation: "With a `terminationGracePeriodSeconds` of 0, each deletion removes the object at once, as `--force` does. \
            The kubelet then still stops the containers: a preStop hook has one second, and SIGKILL comes two seconds after \
            SIGTERM. Meanwhile a StatefulSet may start a Pod of the same name elsewhere.",
        bad: pod!("  terminationGracePeriodSeconds: 0\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  terminationGracePeriodSeconds: 1\n  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/registry/core/pod: CheckGracefulDelete; pkg/kubelet: calculateEffectiveGracePeriod",
    }
    HOOK_NOT_AT_END: Info, "hook-not-at-end", "A preStop hook does not run when its container ends by itself" => {
        explanation: "The kubelet runs a preStop hook before it stops a container: for a deletion, an eviction, a failed probe. A container \
            that ends by itself, well or badly, gets none, so that the hook of a container that is to end by itself seldom runs. Do at the end of \
            the program what has to be done in any case.",
        bad: pod!("  restartPolicy: Never\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {exec: {command: [save-state]}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   lifecycle: {preStop: {exec: {command: [save-state]}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: killContainer",
    }
}
