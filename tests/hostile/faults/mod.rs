//! Answers of a server, a proxy or an attacker instead of the truth.

mod connections;
mod dense;
mod objects;
mod shapes;
mod statuses;
mod streams;

pub(crate) use connections::connections;
pub(crate) use dense::dense;
pub(crate) use objects::{discoveries, objects, versions};
pub(crate) use shapes::shapes;
pub(crate) use statuses::statuses;
pub(crate) use streams::{execs, logs, watches};

use crate::server::Fault;

/// The worth of an answer: the rules of the exit code know nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Not the API's own: nothing is known.
    NotAnAnswer,
    /// The API's own refusal, a Status with this code.
    Refusal(u16),
    /// `404 page not found`: the API has no such URL.
    NotServed,
    /// A list that holds nothing.
    Empty,
    /// Another object than the one that was asked for, or one of another namespace.
    Other,
    /// The API's own, though odd: it may be understood or not.
    Odd,
    /// The API's own, and it tells of a state that does not get better.
    Stuck,
    /// The API's own, and it tells of a failure.
    Failed,
    /// The API's own, though large or deep: it is understood.
    Right,
}

/// One fault and what it is worth.
#[derive(Clone)]
pub(crate) struct Misdeed {
    /// As a failure names it.
    pub(crate) name: String,
    pub(crate) class: Class,
    pub(crate) fault: Fault,
    /// True if it means to fill the memory: such cells run one by one.
    pub(crate) heavy: bool,
}

impl Misdeed {
    pub(crate) fn new(name: impl Into<String>, class: Class, fault: Fault) -> Self {
        Self {
            name: name.into(),
            class,
            fault,
            heavy: false,
        }
    }

    pub(crate) fn heavy(self) -> Self {
        Self {
            heavy: true,
            ..self
        }
    }
}

/// The API's refusals name what they are about: whatever a command may target.
pub(crate) const NAMES: &str = "(web, migrate, gear, settings)";

/// A page that a proxy shows to people.
pub(crate) const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\
    <body><h1>Please sign in</h1></body></html>\n";
