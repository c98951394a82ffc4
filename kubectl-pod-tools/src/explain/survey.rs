//! A first pass over the targets, which keeps none of them: how many there are,
//! what they need, and the names of their containers.

use std::collections::HashSet;

use pod_model::containers;
use pod_model::lookup::Need;

use crate::error::Failure;
use crate::targets::Target;

/// The sum of what some targets need and have.
#[derive(Default)]
pub(super) struct Survey {
    /// How many targets there are.
    pub targets: usize,
    /// Whether anything in the input is an error.
    pub has_errors: bool,
    /// The look-ups, each once, in the order of the targets.
    pub needs: Vec<Need>,
    /// The names of all containers, each once, in the order of the targets.
    pub containers: Vec<String>,
    /// Why the first of the targets that cannot be explained cannot.
    pub refusal: Option<Failure>,
    seen_needs: HashSet<Need>,
    seen_containers: HashSet<String>,
}

impl Survey {
    /// Adds a target with its look-ups.
    pub(super) fn add(&mut self, target: &Target, needs: Vec<Need>) {
        self.targets += 1;
        self.add_needs(needs);
        for container in containers(&target.spec, &target.spec_path) {
            if !self.seen_containers.contains(container.name) {
                self.add_container(container.name.to_owned());
            }
        }
    }

    /// Adds the sum of the targets that follow.
    pub(super) fn append(&mut self, other: Self) {
        self.targets += other.targets;
        self.has_errors |= other.has_errors;
        self.add_needs(other.needs);
        other
            .containers
            .into_iter()
            .for_each(|name| self.add_container(name));
        self.refusal = self.refusal.take().or(other.refusal);
    }

    /// Checks that each of these containers is one of some target.
    ///
    /// # Errors
    /// The first that is not.
    pub(super) fn check_containers(&self, names: &[&str]) -> Result<(), Failure> {
        let mut names = names.iter();
        match names.find(|name| !self.seen_containers.contains(**name)) {
            None => Ok(()),
            Some(missing) => Err(Failure::usage(format!("no container is named `{missing}`"))
                .help(format!("there are: {}", self.containers.join(", ")))),
        }
    }

    fn add_needs(&mut self, needs: Vec<Need>) {
        for need in needs {
            if self.seen_needs.insert(need.clone()) {
                self.needs.push(need);
            }
        }
    }

    fn add_container(&mut self, name: String) {
        if self.seen_containers.insert(name.clone()) {
            self.containers.push(name);
        }
    }
}
