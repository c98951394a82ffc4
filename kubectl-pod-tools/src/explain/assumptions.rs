//! Assumptions about containers, of the commands that forecast: the same words everywhere.

use std::time::Duration;

use clap::Args;
use pod_probe::{Assumptions, MAX_HORIZON, StopTakes};

use crate::error::Failure;
use crate::flag_value::{parse_duration, read_integer};

/// Maximum of `--for`.
const MOST: Duration = MAX_HORIZON;

/// Assumptions about the containers, as typed. Times count from the start of each run of a
/// container.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Assumptions")]
pub(crate) struct AssumptionArgs {
    /// Assume that probes fail before this time after a container's start
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    starts_after: Option<Duration>,

    /// Assume that each answer to a probe takes this long
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    slow: Option<Duration>,

    /// Assume that probes fail from this time on
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    fails_at: Option<Duration>,

    /// Assume that probes get no answer from this time on
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    hangs_at: Option<Duration>,

    /// Assume that probes cannot be run from this time on
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    errors_at: Option<Duration>,

    /// Assume that what failed, hung or could not be run succeeds again from this time on
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    recovers_at: Option<Duration>,

    /// Assume that the container ends by itself at this time, with this exit code [default: 0]
    #[arg(long, value_name = "DURATION[=CODE]", value_parser = parse_exit, allow_hyphen_values = true)]
    exits_at: Option<(Duration, i32)>,

    /// Assume that a container ends this long after SIGTERM, with this exit code, or never [default: 0s=143]
    #[arg(long, value_name = "DURATION[=CODE]|never", value_parser = parse_stop, allow_hyphen_values = true)]
    stop_takes: Option<(StopTakes, Option<i32>)>,

    /// Assume that a preStop hook takes this long, unless it sleeps [default: 0s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    pre_stop_takes: Option<Duration>,

    /// Assume that what fails, hangs or ends does so in the first run of a container only
    #[arg(long)]
    first_run_only: bool,

    /// Time to forecast, from 1s to 6h [default: 10m, and as long after the last assumed time]
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_horizon, allow_hyphen_values = true)]
    horizon: Option<Duration>,
}

impl AssumptionArgs {
    /// Checks the assumptions.
    ///
    /// # Errors
    /// Assumptions that contradict each other.
    pub(super) fn into_assumptions(self) -> Result<Assumptions, Failure> {
        let begins = [
            ("--fails-at", self.fails_at),
            ("--hangs-at", self.hangs_at),
            ("--errors-at", self.errors_at),
        ];
        if let Some(recovers) = self.recovers_at {
            if begins.iter().all(|(_, at)| at.is_none()) {
                let message =
                    "`--recovers-at` requires `--fails-at`, `--hangs-at` or `--errors-at`";
                return Err(Failure::usage(message));
            }
            let late = |(_, at): &&(&str, Option<Duration>)| at.is_some_and(|at| at >= recovers);
            if let Some((flag, _)) = begins.iter().find(late) {
                return Err(Failure::usage(format!(
                    "`--recovers-at` must be later than `{flag}`"
                )));
            }
        }
        let usual = Assumptions::default();
        let (stop_takes, stop_code) = self.stop_takes.unwrap_or((usual.stop_takes, None));
        let mut assumptions = Assumptions {
            starts_after: self.starts_after.unwrap_or(usual.starts_after),
            slow: self.slow.unwrap_or(usual.slow),
            fails_at: self.fails_at,
            recovers_at: self.recovers_at,
            hangs_at: self.hangs_at,
            errors_at: self.errors_at,
            exits_at: self.exits_at,
            stop_takes,
            stop_code: stop_code.unwrap_or(usual.stop_code),
            pre_stop_takes: self.pre_stop_takes.unwrap_or(usual.pre_stop_takes),
            first_run_only: self.first_run_only,
            horizon: self.horizon.unwrap_or(usual.horizon),
        };
        if self.horizon.is_none() {
            // What is assumed has to happen, and something has to follow from it.
            let last = assumed_times(&assumptions).map(|(_, at)| at).max();
            let until = last.unwrap_or_default().saturating_add(usual.horizon);
            assumptions.horizon = until.min(MOST);
        }
        Ok(assumptions)
    }
}

