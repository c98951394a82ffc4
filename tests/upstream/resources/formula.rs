//! The formulas lead to the totals.

use k8s_openapi::api::core::v1::Pod;
use pod_model::pod_resources::{
    Base, ContainersTotal, Formula, Largest, Options, limit_formulas, limits, request_formulas,
    requests,
};
use pod_model::{ContainerType, KubernetesVersion, Quantity};

pub fn check(pod: &Pod, version: KubernetesVersion) {
    for options in [Options::placed(version), Options::to_place(version)] {
        for (formulas, totals) in [
            (request_formulas(pod, options), requests(pod, options)),
            (limit_formulas(pod, options), limits(pod, options)),
        ] {
            let all: Vec<_> = formulas
                .iter()
                .map(|own| (&own.resource, &own.total))
                .collect();
            assert_eq!(all, totals.iter().collect::<Vec<_>>());
            for own in &formulas {
                adds_up(own, pod);
            }
        }
    }
}

fn sum<'a>(all: impl Iterator<Item = &'a Quantity>) -> Quantity {
    let mut total = Quantity::default();
    all.for_each(|own| total += own);
    total
}

fn adds_up(formula: &Formula, pod: &Pod) {
    let parts = [formula.base.amount()].into_iter().chain(&formula.overhead);
    assert_eq!(sum(parts), formula.total, "{formula} in {pod:?}");
    let shown = formula.to_string();
    let end = shown.rsplit([' ']).next();
    assert!(!shown.is_empty() && end.is_some(), "{shown}");
    match &formula.base {
        Base::Containers(own) => most(own, formula),
        Base::PodLevel { instead_of, .. } => {
            if let Some(own) = instead_of {
                most(own, formula);
            }
        }
        Base::PodStatus { .. } => {}
    }
}

fn most(own: &ContainersTotal, formula: &Formula) {
    let running = sum(own.running.iter().map(|own| &own.amount));
    assert_eq!(running, own.running_total, "{formula}");
    let sidecars = || {
        let all = own.running.iter();
        all.filter(|own| own.container_type == ContainerType::Sidecar)
    };
    for start in &own.starting {
        let before = sum(sidecars().take(start.sidecars).map(|own| &own.amount));
        let mut total = before.clone();
        assert_eq!(
            start.sidecars_total.clone().unwrap_or_default(),
            before,
            "{formula}"
        );
        total += &start.container.amount;
        assert_eq!(total, start.total, "{formula}");
        assert!(start.total <= own.total, "{formula}");
    }
    match own.largest {
        Largest::Running => assert_eq!(own.running_total, own.total, "{formula}"),
        Largest::Starting(at) => assert_eq!(own.starting[at].total, own.total, "{formula}"),
    }
}
