//! Loops of hooks without a bound of their own.

use super::script::{Command, Token, commands, script};
use crate::handler::Handler;

/// A loop of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookLoop {
    /// It never ends by itself.
    Endless {
        /// Its first words, such as `while true`.
        text: String,
    },
    /// It goes on as long as a program says so.
    Polls {
        /// Its first words, such as `while killall -0 nginx`.
        text: String,
        /// The program, which the image has to have.
        program: String,
        /// True if it goes on while the program fails, as it does if the image does not have it.
        while_failing: bool,
    },
}

/// Commands that leave a loop, or count for it.
const LEAVES: [&str; 8] = [
    "break", "exit", "return", "exec", "let", "expr", "read", "timeout",
];
/// Commands of the shell itself: every image with a shell has them.
const BUILT_IN: [&str; 6] = ["[", "test", "[[", "kill", "read", "echo"];

/// Returns the first loop of a hook's script that has no bound of its own.
pub fn hook_loop(handler: &Handler) -> Option<HookLoop> {
    let Handler::Exec { command } = handler else {
        return None;
    };
    let (_, text) = script(command)?;
    let all = commands(text)?;
    let mut at = 0;
    while let Some(own) = all.get(at) {
        if matches!(own.name(), "while" | "until")
            && let Some(found) = unbounded(&all[at..])
        {
            return Some(found);
        }
        at += 1;
    }
    None
}

fn unbounded(all: &[Command<'_>]) -> Option<HookLoop> {
    let (keyword, rest) = all.split_first()?;
    let begin = rest.iter().position(|own| own.name() == "do")?;
    let (condition, body) = rest.split_at(begin);
    let end = body.iter().position(|own| own.name() == "done")?;
    let body = &body[..=end];
    // In the background, or within a pipeline.
    let is_beside = body
        .last()?
        .after
        .is_some_and(|own| matches!(own, Token::Background | Token::Pipe));
    let counts = |own: &Command<'_>| {
        LEAVES.contains(&own.name()) || own.words.iter().any(|word| word.contains("$(("))
    };
    if is_beside || body.iter().any(counts) {
        return None;
    }
    let (is_negated, words) = match condition {
        [one] => (false, &one.words),
        [not, one] if not.name() == "!" => (true, &one.words),
        _ => return None,
    };
    let program = words.first()?;
    let goes_on_at_failure = is_negated != (keyword.name() == "until");
    let text = format!(
        "{} {}{}",
        keyword.name(),
        if is_negated { "! " } else { "" },
        words.join(" ")
    );
    let is_true = matches!(program, &"true" | &":");
    let is_constant = words.len() == 3 && words[0] == "[" && matches!(words[1], "1" | "true");
    if (is_true || is_constant) && !goes_on_at_failure || *program == "false" && goes_on_at_failure
    {
        return Some(HookLoop::Endless { text });
    }
    let decides = is_true || *program == "false" || BUILT_IN.contains(program);
    let has_bound = LEAVES.contains(program) || program.contains(['$', '"', '\'']);
    if decides || has_bound {
        return None;
    }
    Some(HookLoop::Polls {
        text,
        program: (*program).to_owned(),
        while_failing: goes_on_at_failure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<HookLoop> {
        let command = ["/bin/sh", "-c", text].map(str::to_owned).to_vec();
        hook_loop(&Handler::Exec { command })
    }

    #[test]
    fn a_loop_without_a_way_out_is_endless() {
        for text in [
            "while true; do sleep 1; done",
            "until false; do :; done",
            "while [ 1 ]; do a; done",
        ] {
            assert!(
                matches!(found(text), Some(HookLoop::Endless { .. })),
                "{text}"
            );
        }
        for text in [
            "while true; do sleep 1; test -f /x && break; done",
            "while true; do sleep 1; done & sleep 5",
            "while [ $i -lt 5 ]; do i=$((i+1)); done",
            "for i in 1 2 3; do sleep 1; done",
            "while false; do a; done",
            "sleep 5",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_loop_asks_a_program_that_the_image_may_not_have() {
        let polls = |text: &str, program: &str, while_failing| {
            Some(HookLoop::Polls {
                text: text.to_owned(),
                program: program.to_owned(),
                while_failing,
            })
        };
        assert_eq!(
            found("nginx -s quit; while killall -0 nginx; do sleep 1; done"),
            polls("while killall -0 nginx", "killall", false)
        );
        assert_eq!(
            found("until curl -f localhost; do sleep 1; done"),
            polls("until curl -f localhost", "curl", true)
        );
        assert_eq!(
            found("while ! drained; do sleep 1; done"),
            polls("while ! drained", "drained", true)
        );
    }
}
