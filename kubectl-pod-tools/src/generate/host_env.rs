//! Inputs of flags beside the command line. Functions that write a flag do no I/O of their own.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::input;
use crate::ui::Ui;

/// The bytes of a file, or why it cannot be read.
type FileResult = Result<Vec<u8>, String>;
type ReadFile = dyn Fn(&str) -> FileResult;
type ReadVariable = dyn Fn(&str) -> Option<String>;

/// Files and the environment of this program.
#[derive(Clone)]
pub(crate) struct HostEnv {
    file: Arc<ReadFile>,
    /// Files that were read: a pipe has its bytes only once, and flags are written repeatedly.
    read: Arc<Mutex<HashMap<String, FileResult>>>,
    variable: Arc<ReadVariable>,
}

impl HostEnv {
    /// Returns the real files and environment.
    pub(crate) fn real(ui: &Arc<Ui>) -> Self {
        let ui = Arc::clone(ui);
        Self::new(
            move |path| input::read_file(Path::new(path), &ui).map_err(|e| e.to_string()),
            |name| std::env::var(name).ok(),
        )
    }

    /// Returns a replacement, for tests.
    pub(super) fn new(
        file: impl Fn(&str) -> Result<Vec<u8>, String> + 'static,
        variable: impl Fn(&str) -> Option<String> + 'static,
    ) -> Self {
        Self {
            file: Arc::new(file),
            read: Arc::default(),
            variable: Arc::new(variable),
        }
    }

    /// Returns the bytes of a file, or why it cannot be read.
    pub(super) fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(path) {
            return known.clone();
        }
        let bytes = (self.file)(path);
        read.insert(path.to_owned(), bytes.clone());
        bytes
    }

    /// Returns a variable of this program's environment.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }
}

impl Default for HostEnv {
    /// Returns an environment without files and variables.
    fn default() -> Self {
        Self::new(|path| Err(format!("cannot read {path}")), |_| None)
    }
}

impl fmt::Debug for HostEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostEnv")
    }
}
