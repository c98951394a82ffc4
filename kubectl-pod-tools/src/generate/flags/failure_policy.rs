//! Values of `--pod-failure-policy`.
//!
//! ```text
//! rules       = rule *( ";" rule )
//! rule        = action ":" ( exit | conditions )
//! action      = "fail" | "failindex" | "ignore" | "count"      (or the API's words)
//! exit        = "exit" [ "notin" ] codes [ "in" container ]
//! codes       = code [ "-" code ] *( "," code [ "-" code ] )
//! conditions  = type [ "=" status ] *( "," type [ "=" status ] )
//! ```

use k8s_openapi::api::batch::v1::{
    PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};

use super::super::draft::Draft;
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{number, one_of, unknown_word};

/// Maximum number of exit codes in a rule
/// (k8s.io/kubernetes/pkg/apis/batch/validation, `maxPodFailurePolicyOnExitCodesValues`).
const MOST_CODES: usize = 255;

/// Words for the actions, each with the API's own.
const ACTIONS: [(&str, &str); 4] = [
    ("fail", "FailJob"),
    ("failindex", "FailIndex"),
    ("ignore", "Ignore"),
    ("count", "Count"),
];

pub(super) fn pod_failure_policy(
    draft: &mut Draft,
    fragment: Fragment<'_>,
) -> Result<(), ValueError> {
    let rules = fragment.split(";").into_iter().map(rule);
    let rules = rules.collect::<Result<_, _>>()?;
    draft.job.pod_failure_policy = Some(PodFailurePolicy { rules });
    Ok(())
}

fn rule(fragment: Fragment<'_>) -> Result<PodFailurePolicyRule, ValueError> {
    let fragment = fragment.trim();
    let Some((word, when)) = fragment.split_once(":") else {
        return Err(fragment
            .expected("`ACTION:exit CODES` or `ACTION:CONDITION`")
            .help("use fail:exit 42"));
    };
    let mut rule = PodFailurePolicyRule {
        action: action(word.trim())?,
        ..PodFailurePolicyRule::default()
    };
    let when = when.trim();
    match when
        .strip_prefix("exit")
        .filter(|codes| codes.is_empty() || codes.text().starts_with(char::is_whitespace))
    {
        Some(codes) => rule.on_exit_codes = Some(exit_codes(codes.trim())?),
        None => {
            let patterns = when.split(",").into_iter().map(condition);
            rule.on_pod_conditions = Some(patterns.collect::<Result<_, _>>()?);
        }
    }
    Ok(rule)
}

fn action(word: Fragment<'_>) -> Result<String, ValueError> {
    let known = ACTIONS.iter().find(|(short, long)| {
        short.eq_ignore_ascii_case(word.text()) || long.eq_ignore_ascii_case(word.text())
    });
    let words = ACTIONS.map(|(short, _)| short);
    let Some((_, action)) = known else {
        return Err(unknown_word(word, "action", &words));
    };
    Ok((*action).to_owned())
}

/// Parses `[notin] CODES [in CONTAINER]`.
fn exit_codes(
    fragment: Fragment<'_>,
) -> Result<PodFailurePolicyOnExitCodesRequirement, ValueError> {
    let (rest, operator) = match fragment.strip_prefix("notin ") {
        Some(rest) => (rest.trim(), "NotIn"),
        None => (fragment, "In"),
    };
    let (codes, container) = match rest.split_once(" in ") {
        Some((codes, container)) => (codes.trim(), Some(container.trim())),
        None => (rest, None),
    };
    if codes.is_empty() {
        return Err(codes
            .error("expected exit codes after `exit`")
            .help("use exit 42 or exit 1-3,5"));
    }
    if let Some(container) = container
        && (container.is_empty() || container.text().contains(char::is_whitespace))
    {
        return Err(container.expected("a container name"));
    }
    let mut values = Vec::new();
    for range in codes.split(",") {
        let (first, last) = code_range(range.trim())?;
        if values.len() + usize::try_from(i64::from(last) - i64::from(first)).unwrap_or(usize::MAX)
            >= MOST_CODES
        {
            return Err(codes.error(format!(
                "expected at most {MOST_CODES} exit codes in a rule"
            )));
        }
        values.extend(first..=last);
    }
    // The API requires ascending values without repetition.
    values.sort_unstable();
    values.dedup();
    Ok(PodFailurePolicyOnExitCodesRequirement {
        container_name: container.map(Fragment::owned),
        operator: operator.to_owned(),
        values,
    })
}

