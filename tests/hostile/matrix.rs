//! The matrix of cells, and its run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::cell::{Cell, Failure, Run};
use crate::commands::{COMMANDS, Command, Sort};
use crate::faults::{
    Misdeed, connections, dense, discoveries, execs, logs, objects, shapes, statuses, versions,
    watches,
};
use crate::server::{Hostile, Role};
use crate::world;

/// Cells that run at the same time: most of them wait.
const THREADS: usize = 24;
/// The same of cells that mean to fill the memory.
const HEAVY_THREADS: usize = 4;
/// Number of the slowest cells that are printed.
const SHOWN: usize = 10;

/// Without a fault every command ends with 0, and asks for what its row says.
fn roles(command: &'static Command) -> BTreeSet<Role> {
    let then = command.then;
    let server = Hostile::plain(
        Box::new(move |request| world::answer(request, then)),
        command.targets,
        None,
    );
    let run = Run::of(command, &server.url(), "60s", &[]);
    let roles: BTreeSet<Role> = server.requests().iter().map(|(role, _)| *role).collect();
    let failure = run.failure(
        run.problems(&[0]),
        command.name.to_owned(),
        &server.requests(),
    );
    if let Err(Failure {
        problems, evidence, ..
    }) = failure
    {
        panic!("{}: {problems:?}\n  {evidence}", command.name);
    }
    assert!(
        run.is_healthy() && roles.contains(&command.role),
        "{}: {roles:?}",
        command.name
    );
    roles
}

/// Commands that meet every fault, each in another way; of those for the role
/// that comes first the others meet each fourth one, and each of them others. `POD_TOOLS_HOSTILE=all` is every command with every fault.
const WHOLE: [&str; 4] = [
    "create -f",
    "wait TYPE/NAME",
    "wait --all --for=deleted",
    "explain-env TARGET",
];

/// The faults for one role of a command.
fn misdeeds(command: &Command, role: Role, turn: usize) -> Vec<Misdeed> {
    let is_first = role == command.role;
    let mut all = match role {
        Role::Version => [shapes(), versions()].concat(),
        Role::Discovery => {
            // Pages are of lists, which discovery has none of.
            let mut shapes = shapes();
            shapes.retain(|misdeed| !misdeed.name.ends_with("for ever"));
            [shapes, discoveries()].concat()
        }
        Role::Watch => watches(command.targets[0]),
        Role::SideWatch => watches("pods"),
        Role::Log => logs(),
        Role::Stream => execs(),
        Role::Read | Role::SideRead | Role::Write | Role::Delete => [shapes(), objects()].concat(),
    };
    all.extend(connections());
    all.extend(statuses());
    all.extend(dense(role));
    let is_all = std::env::var("POD_TOOLS_HOSTILE").is_ok_and(|value| value == "all");
    let is_whole = is_first && (is_all || WHOLE.contains(&command.name));
    let is_own = matches!(
        role,
        Role::Log | Role::Stream | Role::Watch | Role::Discovery
    );
    let step = match (is_whole, is_first || is_own) {
        (true, _) => 1,
        (false, true) => SOME,
        // What lies beside the command's own matter.
        (false, false) => RARE,
    };
    let chosen = all.into_iter().skip(turn % step).step_by(step);
    chosen
        .filter(|misdeed| is_first || is_own || !misdeed.heavy)
        .collect()
}

/// One of so many faults meets a command.
const SOME: usize = 4;
/// The same for roles beside its own.
const RARE: usize = 23;

