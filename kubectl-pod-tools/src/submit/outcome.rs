//! What became of each object, as lines or as objects.

use serde_json::Value;

use super::options::{Action, DryRun, Format, SubmitOptions};
use super::tidy::tidy;
use crate::render::{Structured, to_commented_yaml, to_structured};

/// An object that the server took, or would take; `input` is what it was given.
pub(super) fn success(
    shown: &str,
    object: &Value,
    input: &Value,
    options: &SubmitOptions,
    first: bool,
) -> Result<String, serde_json::Error> {
    match options.format {
        None => {
            let verb = match (options.action, options.dry_run) {
                (Action::Create, _) => "created",
                // Client-side there is no server to apply on.
                (Action::Apply, DryRun::Client) => "applied",
                (Action::Apply, _) => "serverside-applied",
            };
            let shown = crate::ui::escape(shown);
            Ok(format!("{shown} {verb}{}\n", suffix(options.dry_run)))
        }
        Some(Format::Name) => Ok(format!("{}\n", crate::ui::escape(shown))),
        Some(Format::Json) => {
            let mut object = object.clone();
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                // As kubectl: it is long, and nobody asked.
                metadata.shift_remove("managedFields");
            }
            to_structured(&object, Structured::Json)
        }
        Some(Format::Yaml) => {
            let separator = if first { "" } else { "---\n" };
            let text = to_commented_yaml(&tidy(object, input), &options.comments);
            Ok(format!("{separator}{text}"))
        }
    }
}

/// What sets apart what only looks done, in kubectl's words.
fn suffix(dry_run: DryRun) -> &'static str {
    match dry_run {
        DryRun::None => "",
        DryRun::Client => " (dry run)",
        DryRun::Server => " (server dry run)",
    }
}

/// A line of thousands of names is read by nobody, and each was named before.
const MOST_NAMED: usize = 20;

/// What is said at the end when not everything was done.
pub(super) fn summary(
    action: Action,
    dry_run: DryRun,
    done: &[String],
    failed: &[String],
    untried: &[String],
) -> String {
    let verb = match action {
        Action::Create => "created",
        Action::Apply => "applied",
    };
    let list = |names: &[String]| {
        let (shown, rest) = names.split_at(names.len().min(MOST_NAMED));
        let mut text = shown.join(", ");
        if !rest.is_empty() {
            text.push_str(&format!(" and {} more", rest.len()));
        }
        text
    };
    let total = done.len() + failed.len() + untried.len();
    let suffix = suffix(dry_run);
    let mut text = format!("{} of {total} objects {verb}{suffix}", done.len());
    if !done.is_empty() {
        text.push_str(&format!(": {}", list(done)));
    }
    if !failed.is_empty() {
        text.push_str(&format!("; not {verb}: {}", list(failed)));
    }
    if !untried.is_empty() {
        text.push_str(&format!("; not tried: {}", list(untried)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_was_done_and_what_was_not() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            summary(
                Action::Create,
                DryRun::None,
                &names(&["pod/a"]),
                &names(&["pod/b"]),
                &names(&["pod/c"])
            ),
            "1 of 3 objects created: pod/a; not created: pod/b; not tried: pod/c"
        );
        assert_eq!(
            summary(Action::Apply, DryRun::None, &[], &names(&["pod/b"]), &[]),
            "0 of 1 objects applied; not applied: pod/b"
        );
        let (a, b) = (names(&["pod/a"]), names(&["pod/b"]));
        assert_eq!(
            summary(Action::Create, DryRun::Client, &a, &b, &[]),
            "1 of 2 objects created (dry run): pod/a; not created: pod/b"
        );
        assert_eq!(
            summary(Action::Apply, DryRun::Server, &a, &b, &[]),
            "1 of 2 objects applied (server dry run): pod/a; not applied: pod/b"
        );
        let many = summary(
            Action::Create,
            DryRun::None,
            &vec!["p".to_owned(); 5000],
            &names(&["q"]),
            &[],
        );
        assert!(
            many.starts_with("5000 of 5001 objects created: p, p"),
            "{many}"
        );
        assert!(many.ends_with(" and 4980 more; not created: q"), "{many}");
    }
}
