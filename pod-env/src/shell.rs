//! The script that a container has a shell run, and the variables that the shell sets
//! by itself.

use pod_model::ContainerView;

/// A string of a container's argument vector that is a script of a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Script<'a> {
    /// Whether it stands in `args` rather than in `command`.
    pub(crate) in_args: bool,
    /// Which one it is there.
    pub(crate) index: usize,
    /// The name of the shell, without its directory.
    pub(crate) shell: &'a str,
}

impl Script<'_> {
    /// Whether the shell sets a variable by itself, be it asked or not.
    ///
    /// Sources: POSIX.1-2024, Shell Command Language, 2.5.3; bash(1), Shell
    /// Variables, which ksh and zsh have as well. Where `sh` is bash, as in the
    /// Red Hat world, it sets them, too; elsewhere it does not.
    pub(crate) fn sets(&self, name: &str) -> bool {
        let is_posix = matches!(self.shell, "sh" | "ash" | "dash");
        POSIX_SETS.contains(&name) || !is_posix && BASH_SETS.contains(&name)
    }
}

/// Variables that a POSIX shell sets by itself.
const POSIX_SETS: &[&str] = &[
    "IFS", "LINENO", "OLDPWD", "OPTARG", "OPTIND", "PATH", "PPID", "PS1", "PS2", "PS4", "PWD",
];
/// Variables that larger shells set besides.
pub(crate) const BASH_SETS: &[&str] = &[
    "BASH",
    "BASH_VERSION",
    "EPOCHSECONDS",
    "EUID",
    "HOSTNAME",
    "HOSTTYPE",
    "MACHTYPE",
    "OSTYPE",
    "RANDOM",
    "SECONDS",
    "SHLVL",
    "UID",
];

/// The script of a container, if it has a shell run one.
pub(crate) fn script<'a>(container: &ContainerView<'a>) -> Option<Script<'a>> {
    script_in(container.command, container.args)
}

/// The shell that an argument vector starts, by the place of its name.
///
/// `env A=b`, `busybox`, `tini --`, `timeout 5` and their like stand in front of a shell; a
/// word after a program of its own is that program's.
fn shell_at(argv: &[&str]) -> Option<usize> {
    let shell = argv.iter().position(|arg| is_shell(arg))?;
    let (mut before, mut words, mut is_env) = ("", 0, false);
    for arg in &argv[..shell] {
        let is_number = arg.bytes().all(|b| b.is_ascii_digit());
        if let Some(operands) = launcher(arg) {
            (words, is_env) = (operands, base_name(arg) == "env");
        } else if arg.starts_with('-') || is_env && arg.contains('=') {
            // An option, or a variable.
        } else if before.starts_with('-') && is_number {
            // Its number: `nice -n 5`.
        } else {
            words = usize::checked_sub(words, 1)?;
        }
        before = arg;
    }
    Some(shell)
}

/// The fate of variables whose names a shell cannot write, such as `log.level`, in the
/// programs that the shell starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignNames {
    /// The programs get them.
    Kept,
    /// The programs do not get them.
    Dropped,
    /// It depends on which shell the image has under that name.
    Depends,
}

/// Returns the fate of foreign names in the shell that a container starts, or `None` if
/// it starts no shell.
///
/// POSIX.1-2024 leaves it open (Shell Command Language, 2.5.3). Measured: dash
/// 0.5.12, busybox 1.35's ash and mksh 59c drop them, bash 5.2, ksh93, zsh 5.9 and
/// yash keep them. `sh` is dash on Debian, ash on Alpine, bash on Fedora.
pub(crate) fn foreign_names(container: &ContainerView<'_>) -> Option<ForeignNames> {
    let argv = container.command.iter().chain(container.args);
    let argv: Vec<&str> = argv.map(String::as_str).collect();
    let shell = shell_at(&argv)?;
    let is_busybox = argv[..shell].iter().any(|arg| base_name(arg) == "busybox");
    Some(match base_name(argv[shell]) {
        "ash" | "dash" | "mksh" => ForeignNames::Dropped,
        "sh" if is_busybox => ForeignNames::Dropped,
        // ksh is ksh93 or mksh.
        "sh" | "ksh" => ForeignNames::Depends,
        _ => ForeignNames::Kept,
    })
}

/// The script of an argument vector, if a shell runs one.
pub(crate) fn script_in<'a>(command: &'a [String], args: &'a [String]) -> Option<Script<'a>> {
    let split = command.len();
    let words: Vec<&str> = command.iter().chain(args).map(String::as_str).collect();
    let shell = shell_at(&words)?;
    for (i, arg) in words.iter().enumerate().skip(shell + 1) {
        if takes_script(arg) {
            let in_args = i + 1 >= split;
            return (i + 1 < words.len()).then(|| Script {
                in_args,
                index: i + 1 - if in_args { split } else { 0 },
                shell: base_name(words[shell]),
            });
        }
        if !arg.starts_with(['-', '+']) && words[i - 1] != "-o" {
            return None;
        }
    }
    None
}

