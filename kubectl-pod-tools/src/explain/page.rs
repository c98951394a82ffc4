//! The explanations as a page for a browser.

use k8s_openapi::jiff::Timestamp;
use pod_model::Severity;

use super::args::ExplainOptions;
use super::driver::ExplainRun;
use super::masked_lines::masked_lines;
use super::topic::{Explained, Topic};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{Page, PageItem, SourceLines};
use crate::targets::Target;

impl<T: Topic> ExplainRun<'_, T> {
    /// Prints a page with all targets.
    ///
    /// # Errors
    /// An input without targets, a name that no target has.
    pub(super) fn page(&self, options: &ExplainOptions) -> Result<Exit, CommandError> {
        let mut page = Page::default();
        let mut names: Vec<String> = Vec::new();
        let work = |items: &mut Vec<PageItem>, explained: Explained<T::Body>| {
            items.push(item(self.topic(), &explained, options.show_secrets));
            Ok(())
        };
        let exit = self.for_each(work, |items| {
            for item in items {
                page.add(&item);
                names.push(item.name);
            }
            Ok(())
        })?;
        let about = T::REPORT.strip_suffix("Report").unwrap_or(T::REPORT);
        let about = about.to_lowercase();
        let title = match names.as_slice() {
            [one] => format!("{one}: {about}"),
            several => format!("{} targets: {about}", several.len()),
        };
        let now = options.now.unwrap_or_else(Timestamp::now);
        let notes = [format!(
            "As of {now:.0}, by the rules of Kubernetes {}. Made by pod-tools {}.",
            self.version().rules,
            env!("CARGO_PKG_VERSION")
        )];
        self.ui().raw_data(&page.finish(&title, &notes));
        Ok(exit)
    }
}

fn item<T: Topic>(topic: &T, explained: &Explained<T::Body>, show_secrets: bool) -> PageItem {
    let Explained { target, item } = explained;
    PageItem {
        name: target.shown.clone(),
        verdict: item.verdict,
        summary: topic.summary(explained),
        sections: topic.sections(explained),
        source: source(target, &item.findings, show_secrets),
    }
}

/// Returns the lines of a target of a file, unless it may be a Secret.
fn source(
    target: &Target,
    findings: &[pod_model::Finding],
    show_secrets: bool,
) -> Option<SourceLines> {
    let document = target.document.as_ref()?;
    let tree = document.tree();
    // Of a key that stands twice the tree has one value only.
    let may_hide = tree.duplicates_within(document.root()).is_empty();
    if document.may_be_secret() || !(show_secrets || may_hide) {
        return None;
    }
    let found = document.find_nearest(&pod_model::FieldPath::root());
    let mut findings = findings.to_vec();
    findings.retain(|finding| finding.severity != Severity::Info || finding.help.is_some());
    Some(SourceLines {
        source: document.source().clone(),
        span: found.span(),
        findings,
        masked: if show_secrets {
            Vec::new()
        } else {
            masked_lines(document)
        },
    })
}
