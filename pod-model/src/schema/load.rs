//! Reads the lines of `builtin.gz`; `examples/generate-data/trim.rs` says
//! what they mean.

use std::collections::HashMap;

use super::builtin::{
    Builtin, Definition, DefinitionId, Field, KindRow, ListType, Range, Type, TypeId,
};

/// The schema that the text describes. A line that cannot be read is left out;
/// a test says that there is none.
pub(super) fn load(text: &'static str) -> Builtin {
    let mut out = Builtin::default();
    let names = || text.lines().filter_map(|line| line.strip_prefix('='));
    let ids: HashMap<&str, u16> = names().map(first_word).zip(0..).collect();
    let mut types = HashMap::new();
    let mut usual = Range::ALL;
    for line in text.lines() {
        let mut words = line.split(' ');
        let Some(first) = words.next() else { continue };
        if first == "#" {
            continue;
        }
        if let Some(name) = first.strip_prefix('=') {
            usual = words.next().and_then(range).unwrap_or(Range::ALL);
            let at = index(out.fields.len());
            out.definitions.push(Definition {
                name,
                first: at,
                end: at,
            });
        } else if let Some(api_version) = first.strip_prefix(':') {
            let definition = DefinitionId(index(out.definitions.len().saturating_sub(1)));
            out.kinds
                .extend(kind(api_version, words, definition, usual));
        } else if let Some(field) = field(first, words, usual, &ids, &mut types, &mut out.types)
            && let Some(definition) = out.definitions.last_mut()
        {
            out.fields.push(field);
            definition.end = index(out.fields.len());
        }
    }
    for (i, row) in out.kinds.iter().enumerate() {
        out.by_kind.entry(row.kind).or_default().push(index(i));
    }
    out
}

fn index(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn first_word(line: &'static str) -> &'static str {
    line.split(' ').next().unwrap_or(line)
}

fn range(word: &str) -> Option<Range> {
    let (since, until) = word.split_once('-')?;
    Some(Range {
        since: since.parse().ok()?,
        until: until.parse().ok()?,
    })
}

fn kind(
    api_version: &'static str,
    mut words: std::str::Split<'static, char>,
    definition: DefinitionId,
    usual: Range,
) -> Option<KindRow> {
    let (kind, plural, scope) = (words.next()?, words.next()?, words.next()?);
    let mut row = KindRow {
        api_version,
        kind,
        resource: (plural != "-").then_some((plural, scope == "n")),
        short_names: "",
        definition,
        range: usual,
    };
    for word in words {
        match word.strip_prefix('~') {
            Some(names) => row.short_names = names,
            None => row.range = range(word)?,
        }
    }
    Some(row)
}

fn field(
    name: &'static str,
    mut words: std::str::Split<'static, char>,
    usual: Range,
    ids: &HashMap<&str, u16>,
    known: &mut HashMap<&'static str, TypeId>,
    types: &mut Vec<Type>,
) -> Option<Field> {
    let mut field = Field {
        name,
        kind: read_type(words.next()?, ids, known, types)?,
        required: false,
        list: ListType::Atomic,
        range: usual,
    };
    for word in words {
        if word == "!" {
            field.required = true;
        } else if word == "$" {
            field.list = ListType::Set;
        } else if let Some(keys) = word.strip_prefix('=') {
            field.list = ListType::Map(keys);
        } else {
            field.range = range(word)?;
        }
    }
    Some(field)
}

/// The type that a word describes. What a list or a map holds lies in `types`;
/// `known` keeps one of each. No word nests deeper than a map of lists.
fn read_type(
    word: &'static str,
    ids: &HashMap<&str, u16>,
    known: &mut HashMap<&'static str, TypeId>,
    types: &mut Vec<Type>,
) -> Option<Type> {
    let (letter, rest) = word.split_at_checked(1)?;
    let mut inner = || -> Option<TypeId> {
        if let Some(id) = known.get(rest) {
            return Some(*id);
        }
        let inner = read_type(rest, ids, known, types)?;
        let id = TypeId(index(types.len()));
        types.push(inner);
        known.insert(rest, id);
        Some(id)
    };
    Some(match letter {
        "?" => Type::Any,
        "s" => Type::String,
        "b" => Type::Boolean,
        "i" => Type::Int32,
        "l" => Type::Int64,
        "n" => Type::Number,
        "q" => Type::Quantity,
        "x" => Type::IntOrString,
        "t" => Type::Time,
        "u" => Type::MicroTime,
        "y" => Type::Bytes,
        "[" => Type::List(inner()?),
        "{" => Type::Map(inner()?),
        "@" => Type::Object(DefinitionId(*ids.get(rest)?)),
        _ => return None,
    })
}
