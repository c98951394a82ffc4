//! Rules of `explain-probes`: what the kubelet does with the probes of a container.

rules! {
    NO_PROBES: Info, "no-probes", "No container has a probe" => {
        explanation: "Without probes, a container is ready as soon as it runs, and at most the end of its process \
            restarts it: a hang goes unnoticed. That is fine for work that ends by itself.",
        bad: pod!("  containers: [{name: web, image: nginx}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: manager.AddPod, manager.UpdatePodStatus",
    }
    ERRORED_PROBE: Error, "errored-probe", "A probe can never be run" => {
        explanation: "A port is given by a name that the container does not declare, or its number is not a port. \
            Each attempt is then an error, which counts neither as a success nor as a failure: a startup probe \
            never succeeds, a readiness probe never makes the container ready, and a liveness probe never kills it. \
            A name is looked up in the ports of the probe's own container only. A warning where the kubelet's events \
            say that attempts were errored, such as for a program that the image does not have.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{name: http, containerPort: 80}]\n\
\x20   readinessProbe: {httpGet: {port: htpp}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{name: http, containerPort: 80}]\n\
\x20   readinessProbe: {httpGet: {port: http}}"),
        upstream: "k8s.io/kubernetes/pkg/probe: ResolveContainerPort; pkg/kubelet/prober: prober.probe, worker.doProbe",
    }
    UNDECLARED_PORT: Info, "undeclared-port", "A probe goes to a port that no container declares" => {
        explanation: "The kubelet does not need the declaration, so the probe works if the program listens there. \
            Where other ports are declared, the number may be a mistake, unless a command, an argument or a variable \
            has it. The same goes for a port that is declared for UDP or SCTP alone: probes connect by TCP. A probe \
            with a `host` is not looked at.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{containerPort: 8080}]\n\
\x20   readinessProbe: {httpGet: {port: 8081}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{containerPort: 8080}]\n\
\x20   readinessProbe: {httpGet: {port: 8080}}"),
        upstream: "k8s.io/kubernetes/pkg/probe: ResolveContainerPort",
    }
    PROBE_HOST: Warning, "probe-host", "Pod Security refuses the host of a probe" => {
        explanation: "A probe with a `host` makes the kubelet send requests to any address that the node can reach. \
            The kubelet connects from the node, so `localhost` is the node and not the Pod. Since Kubernetes 1.34 the \
            Pod Security Standards refuse it at `baseline` and `restricted`. It also \
            says nothing about this container, but for one case: under `hostNetwork` the addresses of the node are \
            the container's own. That is only a hint, because such a Pod is refused at these levels anyway.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {host: db.internal, port: 80}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}"),
        upstream: "k8s.io/pod-security-admission/policy: hostProbesAndHostLifecycleV1Dot34",
        since: V1_34,
    }
    TIMEOUT_LONGER_THAN_PERIOD: Info, "timeout-longer-than-period", "The time-out of a probe is longer than its period" => {
        explanation: "A probe has one attempt at a time. Of the ticks that come while an attempt waits for its \
            answer one is kept: attempts that get none follow each other at once, and a hang is noticed later than \
            the period and the threshold say. That may be meant: kubeadm and Istio have such probes.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, timeoutSeconds: 20}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {httpGet: {port: 80}, periodSeconds: 20, timeoutSeconds: 5}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.run",
    }
    LONG_LIVENESS_DELAY: Info, "long-liveness-delay", "A liveness probe has a long delay in place of a startup probe" => {
        explanation: "The delay runs after each start, also after a restart: in that time a hang is not noticed. A \
            startup probe ends its protection as soon as the container answers, and tolerates a slower start. \
            From 60 s on this is a warning.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 120}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   startupProbe: {httpGet: {port: 80}, failureThreshold: 12}\n\
\x20   livenessProbe: {httpGet: {port: 80}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.doProbe",
    }
    IDENTICAL_PROBES: Warning, "identical-probes", "Readiness and liveness ask the same question for the same time" => {
        explanation: "A container that answers too late under load should get less traffic. If its liveness probe \
            fails no later than its readiness probe, it is killed as well, and its load moves to the others. Give \
            liveness a higher `failureThreshold`, a longer `timeoutSeconds`, or a question that load does not touch.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}, failureThreshold: 10}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.doProbe; pkg/kubelet/kuberuntime: computePodActions",
    }
    READY_THROUGH_RESTARTS: Info, "ready-through-restarts", "A container stays ready while its liveness probe restarts it" => {
        explanation: "Without a readiness probe, a container is ready whenever it runs. One that never answers gets \
            traffic through its restarts. The first two of them come without a wait, and later ones as long as a \
            run lasts longer than the wait (10 s, doubled each time), because the back-off looks at the run before the last \
            when a probe kills.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{containerPort: 80}]\n\
\x20   livenessProbe: {httpGet: {port: 80}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{containerPort: 80}]\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}, failureThreshold: 10}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: doBackOff; pkg/kubelet/prober: manager.UpdatePodStatus",
    }
    IGNORED_PROBE_GRACE: Warning, "ignored-probe-grace", "The grace period of a probe is not used" => {
        explanation: "Under `restartPolicy: Never` nothing of the Pod remains to run once a probe kills its only \
            container; sidecars do not count. The kubelet then ends the whole Pod, with the Pod's \
            `terminationGracePeriodSeconds`. With several containers that is so once the others have ended, which is \
            only a hint.",
        bad: pod!("  restartPolicy: Never\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {httpGet: {port: 80}, terminationGracePeriodSeconds: 3}"),
        good: pod!("  restartPolicy: Never\n  terminationGracePeriodSeconds: 3\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {httpGet: {port: 80}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: computePodActions, killContainer, setTerminationGracePeriod",
    }
    EXEC_EVERY_SECOND: Warning, "exec-every-second", "A probe starts a process every second" => {
        explanation: "An exec probe goes through the container runtime and starts a process in the container, which \
            counts against its CPU and its limit of processes. Every second that is much; a request of HTTP, TCP or \
            gRPC costs far less. A startup probe ends with its first success, so it is not counted.",
        bad: pod!("  containers:\n\
\x20 - name: db\n\
\x20   image: postgres\n\
\x20   readinessProbe: {exec: {command: [pg_isready]}, periodSeconds: 1}"),
        good: pod!("  containers:\n\
\x20 - name: db\n\
\x20   image: postgres\n\
\x20   readinessProbe: {exec: {command: [pg_isready]}, periodSeconds: 5}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: execInContainer.Start",
    }
    EMPTY_PROBE_VARIABLE: Warning, "empty-probe-variable", "A variable in the command of a probe has not its value" => {
        explanation: "For the command of a probe, the kubelet replaces `$(NAME)` from the texts in `env` alone. A \
            variable with a `valueFrom` becomes the empty string, one from `envFrom` stays as a reference, and \
            references within a text are not replaced. Let a shell in the container replace it.",
        bad: pod!("  containers:\n\
\x20 - name: db\n\
\x20   image: postgres\n\
\x20   env: [{name: HOST, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]\n\
\x20   readinessProbe: {exec: {command: [pg_isready, -h, $(HOST)]}}"),
        good: pod!("  containers:\n\
\x20 - name: db\n\
\x20   image: postgres\n\
\x20   env: [{name: HOST, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]\n\
\x20   readinessProbe: {exec: {command: [sh, -c, \"exec pg_isready -h ${HOST}\"]}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/container: ExpandContainerCommandOnlyStatic, v1EnvVarsToMap",
    }
    BACKGROUND_IN_PROBE: Warning, "background-in-probe", "A probe leaves a process with its output open" => {
        explanation: "The container runtime waits until all processes that hold the output of an exec probe have \
            closed it. A command that the script leaves in the background makes an attempt take longer than its \
            time-out. Redirect its output and its errors.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {exec: {command: [sh, -c, \"refresh & test -f /ready\"]}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe:\n\
\x20     exec: {command: [sh, -c, \"refresh >/dev/null 2>&1 & test -f /ready\"]}"),
        upstream: "k8s.io/kubernetes/pkg/probe/exec: execProber.Probe; containerd/internal/cri/server: execInContainer",
    }
    IGNORED_FAILURE: Warning, "ignored-failure", "The script of a probe turns failures into success" => {
        explanation: "The exit code of a script is that of its last command. `|| true`, a trailing `echo`, and a \
            pipeline into a command such as `tee` turn every failure into success. Scripts with loops, conditions, \
            functions or substitutions are not judged. An attempt that takes too long still fails.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe: {exec: {command: [sh, -c, curl -f localhost; echo checked]}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   livenessProbe:\n\
\x20     exec: {command: [sh, -c, curl -f localhost && echo checked]}"),
        upstream: "POSIX.1-2024, Shell Command Language, 2.8.2 Exit Status for Commands; k8s.io/kubernetes/pkg/probe/exec: execProber.Probe",
    }
    REDIRECT_LEAVES_POD: Warning, "redirect-leaves-pod", "A redirect that the kubelet does not follow counts as success" => {
        explanation: "The kubelet compares the host of a redirect with the Pod's IP as text, and does not follow one \
            to another host, `localhost` included. Such an answer is a success with the event ProbeWarning. So the \
            probe passes although the page behind the redirect may be broken. Found where the event says so.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, readinessProbe: {httpGet: {port: 80}}}\n\
status:\n\
\x20 containerStatuses:\n\
\x20 - {name: web, ready: true, restartCount: 0, image: nginx, imageID: i}", "apiVersion: v1\nkind: Event\nmetadata: {name: web.1}\ninvolvedObject: {kind: Pod, name: web, fieldPath: \"spec.containers{web}\"}\nreason: ProbeWarning\ncount: 7\nmessage: \"Readiness probe warning: Probe terminated redirects, Response body: \"\nsource: {component: kubelet}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80, path: /healthz}}\n\
status:\n\
\x20 containerStatuses:\n\
\x20 - {name: web, ready: true, restartCount: 0, image: nginx, imageID: i}"),
        upstream: "k8s.io/kubernetes/pkg/probe/http: RedirectChecker, DoHTTPProbe",
    }
    SHORT_START_TOLERANCE: Warning, "short-start-tolerance", "A container needed longer to start than its probes tolerate for certain" => {
        explanation: "The container was ready later than its startup or liveness probe may kill one that does not \
            answer. The next start may end with a restart. Only for a Pod with one container, because its condition \
            tells the time, and only if readiness asks the same question as the probe that kills: a start that one \
            question tolerates says nothing about another.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}}\n\
status:\n\
\x20 conditions:\n\
\x20 - type: ContainersReady\n\
\x20   status: \"True\"\n\
\x20   lastTransitionTime: \"2026-01-01T00:00:25Z\"\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: true\n\
\x20   restartCount: 0\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:00Z\"}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   startupProbe: {httpGet: {port: 80}, failureThreshold: 12}\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}, failureThreshold: 10}\n\
status:\n\
\x20 conditions:\n\
\x20 - type: ContainersReady\n\
\x20   status: \"True\"\n\
\x20   lastTransitionTime: \"2026-01-01T00:00:25Z\"\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: true\n\
\x20   restartCount: 0\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:00Z\"}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.doProbe; pkg/kubelet/status: GenerateContainersReadyCondition",
    }
    ENDED_BEFORE_PROBES: Info, "ended-before-probes", "A container ended sooner than its probes can kill it" => {
        explanation: "A container that restarts again and again has often no problem with its probes: it ends by \
            itself before they can kill it, such as for a mistake in its configuration or for its memory limit. Of \
            the first run the delay and the threshold tell the least time of a kill. Of a later one only the delay \
            does, because the failures at the end of the run before count on.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}, failureThreshold: 10}\n\
status:\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: false\n\
\x20   restartCount: 1\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:06Z\"}}\n\
\x20   lastState:\n\
\x20     terminated:\n\
\x20       exitCode: 1\n\
\x20       startedAt: \"2026-01-01T00:00:00Z\"\n\
\x20       finishedAt: \"2026-01-01T00:00:05Z\""),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}}\n\
\x20   livenessProbe: {httpGet: {port: 80}, failureThreshold: 10}\n\
status:\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: true\n\
\x20   restartCount: 0\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:00Z\"}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.run, worker.doProbe",
    }
    CONTRADICTS_FORECAST: Warning, "contradicts-forecast", "A container was ready, or killed, earlier than its probes allow" => {
        explanation: "The times of the cluster contradict the forecast: the container was ready, or a probe killed it, \
            before its delay and its thresholds allow that. The probes of a Pod cannot be changed, so the clock of the node was set, the \
            status was written by something else than the kubelet, or the forecast is wrong. Please report the last.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 60}\n\
status:\n\
\x20 conditions:\n\
\x20 - type: ContainersReady\n\
\x20   status: \"True\"\n\
\x20   lastTransitionTime: \"2026-01-01T00:00:12Z\"\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: true\n\
\x20   restartCount: 0\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:00Z\"}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 10}\n\
status:\n\
\x20 conditions:\n\
\x20 - type: ContainersReady\n\
\x20   status: \"True\"\n\
\x20   lastTransitionTime: \"2026-01-01T00:00:12Z\"\n\
\x20 containerStatuses:\n\
\x20 - name: web\n\
\x20   ready: true\n\
\x20   restartCount: 0\n\
\x20   image: nginx\n\
\x20   imageID: \"\"\n\
\x20   state: {running: {startedAt: \"2026-01-01T00:00:00Z\"}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: worker.doProbe; pkg/kubelet/status: GenerateContainersReadyCondition",
    }
}
