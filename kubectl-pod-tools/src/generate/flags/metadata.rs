//! Flags of the object's name, labels and annotations.

use super::super::draft::{Draft, TargetKind};
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::pair;

pub(super) const GROUP: Group = Group {
    heading: "Object",
    flags: &[
        Flag::once(
            "generate-name",
            "PREFIX",
            "Prefix of a generated name, instead of NAME",
            "migrate-",
            |draft, prefix| {
                draft.meta.generate_name = Some(prefix.owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::many(
            "labels",
            "KEY=VALUE",
            "Set labels, also on a Job's Pods",
            "app=web,tier=front",
            labels,
        )
        .more("Several labels are separated by commas: app=web,tier=front.")
        .short('l')
        .of_pod(),
        Flag::many(
            "annotation",
            "KEY=VALUE",
            "Set an annotation, also on a Job's Pods",
            "example.com/owner=team-a",
            annotation,
        )
        .of_pod(),
    ],
};

fn labels(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    for word in fragment.split(",") {
        let (key, value) = pair(word, "KEY=VALUE")?;
        for meta in metas(draft) {
            let labels = meta.labels.get_or_insert_default();
            labels.insert(key.owned(), value.owned());
        }
    }
    Ok(())
}

fn annotation(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (key, value) = pair(fragment, "KEY=VALUE")?;
    for meta in metas(draft) {
        let annotations = meta.annotations.get_or_insert_default();
        annotations.insert(key.owned(), value.owned());
    }
    Ok(())
}

type Meta = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Returns the metadata of the object, and of the Pod template in a Job.
fn metas(draft: &mut Draft) -> impl Iterator<Item = &mut Meta> {
    let template = (draft.target_kind == TargetKind::Job).then_some(&mut draft.template);
    std::iter::once(&mut draft.meta).chain(template)
}
