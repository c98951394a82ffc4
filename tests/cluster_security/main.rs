//! Security contexts beside a real kubelet and containerd: the ids, groups, capabilities, seccomp mode
//! and `NoNewPrivs` that a container sees of itself are those that the model computes; and a server that
//! is asked with `--dry-run=server` in labelled namespaces answers as the model does.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod cases;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Pod;
use pod_model::pod_security::namespace::{Subject, admit, policy};
use pod_model::security::{
    Capabilities, ContainerSecurity, Group, ImageUser, Profile, Runtime, Settings, User, security,
};
use pod_model::{ContainerView, KubernetesVersion};
use serde_json::Value;
use support::cluster::cluster;
use support::namespace::Namespace;

/// The numbers of capabilities, as the kernel writes them.
const NAMES: &str = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE \
    NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE \
    SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL \
    SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";

fn mask(names: &[&str]) -> u64 {
    let all: Vec<&str> = NAMES.split_whitespace().collect();
    let bit = |name: &&str| 1_u64 << all.iter().position(|own| own == name).unwrap();
    names.iter().map(bit).sum()
}

/// The user of each of the test's images.
fn image_user(container: &ContainerView<'_>) -> ImageUser {
    let image = container.image.unwrap_or_default();
    ImageUser::parse(if image.starts_with("nonroot") {
        "1000"
    } else {
        ""
    })
}

/// The lines of `/proc/self/status` by name.
fn status(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name, value.trim())).collect()
}

#[test]
fn containers_see_themselves_as_computed() {
    let namespace = Namespace::new("security");
    let pods = cases::pods();
    for pod in &pods {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pod.to_string()).unwrap();
        namespace.kubectl(&["create", "-f", file.path().to_str().unwrap()]);
    }
    let nodes = cluster().kubectl(&["get", "nodes", "-o", "json"]);
    let nodes: Value = serde_json::from_str(&nodes).unwrap();
    let node = &nodes["items"][0]["status"]["nodeInfo"];
    let runtime = Runtime::of_node(node["containerRuntimeVersion"].as_str().unwrap());
    let (mut count, mut problems) = (0, Vec::new());
    let mut most = None;
    for pod in &pods {
        let name = pod["metadata"]["name"].as_str().unwrap();
        let ended = namespace.until_phase(name, "Succeeded");
        let statuses = &ended["status"]["containerStatuses"];
        let statuses = statuses.as_array().unwrap();
        let typed: Pod = serde_json::from_value(pod.clone()).unwrap();
        let settings = Settings {
            version: KubernetesVersion::LATEST,
            runtime,
            seccomp_default: Some(false),
            images: &image_user,
        };
        let computed = security(&typed.metadata, typed.spec.as_ref().unwrap(), &settings);
        for own in &computed.containers {
            let message = |status: &Value| {
                let text = status["state"]["terminated"]["message"].as_str()?;
                (status["name"] == own.name.as_str()).then(|| text.to_owned())
            };
            let text = statuses.iter().find_map(message).unwrap();
            let seen = status(&text);
            // The runtime has what the first container has that is privileged.
            if own.privileged.value {
                most.get_or_insert_with(|| hexadecimal(seen["CapBnd"]));
            }
            count += 1;
            problems.extend(
                compare(own, &seen, most).map(|text| format!("{name}/{}: {text}", own.name)),
            );
        }
    }
    println!("{count} security contexts compared with {runtime}");
    assert!(count >= 40, "{count}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn hexadecimal(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap()
}

