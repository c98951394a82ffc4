//! `explain-security -f`, of the Pod as a whole.

use serde_json::{Value, json};

use super::explain_security::{PLAIN, json_of, of, offline, pod};

/// The controller adds the volumes of claim templates to the Pods.
#[test]
fn a_stateful_set_has_the_volumes_of_its_claim_templates() {
    let text = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      securityContext: {fsGroup: 1000}
      volumes: [{name: data, emptyDir: {}}, {name: node, hostPath: {path: /srv}}]
      containers:
      - name: db
        image: db
        volumeMounts: [{name: data, mountPath: /data}, {name: log, mountPath: /log}]
  volumeClaimTemplates:
  - metadata: {name: log}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";
    for flags in [&[][..], &["--as-written"]] {
        let item = json_of(text, flags);
        assert_eq!(of(&item, "refused-on-create"), Vec::<&Value>::new());
        assert_eq!(of(&item, "unused-fs-group"), Vec::<&Value>::new());
        let volumes = &item["pod"]["fsGroup"]["volumes"];
        let data = &volumes[0];
        assert_eq!(data["source"], "persistentVolumeClaim", "{volumes}");
        assert_eq!(data["path"], "spec.volumeClaimTemplates[1]");
        assert_eq!(volumes[1]["path"], "spec.template.spec.volumes[1]");
        let host = item["violations"].as_array().unwrap().iter();
        let host: Vec<&Value> = host
            .filter(|own| own["check"] == "hostPathVolumes")
            .collect();
        let path = host[0]["path"].as_str().unwrap();
        assert!(path.starts_with("spec.template.spec.volumes[1]"), "{path}");
        let text = offline(text, flags).stdout;
        assert!(
            text.contains("persistentVolumeClaim log: the volume's driver decides"),
            "{text}"
        );
    }
}

#[test]
fn a_strict_policy_of_groups_is_refused_where_the_runtime_lacks_it() {
    let text = pod("  securityContext: {supplementalGroupsPolicy: Strict}\n") + PLAIN;
    let run = offline(&text, &[]);
    assert!(
        run.stdout.contains("SupplementalGroupsPolicyNotSupported"),
        "{run:?}"
    );
    let item = json_of(&text, &[]);
    let issue = &item["pod"]["supplementalGroupsPolicy"]["issue"];
    assert_eq!(issue, "refusedWithoutRuntime");
}

#[test]
fn a_pod_of_windows_tells_its_users() {
    let text = pod(
        "  os: {name: windows}\n  securityContext: {windowsOptions: {runAsUserName: ContainerUser}}\n  containers:\n  \
                    - {name: a, image: b, securityContext: {windowsOptions: {runAsUserName: Admin}}}\n  - {name: c, image: d}\n",
    );
    let item = json_of(&text, &[]);
    let users = &item["pod"]["windowsUsers"];
    let path = "spec.containers[0].securityContext.windowsOptions.runAsUserName";
    assert_eq!(
        users[0],
        json!({"container": "a", "value": "Admin", "origin": "container", "path": path, "hostProcess": false})
    );
    assert_eq!(
        (&users[1]["value"], &users[1]["origin"]),
        (&json!("ContainerUser"), &json!("pod"))
    );
    let run = offline(&text, &[]);
    assert!(run.stdout.contains("a: Admin (container)"), "{run:?}");
}

#[test]
fn a_path_below_a_volume_of_the_node_is_what_counts() {
    let text = |sub: &str| {
        pod(&format!(
            "  volumes: [{{name: v, hostPath: {{path: /}}}}]\n  containers:\n  - name: a\n    image: b\n    \
             volumeMounts: [{{name: v, mountPath: /v, readOnly: true{sub}}}]\n"
        ))
    };
    for (sub, count) in [
        ("", 1),
        (", subPath: etc/hostname", 0),
        (", subPath: var/run/docker.sock", 1),
        (", subPath: run/k3s", 1),
    ] {
        let item = json_of(&text(sub), &[]);
        assert_eq!(of(&item, "host-control").len(), count, "{sub}: {item}");
    }
}

#[test]
fn a_path_that_gives_control_is_told_as_it_is_mounted() {
    let text = pod(
        "  volumes: [{name: v, hostPath: {path: /}}]\n  containers:\n  - name: a\n    image: x\n    volumeMounts:\n    \
         - {name: v, mountPath: /v, readOnly: true}\n    - {name: v, mountPath: /w, readOnly: true}\n  \
         - name: b\n    image: x\n    volumeMounts: [{name: v, mountPath: /v, subPath: var/run/docker.sock}]\n",
    );
    let item = json_of(&text, &[]);
    let found = of(&item, "host-control");
    let expected = "/var/run/docker.sock of the node is in `b`, the socket of the container runtime; / of the node is in `a`, \
                    read-only, with the secrets of the node: whoever controls the container controls the node";
    assert_eq!(found[0]["message"], expected);
    let help = found[0]["help"].as_str().unwrap();
    assert!(help.starts_with("leave the socket out"), "{help}");
}

#[test]
fn a_privileged_container_has_no_label_of_se_linux() {
    let own = "{privileged: true, seLinuxOptions: {type: my_t}, appArmorProfile: {type: Localhost, localhostProfile: x}}";
    let text = pod(&format!(
        "  containers:\n  - name: a\n    image: b\n    securityContext: {own}\n"
    ));
    let item = json_of(&text, &[]);
    let label = &item["containers"][0]["seLinuxOptions"];
    assert_eq!(label, &json!({"value": null, "origin": "runtime"}));
    let message = of(&item, "privileged-container")[0]["message"]
        .as_str()
        .unwrap();
    assert!(
        message.ends_with("without effect beside it: seLinuxOptions"),
        "{message}"
    );
}

/// The kubelet's plugin for gitRepo is off since 1.33.
#[test]
fn a_git_repo_does_not_start_where_its_plugin_is_off() {
    let text =
        pod("  securityContext: {fsGroup: 5}\n  volumes: [{name: v, gitRepo: {repository: x}}]\n")
            + PLAIN;
    for (version, effect) in [("1.32", "changed"), ("1.33", "pluginOff")] {
        let item = json_of(&text, &["--kubernetes-version", version]);
        assert_eq!(
            item["pod"]["fsGroup"]["volumes"][0]["effect"], effect,
            "{version}"
        );
    }
}
