//! The command that made an object, for the comment above it.

use super::build::Wish;
use super::draft::Made;
use crate::shell_words::quoted;

/// The command in one line that a shell takes. Only what describes the object
/// is in it: no connection, no credentials, nothing of how it was shown.
pub(crate) fn command_line(wish: &Wish, from: Option<&str>) -> String {
    let what = match wish.made {
        Made::Pod => "pod",
        Made::Job => "job",
    };
    let mut words = vec![format!("kubectl pod-tools create {what}")];
    words.extend(wish.name.as_deref().map(quoted));
    words.extend(from.map(|from| format!("--from {}", quoted(from))));
    for typed in &wish.typed {
        let flag = typed.flag.typed();
        words.push(match typed.flag.value {
            // A value that begins with a dash would be read as a flag.
            Some(_) if typed.text.starts_with('-') => format!("{flag}={}", quoted(&typed.text)),
            Some(_) => format!("{flag} {}", quoted(&typed.text)),
            None => flag,
        });
    }
    if !wish.arguments.is_empty() {
        words.push("--".to_owned());
        words.extend(wish.arguments.iter().map(|word| quoted(word)));
    }
    words.join(" ")
}
