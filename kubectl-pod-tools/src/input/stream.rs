//! Reads manifests from streams that may never end.

use std::io::{self, IsTerminal};
use std::path::Path;

use super::error::InputError;
use super::limit::MAX_BYTES;
use crate::bounded::{self, Bounds, ReadError};
use crate::ui::Ui;

/// Reads a named file. Regular files are read at once, pipes and devices for as long as data
/// comes.
pub(super) fn file(path: &Path, ui: &Ui) -> Result<Vec<u8>, InputError> {
    let name = path.display().to_string();
    let bytes = bounded::read_file(path, Bounds::file(MAX_BYTES), waiting_note(&name, ui));
    bytes.map_err(|error| input_error(error, name.clone()))
}

/// Reads standard input to its end, however long that takes.
pub(super) fn stdin(ui: &Ui) -> Result<Vec<u8>, InputError> {
    if io::stdin().is_terminal() {
        ui.note("reading manifests from standard input; end with Ctrl-D");
    }
    let bounds = Bounds {
        bytes: MAX_BYTES,
        silence: None,
    };
    let bytes = bounded::read_stream(|| Ok(io::stdin()), bounds, waiting_note("stdin", ui));
    bytes.map_err(|error| input_error(error, "stdin".to_owned()))
}

/// Reports once that the command waits for input.
fn waiting_note(name: &str, ui: &Ui) -> impl FnMut() {
    let mut is_told = false;
    move || {
        if !std::mem::replace(&mut is_told, true) {
            ui.note(&format!("waiting for a manifest from {name} …"));
        }
    }
}

fn input_error(error: ReadError, path: String) -> InputError {
    match error {
        ReadError::Io(source) => InputError::Io { path, source },
        ReadError::TooLarge { .. } => InputError::TooLarge(path),
        ReadError::Silent { seconds } => InputError::Silent { path, seconds },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::ColorChoice;

    fn quiet() -> Ui {
        Ui::new(ColorChoice::Never, true, 0)
    }

    #[test]
    fn an_endless_device_is_cut_off() {
        let error = file(Path::new("/dev/zero"), &quiet()).unwrap_err();
        assert!(matches!(error, InputError::TooLarge(_)), "{error}");
    }

    #[test]
    fn a_directory_that_took_the_files_place_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = file(dir.path(), &quiet()).unwrap_err();
        assert!(matches!(error, InputError::Io { .. }), "{error}");
    }
}
