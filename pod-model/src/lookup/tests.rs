//! Files before the cluster, and what an absence means.

use k8s_openapi::api::core::v1::{ConfigMap, Event, PersistentVolumeClaim};
use serde_json::json;

use super::*;
use crate::selector::{FieldSelector, LabelSelector};

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
        answers.add_from_file(kind, "n", name, object(kind, name, by), "f.yaml:1".into());
    }
    for name in ["c", "a"] {
        answers.add_from_cluster(
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
        Answer::Failed(_) => "failed",
        Answer::NotAsked => "not asked",
    };
    assert_eq!(is(&answers, "a"), "not asked");
    let named = |name: &str| Need::named::<ConfigMap>("n", name);
    answers.add_unavailable(&named("a"), Unavailable::Missing);
    answers.add_unavailable(&named("b"), Unavailable::Forbidden);
    answers.add_unavailable(&named("d"), Unavailable::Failed("broken".to_owned()));
    answers.set_completeness(kind, "n", Completeness::Forbidden);
    assert_eq!(
        ["a", "b", "c", "d"].map(|name| is(&answers, name)),
        ["missing", "forbidden", "not asked", "failed"]
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
    answers.add_from_file(kind, "n", "a", object(kind, "a", "file"), "f".into());
    answers.add_unavailable(&named("b"), Unavailable::Forbidden);
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
    answers.add_from_file(kind, "n", "a", object(kind, "a", "file"), "f".into());
    answers.add_from_cluster(
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
    answers.set_listed(&need);
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

#[test]
fn events_are_chosen_by_their_object_wherever_they_are_from() {
    let kind = LookupKind::of::<Event>();
    let event = |name: &str, uid: &str| {
        let value = json!({"metadata": {"name": name, "namespace": "n"},
            "involvedObject": {"kind": "Pod", "uid": uid}});
        kind.decode_value(&value).unwrap()
    };
    let of = |uid: &str| FieldSelector::equal([("involvedObject.uid", uid)]);
    let names = |answers: &Answers, selector: &FieldSelector| {
        let list = answers.with_fields::<Event>("n", selector);
        let name = |found: &Found<'_, Event>| found.object.metadata.name.clone().unwrap();
        let names: Vec<_> = list.objects.iter().map(name).collect();
        (names.join(" "), list.completeness)
    };
    let mut answers = Answers::default();
    let need = Need::with_fields::<Event>("n", of("u1"));
    assert_eq!(
        names(&answers, &of("u1")),
        (String::new(), Completeness::NotAsked)
    );
    answers.add_from_file(kind, "n", "a", event("a", "u1"), "f".into());
    answers.add_from_file(kind, "n", "b", event("b", "u2"), "f".into());
    assert_eq!(
        names(&answers, &of("u1")),
        ("a".to_owned(), Completeness::NotAsked)
    );
    // What was read of a field is forgotten when objects are added.
    answers.add_from_cluster(kind, "n", "c", event("c", "u1"), "cluster".into());
    answers.set_listed(&need);
    assert_eq!(
        names(&answers, &of("u1")),
        ("a c".to_owned(), Completeness::Complete)
    );
    assert_eq!(
        names(&answers, &of("u2")),
        ("b".to_owned(), Completeness::NotAsked)
    );
    let others = FieldSelector::parse("involvedObject.uid!=u1,involvedObject.kind=Pod").unwrap();
    assert_eq!(names(&answers, &others).0, "b");
    assert!(answers.satisfy(&need));
    assert!(!answers.satisfy(&Need::with_fields::<Event>("n", of("u2"))));
}

#[test]
fn a_list_that_failed_keeps_its_reason() {
    let kind = LookupKind::of::<ConfigMap>();
    let mut answers = Answers::default();
    let need = Need::all::<ConfigMap>("n");
    answers.add_unavailable(&need, Unavailable::Failed("not served".to_owned()));
    let list = answers.all::<ConfigMap>("n");
    assert_eq!(
        (list.completeness, list.failure),
        (Completeness::Failed, Some("not served"))
    );
    assert!(answers.satisfy(&need), "it is not asked again");
    // A selector has its own answer, unless the whole list is complete.
    let file = LabelSelector::parse("by=file").unwrap();
    answers.add_unavailable(
        &Need::matching::<ConfigMap>("n", file.clone()),
        Unavailable::Forbidden,
    );
    let completeness = |answers: &Answers| answers.matching::<ConfigMap>("n", &file).completeness;
    assert_eq!(completeness(&answers), Completeness::Forbidden);
    answers.set_completeness(kind, "n", Completeness::Complete);
    assert_eq!(completeness(&answers), Completeness::Complete);
}
