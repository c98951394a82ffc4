//! Judgement of one try of a probe.
//!
//! Upstream: the packages below `k8s.io/kubernetes/pkg/probe`, called by `prober.runProbe` in
//! `pkg/kubelet/prober/prober.go`.

use crate::verdict::Verdict;

/// Maximum output of a command and of a body, in bytes: the kubelet reads no more.
///
/// Upstream: `maxReadLength` in `pkg/probe/exec/exec.go`, `maxRespBodyLength` in
/// `pkg/probe/http/http.go`.
pub const MAX_OUTPUT: usize = 10 << 10;

/// Maximum length of a first line, in bytes.
const MAX_FIRST_LINE: usize = 200;

/// Result of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Its verdict.
    pub verdict: Verdict,
    /// The reason, as a sentence without a full stop. It has no text of the server.
    pub message: String,
    /// Status code of the last HTTP response.
    pub status: Option<u16>,
    /// Exit code of a command.
    pub exit_code: Option<i32>,
    /// First line of the answer that is not blank; it is not escaped.
    pub first_line: Option<String>,
    /// URLs that redirects led to, in order; the last one may not have been followed.
    pub redirects: Vec<String>,
}

impl Judgement {
    /// Makes a judgement with a reason alone.
    pub fn new(verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            verdict,
            message: message.into(),
            status: None,
            exit_code: None,
            first_line: None,
            redirects: Vec::new(),
        }
    }
}

/// Outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Execution {
    /// The command ended.
    Exited {
        /// Its exit code.
        code: i32,
        /// Standard output and standard error, up to [`MAX_OUTPUT`].
        output: Vec<u8>,
    },
    /// The command was ended after the time-out.
    TimedOut {
        /// Standard output and standard error until then.
        output: Vec<u8>,
    },
    /// The command could not be started, or its end is not known.
    NotRun {
        /// The reason.
        reason: String,
    },
}

/// Judges a command.
///
/// Upstream: `execProber.Probe` in `pkg/probe/exec/exec.go`.
pub fn judge_exec(execution: &Execution, timeout_seconds: i32) -> Judgement {
    match execution {
        Execution::Exited { code, output } => Judgement {
            exit_code: Some(*code),
            first_line: first_line(output),
            ..match code {
                0 => Judgement::new(Verdict::Success, "the command exited with code 0"),
                code => {
                    let message = format!("the command exited with code {code}");
                    Judgement::new(Verdict::Failure, message)
                }
            }
        },
        Execution::TimedOut { output } => Judgement {
            first_line: first_line(output),
            ..Judgement::new(
                Verdict::Failure,
                format!("the command did not end within {timeout_seconds} s"),
            )
        },
        Execution::NotRun { reason } => {
            let message = format!("the command could not be run: {reason}");
            Judgement::new(Verdict::Errored, message)
        }
    }
}

/// Judges an attempt to connect: `error` is the reason that there is no connection.
///
/// Upstream: `DoTCPProbe` in `pkg/probe/tcp/tcp.go`.
pub fn judge_tcp(error: Option<&str>) -> Judgement {
    match error {
        None => Judgement::new(Verdict::Success, "the port accepts connections"),
        Some(error) => Judgement::new(Verdict::Failure, error),
    }
}

/// Returns the first line that is not blank, cut to a printable length.
pub(crate) fn first_line(bytes: &[u8]) -> Option<String> {
    let start = bytes.len().min(MAX_OUTPUT);
    let mut lines = bytes[..start].split(|byte| *byte == b'\n' || *byte == b'\r');
    let line = lines.find(|line| !line.trim_ascii().is_empty())?;
    let line = String::from_utf8_lossy(line.trim_ascii());
    let end = line.floor_char_boundary(MAX_FIRST_LINE);
    Some(line[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exit_code_0_is_a_success() {
        let exited = |code, output: &str| {
            let output = output.as_bytes().to_vec();
            judge_exec(&Execution::Exited { code, output }, 1)
        };
        assert_eq!(exited(0, "").verdict, Verdict::Success);
        let failed = exited(137, "\n  no such file\nmore");
        assert_eq!(failed.verdict, Verdict::Failure);
        assert_eq!(failed.exit_code, Some(137));
        assert_eq!(failed.first_line.as_deref(), Some("no such file"));
    }

    #[test]
    fn a_command_that_hangs_has_failed_and_one_that_cannot_start_is_errored() {
        let output = Vec::new();
        let judgement = judge_exec(&Execution::TimedOut { output }, 2);
        assert_eq!(judgement.verdict, Verdict::Failure);
        assert_eq!(judgement.message, "the command did not end within 2 s");
        let reason = "no such file".to_owned();
        let judgement = judge_exec(&Execution::NotRun { reason }, 2);
        assert_eq!(judgement.verdict, Verdict::Errored);
    }
}
