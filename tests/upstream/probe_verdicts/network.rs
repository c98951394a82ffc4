//! Servers that stall, break and lie: our attempt and upstream's on each of them.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::iter;
use k8s_openapi::api::core::v1::Container;
use kubectl_pod_tools::attempt::{Attempt, Direct, Target, run};
use pod_model::{KubernetesVersion, defaults};
use pod_probe::Probes;
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::cases;
use crate::oracle::Oracle;
use crate::script::{Script, Server};
use crate::streams::verdict;

/// A probe and its server.
pub(crate) struct Case {
    pub name: String,
    /// Without its port.
    pub probe: Value,
    pub script: Script,
}

/// Times that a difference is looked at again, each with a longer time-out: a slow machine is no
/// difference.
const LOOKS: i64 = 3;

/// Attempts of ours at the same time.
const AT_ONCE: usize = 32;

/// Ends of the names of cases where rustls cannot do what Go can.
const EXCUSES: &[(&str, usize)] = &[("cipher in CBC mode", 1), ("curve P-521", 1)];

fn container(case: &Case, port: u16, look: i64) -> Container {
    let mut probe = case.probe.clone();
    for handler in ["httpGet", "tcpSocket", "grpc"] {
        if let Some(action) = probe.get_mut(handler)
            && action.get("port").is_none()
        {
            action["port"] = json!(port);
        }
    }
    let seconds = probe["timeoutSeconds"].as_i64().unwrap();
    probe["timeoutSeconds"] = json!(seconds * look);
    let mut container = json!({"name": "c", "readinessProbe": probe});
    if let Some(ports) = case.probe.get("ports") {
        container["readinessProbe"]
            .as_object_mut()
            .unwrap()
            .remove("ports");
        container["ports"] = ports.clone();
    }
    let mut container: Container = serde_json::from_value(container).unwrap();
    defaults::container(&mut container);
    container
}

async fn ours(container: &Container, version: KubernetesVersion) -> Attempt {
    let probes = Probes::of(container, Some(30), version);
    let target = Target {
        address: "127.0.0.1",
        port: None,
        env: &[],
        version,
        way: &Direct,
        executor: None,
    };
    run(&probes.0[0], &target).await
}

/// Looks at all cases at once; returns those that differ.
async fn look(
    oracle: &Arc<std::sync::Mutex<Oracle>>,
    version: KubernetesVersion,
    cases: Vec<Case>,
    look: i64,
    agreement: &mut Agreement,
) -> Vec<Case> {
    // Each side has servers of its own.
    let start = || -> Vec<Server> {
        let scripts = cases.iter().map(|case| case.script.clone());
        scripts.map(Server::start).collect()
    };
    let (servers, their_servers) = (start(), start());
    let of = |servers: &[Server]| -> Vec<Container> {
        let cases = cases.iter().zip(servers);
        cases
            .map(|(case, server)| container(case, server.port, look))
            .collect()
    };
    let containers = of(&servers);
    let attempts: Vec<Value> = of(&their_servers)
        .iter()
        .map(|container| {
            json!({
                "probe": container.readiness_probe,
                "container": container,
                "podIP": "127.0.0.1",
            })
        })
        .collect();
    let question =
        json!({"op": "probeVerdicts", "version": version.to_string(), "attempts": attempts});
    let oracle = Arc::clone(oracle);
    let asked = tokio::task::spawn_blocking(move || oracle.lock().unwrap().ask(&question));
    let ours = iter(&containers).map(|container| ours(container, version));
    let ours: Vec<Attempt> = ours.buffered(AT_ONCE).collect().await;
    let answer = asked.await.unwrap();
    let mut again = Vec::new();
    for (at, case) in cases.into_iter().enumerate() {
        let (ours, theirs) = (&ours[at], &answer["results"][at]);
        let sent = servers[at].take_requests();
        let received = their_servers[at].take_requests();
        let is_equal = theirs["verdict"] == verdict(ours.verdict) && sent == received;
        if is_equal {
            agreement.equal_and(match ours.verdict {
                pod_probe::Verdict::Success => "success",
                pod_probe::Verdict::Warning => "warning",
                pod_probe::Verdict::Failure => "failure",
                pod_probe::Verdict::Errored => "errored",
            });
        } else if let Some((why, _)) = EXCUSES.iter().find(|(why, _)| case.name.ends_with(why)) {
            agreement.excuse(why, case.name);
        } else if look < LOOKS {
            println!("again: {}", case.name);
            again.push(case);
        } else {
            let name = &case.name;
            agreement.differ(format!(
                "{name}: {ours:?} {sent:?}, not {theirs} {received:?}"
            ));
        }
    }
    again
}

fn servers(version: KubernetesVersion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut agreement = Agreement::new("servers");
    let oracle = Arc::new(std::sync::Mutex::new(Oracle::of(version)));
    let mut cases = cases::all();
    cases.extend(crate::go_servers::cases(&mut oracle.lock().unwrap()));
    assert!(cases.len() > 150, "{}", cases.len());
    runtime.block_on(async {
        for times in 1..=LOOKS {
            cases = look(&oracle, version, cases, times, &mut agreement).await;
        }
    });
    agreement.finish(EXCUSES);
}

/// All versions at the same time: the servers wait more than they work.
#[test]
fn servers_that_stall_break_and_lie() {
    let versions = [
        KubernetesVersion::V1_33,
        KubernetesVersion::V1_34,
        KubernetesVersion::V1_35,
        KubernetesVersion::V1_36,
        KubernetesVersion::V1_37,
    ];
    std::thread::scope(|scope| {
        for version in versions {
            scope.spawn(move || servers(version));
        }
    });
}

#[test]
fn names_and_expiry_of_a_certificate_are_shown_and_not_required() {
    let mut oracle = Oracle::start();
    let server = json!({
        "min": 0x303, "max": 0x303, "key": "p256", "names": ["a.test", "b.test"], "expired": true,
    });
    let question = json!({"op": "probeServers", "servers": [server]});
    let port = oracle.ask(&question)["ports"][0].as_u64().unwrap();
    let case = Case {
        name: String::new(),
        probe: json!({"httpGet": {"scheme": "HTTPS"}, "timeoutSeconds": 60}),
        script: Script::Closed,
    };
    let container = container(&case, u16::try_from(port).unwrap(), 1);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let attempt = runtime.block_on(ours(&container, KubernetesVersion::LATEST));
    assert_eq!(attempt.verdict, pod_probe::Verdict::Success);
    assert_eq!(attempt.first_line.as_deref(), Some("HTTP/2.0"));
    let tls = attempt.tls.unwrap();
    assert_eq!(tls.names, ["a.test", "b.test"]);
    assert_eq!(tls.version, "1.2");
    assert!(tls.not_after.unwrap() < jiff::Timestamp::now());
}