/// Returns the differences between what is computed and what a container sees. `most` is all that the
/// runtime has.
fn compare(
    own: &ContainerSecurity,
    seen: &BTreeMap<&str, &str>,
    most: Option<u64>,
) -> impl Iterator<Item = String> {
    let mut problems = Vec::new();
    let mut equal = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            problems.push(format!("{what}: computed {ours}, seen {theirs}"));
        }
    };
    let User::Id(user) = own.run_as_user.value else {
        panic!("the image is known");
    };
    let group = match own.run_as_group.value {
        Group::Id(group) => group,
        // Only root is in the images' `/etc/passwd`, or a user whose group is its own number.
        Group::OfImage => seen["Gid"].split('\t').next().unwrap().parse().unwrap(),
    };
    equal(
        "Uid",
        format!("{user}\t{user}\t{user}\t{user}"),
        seen["Uid"].to_owned(),
    );
    equal(
        "Gid",
        format!("{group}\t{group}\t{group}\t{group}"),
        seen["Gid"].to_owned(),
    );
    // The images' `/etc/group` has none for these users, and containerd adds the primary one.
    let asked = own.supplemental_groups.iter().map(|own| own.value);
    let computed: BTreeSet<i64> = asked.chain([group]).collect();
    let groups = seen["Groups"].split_whitespace();
    let groups: BTreeSet<i64> = groups.map(|own| own.parse().unwrap()).collect();
    equal("Groups", format!("{computed:?}"), format!("{groups:?}"));
    let Capabilities {
        bounding,
        effective,
        ..
    } = &own.capabilities;
    let limited = |names: &[&str]| mask(names) & most.unwrap_or(u64::MAX);
    equal(
        "CapBnd",
        format!("{:x}", limited(bounding)),
        format!("{:x}", hexadecimal(seen["CapBnd"])),
    );
    let effective = effective.as_ref().unwrap();
    equal(
        "CapEff",
        format!("{:x}", limited(effective)),
        format!("{:x}", hexadecimal(seen["CapEff"])),
    );
    equal(
        "CapAmb",
        "0".to_owned(),
        format!("{:x}", hexadecimal(seen["CapAmb"])),
    );
    let mode = if own.seccomp.value == Profile::Unconfined {
        "0"
    } else {
        "2"
    };
    equal("Seccomp", mode.to_owned(), seen["Seccomp"].to_owned());
    let no_new = u8::from(own.no_new_privileges.value);
    equal(
        "NoNewPrivs",
        no_new.to_string(),
        seen["NoNewPrivs"].to_owned(),
    );
    problems.into_iter()
}

#[test]
fn servers_answer_dry_runs_in_labelled_namespaces_as_computed() {
    let mut compared = 0;
    for (n, labels) in cases::LABELS.iter().enumerate() {
        let namespace = Namespace::new(&format!("labels-{n}"));
        let pairs: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut command = vec!["label", "namespace", namespace.name()];
        command.extend(pairs.iter().map(String::as_str));
        cluster().kubectl(&command);
        let labels = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let policy = policy(Some(&labels.collect()));
        for pod in cases::pods() {
            let typed: Pod = serde_json::from_value(pod.clone()).unwrap();
            for (subject, manifest) in [
                (Subject::Pod, pod.clone()),
                (Subject::Owner, cases::job(&pod)),
            ] {
                let spec = typed.spec.as_ref().unwrap();
                let expected = admit(
                    &policy,
                    subject,
                    KubernetesVersion::LATEST,
                    &typed.metadata,
                    spec,
                );
                let file = tempfile::NamedTempFile::new().unwrap();
                std::fs::write(file.path(), manifest.to_string()).unwrap();
                let path = file.path().to_str().unwrap();
                let answer = namespace.try_kubectl(&["create", "--dry-run=server", "-f", path]);
                let told = String::from_utf8(answer.stderr).unwrap();
                assert_eq!(
                    answer.status.success(),
                    expected.refusal.is_none(),
                    "{told}\n{expected:?}"
                );
                for text in expected.refusal.iter().chain(&expected.warnings) {
                    assert!(told.contains(text.as_str()), "{text}\n{told}");
                }
                let has_warning = told.contains("would violate PodSecurity");
                assert_eq!(
                    has_warning,
                    !expected.warnings.is_empty(),
                    "{told}\n{expected:?}"
                );
                compared += 1;
            }
        }
    }
    println!("{compared} dry runs compared");
}
