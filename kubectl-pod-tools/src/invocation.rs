//! The name that the program was called by, and its arguments.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// First argument by which a shim names the program where the system has no better way.
const CALLED_AS: &str = "--called-as=";

/// The programs that this one is, each under its own file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// `kubectl pod-tools`: all commands. Also everything with an unknown name.
    Suite,
    /// `kubectl pod-env`: `explain-env`.
    Env,
    /// `kubectl pod-wait`: `wait`.
    Wait,
    /// `kubectl pod-probe`: `probe`.
    Probe,
    /// `kubectl create pod`: `create pod`.
    CreatePod,
    /// The executable that kubectl asks for completions.
    Completion,
}

const NAMES: [(&str, Program); 5] = [
    ("kubectl-pod_env", Program::Env),
    ("kubectl-pod_wait", Program::Wait),
    ("kubectl-pod_probe", Program::Probe),
    ("kubectl-create-pod", Program::CreatePod),
    ("kubectl_complete-pod_tools", Program::Completion),
];

/// The program and the arguments that a process was started with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    pub(crate) program: Program,
    /// Arguments without the name of the program.
    pub(crate) arguments: Vec<OsString>,
}

impl Invocation {
    /// Reads the arguments of this process.
    pub(crate) fn of_process() -> Self {
        Self::read(env::args_os())
    }

    /// Reads arguments of which the first, if there is any, is the name.
    fn read(arguments: impl Iterator<Item = OsString>) -> Self {
        let mut arguments = arguments.peekable();
        let name = arguments.next().unwrap_or_default();
        let handed_over = arguments
            .next_if(|argument| argument.to_str().is_some_and(|a| a.starts_with(CALLED_AS)));
        let program = match handed_over.as_ref().and_then(|argument| argument.to_str()) {
            Some(argument) => Program::of_file(OsStr::new(&argument[CALLED_AS.len()..])),
            None => Program::of_file(&name),
        };
        Self {
            program,
            arguments: arguments.collect(),
        }
    }
}

impl Program {
    /// Returns the words that run the program.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Suite | Self::Completion => "kubectl pod-tools",
            Self::Env => "kubectl pod-env",
            Self::Wait => "kubectl pod-wait",
            Self::Probe => "kubectl pod-probe",
            Self::CreatePod => "kubectl create pod",
        }
    }

    /// Returns the command that the program is, or `None` for the suite.
    fn command(self) -> Option<&'static str> {
        match self {
            Self::Suite | Self::Completion => None,
            Self::Env => Some("explain-env"),
            Self::Wait => Some("wait"),
            Self::Probe => Some("probe"),
            Self::CreatePod => Some("create pod"),
        }
    }

    /// Returns the words that run a command: those of the program if it is the command, and
    /// of the suite otherwise.
    pub(crate) fn words_of(self, command: &str) -> String {
        if self.command() == Some(command) {
            return self.words().to_owned();
        }
        format!("{} {command}", Self::Suite.words())
    }

    /// Writes the program's own words into examples of the suite.
    pub(crate) fn in_examples(self, examples: &str) -> String {
        match self.command() {
            Some(command) => {
                let of_suite = format!("{} {command} ", Self::Suite.words());
                examples.replace(&of_suite, &format!("{} ", self.words()))
            }
            None => examples.to_owned(),
        }
    }
}

impl Program {
    /// Returns the program that a path names, whose file may end with `.exe`.
    fn of_file(path: &OsStr) -> Self {
        let name = Path::new(path).file_name().and_then(OsStr::to_str);
        let name = name.unwrap_or_default().to_ascii_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Suite, |(_, program)| *program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Invocation {
        Invocation::read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn a_name_is_the_program_that_it_names() {
        for (name, program) in [
            ("kubectl-pod_tools", Program::Suite),
            ("kubectl-pod_env", Program::Env),
            ("/usr/local/bin/kubectl-pod_wait", Program::Wait),
            ("kubectl-pod_probe", Program::Probe),
            ("./kubectl-create-pod", Program::CreatePod),
            ("kubectl_complete-pod_tools", Program::Completion),
            ("KUBECTL-POD_ENV.EXE", Program::Env),
        ] {
            assert_eq!(read(&[name, "-h"]).program, program, "{name}");
        }
    }

    #[test]
    fn an_unknown_name_is_the_suite() {
        for name in [
            "",
            "/",
            "..",
            "pod-env",
            "kubectl-pod_env.exe.exe",
            "kubectl-pod_env ",
            "kubectl-pod_envy",
            "\u{1b}[31m",
        ] {
            assert_eq!(read(&[name]).program, Program::Suite, "{name:?}");
        }
        assert_eq!(read(&[]).program, Program::Suite);
        assert_eq!(read(&[]).arguments, Vec::<OsString>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_unicode_is_the_suite() {
        use std::os::unix::ffi::OsStringExt;

        let name = OsString::from_vec(b"kubectl-pod_env\xff".to_vec());
        let invocation = Invocation::read([name, OsString::from("-h")].into_iter());
        assert_eq!(invocation.program, Program::Suite);
        assert_eq!(invocation.arguments, ["-h"]);
    }

    #[test]
    fn a_shim_names_the_program_in_the_first_argument() {
        let invocation = read(&["kubectl-pod_tools", "--called-as=kubectl-pod_env", "-h"]);
        assert_eq!(invocation.program, Program::Env);
        assert_eq!(invocation.arguments, ["-h"]);
        let later = read(&["kubectl-pod_tools", "-h", "--called-as=kubectl-pod_env"]);
        assert_eq!(later.program, Program::Suite);
        assert_eq!(later.arguments.len(), 2);
    }
}
