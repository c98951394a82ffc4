//! Jobs and CronJobs.

use k8s_openapi::api::batch::v1::{
    JobSpec, PodFailurePolicy, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
    SuccessPolicy, SuccessPolicyRule,
};
use serde_json::json;

use super::told;
use crate::path::FieldPath;
use crate::validation::{
    errors::Errors, failure_policy, path::Path, success_policy, validate_cron_job,
};
use crate::version::KubernetesVersion;

/// Upstream: `validatePodFailurePolicyRule`.
#[test]
fn only_fail_index_needs_a_limit_for_each_index() {
    for (action, limit, expected) in [
        ("FailIndex", None, &["invalid rules[0].action"][..]),
        ("FailIndex", Some(0), &[]),
        ("FailJob", None, &[]),
        ("Ignore", None, &[]),
        ("Count", Some(1), &[]),
        ("", None, &["required rules[0].action"]),
        ("x", None, &["not-supported rules[0].action"]),
    ] {
        let pattern = PodFailurePolicyOnPodConditionsPattern {
            type_: "Ready".to_owned(),
            status: Some("True".to_owned()),
        };
        let policy = PodFailurePolicy {
            rules: vec![PodFailurePolicyRule {
                action: action.to_owned(),
                on_exit_codes: None,
                on_pod_conditions: Some(vec![pattern]),
            }],
        };
        let spec = JobSpec {
            backoff_limit_per_index: limit,
            ..JobSpec::default()
        };
        let (root, mut errors) = (FieldPath::root(), Errors::default());
        failure_policy::policy(&policy, &spec, &Path::base(&root), &mut errors);
        assert_eq!(
            told(&errors.into_findings()),
            expected,
            "{action} {limit:?}"
        );
    }
}

/// Upstream: `validateSuccessPolicyRule`, `validateIndexesFormat`.
#[test]
fn a_rule_of_success_counts_its_indexes() {
    let findings_of = |count: Option<i32>, indexes: &str| {
        let policy = SuccessPolicy {
            rules: vec![SuccessPolicyRule {
                succeeded_count: count,
                succeeded_indexes: Some(indexes.to_owned()),
            }],
        };
        let (root, mut errors) = (FieldPath::root(), Errors::default());
        success_policy::policy(&policy, Some(10), &Path::base(&root), &mut errors);
        told(&errors.into_findings())
    };
    let (wrong, many) = (
        "invalid rules[0].succeededIndexes",
        "invalid rules[0].succeededCount",
    );
    for (count, indexes, expected) in [
        (Some(5), "0,2-4,7", &[][..]),
        (Some(6), "0,2-4,7", &[many]),
        (Some(1), "3", &[]),
        (Some(2), "3", &[many]),
        (Some(2), "3-4", &[]),
        (Some(3), "3-4", &[many]),
        (Some(10), "0-9", &[]),
        (None, "0-10", &[wrong]),
        (None, "4-4", &[wrong]),
        (None, "2,1", &[wrong]),
        (None, "1-3,3", &[wrong]),
    ] {
        assert_eq!(findings_of(count, indexes), expected, "{count:?} {indexes}");
    }
    let long = "too-long rules[0].succeededIndexes".to_owned();
    for (length, is_long) in [
        (65_535, false),
        (65_536, false),
        (65_537, true),
        (65_538, true),
    ] {
        let found = findings_of(None, &"0".repeat(length));
        assert_eq!(found.contains(&long), is_long, "{length}");
    }
}

/// Upstream: `ValidateCronJobCreate`; the gate is `JobManagedBy`.
#[test]
fn managed_by_of_a_cron_job_depends_on_its_gate() {
    let template =
        json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}});
    for (manager, expected) in [
        ("x y", &[32, 33, 34, 35, 36, 37][..]),
        ("example.com/a", &[]),
    ] {
        let job = json!({"managedBy": manager, "template": template});
        let cron_job = serde_json::from_value(json!({
            "metadata": {"name": "n"},
            "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": job}},
        }))
        .unwrap();
        let all = KubernetesVersion::ALL.into_iter();
        let refusing = all.filter(|version| !validate_cron_job(&cron_job, *version).is_empty());
        let refusing: Vec<u8> = refusing.map(KubernetesVersion::minor).collect();
        assert_eq!(refusing, expected, "{manager}");
    }
}
