//! The tables of flags, one file for each group.

mod affinity;
mod capability;
mod env;
mod failure_policy;
mod host;
mod job;
mod metadata;
mod overrides;
mod program;
mod scheduling;
mod security;
mod spread;
#[cfg(test)]
pub(super) mod testing;

use pod_model::{Finding, KubernetesVersion};

use super::draft::{Draft, Made};
use super::flag::{Flag, Flags, Group, Scope};

/// All groups, in the order of the help.
const GROUPS: &[&Group] = &[
    &metadata::GROUP,
    &program::GROUP,
    &env::GROUP,
    &scheduling::GROUP,
    &affinity::GROUP,
    &spread::GROUP,
    &security::GROUP,
    &host::GROUP,
    &job::GROUP,
    &overrides::GROUP,
];

/// Every flag of the generator, with its heading.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Flag)> {
    let flags = |group: &'static Group| group.flags.iter().map(|flag| (group.heading, flag));
    GROUPS.iter().copied().flat_map(flags)
}

/// Writes what can be written only when all flags are known, and says what is
/// wrong then.
pub(super) fn finish(draft: &mut Draft, version: KubernetesVersion) -> Vec<Finding> {
    host::finish(draft);
    let mut findings = spread::finish(draft);
    findings.extend(super::profile::finish(draft, version));
    findings
}

/// The flags of `create pod`.
#[derive(Clone, Debug)]
pub(crate) struct OfPod;

impl Flags for OfPod {
    const MADE: Made = Made::Pod;

    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)> {
        all().filter(|(_, flag)| flag.scope != Scope::Job)
    }
}

/// The flags of `create job`.
#[derive(Clone, Debug)]
pub(crate) struct OfJob;

impl Flags for OfJob {
    const MADE: Made = Made::Job;

    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)> {
        all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_flag_has_its_own_name_and_an_example() {
        let mut seen = BTreeSet::new();
        for (_, flag) in all() {
            assert!(seen.insert(flag.name), "--{} stands there twice", flag.name);
            assert_eq!(
                flag.value.is_none(),
                flag.example.is_empty(),
                "--{}",
                flag.name
            );
        }
    }

    #[test]
    fn each_example_works_with_what_it_needs_and_nothing_else() {
        for (_, flag) in all() {
            let mut words = vec!["web".to_owned()];
            if flag.name != "image" {
                words.push("--image=nginx".to_owned());
            }
            words.extend(flag.with.iter().map(|&word| word.to_owned()));
            words.push(match flag.value {
                Some(_) => format!("--{}={}", flag.name, flag.example),
                None => format!("--{}", flag.name),
            });
            if flag.scope != Scope::Job {
                assert!(testing::made::<OfPod>(&words).is_ok(), "{words:?}");
            }
            assert!(testing::made::<OfJob>(&words).is_ok(), "{words:?}");
        }
    }
}
