//! The work for a container grows linearly with it.

use super::*;

/// Something that can be counted, of so many things and of twice as many.
#[track_caller]
fn grows_evenly(what: &str, count: impl Fn(usize) -> usize) {
    let (few, many) = (count(500), count(1_000));
    assert!(few > 0, "{what}");
    assert!(many * 10 <= few * 23, "{what}: {few} become {many}");
}

#[test]
fn escapes_that_lie_in_each_other_have_short_names() {
    let names = |value: String| {
        let resolution = env(json!([{"name": "A", "value": value}])).run();
        let references = &resolution.container().env[0].references;
        references.iter().map(|r| r.name.len()).sum::<usize>()
    };
    for unit in ["$$(", "$$(a b ", "$$(é"] {
        grows_evenly(unit, |n| names(unit.repeat(n) + ")"));
    }
    let short = env(json!([{"name": "A", "value": "$$(NAME)"}])).run();
    assert_eq!(short.container().env[0].references[0].name, "NAME");
}

#[test]
fn similar_names_are_searched_within_a_budget() {
    let mistaken = |n: usize| {
        let one = |at: usize| json!({"name": format!("VARIABLE_{at}"), "value": format!("$(VARIBLE_{at})")});
        env((0..n).map(one).collect()).run()
    };
    let helps = |resolution: &Resolution| {
        let helps = resolution.findings.iter().filter_map(|f| f.help.as_deref());
        helps.filter(|help| help.contains("did you mean")).count()
    };
    assert_eq!(helps(&mistaken(100)), 100);
    grows_evenly("comparisons", |n| helps(&mistaken(n)) * n);
    let many = mistaken(1_000);
    let unresolved = many
        .findings
        .iter()
        .filter(|f| f.id() == "unresolved-reference");
    assert_eq!(unresolved.filter(|f| f.help.is_some()).count(), 1_000);
}

/// Returns the helps of that many mistakes.
type Of<'a> = &'a dyn Fn(usize) -> Resolution;

/// Returns the suggestions for that many missing keys or directories.
#[test]
fn similar_keys_and_directories_are_searched_within_a_budget() {
    let data = |n: usize, value: &str| -> Value {
        let one = |at: usize| (format!("setting_{at}"), json!(value));
        (0..n).map(one).collect::<serde_json::Map<_, _>>().into()
    };
    let mistaken = |n: usize, source: &str| -> Value {
        let one = |at: usize| json!({"name": format!("V{at}"), "valueFrom": {source: {"name": "o", "key": format!("seting_{at}")}}});
        (0..n).map(one).collect()
    };
    let of_keys = |n: usize| {
        env(mistaken(n, "configMapKeyRef"))
            .config_map("o", data(n, "1"))
            .run()
    };
    let of_secrets = |n: usize| {
        env(mistaken(n, "secretKeyRef"))
            .secret("o", data(n, "eA=="))
            .run()
    };
    let of_mounts = |n: usize| {
        let one = |at: usize| json!({"name": format!("VARIABLE_{at}"), "value": "1"});
        let mount = |at: usize| json!({"name": "v", "mountPath": format!("/{at}"), "subPathExpr": format!("$(VARIBLE_{at})")});
        world(
            json!({"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "c",
            "env": (0..n).map(one).collect::<Value>(),
            "volumeMounts": (0..n).map(mount).collect::<Value>()}]}),
        )
        .run()
    };
    let helps = |resolution: &Resolution| {
        let helps = resolution.findings.iter().filter_map(|f| f.help.as_deref());
        helps.filter(|help| help.contains("did you mean")).count()
    };
    let all: [(&str, Of<'_>, &str); 3] = [
        ("keys of a ConfigMap", &of_keys, "missing-key"),
        ("keys of a Secret", &of_secrets, "missing-key"),
        ("directories", &of_mounts, "unresolved-reference"),
    ];
    for (what, of, id) in all {
        assert_eq!(helps(&of(100)), 100, "{what}");
        grows_evenly(what, |n| helps(&of(n)) * n);
        let many = of(1_000);
        let found = many.findings.iter().filter(|f| f.id() == id);
        assert_eq!(found.filter(|f| f.help.is_some()).count(), 1_000, "{what}");
    }
}

#[test]
fn names_that_stand_twice_or_later_are_found_among_many() {
    let one = |at: usize| json!({"name": format!("V{}", at % 50), "value": format!("$(W{at})")});
    let mut all: Vec<Value> = (0..100).map(one).collect();
    all.extend((0..100).map(|at| json!({"name": format!("W{at}"), "value": "1"})));
    let resolution = env(all.into()).run();
    let count = |id: &str| resolution.findings.iter().filter(|f| f.id() == id).count();
    assert_eq!(count("duplicate-name"), 50);
    let first = resolution.finding("duplicate-name");
    let before = &first.related_paths[0].path;
    assert_eq!(
        (first.path.to_string(), before.to_string()),
        (
            "spec.containers[0].env[50].name".to_owned(),
            "spec.containers[0].env[0].name".to_owned()
        )
    );
    let late = resolution.finding("unresolved-reference");
    assert!(
        late.message
            .ends_with("defined after it, 100 entries later"),
        "{late:?}"
    );
}

/// 100 variables that double would take 16 * 2^100 bytes, and one argument with many references
/// 4 GiB.
#[test]
fn values_that_no_container_can_have_are_not_built() {
    let doubling = |n: usize| {
        let value = match n {
            0 => "x".repeat(16),
            n => format!("$(A{})$(A{})", n - 1, n - 1),
        };
        json!({"name": format!("A{n}"), "value": value})
    };
    let got = env(json!((0..100).map(doubling).collect::<Vec<_>>())).run();
    for rule in ["value-too-long", "environment-too-long"] {
        assert!(got.ids().contains(&rule), "{rule}: {:?}", got.ids());
    }
    let container = got.container();
    let kept = container.env.iter().filter_map(|v| v.value.as_ref());
    let longest = kept.map(String::len).max().unwrap();
    assert!((1 << 20..=4 << 20).contains(&longest), "{longest}");

    // Many that are long, none of which is too long to be kept by itself.
    let many = (0..1_000).map(|n| json!({"name": format!("V{n}"), "value": "$(A0)$(A0)"}));
    let long = json!({"name": "A0", "value": "x".repeat(100 * 1024)});
    let got = env(json!(std::iter::once(long).chain(many).collect::<Vec<_>>())).run();
    assert!(
        got.ids().contains(&"environment-too-long"),
        "{:?}",
        got.ids()
    );
    let container = got.container();
    let kept = container.env.iter().filter_map(|v| v.value.as_ref());
    let sum: usize = kept.map(String::len).sum();
    assert!(sum < 9 << 20, "{sum}");

    let container = json!({
        "name": "c",
        "env": [{"name": "A", "value": "x".repeat(100 * 1024)}],
        "args": ["$(A)".repeat(40_000)],
    });
    let got = world(json!({"containers": [container]})).run();
    for rule in ["argument-too-long", "environment-too-long"] {
        assert!(got.ids().contains(&rule), "{rule}: {:?}", got.ids());
    }
}
