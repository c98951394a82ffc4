//! Connection flags for commands in messages, so that a copied command reaches the cluster
//! of the run.

use std::borrow::Cow;

/// kubectl's commands that contact a cluster.
const ASKING: [&str; 9] = [
    "api-resources",
    "auth",
    "cluster-info",
    "create namespace",
    "delete",
    "get",
    "patch",
    "rollout",
    "scale",
];

/// Adds flags to each command in backquotes that contacts a cluster.
pub(super) fn qualified<'a>(text: &'a str, flags: &str) -> Cow<'a, str> {
    let asks = |span: &str| {
        let command = span.strip_prefix("kubectl ");
        command.is_some_and(|command| {
            let mut words = ASKING.iter().filter_map(|word| command.strip_prefix(word));
            words.any(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    // Every second piece is in backquotes; the last one only if they are closed.
    let pieces: Vec<&str> = text.split('`').collect();
    let is_closed = pieces.len() % 2 == 1;
    let is_command = |(at, piece): (usize, &&str)| at % 2 == 1 && asks(piece);
    if flags.is_empty() || !is_closed || !pieces.iter().enumerate().any(is_command) {
        return Cow::Borrowed(text);
    }
    let pieces = pieces.iter().enumerate().map(|(at, piece)| {
        if is_command((at, piece)) {
            format!("{piece}{flags}")
        } else {
            (*piece).to_owned()
        }
    });
    Cow::Owned(pieces.collect::<Vec<_>>().join("`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_ask_a_cluster_get_the_flags() {
        let flags = " --context prod";
        for (text, expected) in [
            (
                "`kubectl delete pod a -n b` or `kubectl scale x`",
                "`kubectl delete pod a -n b --context prod` or `kubectl scale x --context prod`",
            ),
            (
                "`kubectl api-resources` lists them",
                "`kubectl api-resources --context prod` lists them",
            ),
            (
                "`kubectl rollout resume deployment/web` resumes it",
                "`kubectl rollout resume deployment/web --context prod` resumes it",
            ),
            (
                "`kubectl config use-context NAME`",
                "`kubectl config use-context NAME`",
            ),
            ("`kubectl getx`, `kubectl`", "`kubectl getx`, `kubectl`"),
            ("`kubectl pod-tools wait x`", "`kubectl pod-tools wait x`"),
            ("kubectl get pods", "kubectl get pods"),
            (
                "`x` kubectl get ` `kubectl get",
                "`x` kubectl get ` `kubectl get",
            ),
            ("`kubectl get", "`kubectl get"),
        ] {
            assert_eq!(qualified(text, flags), expected);
            assert_eq!(qualified(text, ""), text);
        }
    }
}
