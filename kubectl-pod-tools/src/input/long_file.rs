//! Files that are too large to be kept in memory.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use pod_model::yaml::LongText;

/// A regular file that is read in parts.
#[derive(Debug)]
pub(super) struct LongFile {
    file: Mutex<File>,
    /// Its length and the time of its last change.
    version: (u64, Option<SystemTime>),
}

impl LongFile {
    /// Opens a file if it is a regular one that is longer than `limit`.
    pub(super) fn open(path: &Path, limit: usize) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() <= limit as u64 {
            return None;
        }
        let file = File::open(path).ok()?;
        Some(Self {
            version: version(&file)?,
            file: Mutex::new(file),
        })
    }
}

impl LongText for LongFile {
    fn read(&self, start: usize, length: usize) -> Result<Vec<u8>, String> {
        let failed = |error| format!("cannot read the file: {}", crate::error::system(&error));
        let mut file = self
            .file
            .lock()
            .map_err(|_| "cannot read the file".to_owned())?;
        if version(&file) != Some(self.version) {
            return Err("the file has changed while it was read".to_owned());
        }
        file.seek(SeekFrom::Start(start as u64)).map_err(failed)?;
        let mut bytes = Vec::with_capacity(length);
        let mut part = Read::by_ref(&mut *file).take(length as u64);
        part.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

fn version(file: &File) -> Option<(u64, Option<SystemTime>)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
