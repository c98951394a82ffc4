//! `--profile`: what `create` makes at a level, upstream's own check
//! (k8s.io/pod-security-admission/policy) lets pass at that level; and what is
//! refused could not have been made to pass.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use std::process::{Command, Stdio};

use agreement::Agreement;
use oracle::Oracle;
use pod_model::KubernetesVersion;
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 1_400;
/// upstream_create compares those.
const AT_EVERY_LEVEL: &str =
    "the flags exclude each other, or the API refuses them, at every level";
const LEVELS: [&str; 2] = ["baseline", "restricted"];

/// Flags besides the level; each is refused at one of them, at both, or at none.
const FLAGS: &[&[&str]] = &[
    &["--user=1000"],
    &["--user=1000", "--group=3000", "--fs-group=2000"],
    &["--user=0"],
    &["--group=0", "--fs-group=0"],
    &["--supplemental-groups=0,1"],
    &["--non-root"],
    &["--privileged"],
    &["--cap-add=NET_BIND_SERVICE"],
    &["--cap-add=CHOWN,KILL"],
    &["--cap-add=NET_RAW"],
    &["--cap-add=ALL"],
    &["--cap-drop=ALL"],
    &["--cap-drop=NET_RAW"],
    &["--read-only"],
    &["--no-privilege-escalation"],
    &["--seccomp=RuntimeDefault"],
    &["--seccomp=Unconfined"],
    &["--seccomp=localhost/profiles/a.json"],
    &["--apparmor=RuntimeDefault"],
    &["--apparmor=Unconfined"],
    &["--apparmor=localhost/a"],
    &["--selinux=level=s0:c1,c2"],
    &["--selinux=type=container_t"],
    &["--selinux=type=spc_t"],
    &["--selinux=u:r:container_t:s0"],
    &["--sysctl=net.ipv4.tcp_syncookies=1"],
    &["--sysctl=net.ipv4.tcp_rmem=4096 131072 6291456"],
    &["--sysctl=kernel.msgmax=65536"],
    &["--host-network"],
    &["--host-pid"],
    &["--host-ipc"],
    &["--user-namespace"],
    &["--no-token"],
    &["--annotation=container.apparmor.security.beta.kubernetes.io/web=unconfined"],
    &["--annotation=container.apparmor.security.beta.kubernetes.io/web=runtime/default"],
    &["--node-selector=disktype=ssd"],
    &["--toleration=dedicated:NoSchedule"],
    &["--env=A=b"],
    &["--labels=app=web"],
    &["--share-processes"],
    &["--port=80"],
    &["--port=80:8080"],
    &["--port=80", "--liveness=http:80/healthz"],
    &["--port=80", "--readiness=http:80/?host=10.0.0.7"],
    &["--startup=tcp:80"],
    &["--post-start=exec:date"],
    &["--mount=emptydir:/data"],
    &["--mount=hostpath:/var/log:/log"],
    &["--mount=pvc/data:/data"],
    &["--tmp"],
    &["--init=prepare busybox -- date"],
    &["--init=prepare busybox user=1000 read-only -- date"],
    &["--init=prepare busybox user=0 -- date"],
    &["--sidecar=proxy envoy cap-drop=ALL"],
    &["--sidecar=proxy envoy privileged"],
    &["--container=other nginx seccomp=Unconfined"],
    &["--container=other nginx no-privilege-escalation non-root"],
    &["--set=spec.hostIPC=true"],
    &[r#"--overrides={"metadata":{"labels":{"a":"b"}}}"#],
];

struct Case {
    kind: &'static str,
    flags: Vec<&'static str>,
    level: &'static str,
    version: KubernetesVersion,
}

/// The object, or why there is none.
fn create(case: &Case, level: &str) -> Result<Value, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"))
        .args(["create", case.kind, "web", "--image=nginx"])
        .args(&case.flags)
        .arg(format!("--profile={level}"))
        .arg(format!("--kubernetes-version={}", case.version))
        .args(["--dry-run=client", "-o", "json"])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    match output.status.code() {
        Some(0) => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        Some(2) => Err(String::from_utf8(output.stderr).unwrap()),
        code => panic!("{code:?}: {case:?}", case = case.flags),
    }
}

