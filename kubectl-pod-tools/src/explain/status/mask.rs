//! Credentials in the words of others: the address of a probe in an event, a line of a log.

use super::report::StatusBody;
use crate::explain::mask::mask_text;

/// Replaces values such as that of `token=abc` wherever a report repeats what others have written.
pub(super) fn mask(body: &mut StatusBody) {
    let mut texts: Vec<&mut String> = vec![&mut body.summary];
    texts.extend(&mut body.misleading);
    for cause in &mut body.causes {
        texts.push(&mut cause.message);
        texts.extend(cause.evidence.iter_mut().map(|fact| &mut fact.text));
    }
    for container in &mut body.containers {
        texts.extend(&mut container.message);
        let lines = container.last_run.iter_mut();
        texts.extend(lines.filter_map(|run| run.log.as_mut()).flatten());
    }
    // Most texts have no pair at all.
    let has_pair = |text: &&mut String| text.contains('=');
    for text in texts.into_iter().filter(has_pair) {
        *text = mask_text(text);
    }
}
