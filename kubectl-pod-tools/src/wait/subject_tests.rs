//! Tests of the streams of Pods and events.

use std::time::Duration;

use super::subject::{lookup_source, pods_source};
use super::watch::{Keep, Mode, Source};
use crate::cluster::{Resource, Selection};

fn jobs() -> Source {
    Source {
        stream: 7,
        all: Some(6),
        resource: Resource::built_in("batch/v1", "Job").unwrap(),
        namespace: "home".to_owned(),
        selection: Selection::named("one"),
        names: vec!["one".to_owned()],
        keep: Keep::All,
        mode: Mode::Poll(Duration::from_secs(5)),
        optional: false,
        to_delete: true,
    }
}

#[test]
fn a_stream_beside_that_of_a_group_has_nothing_of_its_choice() {
    for (selector, labels) in [("app=mine", Some("app=mine")), ("", None)] {
        let source = pods_source(&jobs(), 3, selector).unwrap();
        assert_eq!((source.stream, source.all), (3, None));
        assert_eq!(source.resource.kind, "Pod");
        assert_eq!(source.namespace, "home");
        assert_eq!(source.selection.labels.as_deref(), labels);
        assert_eq!(source.selection.fields, None);
        assert!(source.names.is_empty(), "{:?}", source.names);
        assert!(matches!(source.keep, Keep::Status));
        assert_eq!(source.mode, jobs().mode);
        assert!(source.optional && !source.to_delete);
    }
}

#[test]
fn a_look_is_for_one_name_and_under_its_own_number() {
    for (namespace, stays, found_in, mode) in [
        ("", true, "home", jobs().mode),
        ("", false, "home", Mode::Once),
        ("other", true, "other", jobs().mode),
        ("other", false, "other", Mode::Once),
    ] {
        let mut like = jobs();
        like.optional = true;
        let source = lookup_source(&like, 3, (namespace, "it"), stays);
        assert_eq!((source.stream, source.all), (3, None));
        assert_eq!(source.resource.kind, "Job");
        assert_eq!(source.namespace, found_in);
        assert_eq!(source.selection, Selection::named("it"));
        assert_eq!(source.names, ["it"]);
        assert!(matches!(source.keep, Keep::All));
        assert_eq!(source.mode, mode);
        assert!(!source.optional && source.to_delete);
    }
}
