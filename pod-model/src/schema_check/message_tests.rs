//! Messages and helps for invalid values.

use super::check;
use crate::finding::Finding;
use crate::manifest;
use crate::severity::Severity;
use crate::version::KubernetesVersion;

fn checked(text: &str) -> Vec<Finding> {
    let manifest = manifest::read("f.yaml", text.as_bytes().to_vec());
    check(&manifest.documents[0], KubernetesVersion::LATEST)
}

#[test]
fn an_object_says_what_it_is() {
    for (head, expected) in [
        ("apiVersion: v1\nkind: ConfigMap", &[][..]),
        ("apiVersion: ''\nkind: ConfigMap", &["missing-api-version"]),
        ("apiVersion: /\nkind: ConfigMap", &["missing-api-version"]),
        (
            "apiVersion: null\nkind: ConfigMap",
            &["missing-api-version"],
        ),
        ("kind: ConfigMap", &["missing-api-version"]),
        ("apiVersion: v1\nkind: ''", &["missing-kind"]),
        ("apiVersion: v1\nkind: /", &["missing-kind"]),
        ("apiVersion: v1", &["missing-kind"]),
        ("apiVersion: 1\nkind: ConfigMap", &["wrong-type"]),
        (
            "apiVersion: /\nkind: ''",
            &["missing-api-version", "missing-kind"],
        ),
        // Groups of Kubernetes' own, whose kinds are all known, and others.
        ("apiVersion: v1\nkind: Odd", &["unknown-kind"]),
        ("apiVersion: apps/v1\nkind: Odd", &["unknown-kind"]),
        ("apiVersion: odd/v1\nkind: Odd", &["unknown-kind"]),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Odd",
            &["unknown-kind"],
        ),
        ("apiVersion: gateway.networking.k8s.io/v1\nkind: Odd", &[]),
        ("apiVersion: example.com/v1\nkind: Odd", &[]),
    ] {
        let found = checked(&format!("{head}\nmetadata: {{name: web}}\n"));
        let found: Vec<_> = found.iter().map(crate::finding::Finding::id).collect();
        assert_eq!(found, expected, "{head}");
    }
}

#[test]
fn a_value_of_a_wrong_type_is_shown_its_way_out() {
    let suffixes = "use one of the suffixes n u m k M G T P E Ki Mi Gi Ti Pi Ei";
    for (field, expected) in [
        ("priority: '5'", Some("use `5` without quotes")),
        ("priority: '-5'", Some("use `-5` without quotes")),
        ("priority: five", None),
        (
            "terminationGracePeriodSeconds: '30'",
            Some("use `30` without quotes"),
        ),
        ("hostPID: 'Yes'", Some("use `true` without quotes")),
        ("hostPID: 'off'", Some("use `false` without quotes")),
        ("hostPID: maybe", None),
        ("nodeName: 5", Some("quote it: \"5\"")),
        ("nodeName: true", Some("quote it: \"true\"")),
        (
            "nodeName: yes",
            Some("in YAML 1.1 `yes` is the boolean true; quote it: \"yes\""),
        ),
        // Only a short value is written again.
        (
            "nodeName: 0000000000000000000000000000000000000000000000000000000000001.5",
            None,
        ),
        ("overhead: {memory: 1GB}", Some("did you mean `1G`?")),
        ("overhead: {memory: 1KI}", Some("did you mean `1Ki`?")),
        ("overhead: {memory: 1 Gi}", Some("did you mean `1Gi`?")),
        ("overhead: {memory: 1K}", Some("did you mean `1k`?")),
        ("overhead: {memory: much}", Some(suffixes)),
        ("overhead: {memory: muchB}", Some(suffixes)),
        (
            "tolerations: {key: a}",
            Some("start each element with `- `"),
        ),
        ("tolerations: exists", None),
        ("volumes: data", None),
        ("dnsConfig: {searches: a b}", Some("use a list: [\"a b\"]")),
        ("nodeSelector: [a]", Some("remove `- ` before the fields")),
    ] {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  {field}\n  containers: [{{name: c, image: i}}]\n"
        );
        let found = checked(&text);
        assert_eq!(found.len(), 1, "{field} {found:#?}");
        assert_eq!(found[0].help.as_deref(), expected, "{field}");
    }
}

