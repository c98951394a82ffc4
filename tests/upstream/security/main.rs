//! Security contexts: the question of upstream's kubelet to the runtime about random containers
//! (`determineEffectiveSecurityContext` of pkg/kubelet/kuberuntime), its verdicts on
//! `runAsNonRoot` and on sysctls, are ours.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/oracle.rs"]
mod oracle;
mod pods;
#[path = "../../support/random/mod.rs"]
mod random;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, Pod};
use oracle::{Oracle, of_each_minor};
use pod_model::security::{
    ContainerSecurity, Group, ImageUser, NonRoot, ProcMount, Profile, Safety, Settings, User,
    security,
};
use pod_model::{ContainerView, KubernetesVersion};
use random::Rng;
use serde_json::{Value, json};

/// The number of Pods for each version of Kubernetes, or `POD_TOOLS_SECURITY_CASES`.
fn cases() -> usize {
    let count = std::env::var("POD_TOOLS_SECURITY_CASES").ok();
    count.map_or(2_000, |count| count.parse().unwrap())
}

of_each_minor!(the_kubelet_asks_the_runtime_for_the_same);

fn the_kubelet_asks_the_runtime_for_the_same(version: KubernetesVersion) {
    let mut rng = Rng::new(0x1d);
    let mut oracle = Oracle::of(version);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let cases = cases();
    for _ in 0..cases.div_ceil(500) {
        let asked: Vec<(Value, &str)> = (0..500)
            .map(|_| (pods::pod(&mut rng), rng.pick(pods::IMAGE_USERS)))
            .collect();
        let questions: Vec<Value> = asked
            .iter()
            .map(|(pod, user)| {
                let mut question = json!({ "op": "securityContext", "manifest": pod.to_string() });
                match ImageUser::parse(user) {
                    ImageUser::Uid(uid) => question["uid"] = uid.into(),
                    ImageUser::Name(name) => question["username"] = name.into(),
                    ImageUser::Unknown => {}
                }
                question
            })
            .collect();
        let answers = oracle.ask_all(&questions);
        for (((pod, user), question), theirs) in asked.iter().zip(&questions).zip(&answers) {
            assert!(theirs["err"].is_null(), "{question} {theirs}");
            compare(version, pod, user, theirs, &mut seen);
        }
    }
    for (what, count) in &seen {
        assert!(*count > cases / 100, "{what}: {count}");
    }
    println!("{version}: {cases} Pods: all equal; {seen:?}");
}

fn compare(
    version: KubernetesVersion,
    text: &Value,
    user: &str,
    theirs: &Value,
    seen: &mut BTreeMap<&'static str, usize>,
) {
    let pod: Pod = serde_json::from_value(text.clone()).unwrap();
    let spec = pod.spec.as_ref().unwrap();
    let images = |_: &ContainerView<'_>| ImageUser::parse(user);
    let settings = Settings {
        version,
        images: &images,
        ..Settings::default()
    };
    let ours = security(&pod.metadata, spec, &settings);
    let init = spec.init_containers.iter().flatten();
    let all: Vec<&Container> = init.chain(&spec.containers).collect();
    for (container, own) in all.iter().zip(&ours.containers) {
        let theirs = &theirs["containers"][&own.name];
        let mut expected = theirs.clone();
        let refused = expected["nonRoot"].take();
        if own.privileged.value {
            // Profiles of privileged containers are the runtime's matter.
            expected["seccomp"].take();
            expected["appArmor"].take();
        }
        let place = format!("{version}: {user:?} {} of {text}", own.name);
        assert_eq!(
            asked(own, container, &ours),
            without_null(expected),
            "{place}"
        );
        let message = match &own.non_root_verdict {
            NonRoot::Refused { message } => Some(message.as_str()),
            NonRoot::NotRequired | NonRoot::Met => None,
            NonRoot::DependsOnImage => panic!("{place}: the image is known"),
        };
        // The names of the Pod and the container follow.
        let refused = refused
            .as_str()
            .map(|own| own.split_once(" (pod: ").unwrap().0);
        assert_eq!(message, refused, "{place}");
        *seen.entry("containers").or_default() += 1;
        if refused.is_some() {
            *seen.entry("refused").or_default() += 1;
        }
    }
    let verdicts: Vec<&str> = ours
        .sysctls
        .iter()
        .map(|own| match &own.safety {
            Safety::Safe { .. } => "",
            Safety::Unsafe { message }
            | Safety::NotNamespaced { message }
            | Safety::HostNamespace { message } => message,
        })
        .collect();
    assert_eq!(json!(verdicts), theirs["sysctls"], "{version}: {text}");
    *seen.entry("sysctls").or_default() += verdicts.len();
}

