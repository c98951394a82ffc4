//! Each of `examples/` can be made by one line, which stands in its comment.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Home;

fn examples() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

/// The words of the line in the comment, as a shell reads them.
fn line(text: &str) -> Vec<String> {
    let comment = text.lines().skip_while(|line| !is_the_line(line));
    let line: Vec<&str> = comment.map_while(|l| l.strip_prefix("#   ")).collect();
    // A line that goes on is one line, which shlex sees within words only.
    shlex::split(&line.join("\n").replace("\\\n", "")).unwrap()
}

fn is_the_line(line: &str) -> bool {
    line.starts_with("#   kubectl pod-tools create ")
}

/// The Pod or Job among the file's documents.
fn object(text: &str) -> Value {
    let documents = text.split("\n---\n");
    let objects = documents.map(|document| serde_yaml::from_str::<Value>(document).unwrap());
    let mut made = objects.filter(|object| object["kind"] != "ConfigMap");
    let object = made.next().unwrap();
    assert!(made.next().is_none());
    object
}

#[test]
fn the_line_in_each_examples_comment_makes_it() {
    let home = Home::new();
    let examples = examples();
    assert_eq!(examples.len(), 13);
    let mut wrong = Vec::new();
    for path in examples {
        let text = fs::read_to_string(&path).unwrap();
        let words = line(&text);
        // Behind `kubectl pod-tools`, and before a `--`.
        let mut args: Vec<&str> = words[2..5].iter().map(String::as_str).collect();
        args.extend(["--dry-run=client", "-o", "yaml"]);
        args.extend(words[5..].iter().map(String::as_str));
        let run = home.run(&args);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if run.code != Some(0) {
            wrong.push(format!("{name}: {}", run.all()));
        } else if object(&run.stdout) != object(&text) {
            wrong.push(format!("{name}: {}", run.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
