//! `wait` on the real cluster: Jobs that really end in each way, and what
//! happens to them while we wait.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod changes;
mod codes;
mod completes;
mod fails;
mod held;
mod kinds;
mod stuck;

use support::namespace::Namespace;
use support::waiting::{ON_FAILURE, apply, begin, command, job};

/// One Job, and what `wait` is to make of it.
struct Case {
    name: &'static str,
    manifest: String,
    code: i32,
    says: Vec<&'static str>,
}

/// A Job that ends with an exit code, and what is said last.
fn case(
    name: &'static str,
    spec: &str,
    pod: &str,
    script: &str,
    code: i32,
    says: &[&'static str],
) -> Case {
    Case {
        name,
        manifest: job(name, spec, pod, script),
        code,
        says: says.to_vec(),
    }
}

/// Applies all of them, and then waits for each by itself, all at the same time.
fn each_ends(namespace: &Namespace, cases: &[Case]) {
    let all: String = cases.iter().map(|case| case.manifest.as_str()).collect();
    apply(namespace, &all);
    let begun: Vec<_> = cases
        .iter()
        .map(|case| {
            let target = format!("job/{}", case.name);
            let args = [&target, "--timeout", "170s", "--stuck-after", "4s"];
            begin(command(namespace, &args))
        })
        .collect();
    for (case, begun) in cases.iter().zip(begun) {
        begun.ended().is(case.name, case.code, &case.says);
    }
}
