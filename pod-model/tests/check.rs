//! Messages of `check`, and its robustness.

use std::fmt::Write;

use pod_model::schema::{Type, builtin};
use pod_model::{Finding, KubernetesVersion, check};
use proptest::prelude::*;

fn findings(text: &str, version: KubernetesVersion) -> Vec<Finding> {
    let manifest = pod_model::manifest::read("f", text.as_bytes().to_vec());
    let documents = manifest.documents.iter();
    documents
        .flat_map(|document| check(document, version))
        .collect()
}

/// One line for each finding: `LINE:COLUMN ID PATH: MESSAGE; HELP`.
fn said(text: &str) -> String {
    said_of(text, KubernetesVersion::LATEST)
}

fn said_of(text: &str, version: KubernetesVersion) -> String {
    let mut out = String::new();
    for finding in findings(text, version) {
        let Some(at) = &finding.location else {
            panic!("a finding has its place: {finding:?}");
        };
        let _ = write!(
            out,
            "{}:{} {} {}: {}",
            at.line,
            at.column,
            finding.id(),
            finding.path,
            finding.message
        );
        if let Some(help) = finding.help {
            let _ = write!(out, "; {help}");
        }
        out.push('\n');
    }
    out
}

fn pod(fields: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{fields}")
}

fn container(fields: &str) -> String {
    pod(&format!("  containers:\n  - name: a\n{fields}"))
}

#[test]
fn a_right_manifest_has_no_findings() {
    let text = container(
        "    image: x\n    env: [{name: A, value: \"1\"}]\n    resources: {limits: {cpu: 1}}\n",
    );
    for version in KubernetesVersion::ALL {
        assert_eq!(said_of(&text, version), "");
    }
}

#[test]
fn an_unknown_field_is_led_to_where_it_belongs() {
    for (text, expected) in [
        (
            container("    imagee: x\n"),
            "7:5 unknown-field spec.containers[0].imagee: unknown field `imagee` in Container; did you mean `image`?\n",
        ),
        (
            container("    Image: x\n"),
            "7:5 unknown-field spec.containers[0].Image: unknown field `Image` in Container; use `image`; names are case-sensitive\n",
        ),
        (
            container("    hostNetwork: true\n"),
            "7:5 unknown-field spec.containers[0].hostNetwork: unknown field `hostNetwork` in Container; move `hostNetwork` to `spec` with less indentation\n",
        ),
        (
            pod("  containers: []\n  image: x\n"),
            "6:3 unknown-field spec.image: unknown field `image` in PodSpec; move `image` into `containers[]`\n",
        ),
        (
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {}, containers: []}\n".into(),
            "4:22 unknown-field spec.containers: unknown field `containers` in JobSpec; move `containers` into `template.spec`\n",
        ),
        (
            pod("  containers: []\n  on: x\n"),
            "6:3 unknown-field spec.true: unknown field `true` in PodSpec; in YAML 1.1 `on` is the boolean true; quote it: \"on\"\n",
        ),
        (
            pod("  containers: []\n  qqqqq: x\n"),
            "6:3 unknown-field spec.qqqqq: unknown field `qqqqq` in PodSpec\n",
        ),
    ] {
        assert_eq!(said(&text), expected, "{text}");
    }
}

#[test]
fn a_field_of_another_version_says_since_when() {
    let text = container("    restartPolicyRules: []\n");
    assert_eq!(
        said_of(&text, KubernetesVersion::V1_33),
        "7:5 unknown-field spec.containers[0].restartPolicyRules: no field `restartPolicyRules` \
         in Container of Kubernetes 1.33: added in 1.34\n"
    );
    assert_eq!(said_of(&text, KubernetesVersion::V1_34), "");
}

#[test]
fn a_wrong_type_says_what_to_write() {
    for (fields, expected) in [
        (
            "    env: [{name: A, value: yes}]\n",
            "7:28 wrong-type spec.containers[0].env[0].value: `value` must be a string, found the boolean true; \
             in YAML 1.1 `yes` is the boolean true; quote it: \"yes\"\n",
        ),
        (
            "    env: [{name: A, value: 0644}]\n",
            "7:28 wrong-type spec.containers[0].env[0].value: `value` must be a string, found the number 420; \
             quote it: \"0644\"\n",
        ),
        (
            "    tty: \"yes\"\n",
            "7:10 wrong-type spec.containers[0].tty: `tty` must be a boolean, found the string \"yes\"; \
             use `true` without quotes\n",
        ),
        (
            "    command: sh -x\n",
            "7:14 wrong-type spec.containers[0].command: `command` must be a list, found the string \"sh -x\"; \
             use a list: [\"sh\", \"-x\"]\n",
        ),
        (
            "    ports:\n      containerPort: 80\n",
            "7:5 wrong-type spec.containers[0].ports: `ports` must be a list, found an object; \
             start each element with `- `\n",
        ),
        (
            "    ports: [{containerPort: \"80\"}]\n",
            "7:29 wrong-type spec.containers[0].ports[0].containerPort: `containerPort` must be a 32-bit integer, \
 found the string \"80\"; use `80` without quotes\n",
        ),
        (
            "    resources: {limits: {memory: 1GB}}\n",
            "7:34 wrong-type spec.containers[0].resources.limits.memory: `memory` must be a quantity such as \
             `500m` or `1Gi`, found the string \"1GB\"; did you mean `1G`?\n",
        ),
        ("    env: null\n    command: [null]\n", ""),
    ] {
        let text = container(fields);
        assert_eq!(said(&text), expected, "{text}");
    }
}

