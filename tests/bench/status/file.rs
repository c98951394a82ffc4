//! A file of many Pods and their events, made of those of the records.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::situations::Situation;

/// Events of each Pod.
pub(crate) const EVENTS: usize = 4;

/// A Pod of a record, and the events about it.
pub(crate) struct Template {
    pod: Value,
    events: Vec<Value>,
}

/// Returns every Pod of the records.
pub(crate) fn templates() -> Vec<Template> {
    let mut all = Vec::new();
    for one in Situation::all() {
        let objects = one.record();
        let of = |kind: &str| {
            let kind = kind.to_owned();
            objects
                .iter()
                .filter(move |own| own["kind"] == kind.as_str())
        };
        for pod in of("Pod") {
            let is_about =
                |event: &&Value| event["involvedObject"]["uid"] == pod["metadata"]["uid"];
            let mut events: Vec<Value> = of("Event").filter(is_about).cloned().collect();
            if events.is_empty() {
                events.push(json!({
                    "apiVersion": "v1", "kind": "Event", "metadata": {"namespace": "demo"},
                    "involvedObject": {"kind": "Pod", "namespace": "demo"},
                    "reason": "Scheduled", "message": "Successfully assigned", "count": 1,
                }));
            }
            let mut pod = pod.clone();
            pod["metadata"]
                .as_object_mut()
                .unwrap()
                .remove("ownerReferences");
            all.push(Template { pod, events });
        }
    }
    all
}

/// Writes a list of so many Pods, each with its events behind it, and returns the path.
pub(crate) fn write(dir: &Path, templates: &[Template], count: usize) -> String {
    let mut items = Vec::new();
    for (number, template) in (0..count).zip(templates.iter().cycle()) {
        let mut pod = template.pod.clone();
        let name = format!("web-{number}");
        let uid = format!("00000000-0000-0000-0000-{number:012}");
        pod["metadata"]["name"] = name.as_str().into();
        pod["metadata"]["uid"] = uid.as_str().into();
        items.push(pod);
        for (event, own) in template.events.iter().cycle().take(EVENTS).enumerate() {
            let mut own = own.clone();
            own["metadata"]["name"] = format!("{name}.{event}").into();
            own["involvedObject"]["name"] = name.as_str().into();
            own["involvedObject"]["uid"] = uid.as_str().into();
            items.push(own);
        }
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let path = dir.join(format!("{count}.json"));
    fs::write(&path, serde_json::to_vec_pretty(&list).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}
