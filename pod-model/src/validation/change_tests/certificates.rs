//! Certificates in projected volumes.

use serde_json::{Value, json};

use super::{assert_spec, with};

fn projected(source: &Value) -> Value {
    json!({"volumes": [{"name": "v", "projected": {"sources": [source]}}]})
}

fn bundle(more: &Value) -> Value {
    projected(&json!({"clusterTrustBundle": with(json!({"path": "p"}), more)}))
}

fn certificate(more: &Value) -> Value {
    let whole = json!({"keyType": "ED25519", "signerName": "a.b/c", "credentialBundlePath": "p"});
    projected(&json!({"podCertificate": with(whole, more)}))
}

/// Asserts findings of a projected source, which there are from 1.37 on.
///
/// Upstream: `validateProjectionSources`, with the feature gates `ClusterTrustBundleProjection` and
/// `PodCertificateRequest`.
fn assert_source(spec: &Value, expected: &[&str]) {
    const BASE: &str = "spec.volumes[0].projected.sources[0]";
    let expected: Vec<String> = expected
        .iter()
        .map(|own| own.replacen(' ', &format!(" {BASE}."), 1))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    let since: &[(u8, &[&str])] = if expected.is_empty() {
        &[(31, &[])]
    } else {
        &[(31, &[]), (37, &expected)]
    };
    assert_spec(spec, &json!({}), since);
}

#[test]
fn a_trust_bundle_is_validated_from_1_37_on() {
    let bundle = |more: Value| bundle(&more);
    for (spec, expected) in [
        (bundle(json!({"name": "a"})), &[][..]),
        (bundle(json!({"name": "a.b:c:d"})), &[]),
        (
            bundle(json!({"name": ":d"})),
            &["invalid clusterTrustBundle.name"],
        ),
        (
            bundle(json!({"name": "a/b:d"})),
            &["invalid clusterTrustBundle.name"],
        ),
        (
            bundle(json!({"name": "a.b:c:D"})),
            &["invalid clusterTrustBundle.name"],
        ),
        (
            bundle(json!({"name": "A"})),
            &["invalid clusterTrustBundle.name"],
        ),
        (
            bundle(json!({"name": ""})),
            &[
                "required clusterTrustBundle.name",
                "invalid clusterTrustBundle.name",
            ],
        ),
        (
            bundle(json!({"name": "a", "labelSelector": {}})),
            &["invalid clusterTrustBundle.labelSelector"],
        ),
        (
            bundle(json!({"signerName": "a.b/c", "labelSelector": {}})),
            &[],
        ),
        (
            bundle(json!({"signerName": "a.b/c", "labelSelector": {"matchLabels": {"-": "x"}}})),
            &["invalid clusterTrustBundle.labelSelector.matchLabels"],
        ),
        (
            bundle(json!({"signerName": ""})),
            &["required clusterTrustBundle.signerName"],
        ),
        (
            bundle(json!({"name": "a", "signerName": "a.b/c"})),
            &["invalid clusterTrustBundle"],
        ),
        (bundle(json!({})), &["required clusterTrustBundle"]),
        (
            bundle(json!({"name": "a", "path": ""})),
            &["required clusterTrustBundle.path"],
        ),
        (
            bundle(json!({"name": "a", "path": "../x"})),
            &["invalid clusterTrustBundle.path"],
        ),
    ] {
        assert_source(&spec, expected);
    }
}

#[test]
fn the_signer_of_a_certificate_is_validated_from_1_37_on() {
    let certificate = |more: Value| certificate(&more);
    for (spec, expected) in [
        (certificate(json!({})), &[][..]),
        (
            certificate(json!({"keyType": "RSA"})),
            &["not-supported podCertificate.keyType"],
        ),
        (
            certificate(json!({"signerName": "x"})),
            &["invalid podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": "a/b"})),
            &["invalid podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": "a.b/C"})),
            &["invalid podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": "a.b/c/d"})),
            &["invalid podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": format!("{}/c", vec!["a"; 127].join("."))})),
            &[],
        ),
        (
            certificate(json!({"signerName": format!("{}/c", vec!["a"; 128].join("."))})),
            &["too-long podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": format!("a.bb/{}", vec!["a"; 284].join("."))})),
            &["too-long podCertificate.signerName"],
        ),
        (
            certificate(json!({"signerName": format!("a.b/{}", vec!["a"; 284].join("."))})),
            &[],
        ),
    ] {
        assert_source(&spec, expected);
    }
}

#[test]
fn files_and_lifetime_of_a_certificate_are_validated_from_1_37_on() {
    let certificate = |more: Value| certificate(&more);
    for (spec, expected) in [
        (
            certificate(json!({"maxExpirationSeconds": 3599})),
            &["invalid podCertificate.maxExpirationSeconds"][..],
        ),
        (certificate(json!({"maxExpirationSeconds": 3600})), &[]),
        (certificate(json!({"maxExpirationSeconds": 7_862_400})), &[]),
        (
            certificate(json!({"maxExpirationSeconds": 7_862_401})),
            &["invalid podCertificate.maxExpirationSeconds"],
        ),
        (
            certificate(json!({"signerName": "a.kubernetes.io/c", "maxExpirationSeconds": 86_400})),
            &[],
        ),
        (
            certificate(json!({"signerName": "kubernetes.io/c", "maxExpirationSeconds": 86_401})),
            &["invalid podCertificate.maxExpirationSeconds"],
        ),
        (
            certificate(json!({"credentialBundlePath": ""})),
            &["required podCertificate"],
        ),
        (
            certificate(json!({"keyPath": "/k"})),
            &["invalid podCertificate.keyPath"],
        ),
        (certificate(json!({"userAnnotations": {"A.b/C": ""}})), &[]),
        (
            certificate(json!({"userAnnotations": {"a": ""}})),
            &["invalid podCertificate.userAnnotations"],
        ),
        (
            certificate(json!({"userAnnotations": {"": ""}})),
            &["required podCertificate.userAnnotations"],
        ),
        (
            certificate(json!({"userAnnotations": {"a.b/c": "x".repeat(256 << 10)}})),
            &["too-long podCertificate.userAnnotations"],
        ),
    ] {
        assert_source(&spec, expected);
    }
}

/// Upstream: `validateProjectionSources`.
#[test]
fn two_certificates_cannot_be_one_file() {
    let volume = json!({"volumes": [{"name": "v", "projected": {"sources": [
        {"clusterTrustBundle": {"name": "a", "path": "p"}},
        {"podCertificate": {"keyType": "ED25519", "signerName": "a.b/c", "keyPath": "p"}},
    ]}}]});
    assert_spec(
        &volume,
        &json!({}),
        &[(31, &[]), (37, &["invalid spec.volumes[0].projected"])],
    );
    let both = projected(&json!({
        "clusterTrustBundle": {"name": "a", "path": "p"}, "serviceAccountToken": {"path": "q"},
    }));
    let spec = with(both, &json!({"serviceAccountName": "s"}));
    assert_spec(
        &spec,
        &json!({}),
        &[
            (31, &[]),
            (
                37,
                &["forbidden-field spec.volumes[0].projected.sources[0]"],
            ),
        ],
    );
}
