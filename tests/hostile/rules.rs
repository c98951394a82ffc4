//! Allowed exit codes of a command, by the validity of the answer. The
//! table of the codes is `kubectl-pod-tools/src/exit.rs`.

use crate::commands::{Command, Sort};
use crate::faults::Class;
use crate::process::Ran;
use crate::server::Role;

/// Done, met, nothing wrong: what every command of the table ends with when
/// nothing goes wrong.
const SUCCESS: i32 = 0;
/// The answer is no.
const NO: i32 = 1;
/// Wrong usage: no such type.
const USAGE: i32 = 2;
/// The cluster could not be reached or refused.
const CLUSTER: i32 = 3;
/// The target does not exist.
const NOT_FOUND: i32 = 4;
/// Stuck.
const STUCK: i32 = 5;
/// The time ran out.
const TIMED_OUT: i32 = 124;

/// The exit codes that a command may end with when the requests of a role are
/// answered with something of a class.
pub(crate) fn allowed(command: &Command, role: Role, class: Class) -> Vec<i32> {
    let mut codes = match (command.sort, role) {
        (Sort::Version, _) => match class {
            Class::Right | Class::Odd => vec![SUCCESS, CLUSTER],
            _ => vec![CLUSTER],
        },
        // Who may not see the version may still create.
        (_, Role::Version) => vec![SUCCESS, CLUSTER],
        (_, Role::Discovery) => match class {
            // A type that is not known is one that is not served.
            Class::Refusal(404) | Class::NotServed | Class::Empty => {
                vec![NO, USAGE, CLUSTER, NOT_FOUND]
            }
            Class::Right | Class::Odd | Class::Other => vec![SUCCESS, CLUSTER],
            _ => vec![CLUSTER],
        },
        (_, Role::Write) => write(class),
        (_, Role::Delete) => match class {
            // What is gone need not be deleted.
            Class::Refusal(404) => vec![SUCCESS],
            Class::Refusal(_) => vec![NO, CLUSTER],
            Class::Right | Class::Odd | Class::Other => vec![SUCCESS, CLUSTER],
            _ => vec![CLUSTER],
        },
        (Sort::Wait | Sort::WriteAndWait, Role::Read) => read_to_wait(command, class),
        (Sort::Wait | Sort::WriteAndWait, Role::Watch) => match class {
            Class::Right => vec![SUCCESS],
            // The lists say that it runs, and nothing says that it has ended.
            _ => vec![CLUSTER],
        },
        (Sort::Probe, Role::Read) => match class {
            Class::Right => vec![SUCCESS],
            Class::Refusal(404) => vec![NOT_FOUND],
            Class::NotServed => vec![CLUSTER, NOT_FOUND],
            // A Pod without its probe, or whose container does not run.
            Class::Odd | Class::Stuck | Class::Failed | Class::Other => {
                vec![SUCCESS, NO, CLUSTER]
            }
            _ => vec![CLUSTER],
        },
        // A command whose end is not known is an attempt that does not pass.
        (Sort::Probe, Role::Stream) => match class {
            Class::Right => vec![SUCCESS],
            Class::Refusal(404) => vec![NO, CLUSTER, NOT_FOUND],
            // A 404 whose body is none of the API's.
            Class::Odd | Class::NotAnAnswer => vec![SUCCESS, NO, CLUSTER, NOT_FOUND],
            _ => vec![SUCCESS, NO, CLUSTER],
        },
        (Sort::Explain | Sort::Forecast, Role::Read) => match class {
            Class::Right => vec![SUCCESS],
            Class::Refusal(404) => vec![NOT_FOUND],
            Class::NotServed => vec![CLUSTER, NOT_FOUND],
            // What its environment is does not hang on its state.
            Class::Odd | Class::Stuck | Class::Failed => vec![SUCCESS, NO, CLUSTER],
            // Beside the target there need be no Pod.
            Class::Empty => vec![SUCCESS, CLUSTER],
            _ => vec![CLUSTER],
        },
        (Sort::LookUp, Role::Read) | (Sort::Explain | Sort::LookUp, Role::SideRead) => {
            match class {
                Class::Right => vec![SUCCESS],
                // A reference that cannot be resolved.
                // What may not be read is left open.
                Class::Refusal(403 | 404) | Class::NotServed | Class::Empty => {
                    vec![SUCCESS, NO, CLUSTER]
                }
                Class::Odd | Class::Stuck | Class::Failed => vec![SUCCESS, NO, CLUSTER],
                _ => vec![CLUSTER],
            }
        }
        // What cannot be looked into is told, and left open.
        (Sort::Forecast, Role::SideRead) => match class {
            Class::Stuck | Class::Failed => vec![SUCCESS, NO],
            Class::Right => vec![SUCCESS],
            // No Pod runs without a node.
            Class::Empty => vec![SUCCESS, NO, CLUSTER],
            _ => vec![SUCCESS, CLUSTER],
        },
        (Sort::Explain | Sort::LookUp | Sort::Forecast, _) => vec![SUCCESS, CLUSTER],
        // What lies beside the targets helps to explain, and decides nothing.
        (_, Role::SideRead | Role::SideWatch) => match class {
            Class::Stuck | Class::Failed => vec![SUCCESS, NO, STUCK, CLUSTER],
            _ => vec![SUCCESS, CLUSTER],
        },
        (_, Role::Read | Role::Watch | Role::Log | Role::Stream) => vec![SUCCESS, CLUSTER],
    };
    if command.waits() && class != Class::Right {
        codes.push(TIMED_OUT);
    }
    codes
}

