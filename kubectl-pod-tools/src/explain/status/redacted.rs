//! `--redact`: the objects that the state follows from, with names and values hidden.

use std::collections::HashSet;

use k8s_openapi::jiff::Timestamp;
use pod_model::redact::redact;
use serde_json::Value;

use super::options::StatusOptions;
use super::report::StatusBody;
use super::topic::StatusTopic;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
use crate::explain::topic::Explained;
use crate::render::{Structured, to_structured};

/// Prints a List that `explain-status -f` judges alike.
pub(super) fn print(
    run: &ExplainRun<'_, StatusTopic<'_>>,
    options: &StatusOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    let mut objects = Vec::new();
    let add = |own: &mut Vec<Value>, explained: Explained<StatusBody>| {
        own.extend(explained.target.to_value());
        Ok(())
    };
    let exit = run.for_each(add, |own| {
        objects.extend(own);
        Ok(())
    })?;
    objects.extend(run.looked_up());
    let mut seen = HashSet::new();
    objects.retain(|own| seen.insert(identity(own)));
    let format = options.explain.format.structured();
    let text = to_structured(&redact(objects), format.unwrap_or(Structured::Json))?;
    context.ui.data(&text);
    let ui = &context.ui;
    ui.note("names and values are hidden; look through the file before you send it");
    let now = options.explain.now.unwrap_or_else(Timestamp::now);
    ui.note(&format!(
        "judge it with `explain-status -f FILE --offline --now {now:.0}`"
    ));
    Ok(exit)
}

/// A target answers look-ups, too.
fn identity(object: &Value) -> [Option<String>; 4] {
    let paths = [
        "/apiVersion",
        "/kind",
        "/metadata/namespace",
        "/metadata/name",
    ];
    paths.map(|path| Some(object.pointer(path)?.as_str()?.to_owned()))
}
