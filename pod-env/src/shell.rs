//! Finds the script that a container's shell runs, and the variables that a shell sets by
//! itself.

use pod_model::ContainerView;

/// A string of an argument vector that is the script of a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Script<'a> {
    /// True if it is in `args` rather than in `command`.
    pub(crate) in_args: bool,
    /// Its index in that list.
    pub(crate) index: usize,
    /// The name of the shell, without its directory.
    pub(crate) shell: &'a str,
}

impl Script<'_> {
    /// Returns whether the shell sets a variable by itself.
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

/// Returns the script of a container, or `None` if no shell runs one.
pub(crate) fn script<'a>(container: &ContainerView<'a>) -> Option<Script<'a>> {
    script_in(container.command, container.args)
}

/// Returns the position of the shell that an argument vector starts, or `None`.
///
/// Launchers such as `env A=b`, `tini --` and `timeout 5` may precede it. A word after
/// any other program is an argument of that program.
fn shell_at(argv: &[&str]) -> Option<usize> {
    // Leading options are those of the image's entrypoint.
    let mut at = 0;
    while argv.get(at)?.starts_with('-') {
        at += 1;
    }
    loop {
        let program = argv.get(at)?;
        if is_shell(program) {
            return Some(at);
        }
        let launcher = launcher(program)?;
        at += 1;
        while let Some(option) = argv.get(at).filter(|arg| arg.starts_with('-')) {
            at += 1 + usize::from(launcher.valued.contains(option));
            if *option == "--" {
                break;
            }
        }
        let is_env = base_name(program) == "env";
        while is_env && argv.get(at).is_some_and(|arg| arg.contains('=')) {
            at += 1;
        }
        at += launcher.operands;
    }
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

/// Long options of bash, which it also takes with a single dash.
const BASH_WORDS: [&str; 7] = [
    "login",
    "noediting",
    "noprofile",
    "norc",
    "posix",
    "restricted",
    "verbose",
];

/// Returns the script of an argument vector, or `None` if no shell runs one.
///
/// With `-c`, the script is the first operand: the options may follow it, as in
/// `sh -c -e SCRIPT`, and share its word, as in `sh -ce SCRIPT`.
pub(crate) fn script_in<'a>(command: &'a [String], args: &'a [String]) -> Option<Script<'a>> {
    let split = command.len();
    let words: Vec<&str> = command.iter().chain(args).map(String::as_str).collect();
    let shell = shell_at(&words)?;
    let mut takes_script = false;
    let mut at = shell + 1;
    loop {
        let word = words.get(at)?;
        let step = match word.strip_prefix(['-', '+']) {
            Some("" | "-") => {
                at += 1;
                break;
            }
            Some("-rcfile" | "-init-file") => 2,
            Some(long) if long.starts_with('-') => 1,
            Some(long) if BASH_WORDS.contains(&long) => 1,
            Some(letters) => {
                takes_script |= word.starts_with('-') && letters.contains('c');
                // `-o NAME`, and bash's `-O NAME`.
                1 + letters.matches(['o', 'O']).count()
            }
            None => break,
        };
        at += step;
    }
    let in_args = at >= split;
    (takes_script && at < words.len()).then(|| Script {
        in_args,
        index: at - if in_args { split } else { 0 },
        shell: base_name(words[shell]),
    })
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

/// A program that starts another one.
struct Launcher {
    /// Number of operands before the program that it starts.
    operands: usize,
    /// Options whose value is the next word.
    valued: &'static [&'static str],
}

/// Returns the launcher that a word names, or `None` for any other program.
fn launcher(arg: &str) -> Option<Launcher> {
    let (operands, valued): (usize, &[&str]) = match base_name(arg) {
        "env" => (0, &["-u", "--unset", "-C", "--chdir"]),
        "nice" => (0, &["-n", "--adjustment"]),
        "ionice" => (0, &["-c", "--class", "-n", "--classdata"]),
        "stdbuf" => (0, &["-i", "--input", "-o", "--output", "-e", "--error"]),
        "time" => (0, &["-f", "--format", "-o", "--output"]),
        "tini" => (0, &["-p", "-e"]),
        "dumb-init" => (0, &["-r", "--rewrite"]),
        "exec" => (0, &["-a"]),
        "busybox" | "catatonit" | "nohup" | "setsid" => (0, &[]),
        // The duration.
        "timeout" => (1, &["-k", "--kill-after", "-s", "--signal"]),
        // The user, or the new root.
        "gosu" | "su-exec" | "chroot" => (1, &[]),
        _ => return None,
    };
    Some(Launcher { operands, valued })
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Container, PodSpec};
    use pod_model::{FieldPath, containers};

    use super::*;

    /// Returns `in_args`, `index` and `shell` of the script.
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
    fn script_of_a_shell_is_found_behind_options_and_launchers() {
        type Row<'a> = (&'a [&'a str], &'a [&'a str], (bool, usize, &'a str));
        let rows: [Row<'_>; 24] = [
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
            (&["sh", "-ce", "x"], &[], (false, 2, "sh")),
            (&["bash", "-cx"], &["x"], (true, 0, "bash")),
            (&["sh", "-c", "--", "x"], &[], (false, 3, "sh")),
            (&["sh", "-c", "-e", "x"], &[], (false, 3, "sh")),
            (&["sh", "-c", "-", "x"], &[], (false, 3, "sh")),
            (
                &["bash", "-euo", "pipefail", "-c", "x"],
                &[],
                (false, 4, "bash"),
            ),
            (
                &["bash", "--rcfile", "f", "--norc", "-c", "x"],
                &[],
                (false, 5, "bash"),
            ),
            (&["bash", "-noprofile", "-c", "x"], &[], (false, 3, "bash")),
            (&["env", "-u", "X", "sh", "-c", "x"], &[], (false, 5, "sh")),
            (
                &["env", "-i", "--chdir", "/", "A=b", "sh", "-c", "x"],
                &[],
                (false, 7, "sh"),
            ),
            (
                &["timeout", "-s", "TERM", "5", "sh", "-c", "x"],
                &[],
                (false, 6, "sh"),
            ),
            (&[], &["--", "sh", "-c", "x"], (true, 3, "sh")),
        ];
        for (command, args, (in_args, index, shell)) in rows {
            let expected = Some((in_args, index, shell.to_owned()));
            assert_eq!(script_of(command, args), expected, "{command:?} {args:?}");
        }
        for none in [
            &["printenv", "A"][..],
            &["sh", "script.sh", "-c", "x"],
            &["sh", "-c"],
            &["sh", "-c", "--"],
            &["bash", "--rcfile", "-c", "x"],
            &["bash", "+c", "x"],
            &["sh", "-C", "x"],
            &["sh", "--", "-c", "x"],
            &["timeout", "--foreground", "5", "grep", "sh", "-c", "x"],
            &["env", "-u", "sh", "printenv"],
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
    fn variables_set_by_itself_depend_on_the_shell() {
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
