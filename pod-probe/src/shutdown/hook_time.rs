//! Time that a hook takes.

use std::time::Duration;

use crate::handler::{Handler, is_shell};

/// Time that a hook takes, as far as its handler tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookTime {
    /// It only sleeps; the kubelet itself, or a command in the container.
    Sleeps {
        /// The time.
        time: Duration,
        /// True if the kubelet waits, without the container.
        is_action: bool,
    },
    /// It sleeps this long, and does more.
    AtLeast(Duration),
    /// The kubelet cannot run it.
    Fails,
}

impl HookTime {
    /// Returns the time that a handler takes.
    pub fn of(handler: &Handler) -> Self {
        let command = match handler {
            Handler::Sleep { seconds } => {
                let time = Duration::from_secs(u64::try_from(*seconds).unwrap_or_default());
                return Self::Sleeps {
                    time,
                    is_action: true,
                };
            }
            Handler::Exec { command } => command,
            Handler::HttpGet(_) => return Self::AtLeast(Duration::ZERO),
            Handler::TcpSocket { .. }
            | Handler::Grpc { .. }
            | Handler::Unresolved { .. }
            | Handler::Missing {} => return Self::Fails,
        };
        if let Some(time) = handler.sleep_time() {
            return Self::Sleeps {
                time,
                is_action: false,
            };
        }
        match command.as_slice() {
            [shell, flag, script] if flag == "-c" && is_shell(shell) => {
                Self::AtLeast(sleeps_of(script))
            }
            _ => Self::AtLeast(Duration::ZERO),
        }
    }

    /// Returns the least time, or `None` if the hook cannot be run.
    pub fn least(self) -> Option<Duration> {
        match self {
            Self::Sleeps { time, .. } | Self::AtLeast(time) => Some(time),
            Self::Fails => None,
        }
    }
}

/// Returns the time that a script sleeps in any case: commands one after the other, up to the first that
/// may end it.
fn sleeps_of(script: &str) -> Duration {
    // Anything else than words, `;` and `&&` may skip a command, or run it beside the others.
    if script.contains(['|', '(', '{', '`', '\'', '"', '\\', '$', '#', '<']) {
        return Duration::ZERO;
    }
    let mut total = Duration::ZERO;
    let joined = script.replace("&&", ";");
    if joined.contains('&') {
        return Duration::ZERO;
    }
    for command in joined.split([';', '\n']).map(str::trim) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            [] | ["echo" | "true" | ":" | "date", ..] => {}
            ["sleep" | "/bin/sleep" | "/usr/bin/sleep", time] => match time.parse() {
                Ok(seconds) => total = total.saturating_add(Duration::from_secs(seconds)),
                Err(_) => return total,
            },
            // Another command may end the script, as with `set -e`, or never end.
            _ => return total,
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_sleeps_first_takes_at_least_that_time() {
        let time = |script: &str| {
            let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
            HookTime::of(&Handler::Exec { command })
        };
        let least = |seconds| HookTime::AtLeast(Duration::from_secs(seconds));
        assert_eq!(time("sleep 15 && nginx -s quit"), least(15));
        assert_eq!(time("echo bye; sleep 5; sleep 5; kill 1"), least(10));
        assert_eq!(time("nginx -s quit; sleep 5"), least(0));
        assert_eq!(time("sleep 5 & wait"), least(0));
        assert_eq!(time("test -f /x || sleep 5"), least(0));
        assert_eq!(time("sleep $N; sleep 5"), least(0));
        assert_eq!(
            time("sleep 20"),
            HookTime::Sleeps {
                time: Duration::from_secs(20),
                is_action: false
            }
        );
        assert_eq!(HookTime::of(&Handler::Missing {}), HookTime::Fails);
    }
}
