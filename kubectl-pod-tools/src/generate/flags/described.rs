//! A container in one text: its words, and what each says.

use pod_model::nearest;

use super::super::draft::{Draft, run};
use super::super::flag::{ENTRYPOINT, Flag, Scope, Times};
use super::super::flag_conflicts::conflicts;
use super::super::fragment::{Fragment, ValueError};
use super::super::shell_words::{Word, program, words};
use super::groups::flags;
use super::program::image;

/// A container as it was typed.
pub(super) struct Described<'a> {
    name: Word<'a>,
    image: Word<'a>,
    settings: Vec<(Word<'a>, &'static Flag)>,
    command: Vec<Word<'a>>,
    /// The words of the command.
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
        let what = if settings.is_empty() { "name" } else { "image" };
        return Err(fragment.error(format!("the {what} of the container is missing")));
    };
    for (word, what) in [(name, "name"), (image, "image")] {
        if let (key, Some(_)) = word.key_and_value() {
            return Err(word.fragment().error(format!(
                "the {what} of the container stands here, and no `{}=`",
                key.text()
            )));
        }
    }
    if let Some(at) = split
        && command.is_empty()
    {
        return Err(words[at]
            .fragment()
            .error("the command is missing behind this"));
    }
    let program = program(command, "the script as shell='…' before the --")?;
    let flags = settings.iter().map(flag).collect::<Result<Vec<_>, _>>()?;
    together(settings, &flags, split.is_some())?;
    Ok(Described {
        name: *name,
        image: *image,
        settings: settings.iter().copied().zip(flags).collect(),
        command: command.to_vec(),
        program,
    })
}

/// One thing that is said of the container, and where it stands.
pub(super) type Saying<'a> = (
    Fragment<'a>,
    Box<dyn Fn(&mut Draft) -> Result<(), ValueError> + 'a>,
);

impl Described<'_> {
    /// All of it, in the order in which it is written.
    pub(super) fn sayings(&self) -> Vec<Saying<'_>> {
        let (name, image_name) = (self.name, self.image);
        let mut sayings: Vec<Saying<'_>> = vec![
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
            sayings.push((
                word.fragment(),
                Box::new(move |draft| set(draft, word, flag)),
            ));
        }
        if let (Some(first), Some(last)) = (self.command.first(), self.command.last()) {
            let is_command = self
                .settings
                .iter()
                .all(|(_, flag)| flag.name != ENTRYPOINT);
            sayings.push((
                first.fragment().up_to(last.fragment()),
                Box::new(move |draft| {
                    run(draft.container(), self.program.clone(), is_command);
                    Ok(())
                }),
            ));
        }
        sayings
    }
}

/// The flag that a word is about.
fn flag(word: &Word<'_>) -> Result<&'static Flag, ValueError> {
    let (key, _) = word.key_and_value();
    let meant = flags().find(|flag| flag.name == key.text());
    match meant {
        Some(flag) if flag.name == "image" => Err(key.error("the image stands behind the name")),
        Some(flag) if flag.scope == Scope::Container => Ok(flag),
        Some(_) => Err(not_of_one_container(key)),
        // The flags of more containers are not among those of one.
        None if CONTAINERS.contains(&key.text()) => Err(not_of_one_container(key)),
        None => Err(unknown(key)),
    }
}

/// Flags that describe a container of their own.
const CONTAINERS: [&str; 3] = ["init", "sidecar", "container"];

fn not_of_one_container(key: Fragment<'_>) -> ValueError {
    key.error(format!("`{}` is not about one container", key.text()))
        .help(format!("say it beside this flag: --{}", key.text()))
}

fn unknown(key: Fragment<'_>) -> ValueError {
    let names: Vec<&str> = flags()
        .filter(|flag| flag.scope == Scope::Container && flag.name != "image")
        .map(|flag| flag.name)
        .collect();
    let error = key.error(format!(
        "there is no flag `--{}` of a container",
        key.text()
    ));
    error.help(match nearest(key.text(), names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!(
            "a word here is one of {}, and then =VALUE",
            names.join(", ")
        ),
    })
}

/// What cannot stand there twice, or not together.
fn together(
    words: &[Word<'_>],
    flags: &[&'static Flag],
    has_arguments: bool,
) -> Result<(), ValueError> {
    for (number, flag) in flags.iter().enumerate() {
        let is_again = flags[..number].iter().any(|known| known.name == flag.name);
        if is_again && flag.times == Times::Once {
            let message = format!("`{}` stands there twice", flag.name);
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
        (Some(what), None) => Err(key.error(format!("`{}` wants a value: {what}", flag.name))),
        (None, None) => (flag.write)(draft, key),
        (None, Some(value)) => match value.fragment().text() {
            "true" => (flag.write)(draft, value.fragment()),
            "false" => Ok(()),
            _ => Err(value
                .fragment()
                .error(format!("`{}` is true or false", flag.name))),
        },
    };
    written.map_err(example)
}
