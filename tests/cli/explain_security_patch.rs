//! Consequences of the least patch: containers that do not start, and changes that the API server refuses.

use crate::support::{Home, Run};

use super::explain_security::{PLAIN, offline, pod};

/// The file after `--fix`, and the run.
fn fixed(text: &str, args: &[&str]) -> (String, Run) {
    let home = Home::with(&[
        ("pod.yaml", text),
        ("root.json", r#"{"config": {"User": ""}}"#),
        ("name.json", r#"[{"Config": {"User": "nginx"}}]"#),
        ("number.json", r#"{"config": {"User": "101:102"}}"#),
    ]);
    let run = home.run(&[&["explain-security", "--fix", "pod.yaml"], args].concat());
    let after = std::fs::read_to_string(home.path().join("pod.yaml")).unwrap();
    (after, run)
}

#[test]
fn an_image_that_is_known_to_be_root_makes_non_root_a_decision() {
    let text = pod(PLAIN);
    for (file, is_safe, words) in [
        ("root.json", false, "its image runs as root"),
        ("name.json", false, "its image's user is the name nginx"),
        ("number.json", true, "1 object meets"),
    ] {
        let config = format!("app={file}");
        let args = ["--image-config", &config];
        let (after, run) = fixed(&text, &args);
        assert_eq!(run.code, Some(i32::from(!is_safe)), "{run:?}");
        assert_eq!(after.contains("runAsNonRoot"), is_safe, "{after}");
        assert!(run.stderr.contains(words), "{run:?}");
        assert!(!run.stderr.contains("starts only if"), "{run:?}");
        let args = [
            "-o",
            "patch",
            "--level",
            "restricted",
            "--image-config",
            &config,
        ];
        let run = offline(&text, &args);
        assert_eq!(run.stdout.contains(words), !is_safe, "{run:?}");
        let decision = "# to decide: set spec.securityContext.runAsNonRoot to true: the container app does not start then";
        assert_eq!(run.stdout.contains(decision), !is_safe, "{run:?}");
        let told = offline(&text, &args[4..]).stdout;
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            flat.contains("1 of them is yours to decide"),
            !is_safe,
            "{told}"
        );
    }
}

#[test]
fn an_image_that_is_not_known_is_told() {
    let condition =
        "container app starts only if the user of its image is a number above 0, not a name";
    let (after, run) = fixed(&pod(PLAIN), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(after.contains("runAsNonRoot: true"), "{after}");
    assert!(run.stderr.contains(condition), "{run:?}");
    let run = offline(&pod(PLAIN), &["-o", "patch"]);
    assert!(run.stdout.contains(&format!("# {condition}")), "{run:?}");
    // Where the Pod names a user, no image decides.
    let user = "  securityContext: {runAsUser: 1000}\n";
    let (_, run) = fixed(&pod(&[user, PLAIN].concat()), &[]);
    assert!(!run.stderr.contains("starts only if"), "{run:?}");
}

#[test]
fn a_user_0_that_goes_leaves_the_user_of_the_pod_or_of_the_image() {
    let own =
        "  containers:\n  - name: app\n    image: nginx\n    securityContext: {runAsUser: 0}\n";
    let of_pod = "  securityContext: {runAsUser: 7}\n";
    for (text, file, words) in [
        (
            pod(own),
            "root.json",
            "the container app does not start then",
        ),
        (
            pod(own),
            "number.json",
            "the container app then runs as the user of its image",
        ),
        (
            pod(&[of_pod, own].concat()),
            "root.json",
            "then runs as user 7, as the Pod says",
        ),
        (
            pod(&[of_pod.replace('7', "0"), own.replace('0', "5")].concat()),
            "root.json",
            "no container runs as that user: each names one of its own",
        ),
    ] {
        let (_, run) = fixed(&text, &["--image-config", file]);
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
}

#[test]
fn a_container_that_does_not_start_after_the_changes_is_told() {
    let text = pod(
        "  initContainers:\n  - {name: i, image: z, securityContext: {runAsUser: 0}}\n  containers:\n  - {name: a, image: x}\n",
    );
    let told =
        "the container a does not start then (CreateContainerConfigError): its image runs as root";
    for more in [&["--unsafe-fixes"][..], &[]] {
        let (_, run) = fixed(&text, &[&["--image-config", "a=root.json"], more].concat());
        assert!(run.stderr.contains(told), "{run:?}");
    }
    let run = offline(
        &text,
        &[
            "-o",
            "patch",
            "--level",
            "restricted",
            "--image-config",
            "a=root.json",
        ],
    );
    assert!(run.stdout.contains(told), "{run:?}");
}

#[test]
fn nothing_is_promised_of_a_file_that_cannot_be_read() {
    let met = "  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n  containers:\n  - name: app\n    \
               image: x\n    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}\n";
    let run = offline(&pod(met), &["-o", "patch"]);
    assert!(run.stderr.contains("nothing to patch"), "{run:?}");
    let broken = pod("  containers: [{name: [], image: x}]\n");
    let run = offline(&[pod(met), broken].join("---\n"), &["-o", "patch"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(!run.stderr.contains("nothing to patch"), "{run:?}");
}

#[test]
fn a_container_of_an_image_config_must_be_there() {
    let (after, run) = fixed(&pod(PLAIN), &["--image-config", "ap=root.json"]);
    assert_eq!((run.code, after), (Some(2), pod(PLAIN)), "{run:?}");
    assert!(run.stderr.contains("did you mean `app`?"), "{run:?}");
    // Two objects may have containers of one name.
    let two = [pod(PLAIN), pod(PLAIN)].join("---\n");
    let (_, run) = fixed(&two, &["--image-config", "zz=root.json"]);
    assert_eq!(run.stderr.matches("app").count(), 1, "{run:?}");
}

/// The API server lets privileged containers alone have Bidirectional mounts.
#[test]
fn a_container_that_is_not_privileged_any_more_has_no_bidirectional_mount() {
    let text = pod(
        "  volumes: [{name: v, emptyDir: {}}]\n  containers:\n  - name: app\n    image: x\n    securityContext: {privileged: true}\n    \
         volumeMounts:\n    - {name: v, mountPath: /v, mountPropagation: Bidirectional}\n    - {name: v, mountPath: /w}\n",
    );
    let (after, run) = fixed(&text, &["--level", "baseline"]);
    assert_eq!((run.code, &after), (Some(1), &text), "{run:?}");
    let decision =
        "set spec.containers[0].volumeMounts[0].mountPropagation to \"HostToContainer\"?";
    assert!(run.stderr.contains(decision), "{run:?}");
    let (after, run) = fixed(&text, &["--level", "baseline", "--unsafe-fixes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        after.contains("mountPath: /v, mountPropagation: HostToContainer"),
        "{after}"
    );
    assert!(!run.stderr.contains("refuses"), "{run:?}");
    let run = offline(&text, &["-o", "patch"]);
    assert!(
        run.stdout.contains("mountPropagation: HostToContainer"),
        "{run:?}"
    );
}

/// An annotation of old must agree with the field.
#[test]
fn a_change_that_the_api_server_refuses_is_not_safe() {
    let text = pod(PLAIN).replace(
        "metadata: {name: web}",
        "metadata: {name: web, annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}",
    );
    let (after, run) = fixed(&text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(!after.contains("RuntimeDefault"), "{after}");
    assert!(
        run.stderr.contains("the API server refuses it: "),
        "{run:?}"
    );
    let run = offline(&text, &["-o", "patch"]);
    assert!(
        run.stdout.contains("# the API server refuses this patch: "),
        "{run:?}"
    );
}

#[test]
fn the_text_counts_the_changes_that_the_patch_has() {
    // The host port is a default, and no field of the file.
    let text = pod(
        "  hostNetwork: true\n  containers:\n  - {name: app, image: x, ports: [{containerPort: 80}]}\n",
    );
    let run = offline(&text, &[]);
    let flat = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("`-o patch` prints the one change that reaches baseline"),
        "{run:?}"
    );
    let run = offline(&text, &["-o", "patch"]);
    assert_eq!(run.stdout.matches("# to decide").count(), 1, "{run:?}");
}

#[test]
fn a_patch_asks_the_version_of_the_standards_that_is_asked_for() {
    let sysctl =
        "  securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: \"1\"}]}\n";
    let text = pod(&[sysctl, PLAIN].concat());
    for (version, is_allowed) in [("1.36", false), ("1.37", true)] {
        let args = [
            "--level",
            "baseline",
            "--pss-version",
            version,
            "--kubernetes-version",
            "1.33",
        ];
        let run = offline(&text, &[&args[..], &["-o", "patch"]].concat());
        assert_eq!(run.stdout.is_empty(), is_allowed, "{run:?}");
        let (_, run) = fixed(&text, &args);
        assert_eq!(run.code == Some(0), is_allowed, "{run:?}");
    }
}
