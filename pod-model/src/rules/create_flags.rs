//! Rules of the flags of `create pod` and `create job`.

rules! {
    FLAG_VALUE: Error, "flag-value", "The value of a flag cannot be used" => {
        explanation: "The text behind a flag does not have the flag's grammar, or names something that does not exist. \
            The message shows the part that is wrong, and the help gives an example that works.",
        bad: run!("kubectl create pod web --image nginx --requests cpu=many"),
        good: run!("kubectl create pod web --image nginx --requests cpu=500m"),
        upstream: "none: the flags are pod-tools' own; what they write follows the API",
    }
    FLAG_MISSING: Error, "flag-missing", "The object needs a flag that is missing" => {
        explanation: "A Pod needs an image. Give it with `--image`, or with a manifest that the flags change (`--from`, \
            `--set`, `--overrides`).",
        bad: run!("kubectl create pod web"),
        good: run!("kubectl create pod web --image nginx"),
        upstream: "none: the flags are pod-tools' own",
    }
    FLAGS_TOGETHER: Error, "flags-together", "Flags contradict each other, or one requires another" => {
        explanation: "Two flags write the same field, or a flag changes something that only another flag writes. Leave \
            out one of them, or add the one that is missing.",
        bad: run!("kubectl create pod web --image busybox --shell date -- ls"),
        good: run!("kubectl create pod web --image busybox --shell date"),
        upstream: "none: the flags are pod-tools' own",
    }
    POD_SECURITY: Error, "pod-security", "The Pod does not meet the level of --profile" => {
        explanation: "`--profile baseline` and `--profile restricted` write what a Pod Security level requires, and \
            check the finished Pod by the checks of the Pod Security admission. A flag asks for something that the \
            level forbids: leave out the flag, or choose another level.",
        bad: run!("kubectl create pod web --image nginx --profile restricted --privileged"),
        good: run!("kubectl create pod web --image nginx --profile restricted"),
        upstream: "k8s.io/pod-security-admission/policy: Evaluator.EvaluatePod",
    }
}