#[test]
fn values_of_a_secret_are_not_repeated() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: hunter2}\nstringData: {b: 12345}\n";
    let said = said(text);
    assert_eq!(
        said,
        "4:11 wrong-type data.a: `a` must be base64; move plain text to `stringData`\n\
         5:17 wrong-type stringData.b: `b` must be a string; quote it\n"
    );
    let all = format!("{:?}", findings(text, KubernetesVersion::LATEST));
    assert!(!all.contains("hunter2") && !all.contains("12345"), "{all}");
}

#[test]
fn all_problems_are_said_in_the_order_of_the_text() {
    let text = "kind: Pod\napiVersion: v1\nspec:\n  hostPID: 1\n  containers:\n  - image: x\n  hostPID: true\n  foo: 1\n";
    let ids: Vec<_> = findings(text, KubernetesVersion::LATEST)
        .iter()
        .map(Finding::id)
        .collect();
    assert_eq!(
        ids,
        [
            "missing-field",
            "missing-field",
            "duplicate-key",
            "unknown-field"
        ]
    );
}

#[test]
fn a_required_field_may_be_missing_in_status_and_where_the_server_does_without() {
    for (text, expected) in [
        (
            pod("  containers:\n  - image: x\n"),
            "6:5 missing-field spec.containers[0].name: missing required field `name` in Container\n",
        ),
        (
            pod("  restartPolicy: Never\n"),
            "4:1 missing-field spec.containers: missing required field `containers` in PodSpec\n",
        ),
        (
            pod("  containers: null\n"),
            "5:15 missing-field spec.containers: missing required field `containers` in PodSpec\n",
        ),
        (
            format!("{}status: {{conditions: [{{}}]}}\n", pod("  containers: []\n")),
            "",
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {}\n".into(),
            "",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\n".into(),
            "1:1 missing-field metadata.name: missing `metadata.name` in ConfigMap; add `name` or `generateName` to `metadata`\n",
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n".into(), ""),
    ] {
        assert_eq!(said_of(&text, KubernetesVersion::V1_31), expected, "{text}");
    }
}

#[test]
fn a_duplicate_shows_both_places_and_an_overridden_merge_is_none() {
    let text = container("    tty: true\n    tty: false\n");
    let all = findings(&text, KubernetesVersion::LATEST);
    assert_eq!(
        said(&text).split(';').next(),
        Some("8:5 duplicate-key spec.containers[0].tty: duplicate key `tty` in the same object")
    );
    assert_eq!(all[0].related[0].location.line, 7);
    // Below what no schema describes, too.
    let custom =
        "apiVersion: a.example/v1\nkind: A\nmetadata: {name: a}\nspec: {x: [{z: 1, z: 2}]}\n";
    assert!(
        said(custom).starts_with("4:19 duplicate-key spec.x[0].z: "),
        "{}",
        said(custom)
    );
    let merged = pod("  containers:\n  - &a {name: a, image: x}\n  - <<: *a\n    name: b\n");
    assert_eq!(said(&merged), "");
    let list = format!(
        "kind: List\napiVersion: v1\nitems:\n- {{{}}}\n- {{{}}}\n",
        "apiVersion: v1, kind: Secret, metadata: {name: a}, type: x, type: x",
        "apiVersion: v1, kind: Secret, metadata: {name: b}"
    );
    assert_eq!(findings(&list, KubernetesVersion::LATEST).len(), 1);
}

#[test]
fn an_unknown_kind_is_led_to_the_known_one() {
    for (api_version, kind, expected) in [
        (
            "extensions/v1beta1",
            "Deployment",
            Some("use `apiVersion: apps/v1`"),
        ),
        (
            "apps/v1beta1",
            "Deployment",
            Some("use `apiVersion: apps/v1`"),
        ),
        ("v1", "Deployment", Some("use `apiVersion: apps/v1`")),
        (
            "batch/v1beta1",
            "CronJob",
            Some("use `apiVersion: batch/v1`"),
        ),
        (
            "networking/v1",
            "Ingress",
            Some("use `apiVersion: networking.k8s.io/v1`"),
        ),
        (
            "extensions/v1beta1",
            "Ingress",
            Some("use `apiVersion: networking.k8s.io/v1`"),
        ),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            Some("use `apiVersion: autoscaling/v2`"),
        ),
        ("v1", "pod", Some("did you mean `Pod`?")),
        ("v1", "Pods", Some("did you mean `Pod`?")),
        (
            "v1",
            "Deploymnt",
            Some("did you mean `kind: Deployment` with `apiVersion: apps/v1`?"),
        ),
        ("v1", "Zebra", None),
    ] {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n");
        let all = findings(&text, KubernetesVersion::LATEST);
        let found: Vec<_> = all.iter().map(|f| (f.id(), f.help.as_deref())).collect();
        assert_eq!(found[0], ("unknown-kind", expected), "{text}");
    }
    let fresh =
        "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: a}\nspec: {}\n";
    assert_eq!(
        said_of(fresh, KubernetesVersion::V1_33),
        "1:13 unknown-kind apiVersion: no kind `ResourceClaim` in `resource.k8s.io/v1` of \
         Kubernetes 1.33: added in 1.34; use `apiVersion: resource.k8s.io/v1beta2`\n"
    );
    for custom in ["gateway.networking.k8s.io/v1", "a.example/v1"] {
        let text =
            format!("apiVersion: {custom}\nkind: Gateway\nmetadata: {{name: a}}\nspec: {{x: 1}}\n");
        assert_eq!(said(&text), "", "{text}");
    }
}

