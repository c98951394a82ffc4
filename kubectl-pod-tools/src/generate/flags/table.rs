//! The table of all flags, and which of them a command has.

use pod_model::Finding;

use super::super::draft::{Draft, TargetKind};
use super::super::flag::{Flag, Flags, Scope};
use super::groups::{AFTER_CONTAINERS, BEFORE_CONTAINERS};
use super::{containers, examples, host, restart, spread};

/// Every flag of the generator with its heading, in the order of the help.
pub(in crate::generate) fn all() -> impl Iterator<Item = (&'static str, &'static Flag)> {
    let groups = BEFORE_CONTAINERS
        .iter()
        .copied()
        .chain([&containers::GROUP])
        .chain(AFTER_CONTAINERS.iter().copied());
    groups.flat_map(|group| group.flags.iter().map(|flag| (group.heading, flag)))
}

/// Writes what can be written only when all flags are known, and says what is
/// wrong then.
pub(in crate::generate) fn finish(draft: &mut Draft) -> Vec<Finding> {
    host::finish(draft);
    spread::finish(draft)
}

/// What can be decided only when all flags are written.
pub(in crate::generate) fn settle(draft: &mut Draft) {
    restart::settle(draft);
}

/// The flags of `create pod`.
#[derive(Clone, Debug)]
pub(crate) struct OfPod;

impl Flags for OfPod {
    const TARGET_KIND: TargetKind = TargetKind::Pod;
    const EXAMPLES: &'static str = examples::OF_POD;

    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)> {
        all().filter(|(_, flag)| flag.scope != Scope::Job)
    }
}

/// The flags of `create job`.
#[derive(Clone, Debug)]
pub(crate) struct OfJob;

impl Flags for OfJob {
    const TARGET_KIND: TargetKind = TargetKind::Job;
    const EXAMPLES: &'static str = examples::OF_JOB;

    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)> {
        all()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::flag::ARGUMENTS;
    use super::super::testing;
    use super::*;
    use pod_model::KubernetesVersion;
    use std::collections::BTreeSet;

    /// A flag with its example, and what it says nothing without.
    fn with_example(flag: &Flag, words: &mut Vec<String>) {
        if let Some((_, needed)) = all().find(|(_, other)| flag.needs.contains(&other.name)) {
            with_example(needed, words);
        }
        words.push(flag.typed());
        words.extend(flag.value.map(|_| flag.example.to_owned()));
    }

    /// Without a word from the API's rules.
    fn works<F: Flags>(words: &[String]) {
        let told = |wrong: Vec<crate::render::LocatedFinding>| {
            let told = wrong.iter().map(crate::render::finding_to_text);
            told.collect::<String>()
        };
        let said = match testing::generate_from_words::<F>(words) {
            Ok(generated) => told(generated.problems(KubernetesVersion::LATEST)),
            Err(wrong) => told(wrong),
        };
        assert_eq!(said, "", "{}", words.join(" "));
    }

    #[test]
    fn each_example_works_with_what_it_needs_and_nothing_else() {
        for (_, flag) in all() {
            let mut words = vec!["web".to_owned()];
            if flag.name != "image" {
                words.push("--image=nginx".to_owned());
            }
            words.extend(flag.with.iter().map(|&word| word.to_owned()));
            with_example(flag, &mut words);
            if flag.needs.contains(&ARGUMENTS) {
                words.extend(["--", "date"].map(str::to_owned));
            }
            if flag.scope != Scope::Job {
                works::<OfPod>(&words);
            }
            works::<OfJob>(&words);
        }
    }

    #[test]
    fn each_name_that_a_row_refers_to_is_a_flag() {
        let names: BTreeSet<_> = all().map(|(_, flag)| flag.name).collect();
        for (_, flag) in all() {
            for name in flag.conflicts.iter().chain(flag.needs) {
                assert!(*name == ARGUMENTS || names.contains(name), "--{name}");
            }
        }
    }

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

    /// Headings aside, each line of the short help begins with a flag.
    fn overlong<F: Flags>() -> Vec<String> {
        use clap::Args;
        let command =
            super::super::super::flag::TypedFlags::<F>::augment_args(clap::Command::new("create"));
        let help = command.term_width(100).render_help().to_string();
        let lines = help.lines().skip_while(|line| *line != "Object:");
        let lines = lines.filter(|line| line.starts_with(' '));
        let is_whole = |line: &&str| {
            let flag = line.trim_start();
            flag.starts_with('-') && flag.contains("  ")
        };
        lines
            .filter(|line| !is_whole(line))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_short_help_has_one_line_for_each_flag() {
        assert_eq!(overlong::<OfPod>(), Vec::<String>::new());
        assert_eq!(overlong::<OfJob>(), Vec::<String>::new());
    }

    /// clap wraps a row of a table back to its first column; prose may be wrapped.
    #[test]
    fn the_long_help_fits_beside_its_indent() {
        for (_, flag) in all() {
            for line in flag.more.lines() {
                let is_row = line.starts_with(' ') || line.contains("  ");
                let columns = if is_row { 70 } else { 90 };
                assert!(line.chars().count() <= columns, "--{}: {line}", flag.name);
            }
        }
    }

    /// An example with some of its characters taken out, doubled or replaced.
    fn broken(example: &str, cuts: &[(usize, usize)]) -> String {
        const ODD: [&str; 14] = [
            "", "é", ":", "=", ",", ";", "@", "/", "(", ")", "||", " ", "-", "\u{200d}",
        ];
        let mut pieces: Vec<String> = example.chars().map(String::from).collect();
        for (at, with) in cuts {
            let at = at % (pieces.len() + 1);
            let with = ODD[with % ODD.len()].to_owned();
            if at == pieces.len() {
                pieces.push(with);
            } else {
                pieces[at] = with;
            }
        }
        pieces.concat()
    }

    proptest::proptest! {
        /// Whatever stands behind a flag is read, or underlined in itself.
        #[test]
        fn no_value_is_a_panic(
            number in 0..all().count(),
            cuts in proptest::collection::vec((0_usize..200, 0_usize..14), 0..6),
            noise in ".{0,30}",
        ) {
            let (_, flag) = all().nth(number).unwrap();
            for text in [broken(flag.example, &cuts), noise] {
                for target_kind in [TargetKind::Pod, TargetKind::Job] {
                    let fragment = super::super::super::fragment::Fragment::whole(&text);
                    let mut draft = Draft::new(target_kind);
                    let mut object = serde_json::json!({"spec": {}});
                    let read = match flag.change {
                        Some(change) => change(&mut object, fragment),
                        None => (flag.write)(&mut draft, fragment),
                    };
                    if let Err(error) = read {
                        if error.in_file.is_none() {
                            let shown = text.get(error.range.clone());
                            proptest::prop_assert!(shown.is_some(), "--{} {text:?}", flag.name);
                        }
                        proptest::prop_assert!(!error.message.is_empty());
                    }
                }
            }
        }
    }
}
