//! The prefix of each line of a log, which names its container.

use std::sync::Arc;

use anstyle::{AnsiColor, Style};

use crate::ui::escape;

/// Colours of the prefixes, so that neighbouring lines differ.
const COLOURS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::BrightCyan,
];

/// `[pod/container] `, or `[namespace/pod/container] `.
#[derive(Clone, Debug)]
pub(in crate::wait) struct Prefix(Arc<Texts>);

#[derive(Debug)]
struct Texts {
    shown: String,
    plain: String,
    styled: String,
}

impl Prefix {
    /// Returns the prefix of the container with a number and a name.
    pub(super) fn new(number: usize, shown: &str) -> Self {
        let style: Style = COLOURS[number % COLOURS.len()].on_default();
        let plain = format!("[{}]", escape(shown));
        let shown = shown.to_owned();
        Self(Arc::new(Texts {
            shown,
            styled: format!("{style}{plain}{style:#} "),
            plain: format!("{plain} "),
        }))
    }

    /// Returns the name of the container in messages.
    pub(super) fn shown(&self) -> &str {
        &self.0.shown
    }

    /// Returns whether it is the prefix of the same container.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn text(&self, is_styled: bool) -> &str {
        if is_styled {
            &self.0.styled
        } else {
            &self.0.plain
        }
    }
}
