//! Upstream's own code, asked over JSON lines: `upstream oracle` of
//! `tests/cluster`.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test is a crate of its own and uses a part of it"
)]

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

/// The running oracle; it ends when its input does, on drop.
pub struct Oracle {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts `$POD_TOOLS_UPSTREAM`, or what `tests/cluster/cluster.sh build`
    /// has built. A test never goes on without it.
    pub fn start() -> Self {
        let binary = std::env::var_os("POD_TOOLS_UPSTREAM").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/cluster/upstream"),
            PathBuf::from,
        );
        let mut child = Command::new(&binary)
            .arg("oracle")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "upstream's code is needed at {}: {error}; build it with \
                     `tests/cluster/cluster.sh build`, or name it in POD_TOOLS_UPSTREAM",
                    binary.display()
                )
            });
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
        }
    }

    /// One question, one answer.
    pub fn ask(&mut self, question: &Value) -> Value {
        self.ask_all(std::slice::from_ref(question)).remove(0)
    }

    /// The answers in the order of the questions. A thread of its own writes,
    /// so that neither side waits for a full pipe.
    pub fn ask_all(&mut self, questions: &[Value]) -> Vec<Value> {
        let input = self.input.as_mut().unwrap();
        let output = &mut self.output;
        // Lines first: a panic while the other thread writes would wait for it
        // for ever.
        let lines: Vec<String> = std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut input = BufWriter::new(input);
                for question in questions {
                    serde_json::to_writer(&mut input, question).unwrap();
                    input.write_all(b"\n").unwrap();
                }
                input.flush().unwrap();
            });
            questions
                .iter()
                .map(|_| {
                    let mut line = String::new();
                    output
                        .read_line(&mut line)
                        .map(|_| line)
                        .unwrap_or_default()
                })
                .collect()
        });
        let answers = questions.iter().zip(&lines);
        answers
            .map(|(question, line)| {
                assert!(!line.is_empty(), "the oracle died of {question}");
                let mut answer = serde_json::Deserializer::from_str(line);
                answer.disable_recursion_limit();
                // A number beyond JSON's is passed on as it was written.
                Value::deserialize(&mut answer)
                    .unwrap_or_else(|why| serde_json::json!({"unreadable": why.to_string()}))
            })
            .collect()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.input.take();
        let _ = self.child.wait();
    }
}
