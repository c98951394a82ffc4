//! An answer of `explain-status`, compared with what a situation expects.

use std::process::Output;

use serde_json::Value;

use super::situation::{Expectation, Verdict};

/// The answer about one target.
#[derive(Debug)]
pub(crate) struct Answer {
    item: Value,
    code: Option<i32>,
}

impl Answer {
    /// Reads the report of one target, or says what came instead of it.
    pub(crate) fn of(output: &Output) -> Result<Self, String> {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let report: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("no report ({error}): {stderr}"))?;
        match report["items"].as_array().map(Vec::as_slice) {
            Some([item]) => Ok(Self {
                item: item.clone(),
                code: output.status.code(),
            }),
            items => Err(format!(
                "{} items: {stderr}",
                items.map_or(0, <[Value]>::len)
            )),
        }
    }

    pub(crate) fn verdict(&self) -> Option<Verdict> {
        serde_json::from_value(self.item["verdict"].clone()).ok()
    }

    /// Returns the id of the first cause.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.item["causes"][0]["id"].as_str()
    }

    pub(crate) fn summary(&self) -> &str {
        self.item["summary"].as_str().unwrap_or_default()
    }

    /// Returns everything but the place of the target in its file.
    pub(crate) fn content(&self) -> Value {
        let mut item = self.item.clone();
        if let Some(item) = item.as_object_mut() {
            item.remove("target");
        }
        item
    }

    /// Returns whether it states the opposite of the truth.
    pub(crate) fn is_opposite(&self, expected: &Expectation) -> bool {
        match (expected.verdict.first(), self.verdict()) {
            (Some(Verdict::Ok), Some(Verdict::No)) | (Some(Verdict::No), Some(Verdict::Ok)) => {
                !expected
                    .verdict
                    .iter()
                    .any(|one| Some(*one) == self.verdict())
            }
            _ => false,
        }
    }

    /// Returns each difference from what has to be said.
    pub(crate) fn wrong(&self, expected: &Expectation) -> Vec<String> {
        let mut wrong = Vec::new();
        let verdict = self.verdict();
        if !expected.verdict.iter().any(|one| Some(*one) == verdict) {
            let how = if self.is_opposite(expected) {
                "the opposite: "
            } else {
                ""
            };
            wrong.push(format!(
                "{how}verdict {verdict:?}, expected {:?}",
                expected.verdict
            ));
        }
        if self.cause() != expected.cause.as_deref() {
            wrong.push(format!(
                "cause {:?}, expected {:?}",
                self.cause(),
                expected.cause
            ));
        }
        let text = self.text();
        let says = |word: &&String| text.contains(&word.to_lowercase());
        let missing = expected.says.iter().filter(|word| !says(word));
        wrong.extend(missing.map(|word| format!("does not say {word:?}")));
        let said = expected.never.iter().filter(says);
        wrong.extend(said.map(|word| format!("says {word:?}")));
        wrong.extend(self.contradiction());
        wrong
    }

    /// Returns what the answer says against itself.
    fn contradiction(&self) -> Option<String> {
        let better = self.item["betterByItself"].as_str();
        let fits = match self.verdict()? {
            Verdict::Ok => better == Some("yes") && self.code == Some(0),
            // What gets better by itself is not wrong for good.
            Verdict::No => matches!(better, Some("no" | "unknown")) && self.code == Some(1),
            Verdict::Unknown => better.is_some() && self.code == Some(0),
        };
        let Self { code, .. } = self;
        (!fits).then(|| {
            format!("betterByItself {better:?} and exit code {code:?} do not fit the verdict")
        })
    }

    /// Returns the words of the summary, the causes and the advice, in lower case.
    fn text(&self) -> String {
        let mut words = vec![self.summary().to_owned()];
        for cause in self.item["causes"].as_array().into_iter().flatten() {
            let fields = ["message", "certainty"].map(|field| cause[field].as_str());
            words.extend(fields.into_iter().flatten().map(str::to_owned));
        }
        let advice = self.item["advice"].as_array().into_iter().flatten();
        words.extend(advice.filter_map(Value::as_str).map(str::to_owned));
        words.join(" ").to_lowercase()
    }
}
