//! Rules of the flags of `create pod` and `create job`.

rules! {
    FLAG_VALUE: Error, "flag-value", "The value of a flag cannot be used" => {
        explanation: "The value does not have the form that the flag expects, or it names something that does not \
            exist. The message shows the wrong part, and the help gives an example that works.",
        bad: run!("kubectl create pod web --image nginx --requests cpu=many"),
        good: run!("kubectl create pod web --image nginx --requests cpu=500m"),
        upstream: "none: the flags are pod-tools' own",
    }
    FLAG_MISSING: Error, "flag-missing", "The object needs a flag that is missing" => {
        explanation: "A Pod needs an image. Give it with `--image`, with `--set` or `--overrides`, or in a manifest \
            (`--from`).",
        bad: run!("kubectl create pod web"),
        good: run!("kubectl create pod web --image nginx"),
        upstream: "none: the flags are pod-tools' own",
    }
    FLAGS_TOGETHER: Error, "flags-together", "Flags contradict each other, or one requires another" => {
        explanation: "Two flags set the same field, or a flag changes something that only another flag adds. Leave \
            out one of them, or add the missing one.",
        bad: run!("kubectl create pod web --image busybox --shell date -- ls"),
        good: run!("kubectl create pod web --image busybox --shell date"),
        upstream: "none: the flags are pod-tools' own",
    }
    POD_SECURITY: Error, "pod-security", "The Pod does not meet the level of --profile" => {
        explanation: "`--profile baseline` and `--profile restricted` set what a Pod Security level requires. Then \
            they check the finished Pod as the Pod Security admission controller does. The Pod has something that \
            the level forbids: leave out the flag that sets it, or choose another level.",
        bad: run!("kubectl create pod web --image nginx --profile restricted --privileged"),
        good: run!("kubectl create pod web --image nginx --profile restricted"),
        upstream: "k8s.io/pod-security-admission/policy: Evaluator.EvaluatePod",
    }
}
