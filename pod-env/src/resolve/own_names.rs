//! The entries of a container's `env`, found by their names.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::EnvVar as SpecVar;

/// Number of entries that are faster searched than indexed.
const FEW: usize = 32;

/// Index of the names in a container's `env`.
pub(super) struct OwnNames<'a> {
    env: &'a [SpecVar],
    /// The indices of each name, ascending; `None` where there are few.
    places: Option<HashMap<&'a str, Vec<usize>>>,
}

impl<'a> OwnNames<'a> {
    pub(super) fn of(env: &'a [SpecVar]) -> Self {
        let places = (env.len() > FEW).then(|| {
            let mut places: HashMap<&str, Vec<usize>> = HashMap::with_capacity(env.len());
            for (i, variable) in env.iter().enumerate() {
                places.entry(&variable.name).or_default().push(i);
            }
            places
        });
        Self { env, places }
    }

    /// Returns the last entry of a name before `i`.
    pub(super) fn before(&self, i: usize, name: &str) -> Option<usize> {
        match &self.places {
            None => self.env[..i].iter().rposition(|v| v.name == name),
            Some(places) => {
                let places = places.get(name)?;
                let count = places.partition_point(|place| *place < i);
                Some(places[count.checked_sub(1)?])
            }
        }
    }

    /// Returns the first entry of a name after `i`.
    pub(super) fn after(&self, i: usize, name: &str) -> Option<usize> {
        match &self.places {
            None => {
                let behind = self.env[i + 1..].iter().position(|v| v.name == name);
                behind.map(|distance| i + 1 + distance)
            }
            Some(places) => {
                let places = places.get(name)?;
                let count = places.partition_point(|place| *place <= i);
                places.get(count).copied()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_finds_the_same_entries_as_a_search() {
        let env = |count: usize| -> Vec<SpecVar> {
            let name = |i: usize| format!("V{}", i * 7 % 11 % 5);
            let variable = |i| SpecVar {
                name: name(i),
                ..SpecVar::default()
            };
            (0..count).map(variable).collect()
        };
        let few = env(FEW);
        let many = env(FEW + 1);
        let (few, many) = (OwnNames::of(&few), OwnNames::of(&many));
        assert!(few.places.is_none() && many.places.is_some());
        for i in 0..FEW {
            for name in ["V0", "V1", "V2", "V3", "V4", "V5"] {
                assert_eq!(many.before(i, name), few.before(i, name), "{i} {name}");
                let behind = many.after(i, name).filter(|at| *at < FEW);
                assert_eq!(behind, few.after(i, name), "{i} {name}");
            }
        }
        assert_eq!(many.before(0, "V0"), None);
        assert_eq!(many.after(FEW, "V0"), None);
    }
}