fn cells() -> Vec<Cell> {
    let only = std::env::var("POD_TOOLS_HOSTILE_ONLY").unwrap_or_default();
    let all = Mutex::new(BTreeMap::new());
    let commands: Vec<(usize, &'static Command)> = COMMANDS.iter().enumerate().collect();
    in_parallel(HEAVY_THREADS, &commands, |(turn, command)| {
        let mut cells = Vec::new();
        for role in roles(command) {
            for misdeed in misdeeds(command, role, *turn) {
                cells.push(Cell {
                    command,
                    role,
                    misdeed,
                });
            }
        }
        cells.retain(|cell| cell.name().contains(&only));
        all.lock().unwrap().insert(*turn, cells);
    });
    all.into_inner().unwrap().into_values().flatten().collect()
}

/// Does something with each, several at the same time.
pub(crate) fn in_parallel<T: Sync>(threads: usize, all: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(one);
                }
            });
        }
    });
}

/// The report on the cells that are not as they should be: those with the
/// same problem together.
fn report(failures: &[Failure]) -> String {
    let mut by_problem: BTreeMap<String, Vec<&Failure>> = BTreeMap::new();
    for failure in failures {
        for problem in &failure.problems {
            let cause: String = problem.chars().filter(|c| !c.is_ascii_digit()).collect();
            let cause = if problem.starts_with("exit code") {
                problem.clone()
            } else {
                cause
            };
            by_problem.entry(cause).or_default().push(failure);
        }
    }
    let mut text = String::new();
    for (problem, cells) in by_problem {
        text.push_str(&format!("\n{problem}: {} cells\n", cells.len()));
        for failure in cells {
            text.push_str(&format!("  {}\n", failure.cell));
        }
    }
    for failure in failures {
        text.push_str(&format!(
            "\n{}: {}\n  {}\n",
            failure.cell,
            failure.problems.join("; "),
            failure.evidence
        ));
    }
    text
}

#[test]
fn every_command_meets_every_fault_by_the_rules() {
    let (heavy, light): (Vec<Cell>, Vec<Cell>) =
        cells().into_iter().partition(|cell| cell.misdeed.heavy);
    let failures = Mutex::new(Vec::new());
    let slowest = Mutex::new(Vec::new());
    let compared = AtomicUsize::new(0);
    let check = |cell: &Cell| {
        let began = Instant::now();
        let Some(checked) = cell.check() else {
            return;
        };
        compared.fetch_add(1, Ordering::Relaxed);
        failures.lock().unwrap().extend(checked.err());
        slowest.lock().unwrap().push((began.elapsed(), cell.name()));
    };
    println!("{} cells", light.len() + heavy.len());
    in_parallel(THREADS, &light, check);
    in_parallel(HEAVY_THREADS, &heavy, check);
    let failures = failures.into_inner().unwrap();
    let mut slowest = slowest.into_inner().unwrap();
    slowest.sort_by(|a, b| b.cmp(a));
    let slowest = slowest
        .iter()
        .take(SHOWN)
        .map(|(took, name)| format!("  {took:.1?} {name}\n"));
    println!("the slowest:\n{}", slowest.collect::<String>());
    let compared = compared.into_inner();
    assert!(compared > 0, "POD_TOOLS_HOSTILE_ONLY names no cell");
    println!(
        "{compared} cells compared, {} not as the rules say",
        failures.len()
    );
    if let Some(path) = std::env::var_os("POD_TOOLS_HOSTILE_REPORT") {
        std::fs::write(path, report(&failures)).unwrap();
    }
    assert!(
        failures.is_empty(),
        "{} of {compared} cells:{}",
        failures.len(),
        report(&failures)
    );
}

#[test]
fn every_sort_of_command_and_every_role_is_in_the_matrix() {
    let roles: BTreeSet<Role> = COMMANDS.iter().map(|command| command.role).collect();
    assert_eq!(roles.len(), 5, "{roles:?}");
    for sort in [
        Sort::Version,
        Sort::Write,
        Sort::WriteAndWait,
        Sort::Wait,
        Sort::Explain,
        Sort::LookUp,
        Sort::Forecast,
        Sort::Probe,
    ] {
        assert!(
            COMMANDS.iter().any(|command| command.sort == sort),
            "{sort:?}"
        );
    }
    let names: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(names.len(), COMMANDS.len());
}
