//! Assumptions about how containers stop: of all of them, and of some by their names.

use std::time::Duration;

use clap::Args;
use pod_probe::{ShutdownAssumptions, StopTakes};

use crate::explain::assumptions::parse_stop_takes;
use crate::flag_value::parse_duration;
use crate::render::in_minutes;

/// A value of all containers, or of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Assumed<T> {
    container: Option<String>,
    value: T,
}

/// Assumptions about a shutdown, as typed.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Assumptions")]
pub(super) struct ShutdownArgs {
    /// Assume that a container ends this long after SIGTERM, or never; repeatable [default: 0s]
    #[arg(
        long,
        value_name = "[CONTAINER=]DURATION|never",
        value_parser = |text: &str| parse(text, parse_stop_takes),
        allow_hyphen_values = true
    )]
    stop_takes: Vec<Assumed<StopTakes>>,

    /// Assume that a preStop hook takes this long, unless it sleeps; repeatable [default: 0s]
    #[arg(
        long,
        value_name = "[CONTAINER=]DURATION",
        value_parser = |text: &str| parse(text, parse_duration),
        allow_hyphen_values = true
    )]
    pre_stop_takes: Vec<Assumed<Duration>>,
}

/// Assumptions about a shutdown.
#[derive(Clone, Debug, Default)]
pub(in crate::explain) struct ShutdownAssumed {
    stop_takes: Vec<Assumed<StopTakes>>,
    pre_stop_takes: Vec<Assumed<Duration>>,
}

impl ShutdownArgs {
    pub(super) fn into_assumed(self) -> ShutdownAssumed {
        ShutdownAssumed {
            stop_takes: self.stop_takes,
            pre_stop_takes: self.pre_stop_takes,
        }
    }
}

impl ShutdownAssumed {
    /// Returns the assumptions about a container: its own, else those about all.
    pub(super) fn about(&self, container: &str) -> ShutdownAssumptions {
        ShutdownAssumptions {
            pre_stop_takes: about(&self.pre_stop_takes, container).copied(),
            stop_takes: about(&self.stop_takes, container).copied(),
        }
    }

    /// Returns the containers that are named.
    pub(super) fn containers(&self) -> impl Iterator<Item = &str> {
        let stops = self.stop_takes.iter().map(|own| &own.container);
        let hooks = self.pre_stop_takes.iter().map(|own| &own.container);
        stops.chain(hooks).filter_map(Option::as_deref)
    }

    /// Returns the assumptions in words, with a comma in front, or nothing if there are none.
    pub(super) fn in_words(&self) -> String {
        let hooks = self.pre_stop_takes.iter().map(|own| {
            let words = format!("preStop takes {}", in_minutes(own.value));
            of(own.container.as_deref(), words)
        });
        let stops = self.stop_takes.iter().map(|own| {
            let words = match own.value {
                StopTakes::Time(time) => format!("stops after {}", in_minutes(time)),
                StopTakes::Never => "ignores SIGTERM".to_owned(),
            };
            of(own.container.as_deref(), words)
        });
        let words: Vec<String> = hooks.chain(stops).collect();
        if words.is_empty() {
            return String::new();
        }
        format!(", under assumptions: {}", words.join(", "))
    }
}

fn of(container: Option<&str>, words: String) -> String {
    match container {
        Some(name) => format!("{name}: {words}"),
        None => words,
    }
}

/// Of several values for the same, the last one counts.
fn about<'a, T>(all: &'a [Assumed<T>], container: &str) -> Option<&'a T> {
    let last = |name: Option<&str>| {
        let mut own = all.iter().rev();
        own.find(|own| own.container.as_deref() == name)
    };
    let found = last(Some(container)).or_else(|| last(None))?;
    Some(&found.value)
}

/// Parses `20s`, or `app=20s`.
fn parse<T>(text: &str, value: impl Fn(&str) -> Result<T, String>) -> Result<Assumed<T>, String> {
    match text.split_once('=') {
        Some(("", _)) => Err("expected the name of a container before `=`".to_owned()),
        Some((container, text)) => Ok(Assumed {
            container: Some(container.to_owned()),
            value: value(text)?,
        }),
        None => Ok(Assumed {
            container: None,
            value: value(text)?,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assumed(texts: &[&str]) -> ShutdownAssumed {
        let one = |text: &&str| parse(text, parse_duration).unwrap();
        ShutdownAssumed {
            stop_takes: Vec::new(),
            pre_stop_takes: texts.iter().map(one).collect(),
        }
    }

    #[test]
    fn the_last_value_counts_and_that_of_a_container_more() {
        let all = assumed(&["5s", "proxy=9s", "7s", "proxy=8s"]);
        let takes = |name| all.about(name).pre_stop_takes;
        assert_eq!(takes("proxy"), Some(Duration::from_secs(8)));
        assert_eq!(takes("app"), Some(Duration::from_secs(7)));
        assert_eq!(assumed(&["proxy=8s"]).about("app").pre_stop_takes, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = parse("=5s", parse_duration).unwrap_err();
        assert_eq!(error, "expected the name of a container before `=`");
        let error = parse("app=", parse_stop_takes).unwrap_err();
        assert!(error.starts_with("expected `never`, or"), "{error}");
    }
}
