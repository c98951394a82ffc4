//! Forecasts of many Pods: those of equal plans are made once.

use std::collections::HashMap;
use std::rc::Rc;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::plan::PodPlan;
use super::ranges::{Effort, Event, forecast_with};

/// The forecasts that have been made; the names of containers make no difference.
#[derive(Debug, Default)]
pub struct Forecasts {
    effort: Effort,
    known: HashMap<Key, Rc<[Event]>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    plan: PodPlan,
    does: Assumptions,
    version: KubernetesVersion,
}

/// Pods from which on each forecast is made with little effort.
const MANY: usize = 50;

impl Forecasts {
    /// Returns an empty cache for about so many Pods.
    pub fn of_pods(count: usize) -> Self {
        let effort = if count < MANY {
            Effort::Thorough
        } else {
            Effort::Quick
        };
        Self {
            effort,
            known: HashMap::new(),
        }
    }

    /// Returns the forecast of a plan.
    pub fn get(
        &mut self,
        plan: &PodPlan,
        does: &Assumptions,
        version: KubernetesVersion,
    ) -> Rc<[Event]> {
        let mut plan = plan.clone();
        for container in &mut plan.containers {
            container.name.clear();
        }
        let key = Key {
            plan,
            does: does.clone(),
            version,
        };
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        let events = forecast_with(&key.plan, does, version, self.effort);
        let events: Rc<[Event]> = events.into();
        self.known.insert(key, Rc::clone(&events));
        events
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::PodSpec;
    use serde_json::json;

    use super::*;

    #[test]
    fn pods_that_differ_in_names_alone_share_a_forecast() {
        let plan = |name: &str, period: i32| {
            let spec: PodSpec = serde_json::from_value(json!({"containers": [{"name": name,
                "readinessProbe": {"exec": {}, "periodSeconds": period}}]}))
            .unwrap();
            PodPlan::of(&spec, KubernetesVersion::V1_37)
        };
        let mut forecasts = Forecasts::of_pods(100);
        let mut get = |name, period| {
            let does = Assumptions::default();
            forecasts.get(&plan(name, period), &does, KubernetesVersion::V1_37)
        };
        let one = get("a", 5);
        assert!(Rc::ptr_eq(&one, &get("b", 5)));
        assert!(!Rc::ptr_eq(&one, &get("a", 30)));
    }
}