fn code_range(fragment: Fragment<'_>) -> Result<(i32, i32), ValueError> {
    // A dash at the start is a sign.
    let dash = fragment
        .text()
        .char_indices()
        .skip(1)
        .find(|(_, c)| *c == '-');
    let Some((at, _)) = dash else {
        let is_number = fragment.text().ends_with(|c: char| c.is_ascii_digit());
        let code = number(fragment).map_err(|error| {
            if is_number {
                return error;
            }
            fragment
                .expected("an exit code")
                .help("use exit 42, exit 1-3,5 or exit 1 in CONTAINER")
        })?;
        return Ok((code, code));
    };
    let (first, last) = (
        number(fragment.cut(0, at).trim())?,
        number(fragment.cut(at + 1, fragment.text().len()).trim())?,
    );
    if first > last {
        return Err(fragment.error(format!("range `{}` ends before it starts", fragment.text())));
    }
    Ok((first, last))
}

fn condition(fragment: Fragment<'_>) -> Result<PodFailurePolicyOnPodConditionsPattern, ValueError> {
    let fragment = fragment.trim();
    let (type_, status) = match fragment.split_once("=") {
        Some((type_, status)) => (
            type_.trim(),
            one_of(status.trim(), &["True", "False", "Unknown"])?,
        ),
        None => (fragment, "True"),
    };
    if type_.is_empty() || type_.text().contains(char::is_whitespace) {
        return Err(type_
            .expected("a Pod condition or `exit CODES`")
            .help("use DisruptionTarget, ConfigIssue=Unknown or exit 42"));
    }
    Ok(PodFailurePolicyOnPodConditionsPattern {
        type_: type_.owned(),
        status: Some(status.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::JobFlags;
    use super::super::testing::{assert_jobs, assert_value_errors_of};

    #[test]
    fn rule_has_each_action_and_requirement() {
        for (typed, rule) in [
            (
                "fail:exit 42",
                "{action: FailJob, onExitCodes: {operator: In, values: [42]}}",
            ),
            (
                "FailJob: exit 42",
                "{action: FailJob, onExitCodes: {operator: In, values: [42]}}",
            ),
            (
                "count:exit 5,1-3,2 in web",
                "{action: Count, onExitCodes: {containerName: web, operator: In, values: [1, 2, 3, 5]}}",
            ),
            (
                "ignore:exit notin 0, 7",
                "{action: Ignore, onExitCodes: {operator: NotIn, values: [0, 7]}}",
            ),
            (
                "fail:exit -1",
                "{action: FailJob, onExitCodes: {operator: In, values: [-1]}}",
            ),
            (
                "ignore:DisruptionTarget",
                "{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: 'True'}]}",
            ),
            (
                "fail:a.io/B=unknown,C",
                "{action: FailJob, onPodConditions: [{type: a.io/B, status: Unknown}, {type: C, status: 'True'}]}",
            ),
            (
                "fail:exiting",
                "{action: FailJob, onPodConditions: [{type: exiting, status: 'True'}]}",
            ),
        ] {
            let expected = format!("podFailurePolicy: {{rules: [{rule}]}}");
            assert_jobs(&[(&format!("--pod-failure-policy '{typed}'"), &expected)]);
        }
        assert_jobs(&[(
            "--indexed --completions 3 --backoff-limit-per-index 1
             --pod-failure-policy 'ignore:A; failindex:exit 1'",
            "{completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, podFailurePolicy: {rules: [
               {action: Ignore, onPodConditions: [{type: A, status: 'True'}]},
               {action: FailIndex, onExitCodes: {operator: In, values: [1]}}]}}",
        )]);
    }

    #[test]
    fn invalid_value_is_underlined() {
        for (typed, wrong, message) in [
            (
                "",
                "",
                "expected `ACTION:exit CODES` or `ACTION:CONDITION`, found nothing",
            ),
            (
                "fail:exit 1;",
                "",
                "expected `ACTION:exit CODES` or `ACTION:CONDITION`, found nothing",
            ),
            (
                "exit 42",
                "exit 42",
                "expected `ACTION:exit CODES` or `ACTION:CONDITION`, found `exit 42`",
            ),
            ("stop:exit 42", "stop", "unknown action `stop`"),
            ("fail:exit", "", "expected exit codes after `exit`"),
            ("fail:exit one", "one", "expected an exit code, found `one`"),
            ("fail:exit 1,", "", "expected an exit code, found nothing"),
            ("fail:exit 3-1", "3-1", "range `3-1` ends before it starts"),
            (
                "fail:exit 0-2147483647",
                "0-2147483647",
                "expected at most 255 exit codes in a rule",
            ),
            (
                "fail:exit 1 in a b",
                "a b",
                "expected a container name, found `a b`",
            ),
            (
                "fail:",
                "",
                "expected a Pod condition or `exit CODES`, found nothing",
            ),
            ("fail:A=maybe", "maybe", "unknown value `maybe`"),
        ] {
            let line = format!("--pod-failure-policy '{typed}'");
            assert_value_errors_of::<JobFlags>(&[(&line, wrong, message)]);
        }
    }
}
