//! Inputs that would make a program fail, hang, or eat memory.

use std::fs::File;
use std::process::{Command, Stdio};

use snapbox::{assert_data_eq, str};

use crate::support::{Home, Run, dry, interrupted};

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let home = Home::new();
    home.write("nul.yaml", b"apiVersion: v1\nkind: P\0d\n");
    home.write("latin.yaml", b"apiVersion: v1\nkind: P\xf6d\n");
    home.write(
        "elf.yaml",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
    );
    for (name, place) in [("nul.yaml", ":2:8"), ("latin.yaml", ":2:7")] {
        let run = dry(&home, &["-f", name]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr.contains(&format!("{name}{place}")),
            "{}",
            run.stderr
        );
    }
    assert_data_eq!(
        dry(&home, &["-f", "nul.yaml"]).stderr,
        str![[r#"
error[syntax]: control characters are not allowed
 --> nul.yaml:2:8
  = note: the lines of what may be a Secret are not shown
  = help: use a double-quoted string with an escape such as "/u001b"


"#]]
    );
    assert_data_eq!(
        dry(&home, &["-f", "latin.yaml"]).stderr,
        str![[r#"
error[unknown-kind]: unknown `kind`
 --> latin.yaml:2:7
  = note: the lines of what may be a Secret are not shown
  = help: did you mean `Pod`?


"#]]
    );
    let run = dry(&home, &["-f", "elf.yaml"]);
    assert_eq!(run.code, Some(1));
    assert!(
        !run.stderr.contains('\0') && !run.stderr.contains('\u{7f}'),
        "{:?}",
        run.stderr
    );
}

#[test]
fn more_than_any_manifest_is_not_read() {
    let home = Home::new();
    let large = File::create(home.path().join("large.yaml")).unwrap();
    large.set_len(65 << 20).unwrap();
    assert_data_eq!(
        dry(&home, &["-f", "large.yaml"]).all(),
        str![[r#"
exit code 1
--- stderr
error: large.yaml is larger than the limit of 64 MiB, which only a file with one List in JSON may exceed
help: use `-f` with the file of a manifest

"#]]
    );
    let run = finish_with_stdin(&home, File::open("/dev/zero").unwrap());
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("error: stdin is larger than the limit of 64 MiB"),
        "{}",
        run.stderr
    );
}

fn finish_with_stdin(home: &Home, stdin: File) -> Run {
    let mut command = home.command(&["create", "--dry-run=client", "-f", "-"]);
    let output = command.stdin(stdin).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn bombs_and_deep_nesting_end_with_an_error_and_little_memory() {
    let home = Home::new();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let references = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{references}]\n"));
    }
    home.write("bomb.yaml", &bomb);
    home.write(
        "deep.yaml",
        format!("a: {}{}", "[".repeat(20_000), "]".repeat(20_000)),
    );
    home.write(
        "deep.json",
        format!("{{\"a\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000)),
    );
    for name in ["bomb.yaml", "deep.yaml", "deep.json"] {
        // 1 GiB of address space: what grows without bound ends here.
        let mut limited = home.program("sh", &["-c", "ulimit -v 1048576; exec \"$@\"", "sh"]);
        limited.arg(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
        limited.args(["create", "--dry-run=client", "-f", name]);
        let run = crate::support::finish(limited, b"");
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(1), ""),
            "{name}: {}",
            run.stderr
        );
        assert!(run.stderr.starts_with("error["), "{name}: {}", run.stderr);
        assert!(run.stderr.len() < 4000, "{name}: {}", run.stderr.len());
    }
}

#[test]
fn silent_pipe_is_reported_and_can_be_interrupted() {
    let home = Home::new();
    let pipe = home.path().join("pipe.yaml");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    for (name, offline) in [("create", "--dry-run=client"), ("explain-env", "--offline")] {
        for (signal, code) in [("INT", 130), ("TERM", 143)] {
            let mut command = home.command(&[name, "-f", "pipe.yaml", offline]);
            let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
            let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
            let mut line = String::new();
            std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
            assert_eq!(line, "waiting for a manifest from pipe.yaml …\n");
            assert_eq!(interrupted(&mut child, signal), code, "{name} {signal}");
        }
    }
}
