//! Which containers start again.

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
            "Always (a Pod's default), OnFailure or Never (a Job's default)",
            "OnFailure",
            |draft, fragment| {
                let policy = one_of(fragment, &["Always", "OnFailure", "Never"])?;
                draft.pod.restart_policy = Some(policy.to_owned());
                Ok(())
            },
        )
        .of_pod()
        .more("Which ended containers start again. In a Job none does by default, so that\nfailed Pods stay to be read."),
        Flag::many(
            "restart-rule",
            "RULE",
            "What an exit code does: 'exit [not] CODE[,CODE…] -> restart'",
            "exit 42 -> restart",
            restart_rule,
        )
        .more(
            "\
exit 42 -> restart          only this code starts the container again
exit not 0,1 -> restart     every other code does
exit 42 -> restart-all      it starts the whole Pod again
No other end does, unless --restart says so. Clusters know it by default since
Kubernetes 1.35.",
        ),
    ],
};

/// Upstream: feature gates `ContainerRestartRules`, alpha in 1.34 and on by
/// default as beta from 1.35, and `RestartAllContainersOnContainerExits`, alpha
/// in 1.35 (pkg/features/kube_features.go).
fn restart_rule(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (when, action) = fragment
        .split_once("->")
        .ok_or_else(|| fragment.error("there is no `->` between the exit code and what it does"))?;
    let action = match one_of(action.trim(), &["restart", "restart-all"])? {
        "restart" => "Restart",
        _ => {
            draft.note(
                "RestartAllContainers counts only where the cluster's feature gate \
                 RestartAllContainersOnContainerExits is on: it is off by default (alpha since \
                 Kubernetes 1.35), and then the server refuses it",
            );
            "RestartAllContainers"
        }
    };
    let when = when.trim();
    let codes = when
        .strip_prefix("exit ")
        .ok_or_else(|| when.error("this is not `exit CODE`"))?
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
    draft.note(
        "restartPolicyRules count on by default from Kubernetes 1.35 on (beta); in 1.34 they need \
         the feature gate ContainerRestartRules",
    );
    Ok(())
}

/// A container with rules has to have a policy of its own: the Pod's. Where
/// that is not said, what no rule names does not restart.
pub(super) fn settle(draft: &mut Draft) {
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
    use super::super::testing::{assert_value_errors, notes, specs};

    #[test]
    fn policies_and_rules() {
        specs(&[
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
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            (
                "--restart Sometimes",
                "Sometimes",
                "`Sometimes` is not known here",
            ),
            (
                "--restart-rule 'exit 42'",
                "exit 42",
                "there is no `->` between the exit code and what it does",
            ),
            (
                "--restart-rule 'exit 42 -> reboot'",
                "reboot",
                "`reboot` is not known here",
            ),
            (
                "--restart-rule '42 -> restart'",
                "42",
                "this is not `exit CODE`",
            ),
            (
                "--restart-rule 'exit 1,x -> restart'",
                "x",
                "this is not a whole number",
            ),
        ]);
    }
}
