//! The schema that is part of the program.

use std::io::Read;
use std::sync::OnceLock;

use super::builtin::Builtin;
use super::load;

/// The embedded schema; the first call unpacks it.
pub fn builtin() -> &'static Builtin {
    static BUILTIN: OnceLock<Builtin> = OnceLock::new();
    BUILTIN.get_or_init(|| {
        let mut text = String::new();
        let mut unpacked = flate2::read::GzDecoder::new(&include_bytes!("builtin.gz")[..]);
        // The file is part of the program, and a test reads it to its end.
        let _ = unpacked.read_to_string(&mut text);
        load::load(text.leak())
    })
}
