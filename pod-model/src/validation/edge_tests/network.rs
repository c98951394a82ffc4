//! The network of the host.

use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde_json::{Value, json};

use super::{LATEST, none, pod, told};
use crate::path::FieldPath;
use crate::validation::{validate_pod, validate_template};

/// Upstream: `validatePodHostNetworkDeps`.
#[test]
fn in_the_network_of_the_host_a_port_is_the_nodes() {
    let port = |host: &Value| json!({"ports": [{"containerPort": 80, "hostPort": host}]});
    for (network, host, in_pod, in_template) in [
        (true, json!(80), false, false),
        (true, json!(81), true, true),
        (true, Value::Null, false, false),
        (true, json!(0), false, false),
        (false, json!(81), false, false),
        (false, Value::Null, false, false),
    ] {
        let spec = json!({"hostNetwork": network});
        let pod = pod(&none(), &spec, &port(&host));
        let expected = |is_wrong, base: &str| {
            let wrong = format!("invalid {base}.containers[0].ports[0].hostPort");
            Vec::from_iter(Some(wrong).filter(|_| is_wrong))
        };
        let found = told(&validate_pod(&pod, LATEST));
        assert_eq!(found, expected(in_pod, "spec"), "{network} {host}");
        let template = PodTemplateSpec {
            metadata: None,
            spec: pod.spec,
        };
        let path = FieldPath::root().field("template");
        let found = told(&validate_template(&template, &path, LATEST));
        let expected = expected(in_template, "template.spec");
        assert_eq!(found, expected, "{network} {host} in a template");
    }
}