/// Returns the problem of a command that ends well and does not say what it does not know: no events is
/// something else than events that could not be read.
pub(crate) fn untold(command: &Command, role: Role, class: Class, ran: &Ran) -> Option<String> {
    let is_unread = matches!(
        class,
        Class::NotAnAnswer | Class::NotServed | Class::Refusal(_)
    );
    let is_beside = (command.sort, role) == (Sort::Forecast, Role::SideRead);
    let is_silent = ran.code == Some(SUCCESS) && !ran.stdout.contains("unknown");
    (is_beside && is_unread && is_silent)
        .then(|| "it does not say that the events are not known".to_owned())
}

fn write(class: Class) -> Vec<i32> {
    match class {
        Class::Right => vec![SUCCESS],
        // What is wrong with the object, in the server's eyes.
        Class::Refusal(400 | 409 | 413 | 422) => vec![NO],
        Class::Refusal(404) | Class::NotServed => vec![NO, CLUSTER, NOT_FOUND],
        Class::Refusal(405 | 406 | 410 | 415) => vec![NO, CLUSTER],
        Class::Odd | Class::Stuck | Class::Failed => vec![SUCCESS, NO, CLUSTER, STUCK],
        _ => vec![CLUSTER],
    }
}

fn read_to_wait(command: &Command, class: Class) -> Vec<i32> {
    match class {
        Class::Right => vec![SUCCESS],
        // A list that is empty was read: that is an answer.
        // The watch may bring the targets later.
        Class::Empty => vec![SUCCESS, CLUSTER, NOT_FOUND],
        // Nothing was listed: neither "there" nor "deleted".
        Class::Refusal(404) | Class::NotServed => vec![CLUSTER, NOT_FOUND],
        // A selector that the server ignored, or another object of the set.
        // It proves no deletion; without one the watch may bring the targets.
        Class::Other if command.is_named() && command.wants_deletion() => {
            vec![CLUSTER, NOT_FOUND]
        }
        Class::Other if command.is_named() => vec![SUCCESS, CLUSTER, NOT_FOUND],
        Class::Other | Class::Odd => vec![SUCCESS, CLUSTER],
        Class::Stuck => vec![SUCCESS, STUCK, NO, CLUSTER],
        Class::Failed => vec![SUCCESS, NO, CLUSTER],
        _ => vec![CLUSTER],
    }
}
