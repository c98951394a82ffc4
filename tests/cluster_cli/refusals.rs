//! Refusals and warnings of the server.

use crate::support::cluster::cluster;
use crate::{PAUSE, Place, run};

#[test]
fn a_conflict_is_told_with_owner_and_place_and_can_be_forced() {
    let place = Place::new("conflict");
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: ours\n";
    let file = place.file("c.yaml", config);
    let theirs = place.file("theirs.yaml", &config.replace("ours", "theirs"));
    place.namespace.kubectl(&[
        "apply",
        "--server-side",
        "--field-manager=them",
        "-f",
        &theirs,
    ]);
    let run = place.run(&["apply", "-f", &file]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    assert!(
        run.stderr.contains("conflict with \"them\""),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("c.yaml:5:6\n"), "{}", run.stderr);
    assert!(run.stderr.contains("--force-conflicts"), "{}", run.stderr);
    place.succeed(&["apply", "-f", &file, "--force-conflicts"]);
    assert_eq!(place.namespace.get("configmap/c")["data"]["a"], "ours");
}

#[test]
fn missing_rights_are_named_with_resource_and_namespace() {
    let place = Place::new("rights");
    let file = place.file("pod.yaml", PAUSE);
    let low = cluster().kubeconfig("low-rights");
    let forbidden = place.run(&["create", "-f", &file, "--kubeconfig", &low]);
    assert_eq!(forbidden.code, Some(3), "{forbidden:?}");
    let told = format!(
        "not allowed to create pods \"pause\" in namespace \"{}\"",
        place.namespace.name()
    );
    assert!(forbidden.stderr.contains(&told), "{}", forbidden.stderr);
    let patch = place.run(&["apply", "-f", &file, "--kubeconfig", &low]);
    assert!(
        patch.stderr.contains("not allowed to patch pods"),
        "{patch:?}"
    );
    let impersonated = place.run(&["create", "-f", &file, "--as", "nobody"]);
    assert!(
        impersonated
            .stderr
            .contains("User \"nobody\" cannot create"),
        "{impersonated:?}"
    );

    let bad = cluster().kubeconfig("bad-token");
    let refused = place.run(&["create", "-f", &file, "--kubeconfig", &bad]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(3), ""));
    let told =
        "error: the server does not accept the credentials to get /version (401 Unauthorized)\n";
    assert!(refused.stderr.starts_with(told), "{}", refused.stderr);
    assert!(!refused.stderr.contains("no-such-token"));
}

#[test]
fn refused_fields_of_the_server_have_their_place() {
    let place = Place::new("invalid");
    let text = "\
apiVersion: v1
kind: Pod
metadata:
  name: Not_A_Name
spec:
  containers:
  - name: a
    image: busybox:1.28
    ports:
    - containerPort: 70000
    env:
    - name: a=b
";
    let file = place.file("pod.yaml", text);
    // Here, before anything is sent, and by the server, which is not asked then.
    for (validate, by_server) in [("strict", false), ("ignore", true)] {
        let flag = format!("--validate={validate}");
        let invalid = place.run(&["create", "-f", &file, &flag]);
        assert_eq!(
            (invalid.code, invalid.stdout.as_str()),
            (Some(1), ""),
            "{invalid:?}"
        );
        for line in [":4:9\n", ":10:22\n", ":12:13\n"] {
            assert!(
                invalid.stderr.contains(&format!("pod.yaml{line}")),
                "{line} {}",
                invalid.stderr
            );
        }
        // The server's words are its own.
        let told = invalid.stderr.contains("must be between 1 and 65535");
        assert_eq!(told, by_server, "{}", invalid.stderr);
    }
    let away = place.file(
        "away.yaml",
        &PAUSE.replace("name: pause,", "name: p, namespace: no-such,"),
    );
    let gone = run(&["create", "-f", &away]);
    assert_eq!(gone.code, Some(4), "{gone:?}");
    let told = "namespaces \"no-such\" not found";
    assert!(gone.stderr.contains(told), "{gone:?}");
}

#[test]
fn a_warning_of_the_server_is_told_once() {
    let place = Place::new("warning");
    let label = "pod-security.kubernetes.io/warn=restricted";
    cluster().kubectl(&["label", "namespace", place.namespace.name(), label]);
    let two = [
        PAUSE.to_owned(),
        PAUSE.replace("name: pause,", "name: other,"),
    ]
    .join("---\n");
    let file = place.file("pods.yaml", &two);
    let run = place.run(&["create", "-f", &file, "--dry-run=server"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let warnings: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(warnings.len(), 1, "{run:?}");
    assert!(warnings[0].starts_with("Warning: would violate PodSecurity \"restricted:latest\": "));
}
