//! Quotes words of commands for a shell.

/// Quotes a word for a shell. Control characters become escapes of `$'…'`, so that the command
/// stays one line.
pub(crate) fn quoted(word: &str) -> String {
    if word.chars().any(char::is_control) {
        let mut out = String::from("$'");
        for c in word.chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\'' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        out.push_str(&format!("\\x{byte:02x}"));
                    }
                }
                c => out.push(c),
            }
        }
        out.push('\'');
        return out;
    }
    pod_env::export::shell_quote(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_words_back() {
        for word in [
            "plain",
            "",
            "two words",
            "it's",
            "$(A)",
            "a\nb\t'c'\\",
            "é",
            "\u{1b}[2J",
            "~",
            "a*",
            "#x",
            "-",
            "!",
        ] {
            let script = format!("printf %s {}", quoted(word));
            let run = std::process::Command::new("bash")
                .args(["-c", &script])
                .output();
            assert_eq!(String::from_utf8_lossy(&run.unwrap().stdout), word);
        }
    }
}
