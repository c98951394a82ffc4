//! Exit code 5: Jobs that cannot go on by themselves, and what is missing.

use crate::support::namespace::Namespace;
use crate::support::waiting::NEVER;
use crate::{Case, ON_FAILURE, case, each_ends};

/// A Job whose container is written otherwise.
fn stuck(name: &'static str, pod: &str, container: &str, says: &[&'static str]) -> Case {
    let mut case = case(name, "backoffLimit: 1", pod, "true", 5, says);
    case.manifest = case.manifest.replace("image: busybox", container);
    case
}

const BUSYBOX: &str = "image: busybox";

#[test]
fn jobs_that_are_stuck_are_exit_code_5_with_what_is_missing() {
    let namespace = Namespace::new("wait-stuck");
    namespace.kubectl(&["create", "configmap", "there", "--from-literal=a=b"]);
    let in_pod = |line: &str| format!("{NEVER}\n      {line}");
    each_ends(
        &namespace,
        &[
            stuck(
                "image",
                NEVER,
                "image: no-such-image:1",
                &[
                    "job/image is stuck: ",
                    "ImagePull",
                    "pod image-",
                    "container main",
                    "no-such-image:1",
                ],
            ),
            stuck(
                "init-image",
                &in_pod("initContainers: [{name: first, image: no-such-image:1}]"),
                BUSYBOX,
                &["job/init-image is stuck: ", "ImagePull", "container first"],
            ),
            stuck(
                "never-pull",
                NEVER,
                "image: no-such-image:1\n        imagePullPolicy: Never",
                &["ErrImageNeverPull"],
            ),
            stuck("image-name", NEVER, "image: A/B", &["InvalidImageName"]),
            stuck(
                "config-map",
                NEVER,
                "image: busybox\n        envFrom: [{configMapRef: {name: nope}}]",
                &["CreateContainerConfigError", "configmap \"nope\" not found"],
            ),
            stuck(
                "key",
                NEVER,
                "image: busybox\n        env: [{name: A, valueFrom: {configMapKeyRef: {name: there, key: k}}}]",
                &[
                    "CreateContainerConfigError",
                    "couldn't find key k in ConfigMap",
                ],
            ),
            stuck(
                "secret",
                NEVER,
                "image: busybox\n        env: [{name: A, valueFrom: {secretKeyRef: {name: nope, key: k}}}]",
                &["CreateContainerConfigError", "secret \"nope\" not found"],
            ),
            stuck(
                "node",
                &in_pod("nodeSelector: {no: such}"),
                BUSYBOX,
                &[
                    "job/node is stuck: Unschedulable: pod node-",
                    "0/1 nodes are available",
                ],
            ),
            stuck(
                "account",
                &in_pod("serviceAccountName: nobody"),
                BUSYBOX,
                &["FailedCreate", "serviceaccount \"nobody\" not found"],
            ),
            stuck(
                "volume",
                &in_pod("volumes: [{name: v, configMap: {name: nope}}]"),
                "image: busybox\n        volumeMounts: [{name: v, mountPath: /v}]",
                &["FailedMount", "configmap \"nope\" not found"],
            ),
            case(
                "crash",
                "backoffLimit: 6",
                ON_FAILURE,
                "exit 3",
                5,
                &[
                    "job/crash is stuck: CrashLoopBackOff: pod crash-",
                    "container main",
                    "exited 3",
                ],
            ),
        ],
    );
}

#[test]
fn pods_that_may_not_be_created_are_exit_code_5() {
    let namespace = Namespace::new("wait-refused");
    let level = "pod-security.kubernetes.io/enforce";
    let label = |value: &str| namespace.kubectl(&["label", "namespace", namespace.name(), value]);
    label(&format!("{level}=restricted"));
    let refused = ["FailedCreate", "violates PodSecurity \"restricted:latest\""];
    each_ends(&namespace, &[stuck("insecure", NEVER, BUSYBOX, &refused)]);
    label(&format!("{level}-"));
    namespace.kubectl(&["create", "quota", "none", "--hard=pods=0"]);
    let refused = ["FailedCreate", "exceeded quota: none"];
    each_ends(&namespace, &[stuck("too-many", NEVER, BUSYBOX, &refused)]);
}
