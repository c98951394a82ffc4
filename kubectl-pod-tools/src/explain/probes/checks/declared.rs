//! Ports that the containers of a Pod declare.

use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::ContainerPort;
use pod_model::ContainerView;

/// The ports of a Pod.
pub(super) struct Declared<'a> {
    /// By their numbers.
    pub by_number: HashMap<i32, Vec<&'a ContainerPort>>,
    /// The first of them, in their order.
    pub numbers: Vec<String>,
    /// Numbers that its programs are given.
    pub told: HashSet<&'a str>,
}

/// Ports that are compared with one that is not declared.
const MOST_COMPARED: usize = 100;

impl<'a> Declared<'a> {
    /// Returns the ports of all containers.
    pub(super) fn of(all: &[ContainerView<'a>]) -> Self {
        let mut by_number: HashMap<i32, Vec<&ContainerPort>> = HashMap::new();
        let mut told = HashSet::new();
        for own in all {
            for port in own.ports {
                by_number.entry(port.container_port).or_default().push(port);
            }
            let values = own
                .env
                .iter()
                .filter_map(|variable| variable.value.as_ref());
            for text in own.command.iter().chain(own.args).chain(values) {
                let numbers = text.split(|letter: char| !letter.is_ascii_digit());
                told.extend(numbers.filter(|number| !number.is_empty()));
            }
        }
        let ports = all.iter().flat_map(|own| own.ports).take(MOST_COMPARED);
        Self {
            by_number,
            numbers: ports.map(|port| port.container_port.to_string()).collect(),
            told,
        }
    }
}
