//! The command that generates an object, for the comment above it.

use super::build::GenerateRequest;
use super::draft::TargetKind;
use crate::shell_quote::quoted;

/// Returns the command as one line for a shell. It has the flags that determine the object, the
/// namespace among them: no credentials, no other flags of the connection, none of the output.
pub(crate) fn command_line(
    request: &GenerateRequest,
    from: Option<&str>,
    namespace: Option<&str>,
) -> String {
    let what = match request.target_kind {
        TargetKind::Pod => "pod",
        TargetKind::Job => "job",
    };
    let mut words = vec![format!("kubectl pod-tools create {what}")];
    words.extend(request.name.as_deref().map(quoted));
    words.extend(namespace.map(|namespace| format!("-n {}", quoted(namespace))));
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
