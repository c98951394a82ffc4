//! `--trace`: the steps to the value of one variable.

use pod_env::report::ContainerEnv;
use pod_env::trace;
use pod_model::nearest;

use super::blocks::source_name;
use super::report::{EnvBody, Trace};
use crate::error::Failure;
use crate::exit::Exit;
use crate::explain::requested::Presence;

/// Returns the steps in each container that has the variable, or nothing without a name.
pub(super) fn traces(name: Option<&str>, containers: &[ContainerEnv]) -> Vec<Trace> {
    let Some(name) = name else {
        return Vec::new();
    };
    let of_container = |container: &ContainerEnv| {
        Some(Trace {
            container: container.name.clone(),
            steps: trace(container, name)?,
        })
    };
    containers.iter().filter_map(of_container).collect()
}

/// Returns whether a target has a variable. A source that was not read may have it.
pub(super) fn presence(name: &str, body: &EnvBody) -> Presence {
    if !body.traces.is_empty() {
        return Presence::Present;
    }
    let containers = body.env.containers.iter();
    let mut unread = containers.flat_map(|container| &container.unread);
    let Some(unread) = unread.find(|unread| unread.could_set(name)) else {
        let containers = body.env.containers.iter();
        let names = containers.flat_map(|container| &container.env);
        let similar = nearest(name, names.map(|variable| variable.name.as_str()));
        return Presence::Absent {
            similar: similar.map(str::to_owned),
        };
    };
    let source = match unread.name.as_str() {
        "" => "a Service of the namespace".to_owned(),
        name => format!("{}/{name}", source_name(unread.kind)),
    };
    let why = unread.reason;
    let message = format!(
        "no container has a known variable `{name}`; it may come from {source}, which was not read ({why})"
    );
    let failure = Failure::new(Exit::Failure, message);
    Presence::Unknown(failure.help("add the object with `-f`, or leave out `--offline`"))
}

/// Returns the failure if no container has a variable.
pub(super) fn absence(name: &str) -> Failure {
    Failure::new(
        Exit::Failure,
        format!("no container has a variable `{name}`"),
    )
    .help("leave out `--trace` to see all variables")
}
