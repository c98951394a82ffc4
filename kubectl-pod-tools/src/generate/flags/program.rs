//! Flags of the image, the command and its arguments.

use k8s_openapi::api::core::v1::LocalObjectReference;

use super::super::draft::Draft;
use super::super::flag::{ARGUMENTS, ENTRYPOINT, Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::shell_words::{program, words};
use super::super::value::one_of;
use crate::completion_kind::CompletionKind;

pub(super) const GROUP: Group = Group {
    heading: "Program",
    flags: &[
        Flag::once(
            "image",
            "IMAGE",
            "Image of the main container",
            "nginx:1.29",
            image,
        )
        .completes(CompletionKind::Images),
        Flag::once(
            "image-pull-policy",
            "POLICY",
            "Pull policy: Always, IfNotPresent or Never",
            "IfNotPresent",
            image_pull_policy,
        ),
        Flag::many(
            "image-pull-secret",
            "NAME",
            "Secret with registry credentials",
            "registry-login",
            |draft, name| {
                let name = name.owned();
                let secrets = draft.pod.image_pull_secrets.get_or_insert_default();
                secrets.push(LocalObjectReference { name });
                Ok(())
            },
        )
        .of_pod()
        .completes(CompletionKind::Names("secrets")),
        Flag::once(
            "container-name",
            "NAME",
            "Name of the main container [default: NAME]",
            "app",
            |draft, name| {
                draft.container().name = name.owned();
                Ok(())
            },
        )
        .of_pod(),
        Flag::switch(
            "command",
            "Use the words after -- as the command",
            |draft, _| {
                draft.is_command = true;
                Ok(())
            },
        )
        .of_pod()
        .more("By default they are the arguments in a Pod and the command in a Job, as in kubectl.")
        .needs(&[ARGUMENTS]),
        Flag::once(
            ENTRYPOINT,
            "PROGRAM",
            "Override the image's entrypoint",
            "printenv HOSTNAME",
            entrypoint,
        )
        .more(
            "The value is split into words as a shell does it, but no shell runs. \
             Words after -- are its arguments.",
        )
        .conflicts(&["command"]),
        Flag::once(
            "shell",
            "SCRIPT",
            "Run a script with sh -c",
            "date && sleep 10",
            |draft, script| {
                let words = ["sh", "-c", &of_shell(script.text())];
                draft.container().command = Some(words.map(str::to_owned).to_vec());
                draft.container().args = None;
                Ok(())
            },
        )
        .conflicts(&[ARGUMENTS, ENTRYPOINT]),
        Flag::once(
            "workdir",
            "DIR",
            "Working directory of the container",
            "/srv",
            |draft, dir| {
                draft.container().working_dir = Some(dir.owned());
                Ok(())
            },
        ),
        Flag::switch("tty", "Allocate a pseudo-TTY", |draft, _| {
            draft.container().tty = Some(true);
            Ok(())
        }),
        Flag::switch("stdin", "Keep standard input open", |draft, _| {
            draft.container().stdin = Some(true);
            Ok(())
        }),
    ],
};

/// Sets the image. The kubelet's grammar decides what is valid: the API takes any text.
pub(super) fn image(draft: &mut Draft, name: Fragment<'_>) -> Result<(), ValueError> {
    if name.is_empty() {
        return Err(name.error("no image given").help("use --image nginx:1.29"));
    }
    if let Err(why) = pod_model::image::ImageName::parse(name.text()) {
        return Err(name.error(format!("invalid image `{}`: {why}", name.text())));
    }
    draft.container().image = Some(name.owned());
    Ok(())
}

/// Escapes a script so that Kubernetes leaves it alone: it turns `$$` into `$`, and
/// `$(NAME)`, which is a command's output in a shell, into a variable's value
/// (k8s.io/kubernetes/third_party/forked/golang/expansion).
fn of_shell(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix("$$") {
            out.push_str("$$$$");
            rest = behind;
            continue;
        }
        let name = rest
            .strip_prefix("$(")
            .and_then(|inner| inner.split_once(')'));
        let is_reference =
            name.is_some_and(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace));
        out.push_str(if is_reference { "$$" } else { "$" });
        rest = &rest[1..];
    }
    out + rest
}

fn entrypoint(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let command = program(&words(fragment)?, "--shell for a script")?;
    if command.is_empty() {
        return Err(fragment.error("expected a program, found nothing"));
    }
    let main = draft.container();
    main.command = Some(command);
    // The arguments of a base are for another program.
    main.args = None;
    Ok(())
}

fn image_pull_policy(draft: &mut Draft, policy: Fragment<'_>) -> Result<(), ValueError> {
    let policy = one_of(policy, &["Always", "IfNotPresent", "Never"])?;
    draft.container().image_pull_policy = Some(policy.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    /// Kubernetes turns it into the script again.
    #[test]
    fn script_reaches_shell_unchanged() {
        for (script, written) in [
            ("echo $HOME ${X}", "echo $HOME ${X}"),
            (
                "echo $$ $(date) $(date -u)",
                "echo $$$$ $$(date) $(date -u)",
            ),
            ("$$$(X)$", "$$$$$$(X)$"),
            ("$()$((1+1))", "$()$$((1+1))"),
        ] {
            assert_eq!(super::of_shell(script), written, "{script}");
        }
    }
}
