//! Mistakes in the command line and its files are reported before a cluster is asked, so
//! also if it cannot be reached.

use crate::POD;
use crate::apiserver::ApiServer;
use crate::support::Home;

const FILES: [(&str, &str); 9] = [
    ("empty.yaml", ""),
    ("comment.yaml", "# nothing\n---\n"),
    ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n"),
    ("syntax.yaml", "apiVersion: v1\nkind: [\n"),
    ("array.yaml", "[]\n"),
    (
        "untyped.json",
        "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}",
    ),
    (
        "nameless.yaml",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: i}]}\n",
    ),
    ("config.json", "{"),
    ("pod.yaml", POD),
];
/// Those that no command can do anything with.
const BROKEN: [&str; 8] = [
    "gone.yaml",
    "no*.yaml",
    "empty.yaml",
    "comment.yaml",
    "list.yaml",
    "syntax.yaml",
    "array.yaml",
    "untyped.json",
];

/// Runs it with no kubeconfig, with one that is broken, and with a server that is never
/// asked; the exit code, which is the same each time.
fn code(args: &[&str]) -> Option<i32> {
    let server = ApiServer::new();
    let home = Home::with(&FILES);
    home.write("broken", "clusters: [");
    let url = server.url();
    let ways: [&[&str]; 4] = [
        &[],
        &["--kubeconfig=broken"],
        &["--server=http://127.0.0.1:1"],
        &["--server", &url],
    ];
    let codes = ways.map(|way| {
        let run = home.run(&[args, way].concat());
        assert!(
            !run.stderr.contains("kubeconfig"),
            "{args:?} {way:?}: {run:?}"
        );
        assert!(
            !run.stderr.contains("127.0.0.1"),
            "{args:?} {way:?}: {run:?}"
        );
        run.code
    });
    assert!(
        codes.iter().all(|code| *code == codes[0]),
        "{args:?} {codes:?}"
    );
    assert!(server.requests().is_empty(), "{args:?}");
    codes[0]
}

#[test]
fn a_file_that_gives_nothing_is_told_first() {
    for command in [
        &["create"][..],
        &["create", "--dry-run=server"],
        &["create", "--wait", "--timeout=5s"],
        &["apply"],
        &["wait"],
        &["explain-env"],
    ] {
        for file in BROKEN {
            assert_eq!(
                code(&[command, &["-f", file]].concat()),
                Some(1),
                "{command:?} {file}"
            );
        }
    }
    for command in ["create", "apply", "wait"] {
        assert_eq!(
            code(&[command, "-f", "nameless.yaml"]),
            Some(1),
            "{command}"
        );
    }
}

#[test]
fn a_selector_a_word_or_another_file_is_told_first() {
    for (args, expected) in [
        (&["wait", "jobs", "-l", "a==b==c"][..], 2),
        (&["wait", "jobs", "-l", "a in b"], 2),
        (&["wait", "jobs", "--field-selector", "phase"], 2),
        (&["wait", "job/x/y"], 2),
        (&["wait", "job/"], 2),
        (&["wait", "job/x", "--for=foo"], 2),
        (&["explain-env", "-l", "="], 2),
        (&["explain-env", "jobs", "-l", "a,,b"], 2),
        (&["explain-env", "job/x/y"], 2),
        (&["explain-env", "svc/x"], 2),
        (&["explain-env", "web", "--image-config", "gone.json"], 1),
        (&["explain-env", "web", "--image-config", "config.json"], 1),
        (&["create", "pod", "a", "--from", "gone.yaml"], 1),
        (&["create", "pod", "a", "--image=i", "--port", "http"], 2),
    ] {
        assert_eq!(code(args), Some(expected), "{args:?}");
    }
}

/// Mistakes for some versions only are reported if the cluster cannot be asked for its own.
#[test]
fn an_invalid_object_is_told_where_the_cluster_cannot_be_reached() {
    let home = Home::with(&[
        ("bad.yaml", &POD.replace("image:", "imagee:")),
        ("pod.yaml", POD),
    ]);
    for command in ["create", "apply"] {
        for (files, code) in [
            (&["-f", "bad.yaml"][..], 1),
            (&["-f", "bad.yaml,pod.yaml"], 3),
        ] {
            let run = home.run(&[&[command], files].concat());
            assert_eq!(run.code, Some(code), "{run:?}");
            assert!(run.stderr.contains("unknown field `imagee`"), "{run:?}");
            let is_told = run.stderr.contains("no cluster is configured");
            assert_eq!(is_told, code == 3, "{run:?}");
        }
    }
}
