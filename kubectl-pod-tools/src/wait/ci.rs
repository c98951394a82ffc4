//! Output for continuous integration: JUnit reports and GitHub annotations.

use super::engine::{End, Outcome};
use crate::ui::{armed_hashes, defuse, escape, is_unsafe};

/// Returns a JUnit report with one case for each target, and one for the wait as a whole if that
/// failed: a report without a failure counts as a success.
pub(super) fn junit<'a>(
    cases: impl Iterator<Item = (String, &'a End)>,
    whole: Option<&str>,
) -> String {
    let (mut tests, mut failures, mut body) = (0, 0, String::new());
    for (shown, end) in cases {
        tests += 1;
        let head = format!(
            "  <testcase classname=\"pod-tools.wait\" name=\"{}\" time=\"{:.3}\"",
            xml(&shown),
            end.at.as_secs_f64()
        );
        if matches!(end.outcome, Outcome::Succeeded | Outcome::Met) {
            body.push_str(&format!("{head}/>\n"));
        } else {
            failures += 1;
            body.push_str(&format!(
                "{head}>\n    <failure type=\"{:?}\" message=\"{}\"/>\n  </testcase>\n",
                end.outcome,
                xml(&end.evidence.to_string())
            ));
        }
    }
    if let Some(why) = whole {
        tests += 1;
        failures += 1;
        body.push_str(&format!(
            "  <testcase classname=\"pod-tools.wait\" name=\"wait\">\n    <failure type=\"Wait\" message=\"{}\"/>\n  </testcase>\n",
            xml(why)
        ));
    }
    // Many readers take an empty report for a failure.
    if tests == 0 {
        tests = 1;
        body.push_str("  <testcase classname=\"pod-tools.wait\" name=\"wait\"/>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"pod-tools wait\" tests=\"{tests}\" failures=\"{failures}\">\n{body}</testsuite>\n"
    )
}

/// Returns text for an attribute; what XML 1.0 cannot contain becomes U+FFFD.
fn xml(text: &str) -> String {
    let armed = armed_hashes(text);
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            // CI runners read `--junit /dev/stdout`, too.
            '#' if armed.binary_search(&at).is_ok() => out.push_str("&#35;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            // Characters that reorder text or break lines are written as references, which XML
            // reads as the same.
            c if is_unsafe(c) => out.push_str(&format!("&#x{:x};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Returns whether the program runs in a GitHub workflow.
pub(super) fn under_github() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Returns the workflow command that shows an error beside the run. Characters that would end it or
/// begin another are escaped as by GitHub's toolkit.
pub(super) fn annotation(title: &str, message: &str) -> String {
    let data = |text: &str| {
        let text = text
            .replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        defuse(&escape(&text)).into_owned()
    };
    let title = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::error title={title}::{}\n", data(message))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use pod_model::status::Evidence;

    #[test]
    fn a_junit_report_holds_any_text() {
        let end = |outcome, message: &str| End {
            outcome,
            evidence: Evidence::new("R", message),
            at: Duration::from_millis(1500),
        };
        let (good, bad) = (
            end(Outcome::Succeeded, ""),
            end(Outcome::Stuck, "<a> & \"b\" \u{1b}\n"),
        );
        let cases = [("job/a".to_owned(), &good), ("job/b".to_owned(), &bad)];
        let text = junit(cases.into_iter(), None);
        assert!(text.contains("tests=\"2\" failures=\"1\""), "{text}");
        let nothing = junit(std::iter::empty(), Some("no <jobs> match"));
        assert!(
            nothing.contains("tests=\"1\" failures=\"1\"")
                && nothing.contains("message=\"no &lt;jobs&gt; match\"/>"),
            "{nothing}"
        );
        assert!(text.contains("name=\"job/a\" time=\"1.500\"/>"), "{text}");
        assert!(
            text.contains("type=\"Stuck\" message=\"R: &lt;a&gt; &amp; &quot;b&quot; \u{fffd} \""),
            "{text}"
        );
    }

    #[test]
    fn an_annotation_stays_one_command() {
        assert_eq!(
            annotation("job/a", "50%\n::error::x"),
            "::error title=job/a::50%25%0A::error::x\n"
        );
    }
}
