//! The table of `explain-env`: the origin of each variable, and the variables that
//! override others.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use super::trace::MIXED;
use crate::support::Home;

#[test]
fn the_table_names_its_file_and_what_overrides_what() {
    let home = Home::with(&[("a.yaml", MIXED), ("b.yaml", MIXED)]);
    let run = home.run(&[
        "explain-env",
        "-f",
        "a.yaml",
        "-f",
        "b.yaml",
        "-c",
        "app",
        "--offline",
    ]);
    assert!(
        run.stdout
            .contains("\npod/shop, container app, in b.yaml\n"),
        "{run:?}"
    );
    let (first, _) = run.stdout.split_once("\nerror[").unwrap();
    assert_data_eq!(
        first,
        str![[r#"
pod/shop, container app, in a.yaml
NAME               SOURCE                     VALUE
1a                 configmap/settings[1a]     x
HOST               configmap/settings[HOST]   db/u{1b}[31m
                                              (overridden by line 30)
PASSWORD           secret/login[password]     ***
URL                line 29                    db://***@db/u{1b}[31m
HOST               line 30                    db/u{1b}[31m:80
                                              (overrides configmap/settings[HOST])
WEB_PORT           line 31                    own
                                              (overrides service/web)
NAMESPACE          metadata.namespace         default
CPU                limits.cpu                 <the node's allocatable, as no limit is set>
ALL                line 34                    <depends on `CPU`>
WEB_…              service/web                6 variables (--services lists them)
WEB_SERVICE_PORT   service/web                80
WEB_PORT           service/web                tcp://10.0.0.7:80
                                              (overridden by line 31)
KUBERNETES_…       service/kubernetes         8 variables (--services lists them)
PATH               runtime                    <set by the image or the runtime>
HOSTNAME           runtime                    shop
HOME               runtime                    <the user's home directory in the image's /etc/passwd>
…                  other services             unknown: not asked

"#]]
    );
    for format in ["table", "json", "yaml"] {
        for secrets in [&[][..], &["--show-secrets"]] {
            let run = offline(MIXED, &[&["-o", format], secrets].concat());
            let odd = |c: char| c.is_control() && c != '\n';
            assert!(!run.all().contains(odd), "{format}: {run:?}");
        }
    }
    // Nothing is lost on the way.
    let json = offline(MIXED, &["-o", "json", "--show-secrets"]).stdout;
    let report: Value = serde_json::from_str(&json).unwrap();
    let env = &report["items"][0]["containers"][1]["env"];
    let values: Vec<&str> = env
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|v| v["value"].as_str())
        .collect();
    assert!(
        values.contains(&"db\u{1b}[31m") && values.contains(&"hunter2\u{1b}[31m"),
        "{values:?}"
    );
}
