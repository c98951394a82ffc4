//! A node that is judged as if it were changed gets the answer of a snapshot with that change.

use serde_json::{Value, json};

use super::*;
use crate::scheduling::{NodeEdit, Plugin};

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let at = self.below(words.len() as u64);
        words[usize::try_from(at).unwrap()]
    }
}

fn random_pod(numbers: &mut Numbers, name: &str, node: Option<&str>) -> Pod {
    let app = numbers.one(&["x", "y"]);
    let key = numbers.one(&["zone", "rack"]);
    let selected = numbers.one(&["x", "y"]);
    let term = json!([{"topologyKey": key, "labelSelector": {"matchLabels": {"app": selected}}}]);
    let required = json!({"requiredDuringSchedulingIgnoredDuringExecution": term});
    let affinity = match numbers.below(4) {
        0 => json!({"podAffinity": required}),
        1 => json!({"podAntiAffinity": required}),
        _ => Value::Null,
    };
    let spread = json!([{
        "topologyKey": key, "maxSkew": numbers.below(2) + 1, "minDomains": numbers.below(3) + 1,
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": selected}},
    }]);
    let spread = if numbers.below(2) == 0 {
        spread
    } else {
        Value::Null
    };
    pod(
        name,
        &json!({
            "metadata": {"labels": {"app": app}},
            "spec": {"nodeName": node, "affinity": affinity, "topologySpreadConstraints": spread},
        }),
    )
}

#[test]
fn the_answer_about_a_changed_node_is_that_of_a_changed_snapshot() {
    let (mut numbers, mut failures) = (Numbers(17), 0);
    for _ in 0..600 {
        let names = ["a", "b", "c", "d"];
        let mut builder = builder(KubernetesVersion::LATEST);
        for name in names {
            let mut labels = json!({"zone": numbers.one(&["1", "2"])});
            if numbers.below(3) > 0 {
                labels["rack"] = json!(numbers.one(&["1", "2"]));
            }
            builder.node(&node(name, &json!({"metadata": {"labels": labels}})));
        }
        for at in 0..numbers.below(6) {
            let node = numbers.one(&names);
            builder.pod(&random_pod(&mut numbers, &format!("r{at}"), Some(node)));
        }
        let snapshot = builder.build();
        let pod = random_pod(&mut numbers, "p", None);
        let mut edit = NodeEdit::default();
        let value =
            [None, Some("1"), Some("2"), Some("3")][usize::try_from(numbers.below(4)).unwrap()];
        let key = numbers.one(&["zone", "rack"]);
        edit.labels.insert(key.to_owned(), value.map(str::to_owned));
        let index = usize::try_from(numbers.below(4)).unwrap();
        let evaluation = Evaluation::new(&snapshot, &pod);
        let changed = snapshot.with_node(index, &edit);
        let after = Evaluation::new(&changed, &pod);
        for plugin in [Plugin::PodTopologySpread, Plugin::InterPodAffinity] {
            let (found, expected) = (
                evaluation.plugin_if(plugin, index, &edit),
                after.plugin(plugin, index),
            );
            failures += usize::from(expected.is_failure());
            assert_eq!(found, expected, "{pod:?} {edit:?}");
        }
    }
    assert!(failures > 100, "{failures} refusals are compared");
}
