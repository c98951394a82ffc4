//! A container in one value: its words, and the fields that each sets.

use pod_model::nearest;

use super::super::draft::{Draft, run};
use super::super::flag::{ENTRYPOINT, Flag, Scope, Times};
use super::super::flag_conflicts::conflicts;
use super::super::fragment::{Fragment, ValueError};
use super::super::shell_words::{Word, program, words};
use super::groups::flags;
use super::program::image;

/// A container as typed.
pub(super) struct Described<'a> {
    name: Word<'a>,
    image: Word<'a>,
    settings: Vec<(Word<'a>, &'static Flag)>,
    command: Vec<Word<'a>>,
    /// The words of the command, unquoted.
    program: Vec<String>,
}

pub(super) fn described(fragment: Fragment<'_>) -> Result<Described<'_>, ValueError> {
    let words = words(fragment)?;
    let split = words.iter().position(|word| word.fragment().text() == "--");
    let (settings, command) = match split {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (&words[..], &words[words.len()..]),
    };
    let [name, image, settings @ ..] = settings else {
        return Err(fragment.expected("`NAME IMAGE`"));
    };
    for (word, what) in [(name, "name"), (image, "image")] {
        if let (_, Some(_)) = word.key_and_value() {
            let what = format!("the {what} of the container");
            return Err(word.fragment().expected(&what));
        }
    }
    if let Some(at) = split
        && command.is_empty()
    {
        return Err(words[at].fragment().error("expected a command after `--`"));
    }
    let program = program(command, "shell='…' before the `--` for a script")?;
    let flags = settings.iter().map(flag).collect::<Result<Vec<_>, _>>()?;
    check_conflicts(settings, &flags, split.is_some())?;
    Ok(Described {
        name: *name,
        image: *image,
        settings: settings.iter().copied().zip(flags).collect(),
        command: command.to_vec(),
        program,
    })
}

/// A part of the value that sets something of the container, and the function that sets it.
pub(super) type Setting<'a> = (
    Fragment<'a>,
    Box<dyn Fn(&mut Draft) -> Result<(), ValueError> + 'a>,
);

impl Described<'_> {
    /// Returns all settings, in the order in which they are written.
    pub(super) fn settings(&self) -> Vec<Setting<'_>> {
        let (name, image_name) = (self.name, self.image);
        let mut settings: Vec<Setting<'_>> = vec![
            (
                name.fragment(),
                Box::new(move |draft| {
                    draft.container().name = name.text().into_owned();
                    Ok(())
                }),
            ),
            (
                image_name.fragment(),
                Box::new(move |draft| image_name.read(|name| image(draft, name))),
            ),
        ];
        for &(word, flag) in &self.settings {
            settings.push((
                word.fragment(),
                Box::new(move |draft| set(draft, word, flag)),
            ));
        }
        if let (Some(first), Some(last)) = (self.command.first(), self.command.last()) {
            let is_command = self
                .settings
                .iter()
                .all(|(_, flag)| flag.name != ENTRYPOINT);
            settings.push((
                first.fragment().up_to(last.fragment()),
                Box::new(move |draft| {
                    run(draft.container(), self.program.clone(), is_command);
                    Ok(())
                }),
            ));
        }
        settings
    }
}

/// Returns the flag that a word sets.
fn flag(word: &Word<'_>) -> Result<&'static Flag, ValueError> {
    let (key, _) = word.key_and_value();
    let meant = flags().find(|flag| flag.name == key.text());
    match meant {
        Some(flag) if flag.name == "image" => {
            Err(key.error("`image` is not an option: the image follows the name"))
        }
        Some(flag) if flag.scope == Scope::Container => Ok(flag),
        Some(flag) => Err(not_of_container(key, flag.scope)),
        // The flags of additional containers are not among those of one.
        None if CONTAINERS.contains(&key.text()) => Err(not_of_container(key, Scope::Pod)),
        None => Err(unknown(key)),
    }
}

/// Flags that add a container of their own.
const CONTAINERS: [&str; 3] = ["init", "sidecar", "container"];

fn not_of_container(key: Fragment<'_>, scope: Scope) -> ValueError {
    let whole = match scope {
        Scope::Job => "the Job",
        Scope::Container | Scope::Pod => "the whole Pod",
    };
    key.error(format!("`{}` applies to {whole}", key.text()))
        .help(format!("use `--{}` as a flag of its own", key.text()))
}

fn unknown(key: Fragment<'_>) -> ValueError {
    let names: Vec<&str> = flags()
        .filter(|flag| flag.scope == Scope::Container && flag.name != "image")
        .map(|flag| flag.name)
        .collect();
    let error = key.error(format!("unknown container option `{}`", key.text()));
    let typed = key.text().trim_start_matches('-');
    error.help(match nearest(typed, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("options: {}", names.join(", ")),
    })
}

/// Refuses options that are repeated or contradict each other.
fn check_conflicts(
    words: &[Word<'_>],
    flags: &[&'static Flag],
    has_arguments: bool,
) -> Result<(), ValueError> {
    for (number, flag) in flags.iter().enumerate() {
        let is_again = flags[..number].iter().any(|known| known.name == flag.name);
        if is_again && flag.times == Times::Once {
            let message = format!("`{}` is given twice", flag.name);
            return Err(words[number]
                .fragment()
                .error(message)
                .help("leave out one of them"));
        }
    }
    match conflicts(flags, has_arguments, "").into_iter().next() {
        Some(conflict) => Err(words[conflict.flag]
            .fragment()
            .error(conflict.message)
            .help(conflict.help)),
        None => Ok(()),
    }
}

fn set(draft: &mut Draft, word: Word<'_>, flag: &'static Flag) -> Result<(), ValueError> {
    let (key, value) = word.key_and_value();
    let example = |error: ValueError| match (error.help.is_none(), flag.value) {
        (true, Some(_)) => error.help(format!("for example: {}='{}'", flag.name, flag.example)),
        _ => error,
    };
    let written = match (flag.value, value) {
        (Some(_), Some(value)) => value.read(|value| (flag.write)(draft, value)),
        (Some(what), None) => Err(key.error(format!("`{}` requires a value: {what}", flag.name))),
        (None, None) => (flag.write)(draft, key),
        (None, Some(value)) => match value.fragment().text() {
            "true" => (flag.write)(draft, value.fragment()),
            "false" => Ok(()),
            _ => Err(value.fragment().expected("true or false")),
        },
    };
    written.map_err(example)
}
