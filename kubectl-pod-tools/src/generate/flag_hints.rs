//! Flags for the settings that rules of the API require.

use pod_model::Finding;

/// Settings that findings require, each with the flag that writes it.
const FLAGS: &[(&str, &str)] = &[
    ("completionMode: Indexed", "--indexed"),
    ("completions", "--completions"),
    ("backoffLimitPerIndex", "--backoff-limit-per-index"),
    ("restartPolicy: Never", "--restart=Never"),
    ("hostUsers: false", "--user-namespace"),
    ("effect: NoExecute", "KEY:NoExecute"),
];

/// Returns the help of a finding with the flag that writes the required
/// setting, or `None` if there is neither help nor such a flag.
pub(super) fn help_with_flag(finding: &Finding) -> Option<String> {
    let flag = finding.requires.and_then(|setting| {
        let mut flags = FLAGS.iter().filter(|(known, _)| *known == setting);
        flags.next().map(|(_, flag)| *flag)
    });
    match (&finding.help, flag) {
        (Some(help), Some(flag)) => Some(format!("{help}: {flag}")),
        (None, Some(flag)) => Some(format!("add {flag}")),
        (help, None) => help.clone(),
    }
}

#[cfg(test)]
mod tests {
    use pod_model::{FieldPath, KubernetesVersion, manifest, rules, validation};

    use super::super::flags::all;
    use super::*;

    #[test]
    fn flag_is_appended_to_help() {
        for (requires, help, expected) in [
            (
                Some("completionMode: Indexed"),
                Some("set `completionMode: Indexed`"),
                Some("set `completionMode: Indexed`: --indexed"),
            ),
            (
                Some("backoffLimitPerIndex"),
                None,
                Some("add --backoff-limit-per-index"),
            ),
            (
                Some("hostname"),
                Some("set `hostname`"),
                Some("set `hostname`"),
            ),
            (
                None,
                Some("leave `completions` out"),
                Some("leave `completions` out"),
            ),
            (None, None, None),
        ] {
            let mut finding = Finding::new(&rules::INVALID, FieldPath::root(), "m");
            finding.requires = requires;
            finding.help = help.map(str::to_owned);
            assert_eq!(
                help_with_flag(&finding).as_deref(),
                expected,
                "{requires:?}"
            );
        }
    }

    #[test]
    fn hinted_flag_exists() {
        for (_, flag) in FLAGS {
            let Some(name) = flag.strip_prefix("--") else {
                continue;
            };
            let name = name.split('=').next();
            assert!(all().any(|(_, flag)| Some(flag.name) == name), "{flag}");
        }
    }

    /// A setting that no finding requires would never be used.
    #[test]
    fn hinted_setting_is_required_by_finding() {
        let pod = "metadata: {name: a}\nspec:\n  restartPolicy: Never\n  ";
        let job = |spec: &str| {
            let template =
                "template: {spec: {restartPolicy: OnFailure, containers: [{name: a, image: a}]}}";
            format!(
                "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: a}}\nspec: {{{spec}, {template}}}"
            )
        };
        let pod = |spec: &str| {
            format!("apiVersion: v1\nkind: Pod\n{pod}{spec}\n  containers: [{{name: a, image: a}}]")
        };
        let texts = [
            job("successPolicy: {rules: [{succeededCount: 1}]}"),
            job("completionMode: Indexed, parallelism: 2"),
            job("maxFailedIndexes: 1"),
            job(
                "podFailurePolicy: {rules: [{action: Count, onExitCodes: {operator: In, values: [1]}}]}",
            ),
            pod(
                "tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 1}]",
            ),
            pod("terminationGracePeriodSeconds: 1").replace(
                "image: a",
                "image: a, securityContext: {procMount: Unmasked}",
            ),
        ];
        let mut required = Vec::new();
        for text in texts {
            let read = manifest::read("f", text.clone().into_bytes());
            let findings = validation::check(&read.documents[0], KubernetesVersion::LATEST);
            required.extend(findings.into_iter().filter_map(|finding| finding.requires));
        }
        for (setting, _) in FLAGS {
            assert!(required.contains(setting), "{setting}: {required:?}");
        }
    }
}
