//! Parts of a page that several blocks have.

use pod_model::{Finding, Severity};

use crate::render::cell::Tone;
use crate::render::markup::markup;

/// Returns the class of a tone.
pub(super) fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Warning => "warning",
        Tone::Error => "error",
    }
}

/// Returns the word and the class of a severity.
pub(super) fn severity(finding: &Finding) -> (&'static str, &'static str) {
    match finding.severity {
        Severity::Error => ("error", "error"),
        Severity::Warning => ("warning", "warning"),
        Severity::Info => ("info", "dim"),
    }
}

/// Begins a table that scrolls in its own box.
pub(super) fn begin_table(out: &mut String, name: &str, columns: &[&str]) {
    out.push_str(&format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n<thead><tr>",
        markup(name)
    ));
    for column in columns {
        out.push_str(&format!("<th scope=\"col\">{}</th>", markup(column)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

/// Ends what [`begin_table`] has begun.
pub(super) fn end_table(out: &mut String) {
    out.push_str("</tbody>\n</table></div>\n");
}

/// Adds the severity, the message and the help of a finding.
pub(super) fn push_finding(out: &mut String, finding: &Finding) {
    let (word, class) = severity(finding);
    let lines: Vec<String> = finding.message.lines().map(markup).collect();
    out.push_str(&format!(
        "<p><strong class=\"{class}\">{word}</strong> {} <code>{}</code></p>",
        lines.join("<br>"),
        markup(finding.id())
    ));
    if let Some(help) = &finding.help {
        let lines: Vec<String> = help.lines().map(markup).collect();
        out.push_str(&format!("<p>help: {}</p>", lines.join("<br>")));
    }
}
