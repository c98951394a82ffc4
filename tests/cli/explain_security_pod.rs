//! `explain-security -f`, of the Pod as a whole.

use serde_json::Value;

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
