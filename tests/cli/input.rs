//! What `-f` can name, and hostile bytes behind it.

use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::support::{Home, dry};

fn named(name: &str) -> String {
    POD.replace("name: web\nspec", &format!("name: {name}\nspec"))
}

#[test]
fn directories_go_in_the_order_of_names_and_down_with_r() {
    let home = Home::new();
    for name in ["b.yaml", "a.json", "c.yml", "notes.txt", "sub/d.yaml"] {
        home.write(&format!("dir/{name}"), named(&name[..1].replace('s', "d")));
    }
    home.write("dir/a.json", r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a", "image": "i"}]}}"#);
    let run = dry(&home, &["-f", "dir", "-o", "name"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/a\npod/b\npod/c\n"),
        "{run:?}"
    );
    let run = dry(&home, &["-f", "dir", "-o", "name", "-R"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/a\npod/b\npod/c\npod/d\n"),
        "{run:?}"
    );
}

#[test]
fn several_inputs_are_one() {
    let home = Home::with(&[("a.yaml", &named("a")), ("b.yaml", &named("b"))]);
    let args = [
        "create",
        "--dry-run=client",
        "-o",
        "name",
        "-f",
        "a.yaml,b.yaml",
        "-f",
        "-",
    ];
    let run = home.run_with(&args, named("c"));
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/a\npod/b\npod/c\n"),
        "{run:?}"
    );
}

#[test]
fn a_mistake_on_standard_input_has_a_place() {
    let text = POD.replace("image:", "imagee:");
    let run = Home::new().run_with(&["create", "--dry-run=client", "-f", "-"], text);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error: unknown field `imagee` in Container
 --> stdin:8:5
  |
8 |     imagee: nginx
  |     ^^^^^^ not a field of Container
  |
  = help: did you mean `image`?


"#]]
    );
}

#[test]
fn names_that_give_nothing_say_what_to_do() {
    let home = Home::new();
    home.write("texts/notes.txt", "");
    home.write("nested/sub/pod.yaml", POD);
    home.write("empty.yaml", "# nothing here\n---\n");
    assert_data_eq!(
        dry(&home, &["-f", "gone.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: cannot read gone.yaml: no such file or directory

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "texts"]).all(),
        str![[r#"
exit code 1
--- stderr
error: no manifests in texts: none of its files ends in .json, .yaml or .yml
help: name the manifest's own file

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "nested"]).all(),
        str![[r#"
exit code 1
--- stderr
error: no manifests in nested itself, only in directories inside it
help: add -R to go into them

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "empty.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: the input holds no objects
help: name a file with at least one manifest with -f

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "https://example.com/pod.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: https://example.com/pod.yaml is a URL, and only files are read
help: fetch it and pipe it in: curl -fsS https://example.com/pod.yaml | … -f -

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "empty.yaml/pod.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: cannot read empty.yaml/pod.yaml: not a directory

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", ""]).all(),
        str![[r#"
exit code 2
--- stderr
error: a value is required for '--filename <FILE>' but none was supplied

For more information, try '--help'.

"#]]
    );
}

#[test]
fn utf_16_and_a_byte_order_mark_are_read() {
    let home = Home::new();
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = format!("\u{feff}{}", named("wide"));
        text.encode_utf16().flat_map(bytes).collect()
    };
    home.write("le.yaml", wide(u16::to_le_bytes));
    home.write("be.yaml", wide(u16::to_be_bytes));
    home.write("bom.yaml", format!("\u{feff}{}", named("marked")));
    let run = dry(
        &home,
        &[
            "-f", "le.yaml", "-f", "be.yaml", "-f", "bom.yaml", "-o", "name",
        ],
    );
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/wide\npod/wide\npod/marked\n"),
        "{run:?}"
    );
}
