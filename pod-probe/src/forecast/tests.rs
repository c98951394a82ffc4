use serde_json::json;

use super::*;

fn print(spec: serde_json::Value, does: &Assumptions, version: KubernetesVersion) {
    let mut spec: k8s_openapi::api::core::v1::PodSpec = serde_json::from_value(spec).unwrap();
    for container in &mut spec.containers {
        pod_model::defaults::container(container);
    }
    let plan = PodPlan::of(&spec, version);
    let began = std::time::Instant::now();
    let events = forecast(&plan, does, version);
    let took = began.elapsed();
    for event in events {
        println!(
            "{:>8.2}..{:<8.2} {} #{} {:?} {} {}",
            event.earliest.as_secs_f64(),
            event.latest.as_secs_f64(),
            event.container,
            event.instance,
            event.happening,
            event.occurrence,
            if event.is_certain { "" } else { "?" }
        );
    }
    println!("{took:?}\n");
}

#[test]
fn look() {
    let s = Duration::from_secs;
    let spec = json!({"terminationGracePeriodSeconds": 30, "containers": [{"name": "c", "image": "i",
        "readinessProbe": {"exec": {}, "initialDelaySeconds": 5},
        "livenessProbe": {"exec": {}}}]});
    print(
        spec.clone(),
        &Assumptions::default(),
        KubernetesVersion::V1_35,
    );
    print(
        spec.clone(),
        &Assumptions::default(),
        KubernetesVersion::V1_37,
    );
    let never = Assumptions {
        starts_after: s(3600),
        horizon: s(400),
        ..Assumptions::default()
    };
    let live = json!({"terminationGracePeriodSeconds": 30, "containers": [{"name": "c", "image": "i", "livenessProbe": {"exec": {}}}]});
    print(live, &never, KubernetesVersion::V1_35);
    let startup = json!({"terminationGracePeriodSeconds": 30, "containers": [{"name": "c", "image": "i",
        "startupProbe": {"exec": {}, "failureThreshold": 30, "periodSeconds": 2},
        "readinessProbe": {"exec": {}}, "livenessProbe": {"exec": {}}}]});
    print(
        startup,
        &Assumptions {
            starts_after: s(20),
            fails_at: Some(s(120)),
            horizon: s(300),
            ..Assumptions::default()
        },
        KubernetesVersion::V1_37,
    );
}

#[test]
fn debug() {
    let s = Duration::from_secs;
    let spec = json!({"restartPolicy":"Always","terminationGracePeriodSeconds":10,"containers":[{"name":"c0","image":"i","startupProbe":{"exec":{},"failureThreshold":1,"initialDelaySeconds":2,"periodSeconds":2,"timeoutSeconds":5,"successThreshold":1}}],"initContainers":[{"name":"s0","image":"i","restartPolicy":"Always"}]});
    let spec: k8s_openapi::api::core::v1::PodSpec = serde_json::from_value(spec).unwrap();
    let plan = PodPlan::of(&spec, KubernetesVersion::V1_37);
    let does = Assumptions { starts_after: s(90), horizon: s(12), ..Assumptions::default() };
    for run in 0..4 {
        for event in Run::new(&plan, &does, KubernetesVersion::V1_37, Draw::of(run)).events(s(12)) {
            println!("{:8.3} {} {} {:?}", event.at.as_secs_f64(), event.container, event.instance, event.happening);
        }
        println!();
    }
}
