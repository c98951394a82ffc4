//! The table of all flags, and the flags of each command.

use pod_model::Finding;

use super::super::draft::{Draft, TargetKind};
use super::super::flag::{Flag, Flags, Scope};
use super::groups::{AFTER_CONTAINERS, BEFORE_CONTAINERS};
use super::{containers, examples, host, restart, spread};

/// Returns all flags with their headings, in the order of the help.
pub(in crate::generate) fn all() -> impl Iterator<Item = (&'static str, &'static Flag)> {
    let groups = BEFORE_CONTAINERS
        .iter()
        .copied()
        .chain([&containers::GROUP])
        .chain(AFTER_CONTAINERS.iter().copied());
    groups.flat_map(|group| group.flags.iter().map(|flag| (group.heading, flag)))
}

/// Writes the fields that depend on other flags, and returns findings about them.
pub(in crate::generate) fn write_dependent_fields(draft: &mut Draft) -> Vec<Finding> {
    host::note_dns_policy(draft);
    spread::write_own_labels(draft)
}

/// Writes the restart policies of containers, after all flags.
pub(in crate::generate) fn write_restart_policies(draft: &mut Draft) {
    restart::write_policies(draft);
}

/// The flags of `create pod`.
#[derive(Clone, Debug)]
pub(crate) struct PodFlags;

impl Flags for PodFlags {
    const TARGET_KIND: TargetKind = TargetKind::Pod;
    const EXAMPLES: &'static str = examples::CREATE_POD;

    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)> {
        all().filter(|(_, flag)| flag.scope != Scope::Job)
    }
}

/// The flags of `create job`.
#[derive(Clone, Debug)]
pub(crate) struct JobFlags;

impl Flags for JobFlags {
    const TARGET_KIND: TargetKind = TargetKind::Job;
    const EXAMPLES: &'static str = examples::CREATE_JOB;

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

    /// Adds a flag with its example, and the flags that it requires.
    fn with_example(flag: &Flag, words: &mut Vec<String>) {
        if let Some((_, needed)) = all().find(|(_, other)| flag.needs.contains(&other.name)) {
            with_example(needed, words);
        }
        words.push(flag.typed());
        words.extend(flag.value.map(|_| flag.example.to_owned()));
    }

    /// Asserts that a command line breaks no rule of the API.
    fn assert_works<F: Flags>(words: &[String]) {
        let findings = match testing::generate_from_words::<F>(words) {
            Ok(generated) => generated.problems(KubernetesVersion::LATEST),
            Err(errors) => errors,
        };
        let text: String = findings
            .iter()
            .map(crate::render::finding_to_text)
            .collect();
        assert_eq!(text, "", "{}", words.join(" "));
    }

    #[test]
    fn example_of_flag_works() {
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
                assert_works::<PodFlags>(&words);
            }
            assert_works::<JobFlags>(&words);
        }
    }

    #[test]
    fn name_in_row_is_a_flag() {
        let names: BTreeSet<_> = all().map(|(_, flag)| flag.name).collect();
        for (_, flag) in all() {
            for name in flag.conflicts.iter().chain(flag.needs) {
                assert!(*name == ARGUMENTS || names.contains(name), "--{name}");
            }
        }
    }

    #[test]
    fn flag_has_unique_name_and_example() {
        let mut seen = BTreeSet::new();
        for (_, flag) in all() {
            assert!(
                seen.insert(flag.name),
                "--{} is in the table twice",
                flag.name
            );
            assert_eq!(
                flag.value.is_none(),
                flag.example.is_empty(),
                "--{}",
                flag.name
            );
        }
    }

    /// Returns the lines of the short help, at 80 columns, that are not a flag with its help.
    fn overlong<F: Flags>() -> Vec<String> {
        use clap::Args;
        let command =
            super::super::super::flag::TypedFlags::<F>::augment_args(clap::Command::new("create"));
        let help = command.term_width(80).render_help().to_string();
        let lines = help.lines().skip_while(|line| *line != "Program:");
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
    fn short_help_has_one_line_for_each_flag() {
        assert_eq!(overlong::<PodFlags>(), Vec::<String>::new());
        assert_eq!(overlong::<JobFlags>(), Vec::<String>::new());
    }

    /// clap wraps a row of a table to its first column. Prose is wrapped by clap alone, so that it
    /// has no short lines.
    #[test]
    fn long_help_fits_beside_its_indent() {
        for (_, flag) in all() {
            let is_row = |line: &str| line.starts_with(' ') || line.contains("  ");
            let lines: Vec<&str> = flag.more.lines().collect();
            for line in lines.iter().filter(|line| is_row(line)) {
                assert!(line.chars().count() <= 70, "--{}: {line}", flag.name);
            }
            for pair in lines.windows(2).filter(|pair| !is_row(pair[0])) {
                let goes_on = pair[1].starts_with(char::is_lowercase);
                assert!(is_row(pair[1]) || !goes_on, "--{}: {pair:?}", flag.name);
            }
        }
    }

    /// Returns an example with some of its characters removed, doubled or replaced.
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
        /// Any value is read, or an error in it is underlined.
        #[test]
        fn no_value_panics(
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
