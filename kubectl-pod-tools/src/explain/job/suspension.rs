//! Who has suspended a Job.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ManagedFieldsEntry, ObjectMeta};

/// Label of Kueue with the queue of a Job, which Kueue suspends until it admits it.
const QUEUE: &str = "kueue.x-k8s.io/queue-name";

/// Returns who suspends the object, as far as its metadata tells.
pub(super) fn suspended_by(metadata: &ObjectMeta) -> Option<String> {
    let labels = metadata.labels.as_ref();
    let queue = labels.and_then(|labels| labels.get(QUEUE));
    if let Some(queue) = queue {
        return Some(format!(
            "Kueue resumes it when the queue `{queue}` admits it (label {QUEUE})"
        ));
    }
    let entries = metadata.managed_fields.iter().flatten();
    let mut owners: Vec<&ManagedFieldsEntry> = entries.filter(|own| owns_suspend(own)).collect();
    owners.sort_by_key(|own| own.time.as_ref().map(|time| time.0));
    let last = owners.last()?;
    let manager = last.manager.as_deref()?;
    let at = last.time.as_ref().map(|time| format!(" at {}", time.0));
    Some(format!(
        "the field manager `{manager}` has set it{}",
        at.unwrap_or_default()
    ))
}

fn owns_suspend(entry: &ManagedFieldsEntry) -> bool {
    let fields = entry.fields_v1.as_ref();
    fields.is_some_and(|fields| fields.0.pointer("/f:spec/f:suspend").is_some())
}