fn without_null(mut answer: Value) -> Value {
    let fields = answer.as_object_mut().unwrap();
    fields.retain(|_, value| !value.is_null());
    // The test's machine adds those of its processors.
    if let Some(masked) = fields.get_mut("masked").and_then(Value::as_array_mut) {
        let is_of_processor = |path: &Value| path.as_str().unwrap().ends_with("/thermal_throttle");
        masked.retain(|path| !is_of_processor(path));
    }
    answer
}

/// Our answer in the form of a question of the kubelet to the runtime. The changes that the
/// runtime makes for a privileged container are undone.
fn asked(
    own: &ContainerSecurity,
    container: &Container,
    pod: &pod_model::security::PodSecurity,
) -> Value {
    let privileged = own.privileged.value;
    let (id, name) = match &own.run_as_user.value {
        User::Id(id) => (Some(*id), ""),
        User::Name(name) => (None, name.as_str()),
        User::Unknown => panic!("the image is known"),
    };
    let group = match own.run_as_group.value {
        Group::Id(id) => Some(id),
        Group::OfImage => None,
    };
    let groups: Vec<i64> = own
        .supplemental_groups
        .iter()
        .map(|own| own.value)
        .collect();
    let context = container.security_context.as_ref();
    let lists = context.and_then(|own| own.capabilities.as_ref());
    let mount = match context.and_then(|own| own.proc_mount.as_deref()) {
        Some("Unmasked") => ProcMount::Unmasked,
        _ => ProcMount::Default,
    };
    assert!(privileged || own.proc_mount.value == mount);
    let host = |is: bool, otherwise: &str| if is { "NODE" } else { otherwise }.to_owned();
    let shares = pod.shares_process_namespace;
    let of_pid = if shares { "POD" } else { "CONTAINER" };
    let mut out = json!({
        "user": id,
        "username": name,
        "group": group,
        "groups": if groups.is_empty() { Value::Null } else { json!(groups) },
        "policy": format!("{:?}", own.supplemental_groups_policy.value),
        "privileged": privileged,
        "readOnly": own.read_only_root_filesystem.value,
        "noNewPrivs": own.no_new_privileges.value,
        "masked": mount.masked_paths(),
        "readOnlyPaths": mount.read_only_paths(),
        "namespaces": [
            host(pod.host_namespaces.network, "POD"),
            host(pod.host_namespaces.pid, of_pid),
            host(pod.host_namespaces.ipc, "POD"),
        ],
        "add": lists.map(|own| own.add.clone().unwrap_or_default()),
        "drop": lists.map(|own| own.drop.clone().unwrap_or_default()),
        "seLinux": own.se_linux.as_ref().map(|own| {
            let own = &own.value;
            [&own.user, &own.role, &own.type_, &own.level].map(|text| text.clone().unwrap_or_default())
        }),
    });
    if privileged {
        assert_eq!(own.seccomp.value, Profile::Unconfined);
    } else {
        out["seccomp"] = json!(profile(&own.seccomp.value, "/fakeSeccompProfileRoot/"));
        if own.app_armor.path.is_some() {
            out["appArmor"] = json!(profile(&own.app_armor.value, ""));
        }
    }
    without_null(out)
}

fn profile(profile: &Profile, root: &str) -> [String; 2] {
    match profile {
        Profile::Unconfined => ["Unconfined".to_owned(), String::new()],
        Profile::RuntimeDefault => ["RuntimeDefault".to_owned(), String::new()],
        Profile::Localhost { name } => ["Localhost".to_owned(), format!("{root}{name}")],
    }
}
