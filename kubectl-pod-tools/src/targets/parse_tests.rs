use super::*;

fn show(target: TargetRef) -> String {
    let kind = |kind: &TypeRef| match kind {
        TypeRef::BuiltIn(kind) => kind.plural.to_owned(),
        TypeRef::Word(word) => format!("?{word}"),
    };
    match target {
        TargetRef::Named(of, name) => format!("{}/{name}", kind(&of)),
        TargetRef::Words(words) => words.join(" "),
        TargetRef::Selected {
            kind: of,
            selection,
            all_namespaces,
        } => {
            let mut shown = of.as_ref().map_or_else(|| "*".to_owned(), kind);
            for (flag, value) in [("-l", selection.labels), ("-f", selection.fields)] {
                shown.extend(value.map(|value| format!(" {flag} {value}")));
            }
            shown + if all_namespaces { " -A" } else { "" }
        }
    }
}

fn parsed(words: &[&str], args: TargetArgs<'_>) -> Result<Vec<String>, String> {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    let args = TargetArgs {
        words: &words,
        ..args
    };
    let refs = parse(&args, "", &check_pod_template).map_err(|failure| failure.message)?;
    Ok(refs.into_iter().map(show).collect())
}

#[test]
fn targets_are_named_as_with_kubectl() {
    for (words, expected) in [
        (&["web"][..], &["pods/web"][..]),
        (&["web", "db"], &["web db"]),
        (
            &["job/a", "deploy/b", "c"],
            &["jobs/a", "deployments/b", "pods/c"],
        ),
        (&["jobs", "a", "b"], &["jobs/a", "jobs/b"]),
        // One word is a name, whatever it says.
        (&["job"], &["pods/job"]),
        (&["rollout/web"], &["?rollout/web"]),
    ] {
        let found = parsed(words, TargetArgs::default());
        assert_eq!(found.unwrap(), expected, "{words:?}");
    }
}

#[test]
fn selectors_choose_objects_of_types() {
    let labels = TargetArgs {
        selector: Some("a=b"),
        ..TargetArgs::default()
    };
    let all = TargetArgs {
        all: true,
        all_namespaces: true,
        ..TargetArgs::default()
    };
    let fields = TargetArgs {
        field_selector: Some("status.phase=Running"),
        ..labels
    };
    for (words, args, expected) in [
        (&[][..], labels, &["* -l a=b"][..]),
        (&["job"], labels, &["jobs -l a=b"]),
        (&["jobs,pods"], all, &["jobs -A", "pods -A"]),
        (&["pods"], fields, &["pods -l a=b -f status.phase=Running"]),
        (&["rollouts"], all, &["?rollouts -A"]),
    ] {
        assert_eq!(parsed(words, args).unwrap(), expected, "{words:?}");
    }
}

#[test]
fn flags_conflict_as_with_kubectl() {
    let none = TargetArgs::default();
    let labels = TargetArgs {
        selector: Some("a=b"),
        ..none
    };
    let all = TargetArgs { all: true, ..none };
    let everywhere = TargetArgs {
        all_namespaces: true,
        ..none
    };
    let both = TargetArgs {
        all: true,
        ..labels
    };
    let with_names = "cannot combine names with `-l`, `--field-selector` or `--all`";
    for (words, args, message) in [
        (&["pods", "web"][..], labels, with_names),
        (&["pods", "web"], all, with_names),
        (&["pods"], both, "cannot combine `--all` with `-l`"),
        (&["pod/web"], labels, "expected a TYPE, found `pod/web`"),
        (&["pods,"], all, "expected a TYPE, found ``"),
        (
            &["web"],
            everywhere,
            "a resource cannot be retrieved by name across all namespaces",
        ),
        (&[], none, "no target given"),
    ] {
        assert_eq!(parsed(words, args).unwrap_err(), message, "{words:?}");
    }
}

#[test]
fn a_word_names_one_object_or_is_refused() {
    for word in ["", "/", "job/", "/a", "a/b/c", "a//b", "job//"] {
        let message = format!("expected NAME or TYPE/NAME, found `{word}`");
        for words in [&[word][..], &["job/first", word], &[word, "job/last"]] {
            let found = parsed(words, TargetArgs::default());
            assert_eq!(found.unwrap_err(), message, "{words:?}");
        }
    }
    for words in [
        &["job/x", "pod"][..],
        &["deploy", "job/x"],
        &["web", "job/x", "cj"],
    ] {
        assert!(parsed(words, TargetArgs::default()).is_err(), "{words:?}");
    }
    for (word, name) in [
        (".", "."),
        ("..", ".."),
        ("job/..", ".."),
        ("pod/.", "."),
        ("a%2fb", "a%2fb"),
        ("job/100%", "100%"),
    ] {
        let message = format!("invalid object name `{name}`");
        assert_eq!(check_word(word).unwrap_err().message, message);
    }
    // The server decides on all other names.
    for word in ["a", "job/a.b", "A_b", "a,b", "pod/a b", "..."] {
        assert!(check_word(word).is_ok(), "{word}");
    }
}

#[test]
fn a_type_without_a_pod_template_is_refused() {
    for (words, message) in [
        (&["svc/web"][..], "a Service has no Pod template"),
        (&["ingress", "web"], "an Ingress has no Pod template"),
        (
            &["job", "a", "job/b"],
            "expected a name after `job`, found `job/b`",
        ),
    ] {
        let found = parsed(words, TargetArgs::default());
        assert_eq!(found.unwrap_err(), message, "{words:?}");
    }
    let failure = check_pod_template(kinds::by_type("svc").unwrap()).unwrap_err();
    let help = failure.help.unwrap();
    assert!(
        help.starts_with("types with a Pod template: pod, "),
        "{help}"
    );
}
