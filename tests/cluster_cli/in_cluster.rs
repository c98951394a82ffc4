//! Inside a Pod: the service account's token, authority and namespace are the
//! way to the cluster.

use std::path::Path;

use crate::{Place, SUITE};

/// There is no proxy for Services in the test cluster, so the Pod shares the
/// node's network and is told where the API server really listens.
const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: inside}
spec:
  hostNetwork: true
  restartPolicy: Never
  containers:
  - name: c
    image: debian
    command: [sh, -c, '/suite/kubectl-pod_tools version && /suite/kubectl-pod_tools explain-env inside -o dotenv && /suite/kubectl-pod_tools create -f /nothing; echo \"code $?\"']
    env:
    - {name: KUBERNETES_SERVICE_HOST, value: 127.0.0.1}
    - {name: KUBERNETES_SERVICE_PORT, value: '6443'}
    - {name: LD_LIBRARY_PATH, value: /libraries}
    - {name: HELLO, value: world}
    volumeMounts:
    - {name: suite, mountPath: /suite, readOnly: true}
    - {name: libraries, mountPath: /libraries, readOnly: true}
  volumes:
  - name: suite
    hostPath: {path: SUITE}
  - name: libraries
    hostPath: {path: /lib/x86_64-linux-gnu}
";

#[test]
fn a_pods_service_account_is_the_way_to_the_cluster() {
    let place = Place::new("inside");
    let account = format!("--serviceaccount={}:default", place.namespace.name());
    place.namespace.kubectl(&[
        "create",
        "rolebinding",
        "look",
        "--clusterrole=view",
        &account,
    ]);
    let suite = Path::new(SUITE).parent().unwrap().to_str().unwrap();
    let file = place.file("pod.yaml", &POD.replace("SUITE", suite));
    let run = place.run(&["create", "-f", &file]);
    assert_eq!(run.code, Some(0), "{run:?}");
    place.namespace.until("the Pod to end", || {
        let pod = place.namespace.get("pod/inside");
        let phase = pod.pointer("/status/phase")?.as_str()?.to_owned();
        ["Succeeded", "Failed"]
            .contains(&phase.as_str())
            .then_some(())
    });
    let logs = place.namespace.logs("inside", "c");
    assert!(logs.contains("Server Version: v1.37"), "{logs}");
    assert!(
        logs.contains("HELLO=world") || logs.contains("HELLO=\"world\""),
        "{logs}"
    );
    assert!(logs.contains("error: cannot read /nothing"), "{logs}");
    assert!(logs.ends_with("code 1\n"), "{logs}");
}
