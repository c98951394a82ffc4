//! `--pod-failure-policy`: what a Pod's failure means for its Job.
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
use super::super::value::{number, one_of};

/// As many as the API takes in one rule
/// (k8s.io/kubernetes/pkg/apis/batch/validation, `maxPodFailurePolicyOnExitCodesValues`).
const MOST_CODES: usize = 255;

/// What is typed, and the API's own word.
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
            .error("this is not ACTION:exit CODES or ACTION:CONDITION")
            .help("for example fail:exit 42"));
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
    let Some((_, action)) = known else {
        return Err(word
            .error(format!("`{}` is no action", word.text()))
            .help("one of fail, failindex, ignore, count"));
    };
    Ok((*action).to_owned())
}

/// `[notin] CODES [in CONTAINER]`.
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
            .error("the exit codes are missing")
            .help("write exit 42 or exit 1-3,5"));
    }
    if let Some(container) = container
        && (container.is_empty() || container.text().contains(char::is_whitespace))
    {
        return Err(container.error("this is no container's name"));
    }
    let mut values = Vec::new();
    for range in codes.split(",") {
        let (first, last) = code_range(range.trim())?;
        if values.len() + usize::try_from(i64::from(last) - i64::from(first)).unwrap_or(usize::MAX)
            >= MOST_CODES
        {
            return Err(codes.error(format!("a rule takes {MOST_CODES} exit codes at most")));
        }
        values.extend(first..=last);
    }
    // The API wants them ascending, each once.
    values.sort_unstable();
    values.dedup();
    Ok(PodFailurePolicyOnExitCodesRequirement {
        container_name: container.map(Fragment::owned),
        operator: operator.to_owned(),
        values,
    })
}

fn code_range(fragment: Fragment<'_>) -> Result<(i32, i32), ValueError> {
    // A sign is no range.
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
                .error("this is no exit code")
                .help("write exit 42, exit 1-3,5, or exit 1 in CONTAINER")
        })?;
        return Ok((code, code));
    };
    let (first, last) = (
        number(fragment.cut(0, at).trim())?,
        number(fragment.cut(at + 1, fragment.text().len()).trim())?,
    );
    if first > last {
        return Err(fragment.error("this range ends before it begins"));
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
            .error("this is neither a condition of Pods nor `exit CODES`")
            .help("write DisruptionTarget, ConfigIssue=Unknown, or exit 42"));
    }
    Ok(PodFailurePolicyOnPodConditionsPattern {
        type_: type_.owned(),
        status: Some(status.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::OfJob;
    use super::super::testing::{assert_value_errors_of, jobs};

    #[test]
    fn each_action_and_each_requirement() {
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
            jobs(&[(&format!("--pod-failure-policy '{typed}'"), &expected)]);
        }
        jobs(&[(
            "--indexed --completions 3 --backoff-limit-per-index 1
             --pod-failure-policy 'ignore:A; failindex:exit 1'",
            "{completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, podFailurePolicy: {rules: [
               {action: Ignore, onPodConditions: [{type: A, status: 'True'}]},
               {action: FailIndex, onExitCodes: {operator: In, values: [1]}}]}}",
        )]);
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        for (typed, wrong, message) in [
            ("", "", "this is not ACTION:exit CODES or ACTION:CONDITION"),
            (
                "fail:exit 1;",
                "",
                "this is not ACTION:exit CODES or ACTION:CONDITION",
            ),
            (
                "exit 42",
                "exit 42",
                "this is not ACTION:exit CODES or ACTION:CONDITION",
            ),
            ("stop:exit 42", "stop", "`stop` is no action"),
            ("fail:exit", "", "the exit codes are missing"),
            ("fail:exit one", "one", "this is no exit code"),
            ("fail:exit 1,", "", "this is no exit code"),
            ("fail:exit 3-1", "3-1", "this range ends before it begins"),
            (
                "fail:exit 0-2147483647",
                "0-2147483647",
                "a rule takes 255 exit codes at most",
            ),
            ("fail:exit 1 in a b", "a b", "this is no container's name"),
            (
                "fail:",
                "",
                "this is neither a condition of Pods nor `exit CODES`",
            ),
            ("fail:A=maybe", "maybe", "`maybe` is not known here"),
        ] {
            let line = format!("--pod-failure-policy '{typed}'");
            assert_value_errors_of::<OfJob>(&[(&line, wrong, message)]);
        }
    }
}
