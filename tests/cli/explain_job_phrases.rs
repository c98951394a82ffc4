//! Phrases of `explain-job -f` about the bounds, the policies and the forecast of a Job.

use crate::explain_job::{explained, job, limits, offline};

#[test]
fn the_summary_says_which_failures_a_job_bears() {
    let indexed = "  completions: 5\n  completionMode: Indexed\n  backoffLimitPerIndex: 2\n";
    for (lines, policy, words) in [
        (
            "  backoffLimit: 1\n".to_owned(),
            "Never",
            "bears 1 failure,",
        ),
        (
            "  backoffLimit: 1\n".to_owned(),
            "OnFailure",
            "fails at the first restart of a container,",
        ),
        (
            "  backoffLimit: 3\n".to_owned(),
            "OnFailure",
            "fails at 3 restarts of containers,",
        ),
        (
            format!("{indexed}  backoffLimit: 3\n"),
            "Never",
            "bears 2 failures of each index, 3 in all,",
        ),
        (
            format!("{indexed}  backoffLimit: 1\n"),
            "Never",
            "bears 1 failure,",
        ),
        (
            "  completions: 5\n  completionMode: Indexed\n  backoffLimitPerIndex: 0\n".to_owned(),
            "Never",
            "bears no failure,",
        ),
        (
            "  completions: 0\n".to_owned(),
            "Never",
            "It creates no Pods and is Complete at once",
        ),
        (
            "  completions: 0\n  parallelism: 0\n  suspend: true\n".to_owned(),
            "Never",
            "It creates no Pods and is Complete at once",
        ),
    ] {
        let item = explained(&job(&lines, policy, "[work]"), &[]);
        assert_eq!(item["verdict"], "ok", "{lines}{policy}");
        let summary = item["summary"].as_str().unwrap();
        assert!(summary.contains(words), "{lines}{policy}: {summary}");
    }
}

#[test]
fn a_forecast_without_an_end_says_how_far_it_goes() {
    let large = job(
        "  completions: 100000\n  parallelism: 1000\n",
        "Never",
        "[work]",
    );
    let run = offline(&large, &["--succeeds", "1s"]);
    assert!(run.stdout.contains("before the end of the Job"), "{run:?}");
    let item = explained(&large, &["--succeeds", "1s"]);
    assert_eq!(item["forecast"]["isCut"], true);
    for (lines, fails) in [("  parallelism: 0\n", "1@1s"), ("", "1@1000000h")] {
        let text = job(lines, "Never", "[work]");
        let run = offline(&text, &["--fails", fails]);
        assert!(run.stdout.contains("does not end within a year"), "{run:?}");
        let item = explained(&text, &["--fails", fails]);
        assert_eq!(item["forecast"]["isCut"], false);
    }
}

#[test]
fn the_rules_of_policies_name_codes_and_indexes_once() {
    for (values, words) in [
        ("[0]", "ends with an exit code other than 0: "),
        ("[5]", "ends with an exit code other than 0 and 5: "),
        (
            "[0, 5, 6]",
            "ends with an exit code other than 0, 5 and 6: ",
        ),
    ] {
        let rule = format!(
            "  podFailurePolicy: {{rules: [{{action: FailJob, onExitCodes: {{operator: NotIn, values: {values}}}}}]}}\n"
        );
        let item = explained(&job(&rule, "Never", "[work]"), &[]);
        let found = limits(&item, "failurePolicy");
        assert!(found[0].0.contains(words), "{found:?}");
    }
    let one = "  completions: 10\n  completionMode: Indexed\n  successPolicy: {rules: [{succeededIndexes: \"9\"}]}\n";
    let item = explained(&job(one, "Never", "[work]"), &[]);
    let found = limits(&item, "successPolicy");
    assert_eq!(found[0].0, "succeeds as soon as index 9 has succeeded");
}
