//! The variables of all Services, in the order in which the kubelet finds them.

use std::collections::HashMap;

use pod_model::lookup::{Answers, Completeness};

use super::choose::{Chosen, MASTER, choose};
use super::forms::{ServiceVar, from_service, is_link_name};
use crate::subject::Subject;

/// The variables of all Services that a Pod sees.
#[derive(Clone, Debug, Default)]
pub struct ServiceEnv {
    vars: Vec<ServiceVar>,
    index: HashMap<String, usize>,
    /// Completeness of the Services of the namespace.
    pub completeness: Completeness,
}

impl ServiceEnv {
    /// Returns the variables that a Pod gets.
    pub fn of(subject: &Subject<'_>, answers: &Answers) -> Self {
        let links = subject.spec.enable_service_links.unwrap_or(true);
        let Chosen {
            services,
            services_completeness,
            kubernetes_service_is_known,
        } = choose(answers, subject.namespace, links);
        let mut env = Self {
            completeness: services_completeness,
            ..Self::default()
        };
        for service in services.values() {
            from_service(service, |var| env.push(var));
        }
        if !kubernetes_service_is_known && !services.contains_key(MASTER) {
            env.kubernetes_service();
        }
        env
    }

    /// Returns the variables, sorted by Service.
    pub fn vars(&self) -> &[ServiceVar] {
        &self.vars
    }

    /// Returns the variable of a name and its index in [`ServiceEnv::vars`].
    pub fn get(&self, name: &str) -> Option<(usize, &ServiceVar)> {
        let at = *self.index.get(name)?;
        Some((at, self.vars.get(at)?))
    }

    /// Returns whether a name may be a variable of a Service that was not read.
    pub fn could_have(&self, name: &str) -> bool {
        self.completeness != Completeness::Complete && is_link_name(name)
    }

    fn push(&mut self, var: ServiceVar) {
        if let Some(&at) = self.index.get(&var.name) {
            let earlier = &mut self.vars[at];
            let other = std::mem::replace(earlier, var);
            if other.service != earlier.service {
                if other.value != earlier.value {
                    earlier.value = None;
                }
                earlier.collides_with = Some(other.service);
            }
        } else {
            self.index.insert(var.name.clone(), self.vars.len());
            self.vars.push(var);
        }
    }

    /// The variables that the API server's own Service always makes: it has
    /// the one port 443 with the name `https`
    /// (pkg/controlplane/controller/kubernetesservice).
    fn kubernetes_service(&mut self) {
        for (name, value) in [
            ("KUBERNETES_SERVICE_HOST", None),
            ("KUBERNETES_SERVICE_PORT", Some("443")),
            ("KUBERNETES_SERVICE_PORT_HTTPS", Some("443")),
            ("KUBERNETES_PORT", None),
            ("KUBERNETES_PORT_443_TCP", None),
            ("KUBERNETES_PORT_443_TCP_PROTO", Some("tcp")),
            ("KUBERNETES_PORT_443_TCP_PORT", Some("443")),
            ("KUBERNETES_PORT_443_TCP_ADDR", None),
        ] {
            self.push(ServiceVar {
                name: name.to_owned(),
                value: value.map(str::to_owned),
                service: MASTER.to_owned(),
                origin: None,
                collides_with: None,
            });
        }
    }
}