/// Returns the fields that meet `restricted`, for absent ones. It repeats the code under
/// test on purpose.
fn by_hand(mut object: Value) -> Value {
    let spec = match object["kind"].as_str() {
        Some("Job") => &mut object["spec"]["template"]["spec"],
        _ => &mut object["spec"],
    };
    let own = &mut spec["securityContext"];
    if own["runAsNonRoot"].is_null() {
        own["runAsNonRoot"] = json!(true);
    }
    if own["seccompProfile"].is_null() {
        own["seccompProfile"] = json!({ "type": "RuntimeDefault" });
    }
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            let own = &mut container["securityContext"];
            if own["allowPrivilegeEscalation"].is_null() {
                own["allowPrivilegeEscalation"] = json!(false);
            }
            own["capabilities"]["drop"] = json!(["ALL"]);
        }
    }
    object
}

fn cases() -> Vec<Case> {
    let mut rng = Rng::new(0x0007_0f11e);
    let mut cases = Vec::new();
    let mut case = |rng: &mut Rng, groups: &[&'static [&'static str]]| {
        let mut flags: Vec<&str> = Vec::new();
        for word in groups.iter().copied().flatten() {
            // A flag with one value is typed once.
            let name = word.split('=').next().unwrap();
            if !flags
                .iter()
                .any(|known| known.split('=').next() == Some(name))
            {
                flags.push(*word);
            }
        }
        cases.push(Case {
            kind: rng.pick(&["pod", "job"]),
            flags,
            level: rng.pick(&LEVELS),
            version: rng.pick(&KubernetesVersion::ALL),
        });
    };
    for &group in FLAGS {
        case(&mut rng, &[group]);
    }
    for _ in FLAGS.len()..RANDOM {
        let count = rng.below(6);
        let groups: Vec<_> = (0..count).map(|_| rng.pick(FLAGS)).collect();
        case(&mut rng, &groups);
    }
    cases
}

#[test]
fn every_combination_passes_upstreams_check_or_could_not() {
    let cases = cases();
    let half = cases.len() / 2;
    let (one, other) = cases.split_at(half);
    // Two programs at once: they start often.
    let run = |part: &[Case]| -> Vec<(Result<Value, String>, Option<Value>)> {
        let both = |case: &Case| {
            let with = create(case, case.level);
            let without = with.is_err().then(|| create(case, "privileged").ok());
            (with, without.flatten())
        };
        part.iter().map(both).collect()
    };
    let mut made = std::thread::scope(|scope| {
        let first = scope.spawn(|| run(one));
        let second = run(other);
        let mut all = first.join().unwrap();
        all.extend(second);
        all
    });
    let mut oracle = Oracle::start();
    let mut allowed = |object: &Value, case: &Case| {
        let version = format!("v{}", case.version);
        let question =
            json!({ "op": "podsecurity", "manifest": object.to_string(), "versions": [version] });
        let answer = oracle.ask(&question);
        assert!(answer["err"].is_null(), "{object}: {answer}");
        let answer = answer["versions"][&version].clone();
        (answer[case.level]["allowed"] == json!(true), answer)
    };
    let (mut taken, mut refused) = ([0, 0], [0, 0]);
    let mut agreement = Agreement::new("combinations of flags");
    for (case, (with, without)) in cases.iter().zip(made.drain(..)) {
        let place = LEVELS
            .iter()
            .position(|level| *level == case.level)
            .unwrap();
        let line = format!(
            "{} {:?} {} {}",
            case.kind, case.flags, case.level, case.version
        );
        match with {
            Ok(object) => {
                let (is_allowed, answer) = allowed(&object, case);
                assert!(is_allowed, "{line}\n{object}\n{answer}");
                taken[place] += 1;
                agreement.equal_and("taken");
            }
            Err(told) => {
                let Some(object) = without else {
                    agreement.excuse(AT_EVERY_LEVEL, format!("{line}\n{told}"));
                    continue;
                };
                let best = match case.level {
                    "restricted" => by_hand(object),
                    _ => object,
                };
                let (is_allowed, answer) = allowed(&best, case);
                assert!(!is_allowed, "{line}: refused for nothing\n{told}\n{answer}");
                let names_both =
                    told.contains(&format!("`--profile {}` does not allow it", case.level));
                assert!(names_both, "{line}\n{told}");
                let shown = case
                    .flags
                    .iter()
                    .map(|flag| flag.split('=').next().unwrap());
                assert!(
                    shown
                        .clone()
                        .any(|flag| told.contains(&format!("1 | {flag}"))),
                    "{line}: the flag is not shown\n{told}"
                );
                refused[place] += 1;
                agreement.equal_and("refused by both");
            }
        }
    }
    for count in taken.iter().chain(&refused) {
        assert!(*count > RANDOM / 12, "taken {taken:?}, refused {refused:?}");
    }
    agreement.finish(&[(AT_EVERY_LEVEL, 68)]);
}
