//! Pods that do not start: volumes, the sandbox, and what the kubelet and the runtime say of containers.

use k8s_openapi::api::core::v1::Node;
use pod_model::diagnosis::BetterByItself;
use pod_model::{KubernetesVersion, Verdict};
use serde_json::{Value, json};

use crate::small::{ago, assert_cause, end, event, judge, judge_with, own_event, pod, waiting};

fn creating(age: i64) -> Value {
    waiting(age, "ContainerCreating", "")
}

#[test]
fn somebody_who_was_not_ready_yet_is_asked_again() {
    for (reason, message, verdict, id) in [
        (
            "CreateContainerConfigError",
            "failed to sync secret cache: timed out waiting for the condition",
            Verdict::Unknown,
            "container-config-error",
        ),
        (
            "CreateContainerConfigError",
            "services have not yet been read at least once, cannot construct envvars",
            Verdict::Unknown,
            "container-config-error",
        ),
        (
            "CreateContainerConfigError",
            "no such thing",
            Verdict::No,
            "container-config-error",
        ),
        (
            "CreateContainerError",
            "failed to reserve container name \"a\": name \"a\" is reserved for \"b\"",
            Verdict::Unknown,
            "container-creation-fails",
        ),
        (
            "CreateContainerError",
            "context deadline exceeded",
            Verdict::Unknown,
            "container-creation-fails",
        ),
        (
            "CreateContainerError",
            "no such thing",
            Verdict::No,
            "container-creation-fails",
        ),
        (
            "RunContainerError",
            "context deadline exceeded",
            Verdict::Unknown,
            "container-start-fails",
        ),
    ] {
        let diagnosis = judge(&waiting(3_600, reason, message), &[]);
        assert_cause(&diagnosis, verdict, id);
        let diagnosis = judge(&waiting(20, reason, message), &[]);
        assert_cause(&diagnosis, Verdict::Unknown, id);
    }
}

#[test]
fn a_runtime_fails_before_it_comes_to_the_program() {
    let runc = |words: &str| {
        format!(
            "failed to create containerd task: OCI runtime create failed: runc create failed: unable to start container process: {words}: unknown"
        )
    };
    let init = |words: &str| runc(&format!("error during container init: {words}"));
    for (message, id, says) in [
        (
            init(
                "chdir to cwd (\"/srv/app\") set in config.json failed: no such file or directory",
            ),
            "container-start-fails",
            "working directory /srv/app: no such file",
        ),
        (
            init("chdir to cwd (\"/root\") set in config.json failed: permission denied"),
            "container-start-fails",
            "working directory /root: permission denied",
        ),
        (
            init(
                "error mounting \"/dev/fuse\" to rootfs at \"/dev/fuse\": stat /dev/fuse: no such file or directory",
            ),
            "container-start-fails",
            "error mounting \"/dev/fuse\"",
        ),
        (
            runc("container init was OOM-killed (memory limit too low?)"),
            "out-of-memory",
            "memory limit of 4Mi",
        ),
        (
            runc("exec: \"serve\": executable file not found in $PATH"),
            "program-missing",
            "has no serve",
        ),
        (
            runc("exec: \"/bin/serve\": permission denied"),
            "program-not-executable",
            "/bin/serve",
        ),
        (
            init("exec /bin/serve: no such file or directory"),
            "program-missing",
            "has no /bin/serve",
        ),
    ] {
        let mut last = end(128, "StartError", 60, 60);
        last["terminated"]["message"] = json!(message);
        let waits = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting"}});
        let container = json!({"command": ["/bin/sh"], "resources": {"limits": {"memory": "4Mi"}}});
        let status = json!({"state": waits, "lastState": last, "restartCount": 5});
        let pod = pod(900, "Running", container, status);
        let cause = assert_cause(&judge(&pod, &[]), Verdict::No, id);
        assert!(cause.message.contains(says), "{cause:?}");
        assert!(!cause.advice.concat().contains("kubectl logs"), "{cause:?}");
    }
}

#[test]
fn cri_o_misses_the_program_when_it_creates_the_container() {
    for message in [
        "container create failed: executable file `serve` not found in $PATH: No such file or directory",
        r#"container create failed: time="2026-11-30T11:00:00Z" level=error msg="runc create failed: unable to start container process: exec: \"serve\": executable file not found in $PATH""#,
    ] {
        let diagnosis = judge(&waiting(900, "CreateContainerError", message), &[]);
        let cause = assert_cause(&diagnosis, Verdict::No, "program-missing");
        assert!(cause.message.ends_with("has no serve"), "{cause:?}");
    }
}

