//! The object's name, labels and annotations.

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
            "Let the server make up a name that begins so, instead of NAME",
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
            "Labels, of a Job's Pods too; several with commas",
            "app=web,tier=front",
            labels,
        )
        .short('l')
        .of_pod(),
        Flag::many(
            "annotation",
            "KEY=VALUE",
            "An annotation, of a Job's Pods too",
            "example.com/owner=team-a",
            annotation,
        )
        .of_pod(),
    ],
};

fn labels(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    for word in fragment.split(",") {
        let (key, value) = pair(word)?;
        for meta in metas(draft) {
            let labels = meta.labels.get_or_insert_default();
            labels.insert(key.owned(), value.owned());
        }
    }
    Ok(())
}

fn annotation(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (key, value) = pair(fragment)?;
    for meta in metas(draft) {
        let annotations = meta.annotations.get_or_insert_default();
        annotations.insert(key.owned(), value.owned());
    }
    Ok(())
}

type Meta = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The metadata of the object, and of the Pods that it makes.
fn metas(draft: &mut Draft) -> impl Iterator<Item = &mut Meta> {
    let template = (draft.target_kind == TargetKind::Job).then_some(&mut draft.template);
    std::iter::once(&mut draft.meta).chain(template)
}
