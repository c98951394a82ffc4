//! Help and errors of the flags of `create pod` and `create job` about scheduling, security and
//! Jobs.

use snapbox::{assert_data_eq, str};

use crate::support::Home;

fn made(args: &[&str]) -> String {
    let all = [
        &["create"],
        args,
        &["--dry-run=client", "-o", "yaml", "--no-comment"],
    ];
    Home::new().run(&all.concat()).all()
}

/// Returns the examples of the help.
fn examples(kind: &str) -> Vec<String> {
    let help = Home::new().run(&["create", kind, "--help"]).stdout;
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
    let help = help.replace("\\\n", " ");
    let lines = help.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with("kubectl pod-tools create "));
    lines.map(str::to_owned).collect()
}

#[test]
fn example_of_help_works() {
    let home = Home::new();
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";
    home.write("deployment.yaml", deployment);
    for kind in ["pod", "job"] {
        let examples = examples(kind);
        assert!(examples.len() >= 5, "{examples:?}");
        for line in examples {
            let typed = line
                .replace("kubectl pod-tools ", "")
                .replace("deployment/web", "deployment.yaml")
                .replace(" --wait", "")
                .replace(" --dry-run=client -o yaml", "");
            let words = shlex::split(&typed).unwrap();
            let end = words.iter().position(|word| word == "--");
            let (flags, behind) = words.split_at(end.unwrap_or(words.len()));
            let mut all: Vec<&str> = flags.iter().map(String::as_str).collect();
            all.extend(["--dry-run=client", "-o", "name"]);
            all.extend(behind.iter().map(String::as_str));
            let run = home.run(&all);
            assert_eq!(run.code, Some(0), "{line}\n{run:?}");
        }
    }
}

