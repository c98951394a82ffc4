//! Flags of Jobs.

use k8s_openapi::api::batch::v1::{SuccessPolicy, SuccessPolicyRule};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{number, one_of, seconds, short_seconds};
use super::failure_policy::pod_failure_policy;

pub(super) const GROUP: Group = Group {
    heading: "Job",
    flags: &[
        Flag::once(
            "completions",
            "N",
            "Number of Pods that must succeed",
            "5",
            |draft, count| {
                draft.job.completions = Some(number(count)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::once(
            "parallelism",
            "N",
            "Maximum number of Pods at a time",
            "2",
            |draft, count| {
                draft.job.parallelism = Some(number(count)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::switch(
            "indexed",
            "Indexed Job: each Pod gets an index",
            |draft, _| {
                draft.job.completion_mode = Some("Indexed".to_owned());
                Ok(())
            },
        )
        .with(INDEXES)
        .of_job()
        .more("The container finds its index in $JOB_COMPLETION_INDEX."),
        Flag::once(
            "backoff-limit",
            "N",
            "Retries before the Job fails [default: 6]",
            "3",
            |draft, count| {
                draft.job.backoff_limit = Some(number(count)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::once(
            "backoff-limit-per-index",
            "N",
            "Retries per index before it fails",
            "1",
            |draft, count| {
                draft.job.backoff_limit_per_index = Some(number(count)?);
                Ok(())
            },
        )
        .with(&["--indexed", "--completions=10"])
        .of_job(),
        Flag::once(
            "max-failed-indexes",
            "N",
            "Failed indexes before the Job fails",
            "3",
            |draft, count| {
                draft.job.max_failed_indexes = Some(number(count)?);
                Ok(())
            },
        )
        .with(&[
            "--indexed",
            "--completions=10",
            "--backoff-limit-per-index=1",
        ])
        .of_job(),
        Flag::once(
            "deadline",
            "DURATION",
            "Maximum run time; the Job then fails",
            "10m",
            |draft, time| {
                draft.job.active_deadline_seconds = Some(seconds(time)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::once(
            "ttl",
            "DURATION",
            "Delete the Job this long after its end",
            "1h",
            |draft, time| {
                draft.job.ttl_seconds_after_finished = Some(short_seconds(time)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::switch("suspend", "Create the Job suspended", |draft, _| {
            draft.job.suspend = Some(true);
            Ok(())
        })
        .of_job(),
        Flag::once(
            "pod-failure-policy",
            "RULES",
            "Rules for failed Pods",
            "ignore:DisruptionTarget; fail:exit 42",
            pod_failure_policy,
        )
        .of_job()
        .more(
            "\
ACTION:exit CODES or ACTION:CONDITION; separate rules with `;`; the first match applies.
ACTION      fail        fail the Job
            failindex   fail the index
            ignore      do not count the failure
            count       count the failure, as without a rule
exit CODES  exit 42, exit 1-3,5, exit notin 0,7, exit 1 in CONTAINER
CONDITION   DisruptionTarget, ConfigIssue=Unknown; A,B is A or B",
        ),
        Flag::once(
            "success-policy",
            "RULES",
            "Indexes that make the Job succeed",
            "0-2,5:2; *:8",
            success_policy,
        )
        .with(&["--indexed", "--completions=10"])
        .of_job()
        .more(
            "\
INDEXES[:COUNT]; separate rules with `;`; one match is enough.
0           index 0 has succeeded
0-2,5       indexes 0, 1, 2 and 5 have succeeded
0-2,5:2     2 of these indexes have succeeded
*:8         8 of all indexes have succeeded",
        ),
        Flag::once(
            "replacement-policy",
            "WHEN",
            "When to replace a Pod",
            "Failed",
            |draft, when| {
                let known = ["TerminatingOrFailed", "Failed"];
                draft.job.pod_replacement_policy = Some(one_of(when, &known)?.to_owned());
                Ok(())
            },
        )
        .of_job()
        .more("TerminatingOrFailed (the default), or Failed: only once it has terminated."),
        Flag::once(
            "managed-by",
            "NAME",
            "Controller that manages the Job",
            "kueue.x-k8s.io/multikueue",
            |draft, name| {
                draft.job.managed_by = Some(name.owned());
                Ok(())
            },
        )
        .of_job()
        .more("DOMAIN/NAME; by default it is Kubernetes' own Job controller."),
    ],
};

const INDEXES: &[&str] = &["--completions=3"];

/// Parses rules of `INDEXES`, `INDEXES:COUNT` or `*:COUNT`. The API's validation checks that
/// the indexes exist and ascend.
fn success_policy(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let mut rules = Vec::new();
    for rule in fragment.split(";") {
        let rule = rule.trim();
        let (indexes, count) = match rule.split_once(":") {
            Some((indexes, count)) => (indexes.trim(), Some(number(count.trim())?)),
            None => (rule, None),
        };
        let all = indexes.text() == "*";
        if all && count.is_none() {
            return Err(rule
                .behind()
                .error("expected a count after `*`")
                .help("use *:8"));
        }
        if !all {
            check_indexes(indexes)?;
        }
        rules.push(SuccessPolicyRule {
            succeeded_indexes: (!all).then(|| indexes.owned()),
            succeeded_count: count,
        });
    }
    draft.job.success_policy = Some(SuccessPolicy { rules });
    Ok(())
}

fn check_indexes(indexes: Fragment<'_>) -> Result<(), ValueError> {
    for interval in indexes.split(",") {
        let (first, last) = interval.split_once("-").unwrap_or((interval, interval));
        for index in [first, last] {
            if index.is_empty() || !index.text().bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(interval
                    .expected("an index or a range of indexes")
                    .help("use 0, 0-2 or 0-2,5; *:8 is any 8 indexes"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::JobFlags;
    use super::super::testing::{assert_jobs, assert_value_errors_of};

    #[test]
    fn job_flags_set_fields_of_job() {
        assert_jobs(&[
            (
                "--completions 5 --parallelism 0 --backoff-limit 0 --suspend",
                "{completions: 5, parallelism: 0, backoffLimit: 0, suspend: true}",
            ),
            (
                "--deadline 10m --ttl 0",
                "{activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 0}",
            ),
            (
                "--indexed --completions 5 --backoff-limit-per-index 1 --max-failed-indexes 2",
                "{completionMode: Indexed, completions: 5, backoffLimitPerIndex: 1, maxFailedIndexes: 2}",
            ),
            (
                "--replacement-policy failed",
                "podReplacementPolicy: Failed",
            ),
            ("--managed-by a.io/b", "managedBy: a.io/b"),
        ]);
    }

    #[test]
    fn success_policy_has_indexes_and_counts() {
        for (typed, rules) in [
            ("0", "[{succeededIndexes: '0'}]"),
            (
                "0-2,5 : 2",
                "[{succeededIndexes: '0-2,5', succeededCount: 2}]",
            ),
            ("*:8; 1", "[{succeededCount: 8}, {succeededIndexes: '1'}]"),
        ] {
            let line = format!("--indexed --completions 10 --success-policy '{typed}'");
            let expected = format!(
                "{{completionMode: Indexed, completions: 10, successPolicy: {{rules: {rules}}}}}"
            );
            assert_jobs(&[(&line, &expected)]);
        }
    }

    #[test]
    fn invalid_value_is_underlined() {
        let no_index =
            |found: &str| format!("expected an index or a range of indexes, found {found}");
        assert_value_errors_of::<JobFlags>(&[
            (
                "--completions many",
                "many",
                "expected an integer, found `many`",
            ),
            (
                "--completions 3000000000",
                "3000000000",
                "expected an integer of at most 2147483647, found `3000000000`",
            ),
            (
                "--deadline 9223372037s",
                "9223372037s",
                "expected 0 to 9223372036 seconds, found `9223372037s`",
            ),
            (
                "--ttl soon",
                "soon",
                "expected a duration such as 30s, found `soon`",
            ),
            (
                "--deadline 1500ms",
                "1500ms",
                "expected whole seconds, found `1500ms`",
            ),
            ("--success-policy ''", "", &no_index("nothing")),
            ("--success-policy '0;'", "", &no_index("nothing")),
            ("--success-policy 0-", "0-", &no_index("`0-`")),
            ("--success-policy 0,+1", "+1", &no_index("`+1`")),
            (
                "--success-policy '0:x'",
                "x",
                "expected an integer, found `x`",
            ),
            ("--success-policy '*'", "", "expected a count after `*`"),
            (
                "--replacement-policy Never",
                "Never",
                "unknown value `Never`",
            ),
        ]);
    }
}
