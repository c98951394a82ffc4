//! Files before the cluster, and what an absence means.

use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim};
use serde_json::json;

use super::*;
use crate::selector::LabelSelector;

fn object(kind: LookupKind, name: &str, by: &str) -> AnyObject {
    let value = json!({"metadata": {"name": name, "labels": {"by": by}}});
    kind.decode_value(&value).unwrap()
}

fn by(found: &Found<'_, ConfigMap>) -> String {
    found.object.metadata.labels.as_ref().unwrap()["by"].clone()
}

#[test]
fn a_file_comes_before_the_cluster_and_the_first_of_a_name_counts() {
    let kind = LookupKind::of::<ConfigMap>();
    let mut answers = Answers::default();
    for (name, by) in [("a", "file"), ("a", "second"), ("b", "file")] {
        answers.add_written(kind, "n", name, object(kind, name, by), "f.yaml:1".into());
    }
    for name in ["c", "a"] {
        answers.add_stored(
            kind,
            "n",
            name,
            object(kind, name, "cluster"),
            "cluster".into(),
        );
    }
    let Answer::Found(a) = answers.one::<ConfigMap>("n", "a") else {
        panic!("a is in a file");
    };
    assert_eq!((by(&a).as_str(), a.origin.object()), ("file", "f.yaml:1"));
    assert!(a.is_written && a.stored.is_some());
    let all = answers.all::<ConfigMap>("n");
    let seen: Vec<_> = all.objects.iter().map(by).collect();
    assert_eq!(seen, ["file", "second", "file", "cluster"]);
    assert_eq!(all.completeness, Completeness::NotAsked);
    assert!(answers.all::<ConfigMap>("other").objects.is_empty());
    let claims = answers.all::<PersistentVolumeClaim>("n");
    assert!(claims.objects.is_empty(), "another kind has its own names");
}

#[test]
fn an_absence_is_what_the_cluster_has_said() {
    let kind = LookupKind::of::<ConfigMap>();
    let mut answers = Answers::default();
    let is = |answers: &Answers, name: &str| match answers.one::<ConfigMap>("n", name) {
        Answer::Found(_) => "found",
        Answer::Missing => "missing",
        Answer::Forbidden => "forbidden",
        Answer::NotAsked => "not asked",
    };
    assert_eq!(is(&answers, "a"), "not asked");
    answers.add_unread(kind, "n", "a", false);
    answers.add_unread(kind, "n", "b", true);
    answers.set_completeness(kind, "n", Completeness::Forbidden);
    assert_eq!(
        ["a", "b", "c"].map(|name| is(&answers, name)),
        ["missing", "forbidden", "not asked"]
    );
    answers.set_completeness(kind, "n", Completeness::Complete);
    assert_eq!(is(&answers, "c"), "missing");
}

#[test]
fn only_what_is_not_known_is_asked_for() {
    let kind = LookupKind::of::<ConfigMap>();
    let mut answers = Answers::default();
    let named = |name: &str| Need::named::<ConfigMap>("n", name);
    assert!(!answers.satisfy(&named("a")));
    answers.add_written(kind, "n", "a", object(kind, "a", "file"), "f".into());
    answers.add_unread(kind, "n", "b", true);
    assert!(answers.satisfy(&named("a")) && answers.satisfy(&named("b")));
    assert!(!answers.satisfy(&named("a").as_stored()));
    assert!(!answers.satisfy(&Need::all::<ConfigMap>("n")));
    answers.set_completeness(kind, "n", Completeness::Forbidden);
    assert!(answers.satisfy(&Need::all::<ConfigMap>("n")));
    assert!(
        !answers.satisfy(&named("c")),
        "a get may be allowed where a list is not"
    );
    answers.set_completeness(kind, "n", Completeness::Complete);
    assert!(answers.satisfy(&named("c")) && answers.satisfy(&named("a").as_stored()));
}

#[test]
fn a_selector_chooses_among_all_that_is_known() {
    let kind = LookupKind::of::<ConfigMap>();
    let mut answers = Answers::default();
    let file = LabelSelector::parse("by=file").unwrap();
    let need = Need::matching::<ConfigMap>("n", file.clone());
    answers.add_written(kind, "n", "a", object(kind, "a", "file"), "f".into());
    answers.add_stored(
        kind,
        "n",
        "b",
        object(kind, "b", "cluster"),
        "cluster".into(),
    );
    let names = |answers: &Answers| {
        let list = answers.matching::<ConfigMap>("n", &file);
        let names = list
            .objects
            .iter()
            .map(|found| found.object.metadata.name.clone().unwrap());
        (names.collect::<Vec<_>>(), list.completeness)
    };
    assert_eq!(
        names(&answers),
        (vec!["a".to_owned()], Completeness::NotAsked)
    );
    assert!(!answers.satisfy(&need));
    answers.set_selected(kind, "n", file.clone(), Completeness::Complete);
    assert_eq!(
        names(&answers),
        (vec!["a".to_owned()], Completeness::Complete)
    );
    assert!(answers.satisfy(&need) && !answers.satisfy(&Need::all::<ConfigMap>("n")));
    let other = LabelSelector::parse("by!=file").unwrap();
    assert!(!answers.satisfy(&Need::matching::<ConfigMap>("n", other.clone())));
    answers.set_completeness(kind, "n", Completeness::Complete);
    assert!(answers.satisfy(&Need::matching::<ConfigMap>("n", other)));
}
