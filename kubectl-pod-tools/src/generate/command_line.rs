//! The command that generates an object, for the comment above it.

use super::build::GenerateRequest;
use super::draft::TargetKind;
use crate::shell_quote::quoted;

/// The command in one line that a shell takes. Only what describes the object
/// is in it: no connection, no credentials, nothing of how it was shown.
pub(crate) fn command_line(request: &GenerateRequest, from: Option<&str>) -> String {
    let what = match request.target_kind {
        TargetKind::Pod => "pod",
        TargetKind::Job => "job",
    };
    let mut words = vec![format!("kubectl pod-tools create {what}")];
    words.extend(request.name.as_deref().map(quoted));
    words.extend(from.map(|from| format!("--from {}", quoted(from))));
    for typed in &request.typed {
        let flag = typed.flag.typed();
        words.push(match typed.flag.value {
            // A value that begins with a dash would be read as a flag.
            Some(_) if typed.text.starts_with('-') => format!("{flag}={}", quoted(&typed.text)),
            Some(_) => format!("{flag} {}", quoted(&typed.text)),
            None => flag,
        });
    }
    if !request.arguments.is_empty() {
        words.push("--".to_owned());
        words.extend(request.arguments.iter().map(|word| quoted(word)));
    }
    words.join(" ")
}
