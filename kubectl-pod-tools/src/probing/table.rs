//! Lines of attempts for people.

use std::time::Duration;

use pod_probe::Verdict;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::attempt::Attempt;
use super::clock::Clock;
use super::line::Made;
use super::pods::ProbedPod;
use super::subject::{Subject, word};
use crate::render::wrap;
use crate::ui::escape;

/// Maximum width of a container's name.
const MAX_NAME: usize = 24;
/// Columns that the state keeps on a narrow terminal.
const MIN_STATE: usize = 20;
/// Indentation of a reason on lines of its own.
const INDENT: usize = 4;

/// State of a container after an attempt, with the reason.
#[derive(Clone, Copy)]
struct State<'a> {
    held: &'a str,
    reason: Option<&'a str>,
    is_success: bool,
}

/// Widths of the columns.
pub(super) struct Table {
    /// Width of the container's name, or 0 if there is one container only.
    name: usize,
    /// True if the names of Pods differ.
    names_pods: bool,
    /// Width of a line, or `None` if it is not cut.
    columns: Option<usize>,
}

impl Table {
    pub(super) fn new(pods: &[ProbedPod], subjects: &[Subject], columns: Option<usize>) -> Self {
        let names_pods = pods.len() > 1;
        let names = subjects.iter().map(|subject| {
            let pod = pods.get(subject.pod).filter(|_| names_pods);
            name(pod, subject).width()
        });
        let longest = names.max().unwrap_or_default().min(MAX_NAME);
        Self {
            name: if subjects.len() > 1 {
                longest.max("CONTAINER".len())
            } else {
                0
            },
            names_pods,
            columns,
        }
    }

    /// Returns the heading.
    pub(super) fn heading(&self) -> String {
        self.row(
            "TIME",
            "CONTAINER",
            "PROBE",
            ["TOOK", "CODE", "VERDICT"],
            State {
                held: "STATE",
                reason: None,
                is_success: true,
            },
        )
    }

    /// Returns the line of an attempt.
    pub(super) fn line(&self, made: &Made<'_>) -> String {
        let time = Clock::timestamp(made.began)
            .strftime("%H:%M:%S%.3f")
            .to_string();
        let pod = Some(made.pod).filter(|_| self.names_pods);
        let Attempt {
            verdict,
            duration,
            status,
            exit_code,
            ..
        } = made.attempt;
        let status = status.map(|status| status.to_string());
        let code = status.or_else(|| exit_code.map(|code| code.to_string()));
        let is_success = *verdict == Verdict::Success;
        let verdict = match verdict {
            Verdict::Success => "success",
            Verdict::Warning => "warning",
            Verdict::Failure => "failure",
            Verdict::Errored => "errored",
        };
        let code = code.unwrap_or_else(|| "-".to_owned());
        let cells = [took(*duration).as_str(), code.as_str(), verdict].map(str::to_owned);
        let (held, reason) = made.words();
        self.row(
            &time,
            &name(pod, made.subject),
            word(made.kind),
            [&cells[0], &cells[1], &cells[2]],
            State {
                held: &held,
                reason: reason.as_deref(),
                is_success,
            },
        )
    }

    fn row(
        &self,
        time: &str,
        name: &str,
        kind: &str,
        cells: [&str; 3],
        state: State<'_>,
    ) -> String {
        let mut line = format!("{time:<12}");
        if self.name > 0 {
            let name = cut(&escape(name), self.name);
            let padding = self.name - name.width();
            line.push_str(&format!("  {name}{:padding$}", ""));
        }
        let [took, code, verdict] = cells;
        line.push_str(&format!(
            "  {kind:<9}  {took:>7}  {code:<4}  {verdict:<7}  "
        ));
        let State {
            held,
            reason,
            is_success,
        } = state;
        let whole = reason.map_or_else(|| held.to_owned(), |reason| format!("{held}: {reason}"));
        let whole = escape(&whole);
        match (self.columns, reason) {
            (Some(columns), Some(reason))
                if !is_success && line.width() + whole.width() > columns =>
            {
                // The reason is the one thing that must not be cut.
                line.push_str(held);
                for part in wrap(&escape(reason), columns.saturating_sub(INDENT)) {
                    line.push_str(&format!("\n{:INDENT$}{part}", ""));
                }
            }
            (Some(columns), _) => {
                let room = columns.saturating_sub(line.width()).max(MIN_STATE);
                line.push_str(&cut(&whole, room));
            }
            (None, _) => line.push_str(&whole),
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }
}

fn name(pod: Option<&ProbedPod>, subject: &Subject) -> String {
    match pod {
        Some(pod) => {
            let pod = pod.name.as_deref().unwrap_or(&pod.shown);
            format!("{pod}/{}", subject.container)
        }
        None => subject.container.clone(),
    }
}

/// Cuts a text that is wider than its column.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut width = 0;
    let kept = text.chars().take_while(|c| {
        width += c.width().unwrap_or_default();
        width < columns
    });
    let mut kept: String = kept.collect();
    kept.push('…');
    kept
}

fn took(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..10_000 => format!("{:.1} ms", duration.as_secs_f64() * 1e3),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        for (micros, text) in [
            (0, "0.0 ms"),
            (1_250, "1.2 ms"),
            (12_900, "12 ms"),
            (999_999, "999 ms"),
            (1_000_000, "1.0 s"),
            (61_040_000, "61.0 s"),
        ] {
            assert_eq!(took(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn a_text_is_cut_at_its_column() {
        assert_eq!(cut("refused", 7), "refused");
        assert_eq!(cut("refused", 6), "refus…");
        assert_eq!(cut("世界世界", 5), "世界…");
    }
}
