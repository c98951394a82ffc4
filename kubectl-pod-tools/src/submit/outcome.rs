//! Prints the outcome of each object, as a status line or as the object.

use serde_json::Value;

use super::clean::clean;
use super::options::{Action, DryRun, SubmitOptions};
use crate::render::{Format, Structured, to_commented_yaml, to_structured};
use crate::ui::{Ui, escape};

/// Prints an object that the server accepted, or would accept; `input` is the object as it was
/// sent. If standard output is lost, standard error gets the status line.
///
/// # Errors
/// A value that JSON cannot hold.
pub(super) fn print_success(
    ui: &Ui,
    shown: &str,
    object: &Value,
    input: &Value,
    options: &SubmitOptions,
    first: bool,
) -> Result<(), serde_json::Error> {
    let line = || {
        let verb = match (options.action, options.dry_run) {
            (Action::Create, _) => "created",
            // Client-side there is no server to apply on.
            (Action::Apply, DryRun::Client) => "applied",
            (Action::Apply, _) => "serverside-applied",
        };
        let shown = escape(shown);
        format!("{shown} {verb}{}", suffix(options.dry_run))
    };
    if options.status_on_stderr {
        ui.note(&line());
        return Ok(());
    }
    if !ui.has_lost_output() {
        match (options.format, options.format.and_then(Format::structured)) {
            (_, Some(format)) => ui.data(&document(format, object, input, options, first)?),
            (Some(Format::Name), None) => ui.lines(&format!("{}\n", escape(shown))),
            (_, None) => ui.lines(&format!("{}\n", line())),
        }
    }
    // A client dry run has changed nothing that must be reported.
    if ui.has_lost_output() && options.dry_run != DryRun::Client {
        ui.instead_of_output(&line());
    }
    Ok(())
}

/// Returns the object as `-o json` and `-o yaml` print it.
fn document(
    format: Structured,
    object: &Value,
    input: &Value,
    options: &SubmitOptions,
    first: bool,
) -> Result<String, serde_json::Error> {
    match format {
        Structured::Json => {
            let mut object = object.clone();
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                // As in kubectl.
                metadata.shift_remove("managedFields");
            }
            to_structured(&object, Structured::Json)
        }
        Structured::Yaml => {
            let separator = if first { "" } else { "---\n" };
            let text = to_commented_yaml(&clean(object, input), &options.comments);
            Ok(format!("{separator}{text}"))
        }
    }
}

/// Returns the suffix of a dry run, in kubectl's words.
fn suffix(dry_run: DryRun) -> &'static str {
    match dry_run {
        DryRun::None => "",
        DryRun::Client => " (dry run)",
        DryRun::Server => " (server dry run)",
    }
}

/// Maximum number of names in the summary; each object was named before.
const MOST_NAMED: usize = 20;

/// The objects of a run by outcome, each by its name.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Objects that the server accepted.
    pub done: Vec<String>,
    /// Objects that were refused.
    pub refused: Vec<String>,
    /// Objects that were sent and got no answer.
    pub unknown: Vec<String>,
    /// Objects that were not sent.
    pub untried: Vec<String>,
}

impl Tally {
    /// Returns the number of objects.
    pub(super) fn total(&self) -> usize {
        [&self.done, &self.refused, &self.unknown, &self.untried]
            .iter()
            .map(|names| names.len())
            .sum()
    }

    /// Returns the summary of a run in which an object was not submitted.
    pub(super) fn summary(&self, action: Action, dry_run: DryRun) -> String {
        let verb = match action {
            Action::Create => "created",
            Action::Apply => "applied",
        };
        let suffix = suffix(dry_run);
        let (done, total) = (self.done.len(), self.total());
        let mut text = format!("{done} of {total} objects {verb}{suffix}");
        if !self.done.is_empty() {
            text.push_str(&format!(": {}", list(&self.done)));
        }
        for (what, names) in [
            (format!("not {verb}"), &self.refused),
            ("outcome unknown".to_owned(), &self.unknown),
            ("not tried".to_owned(), &self.untried),
        ] {
            if !names.is_empty() {
                text.push_str(&format!("; {what}: {}", list(names)));
            }
        }
        text
    }
}

fn list(names: &[String]) -> String {
    let (shown, rest) = names.split_at(names.len().min(MOST_NAMED));
    let mut text = shown.join(", ");
    if !rest.is_empty() {
        text.push_str(&format!(" and {} more", rest.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_names_objects_by_outcome() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let tally = |done: &[&str], refused: &[&str], unknown: &[&str], untried: &[&str]| Tally {
            done: names(done),
            refused: names(refused),
            unknown: names(unknown),
            untried: names(untried),
        };
        let all = tally(&["pod/a"], &["pod/b"], &[], &["pod/c"]);
        assert_eq!(
            all.summary(Action::Create, DryRun::None),
            "1 of 3 objects created: pod/a; not created: pod/b; not tried: pod/c"
        );
        let none = tally(&[], &["pod/b"], &[], &[]);
        assert_eq!(
            none.summary(Action::Apply, DryRun::None),
            "0 of 1 objects applied; not applied: pod/b"
        );
        let unknown = tally(&[], &[], &["pod/b"], &["pod/c"]);
        assert_eq!(
            unknown.summary(Action::Create, DryRun::None),
            "0 of 2 objects created; outcome unknown: pod/b; not tried: pod/c"
        );
        let dry = tally(&["pod/a"], &["pod/b"], &[], &[]);
        assert_eq!(
            dry.summary(Action::Create, DryRun::Client),
            "1 of 2 objects created (dry run): pod/a; not created: pod/b"
        );
        assert_eq!(
            dry.summary(Action::Apply, DryRun::Server),
            "1 of 2 objects applied (server dry run): pod/a; not applied: pod/b"
        );
        let many = Tally {
            done: vec!["p".to_owned(); 5000],
            ..tally(&[], &["q"], &[], &[])
        };
        let many = many.summary(Action::Create, DryRun::None);
        assert!(
            many.starts_with("5000 of 5001 objects created: p, p"),
            "{many}"
        );
        assert!(many.ends_with(" and 4980 more; not created: q"), "{many}");
    }
}
