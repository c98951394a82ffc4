//! Quantities as people write them, and as nobody should.

use super::Rng;

const SUFFIXES: [&str; 18] = [
    "", "", "m", "m", "Mi", "Gi", "n", "u", "k", "M", "G", "T", "P", "E", "Ki", "Ti", "Pi", "Ei",
];
const USUAL: [&str; 20] = [
    "0", "1", "2", "100m", "250m", "0.5", "1.5", "1500m", "128Mi", "1Gi", "1.5Gi", "512M", "1e3",
    "1E", "100Ki", "2.50", "0.1m", "1000000n", "+1", "1024",
];

fn digits(rng: &mut Rng, text: &mut String, most: usize) {
    for _ in 0..rng.below(most + 1) {
        let digit = rng.pick(b"0001234567899");
        text.push(char::from(digit));
    }
}

/// A quantity that upstream reads, and that is not negative.
pub fn quantity(rng: &mut Rng) -> String {
    if rng.percent(70) {
        return rng.pick(&USUAL).to_owned();
    }
    let mut text = rng.below(3000).to_string();
    if rng.percent(40) {
        text.push('.');
        digits(rng, &mut text, 4);
    }
    if rng.percent(15) {
        text.push_str(&format!("e{}", rng.below(6)));
    } else {
        text.push_str(rng.pick(&SUFFIXES[..14]));
    }
    text
}

/// Any text that resembles a quantity, readable or not.
pub fn like_quantity(rng: &mut Rng) -> String {
    let mut text = String::new();
    match rng.below(8) {
        0 => text.push('-'),
        1 => text.push('+'),
        _ => {}
    }
    let long = if rng.percent(15) { 40 } else { 6 };
    digits(rng, &mut text, long);
    if rng.percent(50) {
        text.push('.');
        let long = if rng.percent(15) { 40 } else { 6 };
        digits(rng, &mut text, long);
    }
    match rng.below(10) {
        0..=5 => text.push_str(rng.pick(&SUFFIXES)),
        6 | 7 => {
            text.push(rng.pick(&['e', 'E']));
            text.push_str(rng.pick(&["", "-", "+"]));
            let most = if rng.percent(90) { 2 } else { 3 };
            digits(rng, &mut text, most);
        }
        8 => digits(rng, &mut text, 2),
        _ => {
            for _ in 0..rng.below(4) {
                text.push(rng.pick(&['e', 'E', 'i', 'n', 'K', 'M', '0', '.', '-', ' ', 'é', 'x']));
            }
        }
    }
    text
}
