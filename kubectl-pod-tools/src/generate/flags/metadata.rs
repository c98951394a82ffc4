//! The object's name, labels and annotations.

use super::super::draft::{Draft, Made};
use super::super::flag::{Flag, Group};
use super::super::part::{Part, Slip};
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

fn labels(draft: &mut Draft, part: Part<'_>) -> Result<(), Slip> {
    for word in part.split(",") {
        let (key, value) = pair(word)?;
        for meta in metas(draft) {
            let labels = meta.labels.get_or_insert_default();
            labels.insert(key.owned(), value.owned());
        }
    }
    Ok(())
}

fn annotation(draft: &mut Draft, part: Part<'_>) -> Result<(), Slip> {
    let (key, value) = pair(part)?;
    for meta in metas(draft) {
        let annotations = meta.annotations.get_or_insert_default();
        annotations.insert(key.owned(), value.owned());
    }
    Ok(())
}

type Meta = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The metadata of the object, and of the Pods that it makes.
fn metas(draft: &mut Draft) -> impl Iterator<Item = &mut Meta> {
    let template = (draft.made == Made::Job).then_some(&mut draft.template);
    std::iter::once(&mut draft.meta).chain(template)
}
