//! Reaction of a container's first process to SIGTERM.
//!
//! Linux does not deliver a signal without a handler to process 1 of a PID namespace
//! (`sig_task_ignored` in kernel/signal.c). A shell waits for its command meanwhile, and
//! passes nothing on.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::ContainerView;

use super::script::{Command, Token, commands, is_keyword, script};

/// Reaction of the first process to SIGTERM, as far as its command tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SigtermReaction {
    /// The command does not tell.
    Unknown,
    /// A program without a handler, such as `sleep`.
    IgnoredByProgram(String),
    /// A shell that remains the first process, whichever shell it is.
    IgnoredByShell(String),
    /// A shell that replaces itself by its last command, or not: dash does not, and Bash and
    /// BusyBox do.
    DependsOnShell(String),
}

/// Programs without a handler.
const DEAF: [&str; 3] = ["sleep", "tail", "cat"];
/// Commands after which nothing is certain: they may set a handler, or leave the shell.
const DECIDES: [&str; 6] = ["trap", "exec", ".", "source", "eval", "function"];
/// Commands of the shell itself, for which it is not replaced.
const BUILT_IN: [&str; 12] = [
    "wait", "true", "false", ":", "echo", "exit", "return", "read", "cd", "export", "kill", "set",
];

/// Returns the reaction of a container's first process.
pub fn sigterm_reaction(spec: &PodSpec, container: &ContainerView<'_>) -> SigtermReaction {
    // The first process of a shared namespace is another one.
    let is_shared = spec.share_process_namespace == Some(true) || spec.host_pid == Some(true);
    let is_windows = spec.os.as_ref().is_some_and(|os| os.name == "windows");
    // Without a command, the image has the first words.
    if is_shared || is_windows || container.command.is_empty() {
        return SigtermReaction::Unknown;
    }
    reaction(&[container.command, container.args].concat())
}

fn reaction(command: &[String]) -> SigtermReaction {
    let Some(program) = command.first() else {
        return SigtermReaction::Unknown;
    };
    if is_deaf(program) {
        return SigtermReaction::IgnoredByProgram(base(program).to_owned());
    }
    match script(command) {
        Some((shell, text)) => of_script(shell, text),
        None => SigtermReaction::Unknown,
    }
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_deaf(program: &str) -> bool {
    DEAF.contains(&base(program))
}

fn of_script(shell: &str, text: &str) -> SigtermReaction {
    let Some(all) = commands(text) else {
        return SigtermReaction::Unknown;
    };
    let Some(last) = all.last() else {
        return SigtermReaction::Unknown;
    };
    let is_function =
        |own: &Command<'_>| own.after == Some(Token::Paren) && !is_keyword(own.name());
    let decides = |own: &Command<'_>| DECIDES.contains(&own.name()) || is_function(own);
    if all.iter().any(decides) || last.after == Some(Token::Background) {
        return SigtermReaction::Unknown;
    }
    let remains = || SigtermReaction::IgnoredByShell(shell.to_owned());
    match last.name() {
        "done" => return remains(),
        name if is_keyword(name) => return SigtermReaction::Unknown,
        _ => {}
    }
    let is_only = all.len() == 1;
    if last.before == Some(Token::Pipe) || BUILT_IN.contains(&last.name()) && !is_only {
        return remains();
    }
    if is_deaf(last.name()) {
        return SigtermReaction::IgnoredByProgram(base(last.name()).to_owned());
    }
    match shell {
        // These replace themselves by a single command, and BusyBox by the last one.
        "bash" if is_only && !last.words.iter().any(|own| own.contains('>')) => {
            SigtermReaction::Unknown
        }
        "ash" => SigtermReaction::Unknown,
        _ if BUILT_IN.contains(&last.name()) => SigtermReaction::Unknown,
        "dash" => remains(),
        _ => SigtermReaction::DependsOnShell(shell.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> SigtermReaction {
        let words: Vec<String> = words.iter().map(|own| (*own).to_owned()).collect();
        reaction(&words)
    }

    #[test]
    fn a_shell_that_waits_for_a_command_swallows_the_signal() {
        let shell = SigtermReaction::IgnoredByShell("sh".to_owned());
        for script in [
            "while true; do date; sleep 1; done",
            "server & wait",
            "server; echo done",
            "server | tee /log",
            "prepare && server || exit 1",
        ] {
            assert_eq!(of(&["sh", "-c", script]), shell, "{script}");
        }
        let program = SigtermReaction::IgnoredByProgram("sleep".to_owned());
        assert_eq!(of(&["sleep", "infinity"]), program);
        assert_eq!(of(&["/bin/sh", "-c", "prepare; sleep 3600"]), program);
    }

    #[test]
    fn dash_does_not_replace_itself_and_other_shells_do() {
        let depends = SigtermReaction::DependsOnShell("sh".to_owned());
        assert_eq!(of(&["sh", "-c", "prepare; server"]), depends);
        assert_eq!(of(&["sh", "-c", "server"]), depends);
        assert_eq!(
            of(&["bash", "-c", "server -p 80"]),
            SigtermReaction::Unknown
        );
        assert_eq!(of(&["ash", "-c", "a; server"]), SigtermReaction::Unknown);
        let dash = SigtermReaction::IgnoredByShell("dash".to_owned());
        assert_eq!(of(&["dash", "-c", "server"]), dash);
    }

    #[test]
    fn a_script_that_may_handle_the_signal_is_left_alone() {
        for script in [
            "exec server",
            "prepare; exec server",
            "trap 'exit' TERM; while true; do sleep 1 & wait; done",
            ". /env; server",
            "stop() { exit; }; trap stop TERM; sleep 1000 & wait",
            "server &",
            "if a; then server; fi",
            "{ server; }",
            "`a`",
        ] {
            assert_eq!(
                of(&["sh", "-c", script]),
                SigtermReaction::Unknown,
                "{script}"
            );
        }
        for words in [
            &["/server"][..],
            &["tini", "--", "sh", "-c", "a; b"],
            &["sh", "/run.sh"],
        ] {
            assert_eq!(of(words), SigtermReaction::Unknown, "{words:?}");
        }
    }
}
