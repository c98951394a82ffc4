//! The environment of the tests: what a variable can change of them, `tests/run`
//! does not take from its caller.

use std::collections::BTreeSet;
use std::fs;

use crate::{root, sources};

/// Variables that every process has, and that cargo and Go need.
const LEFT_ALONE: [&str; 7] = [
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "HOSTNAME",
    "NO_PROXY",
    "PATH",
    "TERM",
];

/// Variables that the libraries of the tests read: snapbox accepts or rewrites what
/// differs, proptest tries fewer cases.
const OF_LIBRARIES: [&str; 2] = ["SNAPSHOTS", "PROPTEST_"];

/// The variables that a Rust source names to read them.
///
/// # Panics
/// If a variable of a test is not named on the spot.
fn read_by_test(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in ["env::var(", "env::var_os(", "option_env!("] {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start();
            let name = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (name, _) =
                name.unwrap_or_else(|| panic!("{call}{rest:.40}: name the variable here"));
            found.insert(name.to_owned());
        }
    }
    found
}

/// Every word in capitals that is quoted in a source which reads variables.
fn read_by_program(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let mut found = BTreeSet::new();
    if code.contains("env::var") {
        let is_name =
            |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        found.extend(
            code.split('"')
                .filter(|word| is_name(word))
                .map(str::to_owned),
        );
    }
    found
}

/// The variables of this project that a shell script reads.
fn read_by_script(text: &str) -> BTreeSet<String> {
    let found = text.match_indices("POD_TOOLS_").map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_');
        rest[..end.unwrap_or(rest.len())].to_owned()
    });
    found.collect()
}

/// The variables that a script unsets, and the ones it sets.
fn of_the_runner(run: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let unset = run.lines().filter_map(|line| line.strip_prefix("unset "));
    let set = run.lines().filter_map(|line| line.strip_prefix("export "));
    let name = |word: &str| {
        let word = word.trim_start_matches("\"${!").trim_end_matches("@}\"");
        word.split('=').next().unwrap().to_owned()
    };
    (
        unset.flat_map(words).map(|word| name(&word)).collect(),
        set.map(name).collect(),
    )
}

#[test]
fn tests_run_takes_no_variable_of_its_caller_that_changes_a_test() {
    let top = root();
    let (unset, set) = of_the_runner(&fs::read_to_string(top.join("tests/run")).unwrap());
    let mut read: BTreeSet<String> = OF_LIBRARIES.map(str::to_owned).into();
    for (path, text) in sources(&top.join("tests")) {
        if !path.starts_with(top.join("tests/structure")) && !path.ends_with("tests/structure.rs") {
            read.extend(read_by_test(&text));
        }
    }
    for script in [
        "tests/cluster/cluster.sh",
        "tests/data-is-upstreams",
        "examples/quickstart",
    ] {
        read.extend(read_by_script(
            &fs::read_to_string(top.join(script)).unwrap(),
        ));
    }
    for (_, text) in sources(&top.join("kubectl-pod-tools/src")) {
        read.extend(read_by_program(&text));
    }
    assert!(read.len() > 15, "{read:?}");
    let taken: Vec<_> = read
        .iter()
        .filter(|name| !LEFT_ALONE.contains(&name.as_str()))
        .filter(|name| !unset.contains(*name) && !set.contains(*name))
        .collect();
    assert!(taken.is_empty(), "tests/run does not unset {taken:?}");
}

#[test]
fn a_variable_is_found_where_it_is_read() {
    let test = "std::env::var(\"ONE\").ok(); env::var_os(\n    \"TWO\",\n); env!(\"CARGO\")";
    let found: Vec<_> = read_by_test(test).into_iter().collect();
    assert_eq!(found, ["ONE", "TWO"]);
    let program = "let is = |name| env::var(name); is(\"A_B\") || is(\"no\");\n#[cfg(test)] \"C\"";
    assert_eq!(Vec::from_iter(read_by_program(program)), ["A_B"]);
    assert_eq!(Vec::from_iter(read_by_program("\"A_B\"")), [""; 0]);
    let script = "x=${POD_TOOLS_A:-main} # POD_TOOLS_B";
    assert_eq!(
        Vec::from_iter(read_by_script(script)),
        ["POD_TOOLS_A", "POD_TOOLS_B"]
    );
    let (unset, set) = of_the_runner("unset A \"${!B_@}\"\n  unset C\nexport D=1\n");
    assert_eq!(Vec::from_iter(unset), ["A", "B_"]);
    assert_eq!(Vec::from_iter(set), ["D"]);
}

#[test]
#[should_panic(expected = "name the variable here")]
fn a_variable_behind_a_name_is_refused() {
    read_by_test("env::var(NAME)");
}