#[test]
fn an_object_says_what_it_is() {
    assert_eq!(
        said("a: b\n"),
        "1:1 missing-api-version apiVersion: missing field `apiVersion` in the object; add the field, such as `apiVersion: v1`\n\
         1:1 missing-kind kind: missing field `kind` in the object; add the field, such as `kind: Pod`\n"
    );
    assert!(said("apiVersion: 1\nkind: Pod\n").starts_with("1:13 wrong-type apiVersion: "));
    assert!(said("- a\n").starts_with("1:1 wrong-type : expected an object"));
}

#[test]
fn the_embedded_schema_is_read_to_its_end() {
    let schema = builtin();
    for version in KubernetesVersion::ALL {
        let resources: Vec<_> = schema.resources(version).collect();
        assert!(resources.len() > 60, "{version}: {}", resources.len());
        let pod = schema.definition("v1", "Pod", version).unwrap();
        let spec = schema.field(pod, "spec", version).unwrap();
        let Type::Object(spec) = spec.kind else {
            panic!("{spec:?}")
        };
        let containers = schema.field(spec, "containers", version).unwrap();
        assert!(containers.required);
        assert_eq!(
            containers.list.keys().collect::<Vec<_>>(),
            [("name", Some(""))]
        );
    }
    let last = schema.definition(
        "apiregistration.k8s.io/v1",
        "APIService",
        KubernetesVersion::LATEST,
    );
    assert!(
        schema
            .fields(last.unwrap(), KubernetesVersion::LATEST)
            .count()
            > 3
    );
}

#[test]
fn depth_and_number_cost_neither_stack_nor_memory() {
    // A schema within a schema, each with a field that does not exist.
    let deep = |n: usize| {
        format!(
            "{}{}",
            "{bad: 1, not: ".repeat(n),
            "{}".to_owned() + &"}".repeat(n)
        )
    };
    let head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: ";
    let text = format!(
        "{head}{{versions: [{{schema: {{openAPIV3Schema: {}}}}}]}}\n",
        deep(3_000)
    );
    let all = findings(&text, KubernetesVersion::LATEST);
    assert!((400..=1_000).contains(&all.len()), "{}", all.len());
    let twice = format!(
        "apiVersion: a.example/v1\nkind: A\nspec: {}1{}\n",
        "{a: 1, a: 2, b: ".repeat(3_000),
        "}".repeat(3_000)
    );
    assert_eq!(findings(&twice, KubernetesVersion::LATEST).len(), 1_000);
    let wide: String = (0..50_000).fold(container(""), |mut text, i| {
        let _ = writeln!(text, "    field{i}: 1");
        text
    });
    assert_eq!(findings(&wide, KubernetesVersion::LATEST).len(), 1_000);
}

proptest! {
    /// A right manifest with one byte changed.
    #[test]
    fn places_lie_inside_the_text(at in 0usize..400, byte in 0u8..128, version in 0usize..5) {
        let mut bytes = container(
            "    image: x\n    env: [{name: A, value: yes}]\n    command: sh\n    ports:\n    - {containerPort: 1}\n\
             \x20   resources: {limits: {cpu: 1, memory: 1Gi}}\n---\nkind: Secret\napiVersion: v1\ndata: {a: x}\n",
        ).into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let manifest = pod_model::manifest::read("f", bytes);
        let length = manifest.source.text().len();
        for document in &manifest.documents {
            for finding in check(document, KubernetesVersion::ALL[version]) {
                let span = finding.location.expect("a place").span;
                prop_assert!(span.start <= span.end && span.end as usize <= length);
            }
        }
    }
}