/// Group by group and version by version, as the servers of the schema have them.
#[test]
fn a_kind_that_is_elsewhere_is_told_where() {
    let text = "metadata: {name: web}\n";
    for (version, api_version, kind, message, help) in [
        // A version that is over, that is still to come, and that never was.
        (
            "1.35",
            "resource.k8s.io/v1alpha3",
            "DeviceClass",
            "no kind `DeviceClass` in `resource.k8s.io/v1alpha3` of Kubernetes 1.35: served until 1.33",
            "use `apiVersion: resource.k8s.io/v1`",
        ),
        (
            "1.33",
            "resource.k8s.io/v1",
            "DeviceClass",
            "no kind `DeviceClass` in `resource.k8s.io/v1` of Kubernetes 1.33: added in 1.34",
            "use `apiVersion: resource.k8s.io/v1beta2`",
        ),
        (
            "1.35",
            "resource.k8s.io/v9",
            "DeviceClass",
            "unknown kind `DeviceClass` in `resource.k8s.io/v9`",
            "use `apiVersion: resource.k8s.io/v1`",
        ),
        // Another group, and of several the one that is named nearly so.
        (
            "1.35",
            "v1",
            "Deployment",
            "unknown kind `Deployment` in `v1`",
            "use `apiVersion: apps/v1`",
        ),
        (
            "1.35",
            "extensions/v1beta1",
            "Ingress",
            "unknown kind `Ingress` in `extensions/v1beta1`",
            "use `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "1.35",
            "apps/v1",
            "Event",
            "unknown kind `Event` in `apps/v1`",
            "use `apiVersion: v1`",
        ),
        (
            "1.35",
            "events/v1beta1",
            "Event",
            "unknown kind `Event` in `events/v1beta1`",
            "use `apiVersion: events.k8s.io/v1`",
        ),
        // A kind that is misspelt, here and there.
        (
            "1.35",
            "v1",
            "Pdo",
            "unknown kind `Pdo` in `v1`",
            "did you mean `Pod`?",
        ),
        (
            "1.35",
            "v1",
            "Deploymnet",
            "unknown kind `Deploymnet` in `v1`",
            "did you mean `kind: Deployment` with `apiVersion: apps/v1`?",
        ),
    ] {
        let head = format!("apiVersion: {api_version}\nkind: {kind}\n{text}");
        let manifest = manifest::read("f.yaml", head.into_bytes());
        let found = check(&manifest.documents[0], version.parse().unwrap());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].message, message);
        assert_eq!(found[0].help.as_deref(), Some(help), "{message}");
    }
}

#[test]
fn a_field_that_the_template_of_a_stateful_set_lacks_is_a_warning_before_1_34() {
    use KubernetesVersion as V;
    let of_kind = |kind: &str, version| {
        let text = format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n  selector: {{}}\n  template: {{spec: {{}}}}\n"
        );
        let manifest = manifest::read("f.yaml", text.into_bytes());
        let findings = check(&manifest.documents[0], version);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(
            findings[0].path.to_string(),
            "spec.template.spec.containers"
        );
        findings[0].severity
    };
    for (kind, version, severity) in [
        ("StatefulSet", V::V1_31, Severity::Warning),
        ("StatefulSet", V::V1_33, Severity::Warning),
        ("StatefulSet", V::V1_34, Severity::Error),
        ("Deployment", V::V1_33, Severity::Error),
    ] {
        assert_eq!(of_kind(kind, version), severity, "{kind} {version}");
    }
    let without =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {selector: {}}\n";
    let manifest = manifest::read("f.yaml", without.as_bytes().to_vec());
    let findings = check(&manifest.documents[0], V::V1_33);
    assert_eq!(findings[0].severity, Severity::Error, "{findings:?}");
}