/// Returns the flags of the assumptions that begin or end at a time of a run, with that time.
pub(super) fn assumed_times(
    assumptions: &Assumptions,
) -> impl Iterator<Item = (&'static str, Duration)> {
    let starts_after = Some(assumptions.starts_after).filter(|at| !at.is_zero());
    let all = [
        ("--starts-after", starts_after),
        ("--fails-at", assumptions.fails_at),
        ("--hangs-at", assumptions.hangs_at),
        ("--errors-at", assumptions.errors_at),
        ("--recovers-at", assumptions.recovers_at),
        ("--exits-at", assumptions.exits_at.map(|(at, _)| at)),
    ];
    all.into_iter().filter_map(|(flag, at)| Some((flag, at?)))
}

/// Parses `30s=1`, a time and an exit code.
fn parse_exit(text: &str) -> Result<(Duration, i32), String> {
    let (at, code) = split_code(text)?;
    Ok((parse_duration(at)?, code.unwrap_or(0)))
}

fn split_code(text: &str) -> Result<(&str, Option<i32>), String> {
    let Some((at, code)) = text.split_once('=') else {
        return Ok((text, None));
    };
    let code = read_integer(code, &(0..=255)).ok();
    let code = code.and_then(|code| i32::try_from(code).ok());
    let code = code.ok_or("expected an exit code from 0 to 255 after `=`")?;
    Ok((at, Some(code)))
}

/// Parses `never`, or `10s=0`, a time and an exit code.
fn parse_stop(text: &str) -> Result<(StopTakes, Option<i32>), String> {
    if text == "never" {
        return Ok((StopTakes::Never, None));
    }
    let (takes, code) = split_code(text)?;
    Ok((StopTakes::Time(parse_stop_time(takes)?), code))
}

/// Parses `never`, or a time.
pub(super) fn parse_stop_takes(text: &str) -> Result<StopTakes, String> {
    match text {
        "never" => Ok(StopTakes::Never),
        time => Ok(StopTakes::Time(parse_stop_time(time)?)),
    }
}

/// Parses a time where `never` is possible, too.
fn parse_stop_time(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| match error.strip_prefix("expected a duration") {
        Some(rest) => format!("expected `never`, or a duration{rest}"),
        None => error,
    })
}

fn parse_horizon(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(time) if time > MOST => {
            Err("out of range: expected a duration of at most 6h".to_owned())
        }
        Ok(time) if time < Duration::from_secs(1) => {
            Err("out of range: expected a duration of at least 1s".to_owned())
        }
        Err(error) if error.contains("2562047h") => {
            Err("out of range: expected a duration of at most 6h".to_owned())
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_has_a_time_and_a_code() {
        let seconds = Duration::from_secs;
        assert_eq!(parse_exit("30s=1"), Ok((seconds(30), 1)));
        assert_eq!(parse_exit("2m"), Ok((seconds(120), 0)));
        for text in ["30s=", "30s=256", "30s=-1", "x=1", "=1"] {
            assert!(parse_exit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_container_may_never_stop() {
        let takes = StopTakes::Time(Duration::from_secs(10));
        assert_eq!(parse_stop("never"), Ok((StopTakes::Never, None)));
        assert_eq!(parse_stop("10s"), Ok((takes, None)));
        assert_eq!(parse_stop("10s=0"), Ok((takes, Some(0))));
        assert!(parse_stop("never=0").is_err());
        let error = parse_stop("soon").unwrap_err();
        assert!(
            error.starts_with("expected `never`, or a duration such as"),
            "{error}"
        );
    }

    #[test]
    fn a_forecast_has_an_end() {
        assert!(parse_horizon("6h").is_ok());
        assert!(parse_horizon("0s").unwrap_err().ends_with("at least 1s"));
        for text in ["6h1s", "99999999999h"] {
            assert!(
                parse_horizon(text).unwrap_err().ends_with("at most 6h"),
                "{text}"
            );
        }
    }
}
