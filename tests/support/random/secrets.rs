//! Random Secrets, written in many ways and broken in as many.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test is a crate of its own"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rng::Rng;

/// A file, and the pieces of values that nothing said of it may repeat.
pub struct Broken {
    pub text: String,
    pub atoms: Vec<String>,
}

impl Broken {
    /// The first piece of a value that an output repeats: five characters are
    /// enough to count as one.
    pub fn leak(&self, output: &str) -> Option<String> {
        let windows = self.atoms.iter().flat_map(|atom| {
            let end = atom.len().saturating_sub(WINDOW - 1);
            (0..end).map(move |at| &atom[at..at + WINDOW])
        });
        let mut windows = windows.filter(|window| output.contains(window));
        windows.next().map(str::to_owned)
    }
}

const WINDOW: usize = 5;
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn pick<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.below(words.len())]
}

/// A file with at least one Secret, most often broken.
pub fn broken_secret(rng: &mut Rng) -> Broken {
    let mut writer = Writer {
        rng,
        atoms: Vec::new(),
    };
    let mut documents: Vec<String> = Vec::new();
    for _ in 0..=writer.rng.below(2) {
        documents.push(writer.document());
    }
    let separator = pick(
        writer.rng,
        &["---\n", "---\n", "---\n", "--\n", "--- x\n", ""],
    );
    let mut text = documents.join(separator);
    for _ in 0..writer.rng.below(4) {
        text = damage(writer.rng, &text);
    }
    // What is shown of it is its own: no damage brings a value into it.
    let neighbour = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  k: 5\n";
    match writer.rng.below(4) {
        0 => text = format!("{neighbour}---\n{text}"),
        1 => text = format!("{text}\n---\n{neighbour}"),
        _ => {}
    }
    let atoms = writer.atoms;
    Broken { text, atoms }
}

struct Writer<'r> {
    rng: &'r mut Rng,
    atoms: Vec<String>,
}

