//! How often a Job's program runs, how often it may fail, and when the Job ends.

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
            "Pods that must succeed",
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
            "Pods that run at once",
            "2",
            |draft, count| {
                draft.job.parallelism = Some(number(count)?);
                Ok(())
            },
        )
        .of_job(),
        Flag::switch(
            "indexed",
            "Number the Pods: each finds its index in JOB_COMPLETION_INDEX",
            |draft, _| {
                draft.job.completion_mode = Some("Indexed".to_owned());
                Ok(())
            },
        )
        .with(INDEXES)
        .of_job(),
        Flag::once(
            "backoff-limit",
            "N",
            "Failures after which the Job fails; the API's default is 6",
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
            "Failures after which an index fails",
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
            "Failed indexes after which the Job fails",
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
            "End the Job, as failed, after this time",
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
        Flag::switch(
            "suspend",
            "Make no Pods until the Job is resumed",
            |draft, _| {
                draft.job.suspend = Some(true);
                Ok(())
            },
        )
        .of_job(),
        Flag::once(
            "pod-failure-policy",
            "RULES",
            "What a failed Pod means, as 'fail:exit 42; ignore:CONDITION'",
            "ignore:DisruptionTarget; fail:exit 42",
            pod_failure_policy,
        )
        .of_job()
        .more(
            "\
Rules are parted by semicolons; the first that fits counts.
ACTION      fail       the Job fails
            failindex  its index fails
            ignore     it does not count
            count      it counts, as without a rule
exit CODES  exit 42, exit 1-3,5, exit notin 0,7, exit 1 in CONTAINER
CONDITION   DisruptionTarget, ConfigIssue=Unknown, A,B (one of them)",
        ),
        Flag::once(
            "success-policy",
            "RULES",
            "Indexes that make the Job succeed: 'INDEXES[:COUNT]'",
            "0-2,5:2; *:8",
            success_policy,
        )
        .with(&["--indexed", "--completions=10"])
        .of_job()
        .more(
            "\
Rules are parted by semicolons; one of them is enough.
0           index 0 succeeded
0-2,5       indexes 0, 1, 2 and 5 all succeeded
0-2,5:2     2 of them did
*:8         8 of all did",
        ),
        Flag::once(
            "replacement-policy",
            "WHEN",
            "When to replace a Pod: TerminatingOrFailed, or Failed",
            "Failed",
            |draft, when| {
                let known = ["TerminatingOrFailed", "Failed"];
                draft.job.pod_replacement_policy = Some(one_of(when, &known)?.to_owned());
                Ok(())
            },
        )
        .of_job(),
        Flag::once(
            "managed-by",
            "NAME",
            "Controller that runs it, as DOMAIN/NAME; else Kubernetes' own",
            "kueue.x-k8s.io/multikueue",
            |draft, name| {
                draft.job.managed_by = Some(name.owned());
                Ok(())
            },
        )
        .of_job(),
    ],
};

const INDEXES: &[&str] = &["--completions=3"];

/// Rules of `INDEXES`, `INDEXES:COUNT` or `*:COUNT`. That indexes exist and
/// ascend is for the API to say.
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
                .error("how many of all is missing")
                .help("write *:8"));
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
                    .error("this is neither an index nor a range of indexes")
                    .help("write 0, 0-2, or 0-2,5; *:8 for 8 of all"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::OfJob;
    use super::super::testing::{assert_value_errors_of, jobs};

    #[test]
    fn how_often_and_how_long() {
        jobs(&[
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
    fn success_is_of_indexes_or_of_how_many() {
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
            jobs(&[(&line, &expected)]);
        }
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        let no_index = "this is neither an index nor a range of indexes";
        assert_value_errors_of::<OfJob>(&[
            ("--completions many", "many", "this is not a whole number"),
            (
                "--completions 3000000000",
                "3000000000",
                "this number is out of range: expected at most 2147483647",
            ),
            (
                "--deadline 9223372037s",
                "9223372037s",
                "this time is out of range: expected 0 to 9223372036 seconds",
            ),
            ("--ttl soon", "soon", "this is not a time"),
            (
                "--deadline 1500ms",
                "1500ms",
                "the API counts whole seconds here",
            ),
            ("--success-policy ''", "", no_index),
            ("--success-policy '0;'", "", no_index),
            ("--success-policy 0-", "0-", no_index),
            ("--success-policy 0,+1", "+1", no_index),
            ("--success-policy '0:x'", "x", "this is not a whole number"),
            ("--success-policy '*'", "", "how many of all is missing"),
            (
                "--replacement-policy Never",
                "Never",
                "`Never` is not known here",
            ),
        ]);
    }
}
