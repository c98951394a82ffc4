//! Inputs of `-f`, and hostile bytes in them.

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
error[unknown-field]: unknown field `imagee` in Container
 --> stdin:8:5
  |
8 |     imagee: nginx
  |     ^^^^^^ unknown field
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
error: no manifests in texts: expected files that end in .json, .yaml or .yml
help: use `-f` with the file of a manifest

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "nested"]).all(),
        str![[r#"
exit code 1
--- stderr
error: no manifests in nested, only in its subdirectories
help: add `-R` to search them

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "empty.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: the input holds no objects
help: use -f with a file that has a manifest

"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "https://example.com/pod.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: expected a file, found the URL https://example.com/pod.yaml
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

/// Files that were joined, each with a byte order mark of its own.
#[test]
fn a_byte_order_mark_at_the_head_of_a_later_document_is_passed_over() {
    const MARK: &str = "\u{feff}";
    let json = |name: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"{name}\"}}, \"spec\": {{\"containers\": [{{\"name\": \"a\", \"image\": \"i\"}}]}}}}\n"
        )
    };
    let (a, b) = (named("a"), named("b"));
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", json("b"));
    for text in [
        format!("{a}---\n{MARK}{b}"),
        format!("{MARK}{a}---\n{MARK}{b}"),
        format!("{a}---\n{MARK}# a comment\n{b}"),
        format!("{a}---\n{MARK}\n---\n{MARK}{b}"),
        format!("{a}---\n{MARK}{list}"),
        format!("{a}---\n{MARK}{}", json("b")),
        format!("{}{MARK}{}", json("a"), json("b")),
        format!("{a}---\n{MARK}{b}").replace('\n', "\r\n"),
    ] {
        let home = Home::with(&[("joined.yaml", &text)]);
        let run = dry(&home, &["-f", "joined.yaml", "-o", "name"]);
        assert_eq!(run.stdout, "pod/a\npod/b\n", "{text:?}: {run:?}");
        let run = home.run(&["explain-env", "--offline", "-f", "joined.yaml"]);
        assert_eq!(run.code, Some(0), "{text:?}: {run:?}");
    }
    // Behind a comment it is a part of the key, to kubectl as well.
    let home = Home::with(&[("joined.yaml", &format!("{a}---\n# b\n{MARK}{b}"))]);
    let run = dry(&home, &["-f", "joined.yaml"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let help = "help: a byte order mark (U+FEFF) stands in the key `apiVersion`, which makes it a different key";
    assert!(run.stderr.contains(help), "{run:?}");
}

/// A character that only looks like a space.
#[test]
fn an_invisible_character_in_indentation_is_named() {
    for (character, what) in [
        ('\u{a0}', "a no-break space (U+00A0)"),
        ('\u{202f}', "a narrow no-break space (U+202F)"),
        ('\u{2003}', "a space of another width (U+2003)"),
        ('\u{200b}', "a zero-width space (U+200B)"),
        ('\u{3000}', "an ideographic space (U+3000)"),
        ('\u{feff}', "a byte order mark (U+FEFF)"),
    ] {
        for (from, to) in [
            // A key of the object itself.
            ("  name: web\n", format!("{character} name: web\n")),
            // One of the container.
            ("    image:", format!("    {character}image:")),
            // A line that fits nowhere.
            ("    image:", format!("  {character} image:")),
        ] {
            let text = POD.replacen(from, &to, 1);
            let home = Home::with(&[("pod.yaml", &text)]);
            let run = dry(&home, &["-f", "pod.yaml"]);
            assert_eq!(run.code, Some(1), "{text:?}: {run:?}");
            let help = format!("help: {what} stands ");
            assert!(run.stderr.contains(&help), "{text:?}: {run:?}");
        }
    }
}

/// kubectl drops it without a word.
#[test]
fn text_behind_the_end_of_a_document_is_never_passed_over_in_silence() {
    for (behind, is_read) in [
        (named("b"), false),
        ("b\n".to_owned(), false),
        ("...\nb: c\n".to_owned(), false),
        ("# a comment\n".to_owned(), true),
        ("\n...\n\n".to_owned(), true),
        ("\t\n \t\n".to_owned(), true),
        ("%YAML 1.1\n".to_owned(), true),
        ("%YAML 1.1\nb: c\n".to_owned(), false),
        ("\tb\n".to_owned(), false),
    ] {
        let home = Home::with(&[("pod.yaml", &format!("{}...\n{behind}", named("a")))]);
        for args in [
            &["create", "--dry-run=client"][..],
            &["apply", "--dry-run=client"],
            &["explain-env", "--offline"],
        ] {
            let run = home.run(&[args, &["-f", "pod.yaml"]].concat());
            let is_told = run
                .stderr
                .contains("found content after the end of the document");
            assert_eq!(
                (run.code, is_told),
                (Some(i32::from(!is_read)), !is_read),
                "{run:?}"
            );
        }
    }
}

#[test]
fn a_broken_document_is_one_object_in_the_count() {
    let pem = "-----BEGIN A-----\nTUlJ\n-----END A-----\n";
    let text = format!("{}---\nkind: Secret\nx: |\n{pem}y: |\n{pem}", named("a"));
    let home = Home::with(&[("objects.yaml", &text)]);
    let run = dry(&home, &["-f", "objects.yaml"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.matches("error[").count() > 1, "{run:?}");
    assert!(
        run.stderr
            .contains("1 of 2 objects created (dry run): pod/a;"),
        "{run:?}"
    );
}

#[test]
fn a_quoted_pattern_stands_for_files_and_a_dangling_link_for_an_error() {
    let home = Home::new();
    for name in ["a1", "a2", "b1"] {
        home.write(&format!("dir/{name}.yaml"), named(name));
    }
    for (pattern, names) in [
        ("dir/a*.yaml", "pod/a1\npod/a2\n"),
        ("d?r/[ab]1.yaml", "pod/a1\npod/b1\n"),
        ("*", "pod/a1\npod/a2\npod/b1\n"),
    ] {
        let run = dry(&home, &["-f", pattern, "-o", "name"]);
        assert_eq!((run.code, &*run.stdout), (Some(0), names), "{run:?}");
    }
    for pattern in ["dir/c*.yaml", "dir/[", "*/*/*"] {
        let run = dry(&home, &["-f", pattern]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr.contains(&format!("pattern {pattern}")),
            "{run:?}"
        );
    }
    std::os::unix::fs::symlink("gone", home.path().join("dir/c.yaml")).unwrap();
    for flags in [&["-f", "dir"][..], &["-f", "dir", "-R"], &["-f", "dir/*"]] {
        let run = dry(&home, flags);
        assert_eq!((run.code, &*run.stdout), (Some(1), ""), "{run:?}");
        let told = "error: cannot read dir/c.yaml: no such file or directory\n";
        assert!(run.stderr.contains(told), "{run:?}");
    }
}
