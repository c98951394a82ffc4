//! The table of topics that `explain` combines.

use pod_model::lookup::LookupKind;

use super::any::{AnyTopic, Row};
use super::options::AllOptions;
use super::status;
use crate::explain::env::{EnvOptions, EnvTopic};
use crate::explain::hooks::{HooksOptions, HooksTopic};
use crate::explain::job::{JobOptions, JobTopic};
use crate::explain::probes::{ProbesOptions, ProbesTopic};
use crate::explain::resources::{ResourcesOptions, ResourcesTopic};
use crate::explain::scheduling::{SchedulingOptions, SchedulingTopic};
use crate::explain::security::{SecurityOptions, SecurityTopic};
use crate::explain::status::{StatusOptions, StatusTopic};
use crate::explain::topic::Topic;

/// Defines the options of all topics, and the topics with their names, from rows. Of equally
/// urgent topics the first is shown first.
macro_rules! topics {
    ($($name:ident: $topic:ident of $options:ident $(, $change:ident($with:expr))*;)+) => {
        /// The options of each topic, as its own command has them without flags of its own.
        pub(super) struct TopicOptions {
            $($name: $options,)+
        }

        impl TopicOptions {
            pub(super) fn of(all: &AllOptions) -> Self {
                Self {
                    $($name: $options::from(all),)+
                }
            }

            /// Returns the topics in the order of the table.
            pub(super) fn topics(&self) -> Vec<Box<dyn AnyTopic + '_>> {
                vec![$(Box::new(
                    Row::new(stringify!($name), $topic::new(&self.$name))$(.$change($with))*
                ),)+]
            }
        }

        /// The kinds of objects that each topic looks up.
        const KINDS_OF: &[&[LookupKind]] = &[$($topic::KINDS,)+];

        /// Maximum number of rounds of look-ups of each topic.
        const ROUNDS_OF: &[usize] = &[$($topic::ROUNDS,)+];
    };
}

topics! {
    status: StatusTopic of StatusOptions, if_target(status::applies), with_short(status::short);
    scheduling: SchedulingTopic of SchedulingOptions;
    job: JobTopic of JobOptions;
    env: EnvTopic of EnvOptions;
    probes: ProbesTopic of ProbesOptions;
    hooks: HooksTopic of HooksOptions;
    resources: ResourcesTopic of ResourcesOptions;
    security: SecurityTopic of SecurityOptions;
}

/// The kinds of objects that the topics look up.
pub(super) const KINDS: &[LookupKind] = &joined::<{ count(KINDS_OF) }>(KINDS_OF);

/// Maximum number of rounds of look-ups.
pub(super) const ROUNDS: usize = most(ROUNDS_OF);

const fn count(lists: &[&[LookupKind]]) -> usize {
    let (mut count, mut list) = (0, 0);
    while list < lists.len() {
        count += lists[list].len();
        list += 1;
    }
    count
}

/// Returns the items of all lists, `N` together.
const fn joined<const N: usize>(lists: &[&[LookupKind]]) -> [LookupKind; N] {
    let mut all = [lists[0][0]; N];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut item = 0;
        while item < lists[list].len() {
            all[at] = lists[list][item];
            at += 1;
            item += 1;
        }
        list += 1;
    }
    all
}

const fn most(numbers: &[usize]) -> usize {
    let (mut most, mut at) = (0, 0);
    while at < numbers.len() {
        if numbers[at] > most {
            most = numbers[at];
        }
        at += 1;
    }
    most
}
