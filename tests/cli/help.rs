//! Help and examples fit a terminal of 80 columns and can be pasted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Home;

const COLUMNS: usize = 80;

/// A help with the words that show it.
struct Help {
    words: String,
    text: String,
    /// The same where there is more room.
    wide: String,
}

/// The command with all below it, as words.
fn paths(command: &clap::Command) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for child in command.get_subcommands() {
        for path in paths(child) {
            all.push([vec![child.get_name().to_owned()], path].concat());
        }
    }
    all
}

/// Every help of every program.
fn helps() -> Vec<Help> {
    let home = Home::new();
    let suite = paths(&kubectl_pod_tools::suite_command());
    let single = vec![Vec::new()];
    let programs = [
        (env!("CARGO_BIN_EXE_kubectl-pod_tools"), &suite),
        (env!("CARGO_BIN_EXE_kubectl-pod_env"), &single),
        (env!("CARGO_BIN_EXE_kubectl-pod_wait"), &single),
        (env!("CARGO_BIN_EXE_kubectl-pod_probe"), &single),
        (env!("CARGO_BIN_EXE_kubectl-create-pod"), &single),
    ];
    let mut helps = Vec::new();
    for (program, paths) in programs {
        for path in paths {
            for flag in ["-h", "--help"] {
                let mut words: Vec<&str> = path.iter().map(String::as_str).collect();
                words.push(flag);
                let shown = |columns: &str| {
                    let mut command = home.program(program, &words);
                    let output = command.env("COLUMNS", columns).output().unwrap();
                    assert_eq!(output.status.code(), Some(0), "{words:?}");
                    String::from_utf8(output.stdout).unwrap()
                };
                let name = Path::new(program).file_name().unwrap().to_string_lossy();
                helps.push(Help {
                    words: format!("{name} {}", words.join(" ")),
                    text: shown("80"),
                    wide: shown("120"),
                });
            }
        }
    }
    helps
}

/// Returns the part below the options: the examples, and the exit codes.
fn below(text: &str) -> &str {
    let at = text.find("\nExamples:\n").or(text.find("\nExit codes:\n"));
    &text[at.unwrap()..]
}

/// Commands as a shell reads them; a line that ends with a backslash goes on.
fn commands(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        if goes_on {
            let last = commands.last_mut().unwrap();
            last.pop();
            last.push_str(&line);
        } else {
            commands.push(line.clone());
        }
        goes_on = line.ends_with('\\');
    }
    assert!(!goes_on, "{:?}", commands.last());
    commands
}

#[test]
fn a_help_has_no_line_that_a_terminal_wraps() {
    let helps = helps();
    assert!(helps.len() > 20, "{}", helps.len());
    for help in &helps {
        for line in help.text.lines() {
            assert!(line.chars().count() <= COLUMNS, "{}: {line}", help.words);
        }
        // What clap has not wrapped is the same where there is more room.
        assert_eq!(below(&help.text), below(&help.wide), "{}", help.words);
    }
}

#[test]
fn output_format_comes_first_in_output() {
    let mut count = 0;
    for help in helps() {
        let Some((_, output)) = help.text.split_once("\nOutput:\n") else {
            continue;
        };
        let (output, _) = output.split_once("\n\n").unwrap_or((output, ""));
        if output.contains("-o, --output ") {
            let first = output.trim_start();
            assert!(first.starts_with("-o, --output "), "{}", help.words);
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

/// Headings, in the order in which a help has them.
fn headings(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.starts_with(' '));
    lines.filter_map(|line| line.strip_suffix(':')).collect()
}

#[test]
fn a_commands_own_flags_come_before_those_of_all_commands() {
    for help in helps() {
        let all = headings(&help.text);
        let begin = all.iter().position(|heading| *heading == "Options");
        let below = |heading: &&str| ["Examples", "Exit codes"].contains(heading);
        let flags = &all[begin.unwrap() + 1..];
        let end = flags.iter().position(below).unwrap();
        let is_offline = [" rules ", " completion "];
        let last = if is_offline.iter().any(|word| help.words.contains(word)) {
            &["Output"][..]
        } else {
            &["Output", "Rules", "Connection"]
        };
        let (own, shared) = flags[..end].split_at(end - last.len());
        assert_eq!(shared, last, "{}: {all:?}", help.words);
        assert!(
            own.iter().all(|own| !last.contains(own)),
            "{}: {all:?}",
            help.words
        );
        assert!(all.iter().filter(|heading| below(heading)).count() <= 2);
    }
}

#[test]
fn each_example_of_a_help_can_be_pasted() {
    let mut count = 0;
    for help in helps() {
        let lines = below(&help.text)
            .lines()
            .filter(|line| line.starts_with("  "));
        let lines = lines.filter(|line| !line.trim_start().starts_with('#'));
        let lines = lines.take_while(|line| !line.starts_with("  0 "));
        for command in commands(lines.map(str::to_owned)) {
            let words = shlex::split(&command);
            let words = words.unwrap_or_else(|| panic!("{}: {command}", help.words));
            let is_ours = words[0] == "kubectl" || words[..2] == ["source", "<(kubectl"];
            assert!(is_ours && words.len() > 2, "{}: {command}", help.words);
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// The pages for whoever uses the program, and for whoever changes it. ARCHITECTURE.md
/// has diagrams, and nothing to paste.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = fs::read_dir(root.join("docs")).unwrap();
    let mut pages: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    pages.extend(["README.md", "CONTRIBUTING.md"].map(|name| root.join(name)));
    pages
}

/// The lines of a page's blocks of code that a person pastes. What a program printed is
/// shown as it is: a block of the console has its command alone.
fn pasted(page: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut block: Option<(bool, bool)> = None;
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            block = match block {
                None => Some((language == "console", false)),
                Some(_) => None,
            };
            continue;
        }
        let Some((is_console, goes_on)) = &mut block else {
            continue;
        };
        if !*is_console || *goes_on || line.starts_with("$ ") {
            lines.push(line.to_owned());
            *goes_on = line.ends_with('\\');
        }
    }
    lines
}

#[test]
fn no_command_of_a_page_is_wider_than_a_terminal() {
    let (mut count, mut wide) = (0, Vec::new());
    for page in pages() {
        let lines = pasted(&fs::read_to_string(&page).unwrap());
        count += lines.len();
        let lines = lines.into_iter();
        wide.extend(lines.filter(|line| line.chars().count() > COLUMNS));
    }
    assert!(count > 15, "{count}");
    assert_eq!(wide, Vec::<String>::new());
}
