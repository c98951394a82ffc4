//! The topics together.

use super::{
    Rule, admission, create_flags, env, env_sources, files, hooks, jobs, probes, resources,
    scheduling, schema, security, submit, validation, verify, wait,
};

/// Rules about one thing.
#[derive(Debug)]
pub struct Topic {
    /// Heading, such as `Schema`.
    pub title: &'static str,
    /// Its rules, in the order in which a reader meets them.
    pub rules: &'static [&'static Rule],
}

/// All rules, by topic.
pub static TOPICS: &[Topic] = &[
    Topic {
        title: "Files",
        rules: files::ROWS,
    },
    Topic {
        title: "Schema",
        rules: schema::ROWS,
    },
    Topic {
        title: "Validation",
        rules: validation::ROWS,
    },
    Topic {
        title: "Flags of create",
        rules: create_flags::ROWS,
    },
    Topic {
        title: "Create and apply",
        rules: submit::ROWS,
    },
    Topic {
        title: "Admission",
        rules: admission::ROWS,
    },
    Topic {
        title: "Environment",
        rules: env::ROWS,
    },
    Topic {
        title: "Sources of the environment",
        rules: env_sources::ROWS,
    },
    Topic {
        title: "Running environment",
        rules: verify::ROWS,
    },
    Topic {
        title: "Probes",
        rules: probes::ROWS,
    },
    Topic {
        title: "Hooks",
        rules: hooks::ROWS,
    },
    Topic {
        title: "Resources",
        rules: resources::ROWS,
    },
    Topic {
        title: "Security",
        rules: security::ROWS,
    },
    Topic {
        title: "Jobs",
        rules: jobs::ROWS,
    },
    Topic {
        title: "Scheduling",
        rules: scheduling::ROWS,
    },
    Topic {
        title: "Wait",
        rules: wait::ROWS,
    },
];

/// Returns every rule, in the order of the topics.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TOPICS.iter().flat_map(|topic| topic.rules.iter().copied())
}

/// Returns the rule with an id, or `None` if no rule has it.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_is_in_kebab_case_and_used_once() {
        let mut seen = HashSet::new();
        for rule in all() {
            let is_word = |word: &str| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            assert!(rule.id.split('-').all(is_word), "{}", rule.id);
            assert!(seen.insert(rule.id), "{} is used twice", rule.id);
            assert_eq!(find(rule.id), Some(rule));
        }
        assert!(find("no-such-rule").is_none());
    }
}
