//! Flags of the restart policy.

use k8s_openapi::api::core::v1::{ContainerRestartRule, ContainerRestartRuleOnExitCodes};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{number, one_of};

pub(super) const GROUP: Group = Group {
    heading: "Restart",
    flags: &[
        Flag::once(
            "restart",
            "POLICY",
            "Restart policy: Always, OnFailure or Never",
            "OnFailure",
            |draft, fragment| {
                let policy = one_of(fragment, &["Always", "OnFailure", "Never"])?;
                draft.pod.restart_policy = Some(policy.to_owned());
                Ok(())
            },
        )
        .of_pod()
        .more("The default is Always for a Pod. A Job's is Never, which keeps failed Pods and their logs."),
        Flag::many(
            "restart-rule",
            "RULE",
            "Restart on certain exit codes",
            "exit 42 -> restart",
            restart_rule,
        )
        .more(
            "\
exit 42 -> restart          restart the container on this code
exit not 0,1 -> restart     restart it on every other code
exit 42 -> restart-all      restart all containers of the Pod
Other exits follow --restart; without it they do not restart the container. \
On by default since Kubernetes 1.35, restart-all since 1.36.",
        ),
    ],
};

fn restart_rule(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (when, action) = fragment
        .split_once("->")
        .ok_or_else(|| fragment.expected("`exit CODE -> restart`"))?;
    let action = match one_of(action.trim(), &["restart", "restart-all"])? {
        "restart" => "Restart",
        _ => "RestartAllContainers",
    };
    let when = when.trim();
    let codes = when
        .strip_prefix("exit ")
        .ok_or_else(|| when.expected("`exit CODE`"))?
        .trim();
    let (operator, codes) = match codes.strip_prefix("not ") {
        Some(codes) => ("NotIn", codes),
        None => ("In", codes),
    };
    let codes = codes.split(",").into_iter().map(|code| number(code.trim()));
    let rule = ContainerRestartRule {
        action: action.to_owned(),
        exit_codes: Some(ContainerRestartRuleOnExitCodes {
            operator: operator.to_owned(),
            values: Some(codes.collect::<Result<_, _>>()?),
        }),
    };
    let container = draft.container();
    let rules = container.restart_policy_rules.get_or_insert_default();
    rules.push(rule);
    Ok(())
}

/// Gives containers with rules the policy that the API requires: the Pod's, or else Never,
/// so that only the rules restart them.
pub(super) fn write_policies(draft: &mut Draft) {
    let policy = draft.pod.restart_policy.clone();
    let policy = policy.unwrap_or_else(|| "Never".to_owned());
    let init = draft.pod.init_containers.iter_mut().flatten();
    for container in draft.pod.containers.iter_mut().chain(init) {
        if container.restart_policy_rules.is_some() {
            container
                .restart_policy
                .get_or_insert_with(|| policy.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors, notes};

    #[test]
    fn restart_sets_policy_and_rules() {
        assert_specs(&[
            ("--restart onfailure", "restartPolicy: OnFailure"),
            (
                "--restart-rule 'exit 42 -> restart'",
                "containers: [{restartPolicy: Never, restartPolicyRules: \
                 [{action: Restart, exitCodes: {operator: In, values: [42]}}]}]",
            ),
            (
                "--restart-rule 'exit not 0, 1->restart-all' --restart OnFailure",
                "{restartPolicy: OnFailure, containers: [{restartPolicy: OnFailure, restartPolicyRules: \
                 [{action: RestartAllContainers, exitCodes: {operator: NotIn, values: [0, 1]}}]}]}",
            ),
        ]);
        let notes = notes("--restart-rule 'exit 1 -> restart-all'");
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--restart Sometimes",
                "Sometimes",
                "unknown value `Sometimes`",
            ),
            (
                "--restart-rule 'exit 42'",
                "exit 42",
                "expected `exit CODE -> restart`, found `exit 42`",
            ),
            (
                "--restart-rule 'exit 42 -> reboot'",
                "reboot",
                "unknown value `reboot`",
            ),
            (
                "--restart-rule '42 -> restart'",
                "42",
                "expected `exit CODE`, found `42`",
            ),
            (
                "--restart-rule 'exit 1,x -> restart'",
                "x",
                "expected an integer, found `x`",
            ),
        ]);
    }
}