#[test]
fn violation_of_profile_is_shown_at_its_flag() {
    assert_data_eq!(
        made(&[
            "pod",
            "web",
            "--image=nginx",
            "--profile=restricted",
            "--privileged",
            "--user=0",
            "--cap-add=NET_BIND_SERVICE,SYS_TIME",
            "--init=prepare busybox seccomp=Unconfined",
            "--set=spec.hostPID=true",
        ]),
        str![[r#"
exit code 2
--- stderr
error[pod-security]: `--profile restricted` does not allow it: the node's process namespace must not be shared
 --> command line:1:7
  |
1 | --set spec.hostPID=true
  |       ^^^^^^^^^^^^^^^^^ spec.hostPID
  |
  = help: remove the flag or `--profile restricted`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

error[pod-security]: `--profile restricted` does not allow it: a container must not be privileged
 --> command line:1:1
  |
1 | --privileged
  | ^^^^^^^^^^^^ spec.containers[0].securityContext.privileged
  |
  = help: remove the flag or `--profile restricted`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

error[pod-security]: `--profile restricted` does not allow it: the capability SYS_TIME must not be added: NET_BIND_SERVICE is the only one
 --> command line:1:11
  |
1 | --cap-add NET_BIND_SERVICE,SYS_TIME
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^ spec.containers[0].securityContext.capabilities.add[1]
  |
  = help: remove the flag or `--profile restricted`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

error[pod-security]: `--profile restricted` does not allow it: the user must not be 0, which is root
 --> command line:1:8
  |
1 | --user 0
  |        ^ spec.securityContext.runAsUser
  |
  = help: remove the flag or `--profile restricted`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

error[pod-security]: `--profile restricted` does not allow it: the seccomp profile must be RuntimeDefault or Localhost
 --> command line:1:24
  |
1 | --init prepare busybox seccomp=Unconfined
  |                        ^^^^^^^^^^^^^^^^^^ spec.initContainers[0].securityContext.seccompProfile.type
  |
  = help: remove the flag or `--profile restricted`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted


"#]]
    );
}

#[test]
fn restricted_profile_adds_fields_and_notes_requirements_on_image() {
    assert_data_eq!(
        made(&[
            "job",
            "import",
            "--image=registry/import:1",
            "--profile=restricted",
            "--init=prepare busybox cap-add=NET_BIND_SERVICE",
        ]),
        str![[r#"
exit code 0
--- stdout
apiVersion: batch/v1
kind: Job
metadata:
  name: import
spec:
  template:
    spec:
      initContainers:
      - name: prepare
        image: busybox
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            add:
            - NET_BIND_SERVICE
            drop:
            - ALL
      containers:
      - name: import
        image: registry/import:1
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
      restartPolicy: Never
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
--- stderr
warning: --profile restricted: the image must set a numeric user other than 0 (USER 1000 in its Dockerfile), or the container does not start; --user 1000 sets one
warning: --profile restricted: the container runs without capabilities: sudo, setuid and chown do not work

"#]]
    );
}

#[test]
fn error_in_scheduling_flag_is_underlined() {
    assert_data_eq!(
        made(&[
            "pod",
            "web",
            "--image=nginx",
            "--require-node=disktype in (ssd,nvme",
            "--require-node=cores>many",
            "--prefer-node=200:zone=a",
            "--near=app=web@",
            "--toleration=dedicated:Never",
            "--spread=zone",
            "--cap-add=NET_ADM",
            "--user=admin",
        ]),
        str![[r#"
exit code 2
--- stderr
error[flag-value]: unclosed parenthesis
 --> command line:1:28
  |
1 | --require-node disktype in (ssd,nvme
  |                            ^
  |
  = help: for example: --require-node 'disktype in (ssd)'

error[flag-value]: only integers can be compared with `>`
 --> command line:1:22
  |
1 | --require-node cores>many
  |                      ^^^^
  |
  = help: for example: --require-node 'disktype in (ssd)'

error[flag-value]: expected a weight from 1 to 100, found `200`
 --> command line:1:15
  |
1 | --prefer-node 200:zone=a
  |               ^^^
  |
  = help: for example: --prefer-node 80:topology.kubernetes.io/zone=a

error[flag-value]: expected a topology, found nothing
 --> command line:1:16
  |
1 | --near app=web@
  |                ^
  |
  = help: use hostname, zone, region or a node label

error[flag-value]: unknown value `Never`
 --> command line:1:24
  |
1 | --toleration dedicated:Never
  |                        ^^^^^
  |
  = help: expected one of: NoSchedule, PreferNoSchedule, NoExecute

error[flag-value]: unknown capability `NET_ADM`
 --> command line:1:11
  |
1 | --cap-add NET_ADM
  |           ^^^^^^^
  |
  = help: did you mean NET_ADMIN?

error[flag-value]: expected a numeric ID, found `admin`
 --> command line:1:8
  |
1 | --user admin
  |        ^^^^^
  |
  = help: use a number such as 1000; `id` in the container prints it; a user of the kubeconfig is set with --kubeconfig-user

error[flag-value]: no Pods to spread: the Pod has no labels
 --> command line:1:10
  |
1 | --spread zone
  |          ^^^^ spec.topologySpreadConstraints[0]
  |
  = help: add labels with -l app=web, or a selector: --spread app=web@zone


"#]]
    );
}

#[test]
fn error_in_failure_policy_is_underlined() {
    assert_data_eq!(
        made(&[
            "job",
            "import",
            "--image=registry/import:1",
            "--pod-failure-policy=ignore:DisruptionTarget; fail:exit 5-3",
            "--success-policy=0-2,x:2",
            "--ttl=soon",
        ]),
        str![[r#"
exit code 2
--- stderr
error[flag-value]: range `5-3` ends before it starts
 --> command line:1:57
  |
1 | --pod-failure-policy ignore:DisruptionTarget; fail:exit 5-3
  |                                                         ^^^
  |
  = help: for example: --pod-failure-policy 'ignore:DisruptionTarget; fail:exit 42'

error[flag-value]: expected an index or a range of indexes, found `x`
 --> command line:1:22
  |
1 | --success-policy 0-2,x:2
  |                      ^
  |
  = help: use 0, 0-2 or 0-2,5; *:8 is any 8 indexes

error[flag-value]: expected a duration such as 30s, found `soon`
 --> command line:1:7
  |
1 | --ttl soon
  |       ^^^^
  |
  = help: use seconds or a unit: 30, 30s, 5m, 1h


"#]]
    );
    // Findings of the API's rules are shown at the flags, too.
    assert_data_eq!(
        made(&[
            "job",
            "import",
            "--image=registry/import:1",
            "--pod-failure-policy=failindex:exit 42 in other",
            "--max-failed-indexes=3",
        ]),
        str![[r#"
exit code 2
--- stderr
error[required]: `maxFailedIndexes` requires `backoffLimitPerIndex`
 --> spec.backoffLimitPerIndex
  = help: add --backoff-limit-per-index

error[invalid]: action `FailIndex` requires `backoffLimitPerIndex`
 --> command line:1:22
  |
1 | --pod-failure-policy failindex:exit 42 in other
  |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^ spec.podFailurePolicy.rules[0].action
  |
  = help: set `backoffLimitPerIndex`: --backoff-limit-per-index

error[invalid]: the template has no container `other`
 --> command line:1:22
  |
1 | --pod-failure-policy failindex:exit 42 in other
  |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^ spec.podFailurePolicy.rules[0].onExitCodes.containerName
  |
  = help: for example: --pod-failure-policy 'ignore:DisruptionTarget; fail:exit 42'

error[invalid]: `maxFailedIndexes` requires `completionMode: Indexed`
 --> command line:1:22
  |
1 | --max-failed-indexes 3
  |                      ^ spec.maxFailedIndexes
  |
  = help: set `completionMode: Indexed`: --indexed


"#]]
    );
}

#[test]
fn kubeconfig_user_has_flag_of_its_own() {
    let home = Home::new();
    let users = "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: k, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n";
    home.write(".kube/config", users);
    let create = |flag: &str| {
        home.run(&["create", "pod", "web", "--image=nginx", flag])
            .stderr
    };
    // The program's user is nobody of the kubeconfig.
    assert!(
        create("--user=1000").contains("cannot be reached"),
        "{}",
        create("--user=1000")
    );
    let told = create("--kubeconfig-user=nobody");
    assert!(told.contains("nobody"), "{told}");
    let before = home.run(&["--user=nobody", "create", "pod", "web", "--image=nginx"]);
    assert!(before.stderr.contains("nobody"), "{before:?}");
}