#[test]
fn a_volume_names_the_object_whose_key_is_missing() {
    for (volume, message, id, says) in [
        (
            json!({"name": "v", "configMap": {"name": "app", "items": [{"key": "app.yml", "path": "a"}]}}),
            "configmap references non-existent config key: app.yml",
            "config-map-key-missing",
            "key app.yml of the ConfigMap app",
        ),
        (
            json!({"name": "v", "secret": {"secretName": "tls"}}),
            "references non-existent secret key: k.pem",
            "secret-key-missing",
            "key k.pem of the Secret tls",
        ),
        (
            json!({"name": "v", "projected": {"sources": [
                {"secret": {"name": "a", "items": [{"key": "b", "path": "b"}]}},
                {"secret": {"name": "c", "items": [{"key": "d", "path": "d"}]}},
            ]}}),
            "references non-existent secret key: d",
            "secret-key-missing",
            "key d of the Secret c",
        ),
    ] {
        let mut pod = creating(300);
        pod["spec"]["volumes"] = json!([volume]);
        let message = format!("MountVolume.SetUp failed for volume \"v\" : {message}");
        let diagnosis = judge(&pod, &[event("FailedMount", &message, 5, 4)]);
        let cause = assert_cause(&diagnosis, Verdict::No, id);
        assert!(cause.message.contains(says), "{cause:?}");
    }
}

#[test]
fn a_volume_that_was_mounted_since_is_no_cause() {
    let message = "MountVolume.SetUp failed for volume \"cfg\" : configmap \"app\" not found";
    let failed = |last| event("FailedMount", message, last, 8);
    let pulling = own_event("Pulling", "Pulling image \"nginx:1\"", 20, 1);
    let diagnosis = judge(&creating(300), &[failed(5), pulling.clone()]);
    assert_cause(&diagnosis, Verdict::No, "config-map-missing");
    let diagnosis = judge(&creating(300), &[failed(120), pulling]);
    assert_cause(&diagnosis, Verdict::Unknown, "starting");
    let mut pod = creating(300);
    pod["status"]["conditions"] = json!([{"type": "PodReadyToStartContainers", "status": "True"}]);
    let diagnosis = judge(&pod, &[failed(120)]);
    assert_eq!(diagnosis.causes[0].row.id, "starting", "{diagnosis:?}");
}

#[test]
fn a_volume_that_was_attached_since_is_no_cause() {
    let failed = event(
        "FailedAttachVolume",
        "Multi-Attach error for volume \"pvc-1\" Volume is already used",
        119,
        1,
    );
    let attached = |volume| {
        let message = format!("AttachVolume.Attach succeeded for volume \"{volume}\"");
        event("SuccessfulAttachVolume", &message, 10, 1)
    };
    for (volume, id) in [("pvc-1", "starting"), ("pvc-2", "volume-attach-fails")] {
        let diagnosis = judge(&creating(120), &[failed.clone(), attached(volume)]);
        assert_cause(&diagnosis, Verdict::Unknown, id);
    }
}

#[test]
fn agents_of_a_node_may_still_be_on_their_way() {
    let driver = "MountVolume.SetUp failed for volume \"pvc-1\" : driver name a.b not found in the list of registered CSI drivers";
    let sandbox = "Failed to create pod sandbox: rpc error: unable to connect to agent";
    for (reason, message, id) in [
        ("FailedMount", driver, "csi-driver-missing"),
        ("FailedCreatePodSandBox", sandbox, "sandbox-creation-fails"),
    ] {
        let failed = event(reason, message, 2, 5);
        let new: Node = serde_json::from_value(
            json!({"metadata": {"name": "n1", "creationTimestamp": ago(100)}}),
        )
        .unwrap();
        for (age, node, verdict) in [
            (30, None, Verdict::Unknown),
            (90, None, Verdict::No),
            (90, Some(&new), Verdict::Unknown),
        ] {
            let pod = creating(age);
            let diagnosis = judge_with(
                &pod,
                std::slice::from_ref(&failed),
                KubernetesVersion::LATEST,
                node,
            );
            assert_cause(&diagnosis, verdict, id);
        }
    }
}

#[test]
fn each_sandbox_that_fails_counts() {
    let failed = |at: i64| {
        let message =
            format!("Failed to create pod sandbox: failed to setup network for sandbox \"{at}\"");
        event("FailedCreatePodSandBox", &message, at, 1)
    };
    let many: Vec<Value> = (1..40).map(|at| failed(at * 15)).collect();
    assert_cause(
        &judge(&creating(900), &many),
        Verdict::No,
        "sandbox-creation-fails",
    );
    assert_cause(
        &judge(&creating(900), &many[..2]),
        Verdict::Unknown,
        "sandbox-creation-fails",
    );
    // One of them has been made since.
    let mut since = many.clone();
    since.push(own_event("Pulling", "Pulling image \"nginx:1\"", 10, 1));
    assert_cause(&judge(&creating(900), &since), Verdict::Unknown, "starting");
}

#[test]
fn a_pod_gets_better_by_itself_only_while_it_is_young_or_goes_on() {
    let pulling = own_event("Pulling", "Pulling image \"nginx:1\"", 20, 1);
    for (age, events, better) in [
        (20, vec![], BetterByItself::Yes),
        (3_600, vec![], BetterByItself::Unknown),
        (3_600, vec![pulling], BetterByItself::Yes),
    ] {
        let diagnosis = judge(&creating(age), &events);
        assert_cause(&diagnosis, Verdict::Unknown, "starting");
        assert_eq!(diagnosis.better_by_itself, better, "{diagnosis:?}");
    }
}