impl Writer<'_> {
    /// A word that nothing else holds.
    fn atom(&mut self) -> String {
        let length = 6 + self.rng.below(6);
        let letter = |_| char::from(LETTERS[self.rng.below(LETTERS.len())]);
        // Digits alone would be a number, which is written in other ways.
        let atom: String = "x".chars().chain((0..length).map(letter)).collect();
        self.atoms.push(atom[1..].to_owned());
        atom
    }

    fn value(&mut self) -> String {
        let mut value = self.atom();
        for _ in 0..self.rng.below(4) {
            let between = [
                " ", ":", "=", "/", "\n", "#", " #", "-", "@", "'", "\"", ", ", "{", "$",
            ];
            value += pick(self.rng, &between);
            value += &self.atom();
        }
        value
    }

    fn encoded(&mut self) -> String {
        let value = self.value();
        let encoded = STANDARD.encode(value);
        self.atoms.push(encoded.trim_end_matches('=').to_owned());
        encoded
    }

    fn kind(&mut self) -> &'static str {
        pick(
            self.rng,
            &[
                "kind: Secret\n",
                "kind: Secret\n",
                "kind: Secret\n",
                "kind: secret\n",
                "kind: SECRET\n",
                "kind: 'Secret'\n",
                "\"kind\": \"Secret\"\n",
                "kind: # a comment\n  Secret\n",
                "kind: >-\n  Secret\n",
                "kind: |\n  Secret\n",
                "kind: &k Secret\n",
                "kind: !!str Secret\n",
                "kind: \"\\x53ecret\"\n",
                "kind: SecretList\n",
                "kind: ExternalSecret\n",
                "kind: Sercet\n",
                "",
            ],
        )
    }

    fn document(&mut self) -> String {
        match self.rng.below(5) {
            0 => self.json(),
            1 => self.list(),
            _ => self.yaml(),
        }
    }

    fn yaml(&mut self) -> String {
        let kind = self.kind();
        let mut text = String::from("apiVersion: v1\n");
        if self.rng.below(3) > 0 {
            text += kind;
            text += "metadata:\n  name: s\n";
            text += &self.fields();
        } else {
            text += &self.fields();
            text += kind;
            text += "metadata:\n  name: s\n";
        }
        match self.rng.below(6) {
            0 => text += &format!("typo: {}\n", self.atom()),
            1 => text += &format!("stringdata:\n  a: {}\n", self.atom()),
            2 => text += "type: Opaque\n",
            3 => text += &format!("data: {}\n", self.atom()),
            _ => {}
        }
        text
    }

    fn fields(&mut self) -> String {
        let mut text = String::new();
        if self.rng.below(2) == 0 {
            text += "data:\n";
            for key in ["tls.key", "b"].iter().take(1 + self.rng.below(2)) {
                let value = match self.rng.below(4) {
                    0 => self.value().replace('\n', " "),
                    _ => self.encoded(),
                };
                let quote = pick(self.rng, &["", "'", "\""]);
                text += &format!("  {key}: {quote}{value}{quote}\n");
            }
        }
        text += "stringData:\n";
        for key in ["password", "config.yaml", "token"]
            .iter()
            .take(1 + self.rng.below(3))
        {
            text += &self.entry(key);
        }
        text
    }

    fn entry(&mut self, key: &str) -> String {
        let value = self.value();
        let block = value.replace('\n', "\n    ");
        match self.rng.below(9) {
            0 => format!("  {key}: '{}'\n", block.replace('\'', "''")),
            1 => format!("  {key}: {value:?}\n"),
            2 => format!("  {key}: |\n    {block}\n"),
            3 => format!("  {key}: >\n    {block}\n"),
            4 => format!("  {key}: [{}, {}]\n", self.atom(), self.atom()),
            5 => format!("  {key}: {{a: {}, b: {}}}\n", self.atom(), self.atom()),
            6 => format!(
                "  {key}: |\n-----BEGIN KEY-----\n{}\n-----END KEY-----\n",
                self.atom()
            ),
            7 => {
                let number = 10_000_000 + self.rng.below(89_999_999);
                self.atoms.push(number.to_string());
                format!("  {key}: {number}\n")
            }
            _ => format!("  {key}: {block}\n"),
        }
    }

    fn json(&mut self) -> String {
        let kind = pick(
            self.rng,
            &["\"kind\":\"Secret\",", "\"kind\":\"secret\",", ""],
        );
        let (data, string_data) = (self.encoded(), self.value());
        let object = format!(
            "{{\"apiVersion\":\"v1\",{kind}\"metadata\":{{\"name\":\"s\"}},\"data\":{{\"a\":\"{data}\"}},\"stringData\":{{\"b\":{string_data:?}}}}}\n"
        );
        match self.rng.below(3) {
            0 => object.replace(',', ",\n  ").replace('{', "{\n  "),
            1 => format!(
                "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"p\"}},\"spec\":{{\"bogus\":1}}}},{}]}}\n",
                object.trim_end()
            ),
            _ => object,
        }
    }

    fn list(&mut self) -> String {
        let item = self.yaml();
        let item = item.trim_end().replace('\n', "\n  ");
        let kind = pick(self.rng, &["List", "SecretList", "SomethingList"]);
        format!("apiVersion: v1\nkind: {kind}\nitems:\n- {item}\n")
    }
}

fn damage(rng: &mut Rng, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = rng.below(letters.len() + 1);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    match rng.below(8) {
        0 => letters.truncate(at),
        1 => {
            let end = (at + 1 + rng.below(6)).min(letters.len());
            letters.drain(at.min(end)..end);
        }
        2 if !lines.is_empty() => {
            // A line stands twice, perhaps at another place.
            let (line, place) = (rng.below(lines.len()), rng.below(lines.len() + 1));
            let mut lines = lines.clone();
            lines.insert(place, lines[line]);
            return lines.concat();
        }
        3 if !lines.is_empty() => {
            // A line lost its indentation.
            let mut lines = lines.clone();
            let line = rng.below(lines.len());
            lines[line] = lines[line].trim_start_matches(' ');
            return lines.concat();
        }
        _ => {
            let bits = [
                "\t",
                ":",
                ": ",
                "'",
                "\"",
                "\n",
                "[",
                "]",
                "{",
                "}",
                ",",
                "#",
                " #",
                "---\n",
                "\n---\n",
                "\n--- ",
                "\n-----BEGIN X-----\n",
                "\n...\n",
                "&a ",
                "*a",
                "!!int ",
                "- ",
                "? ",
                "\\",
                "\0",
                "%",
                "@",
                "|",
                ">-",
                "<<: ",
                "null",
                "\n  bogus: ",
            ];
            letters.splice(at..at, pick(rng, &bits).chars());
        }
    }
    letters.into_iter().collect()
}
