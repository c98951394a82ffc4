//! Rules of `explain-env --verify`: a running container beside what its sources
//! say.

rules! {
    DRIFT: Error, "drift", "A running container has another value than it would get now" => {
        explanation: "The environment of a container is fixed when it starts. Since then a ConfigMap, Secret, \
            Service or other source has changed, and the container still has the old value. Restart it to get the \
            new one.",
        bad: run!("kubectl pod-env web --verify  # ConfigMap `app` was changed after the start"),
        good: run!("kubectl rollout restart deployment/web && kubectl pod-env deployment/web"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    UNREAD_ENVIRONMENT: Warning, "unread-environment", "The environment of a running container cannot be read" => {
        explanation: "`--verify` runs a program in the container that prints its environment. The container does not \
            run, it has no such program, or you may not create `pods/exec`. For a container that has ended it is \
            only information.",
        bad: run!("kubectl pod-env web --verify  # its image has no cat, env or printenv"),
        good: run!("kubectl pod-env web"),
        upstream: "k8s.io/kubernetes/pkg/registry/core/pod/rest: ExecREST",
    }
    UNEXPLAINED_VARIABLE: Info, "unexplained-variable", "A running container has variables without a known source" => {
        explanation: "The image, a device plugin or the runtime has set them, or a source that has changed since. \
            `--image-config` shows which ones are from the image.",
        bad: run!("kubectl pod-env web --verify"),
        good: run!("kubectl pod-env web --verify --image-config web.json"),
        upstream: "opencontainers/image-spec, config: Env",
    }
    UNCLEAR_LINES: Info, "unclear-lines", "Lines of an environment may be variables or parts of a value" => {
        explanation: "The image can only print its environment line by line, and a value with a line feed looks like \
            several lines. Such lines are left out of the comparison. An image with `cat` or `env -0` has no such \
            lines.",
        bad: run!("kubectl pod-env web --verify  # its image has only `env` without -0"),
        good: run!("kubectl pod-env web --verify  # its image has `cat`"),
        upstream: "proc_pid_environ(5)",
    }
}
