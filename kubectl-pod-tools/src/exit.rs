//! Exit codes, one table for all commands. Scripts rely on them: a code never changes its
//! meaning.

use std::process::ExitCode;

/// Outcome of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The target is done, or nothing is wrong.
    Success,
    /// The Job or Pod failed, or the input is invalid.
    Failure,
    /// Wrong usage.
    Usage,
    /// The cluster could not be reached, or refused.
    Cluster,
    /// The target does not exist, or was deleted while waiting.
    NotFound,
    /// The target cannot leave its state on its own.
    Stuck,
    /// A time limit passed.
    TimedOut,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The exit code of a container (`wait --exit-code-from`).
    Container(u8),
}

/// Every code with its meaning, in the order of the codes.
const TABLE: [(Exit, u8, &str); 9] = [
    (
        Exit::Success,
        0,
        "success: the target is done, or nothing is wrong",
    ),
    (
        Exit::Failure,
        1,
        "failure: the Job or Pod failed, the input is invalid, or a reference cannot be resolved",
    ),
    (Exit::Usage, 2, "wrong usage"),
    (
        Exit::Cluster,
        3,
        "the cluster could not be reached or refused",
    ),
    (
        Exit::NotFound,
        4,
        "the target does not exist, or was deleted while waiting",
    ),
    (
        Exit::Stuck,
        5,
        "stuck: the target cannot leave its state on its own",
    ),
    (Exit::TimedOut, 124, "timed out"),
    (Exit::Interrupted, 130, "interrupted (Ctrl-C)"),
    (Exit::Terminated, 143, "terminated"),
];

impl Exit {
    /// Returns the process's exit code.
    pub fn code(self) -> u8 {
        if let Self::Container(code) = self {
            return code;
        }
        TABLE
            .iter()
            .find(|(exit, _, _)| *exit == self)
            .map_or(1, |(_, code, _)| *code)
    }

    /// Returns the more severe exit: errors of the cluster outrank invalid input, and both
    /// outrank success.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Success | Self::Container(0) => 0,
            Self::Failure | Self::Container(_) => 1,
            Self::NotFound => 2,
            Self::Stuck => 3,
            Self::TimedOut => 4,
            Self::Cluster => 5,
            Self::Usage => 6,
            Self::Interrupted => 7,
            Self::Terminated => 8,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// Width of the help, in columns.
const WIDTH: usize = 80;
/// Column of the meanings.
const INDENT: usize = 7;

/// Adds the table of exit codes to the help of a command and of its subcommands.
pub(crate) fn with_exit_codes(command: clap::Command) -> clap::Command {
    let before = command
        .get_after_help()
        .map(|examples| format!("{}\n\n", examples.ansi()));
    let text = format!("{}{}", before.unwrap_or_default(), help());
    command.after_help(text).mut_subcommands(with_exit_codes)
}

/// Returns the table as `--help` prints it. clap would wrap a long row back to the
/// first column, so it is wrapped here.
fn help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (_, code, meaning) in TABLE {
        let mut line = format!("  {code:<4}");
        for word in meaning.split(' ') {
            if line.len() + 1 + word.len() > WIDTH {
                text.push_str(&line);
                text.push('\n');
                line = " ".repeat(INDENT - 1);
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_stable() {
        let codes: Vec<u8> = TABLE.iter().map(|(exit, _, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 124, 130, 143]);
    }

    #[test]
    fn long_meanings_wrap_to_their_column() {
        let help = help();
        assert!(help.lines().all(|line| line.len() <= WIDTH), "{help}");
        assert!(
            help.contains("or a reference\n       cannot be resolved"),
            "{help}"
        );
    }

    #[test]
    fn cluster_errors_outrank_invalid_input() {
        assert_eq!(Exit::Failure.worse(Exit::Cluster), Exit::Cluster);
        assert_eq!(Exit::Cluster.worse(Exit::Failure), Exit::Cluster);
        assert_eq!(Exit::Success.worse(Exit::Failure), Exit::Failure);
        assert_eq!(Exit::Failure.worse(Exit::NotFound), Exit::NotFound);
        assert_eq!(Exit::TimedOut.worse(Exit::Failure), Exit::TimedOut);
    }

    #[test]
    fn of_mixed_ends_the_worst_counts_whichever_comes_first() {
        let by_weight = [
            &[Exit::Success, Exit::Container(0)][..],
            &[Exit::Failure, Exit::Container(1), Exit::Container(255)],
            &[Exit::NotFound],
            &[Exit::Stuck],
            &[Exit::TimedOut],
            &[Exit::Cluster],
            &[Exit::Usage],
            &[Exit::Interrupted],
            &[Exit::Terminated],
        ];
        for (i, lighter) in by_weight.iter().enumerate() {
            for heavier in &by_weight[i + 1..] {
                for (light, heavy) in lighter
                    .iter()
                    .flat_map(|l| heavier.iter().map(move |h| (*l, *h)))
                {
                    assert_eq!(light.worse(heavy), heavy, "{light:?} {heavy:?}");
                    assert_eq!(heavy.worse(light), heavy, "{heavy:?} {light:?}");
                }
            }
            // Of two that weigh the same the first stays.
            for (one, other) in lighter
                .iter()
                .flat_map(|a| lighter.iter().map(move |b| (*a, *b)))
            {
                assert_eq!(one.worse(other), one);
            }
        }
        assert_eq!((Exit::Container(7).code(), Exit::Stuck.code()), (7, 5));
    }
}