fn base_name(arg: &str) -> &str {
    arg.rsplit('/').next().unwrap_or(arg)
}

fn is_shell(arg: &str) -> bool {
    matches!(
        base_name(arg),
        "sh" | "bash" | "ash" | "dash" | "ksh" | "mksh" | "zsh"
    )
}

/// How many words a program takes before the one that it starts, or `None` if it starts
/// none.
fn launcher(arg: &str) -> Option<usize> {
    match base_name(arg) {
        "env" | "busybox" | "tini" | "dumb-init" | "catatonit" | "exec" | "nohup" | "setsid"
        | "nice" | "ionice" | "stdbuf" | "time" => Some(0),
        // How long; as whom; where.
        "timeout" | "gosu" | "su-exec" | "chroot" => Some(1),
        _ => None,
    }
}

/// `-c`, also as the last of several letters: `-ec`, `-exc`.
fn takes_script(arg: &str) -> bool {
    arg.strip_prefix('-')
        .is_some_and(|flags| flags.ends_with('c') && flags.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Container, PodSpec};
    use pod_model::{FieldPath, containers};

    use super::*;

    /// Whether in `args`, which one there, and of which shell.
    fn script_of(command: &[&str], args: &[&str]) -> Option<(bool, usize, String)> {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let spec = PodSpec {
            containers: vec![Container {
                command: Some(owned(command)),
                args: Some(owned(args)),
                ..Container::default()
            }],
            ..PodSpec::default()
        };
        let all = containers(&spec, &FieldPath::root());
        let found = script(&all[0]);
        found.map(|script| (script.in_args, script.index, script.shell.to_owned()))
    }

    #[test]
    fn where_a_script_stands() {
        type Row<'a> = (&'a [&'a str], &'a [&'a str], (bool, usize, &'a str));
        let rows: [Row<'_>; 12] = [
            (&["sh", "-c", "x"], &[], (false, 2, "sh")),
            (&["/bin/bash", "-ec"], &["x"], (true, 0, "bash")),
            (&["sh"], &["-c", "x"], (true, 1, "sh")),
            (&["sh", "-e", "-c", "x"], &[], (false, 3, "sh")),
            (&["sh", "-o", "pipefail", "-c", "x"], &[], (false, 4, "sh")),
            (
                &["/usr/bin/env", "bash", "-c", "x"],
                &[],
                (false, 3, "bash"),
            ),
            (&[], &["sh", "-c", "x"], (true, 2, "sh")),
            (
                &["env", "A=b", "C=", "sh", "-c", "x"],
                &[],
                (false, 5, "sh"),
            ),
            (
                &["timeout", "-k", "5", "1m", "sh", "-c", "x"],
                &[],
                (false, 6, "sh"),
            ),
            (
                &["nice", "-n", "5", "bash"],
                &["-c", "x"],
                (true, 1, "bash"),
            ),
            (
                &["/sbin/su-exec", "app:app", "ash", "-c", "x"],
                &[],
                (false, 4, "ash"),
            ),
            (
                &["tini", "--", "gosu", "app", "sh", "-c", "x"],
                &[],
                (false, 6, "sh"),
            ),
        ];
        for (command, args, (in_args, index, shell)) in rows {
            let expected = Some((in_args, index, shell.to_owned()));
            assert_eq!(script_of(command, args), expected, "{command:?} {args:?}");
        }
        for none in [
            &["printenv", "A"][..],
            &["sh", "script.sh", "-c", "x"],
            &["sh", "-c"],
            &["grep", "sh", "-c", "x"],
            &["timeout", "5", "grep", "sh", "-c", "x"],
            &["env", "A=b", "app", "sh", "-c", "x"],
            &["A=b", "sh", "-c", "x"],
            &["nice", "5", "sh", "-c", "x"],
            &[],
        ] {
            assert_eq!(script_of(none, &[]), None, "{none:?}");
        }
    }

    #[test]
    fn what_a_shell_sets_by_itself_depends_on_the_shell() {
        let of = |shell| Script {
            in_args: false,
            index: 0,
            shell,
        };
        for shell in ["sh", "dash", "ash"] {
            assert!(
                of(shell).sets("PWD") && !of(shell).sets("RANDOM"),
                "{shell}"
            );
        }
        for shell in ["bash", "zsh", "ksh"] {
            assert!(of(shell).sets("PWD") && of(shell).sets("UID"), "{shell}");
        }
    }
}
