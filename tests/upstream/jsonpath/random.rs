//! Random paths over `object.json`, good and bad.

use crate::rng::Rng;

const NAMES: [&str; 22] = [
    "status",
    "phase",
    "n",
    "float",
    "ok",
    "nothing",
    "list",
    "numbers",
    "empty",
    "conditions",
    "mixed",
    "counts",
    "deep",
    "a",
    "c",
    "name",
    "type",
    "have",
    "want",
    "ratio",
    "missing",
    "v",
];
const LISTS: [&str; 7] = [
    "list",
    "numbers",
    "empty",
    "conditions",
    "mixed",
    "counts",
    "deep.c",
];
const OPERATORS: [&str; 14] = [
    "==", "==", "==", "!=", "<", "<=", ">", ">=", " == ", " != ", " > ", "=", "=>", "===",
];
const LITERALS: [&str; 24] = [
    "\"A\"",
    "'A'",
    "\"B\"",
    "'x'",
    "\"Running\"",
    "\"a b\"",
    "'it\\'s'",
    "\"a\\\"b\"",
    "\"\\u0041\"",
    "\"\\x41\"",
    "\"\\d\"",
    "\"\"",
    "1",
    "2",
    "-1",
    "+1",
    "1.5",
    "0.5",
    "1.2.3",
    "true",
    "false",
    "A",
    "-",
    "1e3",
];
const INDEXES: [&str; 20] = [
    "0",
    "1",
    "-1",
    "-2",
    "3",
    "7",
    "-7",
    "*",
    ":",
    "1:",
    ":2",
    "0:2",
    "-2:",
    ":-1",
    "::2",
    "0:4:2",
    "2:1",
    "2:2",
    "0:9",
    "99999999999999999999",
];
const ODD: [char; 24] = [
    '.', '.', '[', ']', '(', ')', '?', '@', '$', '\'', '"', '\\', ' ', '=', '!', '<', '*', ':',
    ',', '-', '1', 'a', '|', '&',
];

/// A path, in braces or not; a third of them with a slip.
pub(super) fn path(rng: &mut Rng) -> String {
    let mut path = match rng.below(10) {
        0 => "{..".to_owned() + rng.pick(&NAMES),
        1 => format!("{{.metadata.{}", rng.pick(&NAMES)),
        2..=5 => format!("{{.status.{}", rng.pick(&LISTS)),
        6 => format!("{{{}", rng.pick(&NAMES)),
        _ => format!("{{.status.{}", rng.pick(&NAMES)),
    };
    for _ in 0..rng.below(4) {
        path += &step(rng);
    }
    path.push('}');
    if rng.percent(15) {
        path = path[1..path.len() - 1].to_owned();
    }
    if rng.percent(33) {
        slip(rng, &mut path);
    }
    path
}

fn step(rng: &mut Rng) -> String {
    let name = rng.pick(&NAMES);
    match rng.below(20) {
        0..=3 => format!(".{name}"),
        4 => format!("['{name}']"),
        5 => format!("..{name}"),
        6 => ".*".to_owned(),
        7 => format!("['{name}','{}']", rng.pick(&NAMES)),
        8 => format!("[{}, {}]", rng.pick(&INDEXES), rng.pick(&INDEXES)),
        9..=11 => format!("[{}]", rng.pick(&INDEXES)),
        12 => format!("[\"{name}\"]"),
        _ => filter(rng),
    }
}

fn filter(rng: &mut Rng) -> String {
    let left = operand(rng);
    if rng.percent(20) {
        return format!("[?({left})]");
    }
    let (operator, right) = (rng.pick(&OPERATORS), operand(rng));
    let join = match rng.below(12) {
        0 => format!(" && {}", operand(rng)),
        1 => format!("||{}", operand(rng)),
        _ => String::new(),
    };
    format!("[?({left}{operator}{right}{join})]")
}

fn operand(rng: &mut Rng) -> String {
    if rng.percent(40) {
        return rng.pick(&LITERALS).to_owned();
    }
    let from = rng.pick(&["@", "@", "@", "@", "", "$", " @", "@ "]);
    let steps = (0..rng.below(3)).map(|_| match rng.below(8) {
        0 => format!("[{}]", rng.pick(&INDEXES)),
        1 => format!("['{}']", rng.pick(&NAMES)),
        _ => format!(".{}", rng.pick(&NAMES)),
    });
    from.to_owned() + &steps.collect::<String>()
}

fn slip(rng: &mut Rng, path: &mut String) {
    let at = rng.below(path.len());
    match rng.below(3) {
        0 => drop(path.remove(at)),
        1 => path.insert(at, rng.pick(&ODD)),
        _ => path.replace_range(at..=at, &rng.pick(&ODD).to_string()),
    }
}
