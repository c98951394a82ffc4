//! Every question that upstream's code can be asked is asked by a test.

use std::collections::BTreeSet;
use std::fs;

use crate::{root, sources};

#[test]
fn every_op_of_the_oracle_is_documented_and_asked_by_a_test() {
    let dir = root().join("tests/cluster");
    let mut ops = BTreeSet::new();
    let folders = [
        "oracle",
        "oracle/printed",
        "oracle/reference",
        "oracle/resources",
    ]
    .map(|folder| fs::read_dir(dir.join(folder)));
    let paths = folders
        .into_iter()
        .flat_map(|entries| entries.unwrap().map(|entry| entry.unwrap().path()));
    for path in paths.filter(|path| path.is_file()) {
        let text = fs::read_to_string(path).unwrap();
        for rest in text.split("Register(\"").skip(1) {
            ops.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    assert!(ops.len() >= 20, "{ops:?}");
    let readme = fs::read_to_string(dir.join("README.md")).unwrap();
    let tests = sources(&root().join("tests"));
    for op in &ops {
        assert!(readme.contains(&format!("| `{op}` |")), "{op} has no row");
        let asked = format!("\"op\": \"{op}\"");
        assert!(
            tests.iter().any(|(_, text)| text.contains(&asked)),
            "no test asks {op}"
        );
    }
}
