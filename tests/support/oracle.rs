//! Upstream's own code, asked over JSON lines: `upstream oracle` of
//! `tests/cluster`, and the oracles of the minor versions before it.

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

use pod_model::KubernetesVersion;
use serde::Deserialize;
use serde_json::Value;

/// Makes a test of each Kubernetes that is supported in full, `$test::of_1_33` to
/// `$test::of_1_37`, of a function that takes the version.
#[allow(unused_macros, reason = "not every test depends on the version")]
macro_rules! of_each_minor {
    ($test:ident) => {
        mod $test {
            use pod_model::KubernetesVersion;

            #[test]
            fn of_1_33() {
                super::$test(KubernetesVersion::V1_33);
            }

            #[test]
            fn of_1_34() {
                super::$test(KubernetesVersion::V1_34);
            }

            #[test]
            fn of_1_35() {
                super::$test(KubernetesVersion::V1_35);
            }

            #[test]
            fn of_1_36() {
                super::$test(KubernetesVersion::V1_36);
            }

            #[test]
            fn of_1_37() {
                super::$test(KubernetesVersion::V1_37);
            }
        }
    };
}
#[allow(unused_imports, reason = "not every test depends on the version")]
pub(crate) use of_each_minor;

/// The running oracle; it ends when its input does, on drop.
pub struct Oracle {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the oracle of the newest Kubernetes, which answers every question:
    /// `$POD_TOOLS_UPSTREAM`, or the one that `tests/cluster/cluster.sh build` has
    /// built. A test never goes on without it.
    pub fn start() -> Self {
        let binary =
            std::env::var_os("POD_TOOLS_UPSTREAM").map_or_else(|| built("upstream"), PathBuf::from);
        Self::run(&binary, &["oracle"], "build")
    }

    /// Starts the oracle of a version, which answers what depends on the version.
    pub fn of(version: KubernetesVersion) -> Self {
        if version == KubernetesVersion::LATEST {
            return Self::start();
        }
        Self::run(&built(&format!("oracle-{version}")), &[], "oracles")
    }

    fn run(binary: &Path, arguments: &[&str], command: &str) -> Self {
        let mut child = Command::new(binary)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "upstream's code is needed at {}: {error}; build it with \
                     `tests/cluster/cluster.sh {command}`",
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

fn built(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/cluster")
        .join(name)
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.input.take();
        let _ = self.child.wait();
    }
}
