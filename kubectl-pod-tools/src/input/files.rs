//! The files that a name stands for.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::InputError;
use crate::url::without_user;

/// The endings that kubectl reads from a directory
/// (k8s.io/cli-runtime/pkg/resource, `FileExtensions`).
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

fn is_manifest(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| EXTENSIONS.iter().any(|known| e == *known))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> InputError {
    let path = path.display().to_string();
    move |source| InputError::Io {
        path: path.clone(),
        source,
    }
}

/// The named file itself, or the manifests of the named directory in the order
/// of their names.
pub(super) fn expand(named: &Path, recursive: bool) -> Result<Vec<PathBuf>, InputError> {
    let text = named.to_string_lossy();
    if text.starts_with("http://") || text.starts_with("https://") {
        return Err(InputError::Url(without_user(&text)));
    }
    if !fs::metadata(named).map_err(failed(named))?.is_dir() {
        return Ok(vec![named.to_owned()]);
    }
    let mut found = Vec::new();
    let mut skipped = false;
    // A link can lead back up; each directory is gone through once.
    let mut seen = HashSet::new();
    let mut stack = vec![named.to_owned()];
    while let Some(dir) = stack.pop() {
        if !seen.insert(fs::canonicalize(&dir).map_err(failed(&dir))?) {
            continue;
        }
        for entry in fs::read_dir(&dir).map_err(failed(&dir))? {
            let path = entry.map_err(failed(&dir))?.path();
            // What a broken link or a racing deletion leaves behind is no file.
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if metadata.is_dir() {
                if recursive {
                    stack.push(path);
                } else {
                    skipped = true;
                }
            } else if is_manifest(&path) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        let name = named.display().to_string();
        return Err(if skipped {
            InputError::NotRecursive(name)
        } else {
            InputError::EmptyDirectory(name)
        });
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path, recursive: bool) -> Vec<String> {
        let relative = |p: PathBuf| p.strip_prefix(dir).unwrap().display().to_string();
        expand(dir, recursive)
            .unwrap()
            .into_iter()
            .map(relative)
            .collect()
    }

    #[test]
    fn a_directory_gives_its_manifests_in_order_and_goes_down_when_told() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.yml", "c.json", "notes.txt", "sub/d.yaml"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        // A link back up must not lead round in circles.
        std::os::unix::fs::symlink(dir.path(), dir.path().join("sub/up")).unwrap();
        std::os::unix::fs::symlink("gone", dir.path().join("broken.yaml")).unwrap();
        assert_eq!(names(dir.path(), false), ["a.yml", "b.yaml", "c.json"]);
        assert_eq!(
            names(dir.path(), true),
            ["a.yml", "b.yaml", "c.json", "sub/d.yaml"]
        );
    }

    #[test]
    fn what_gives_nothing_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = |recursive| expand(dir.path(), recursive).unwrap_err();
        assert!(matches!(error(false), InputError::EmptyDirectory(_)));
        fs::create_dir(dir.path().join("sub")).unwrap();
        assert!(matches!(error(false), InputError::NotRecursive(_)));
        assert!(matches!(
            expand(Path::new("https://x/y.yaml"), false),
            Err(InputError::Url(_))
        ));
        assert!(matches!(
            expand(Path::new("/nonexistent"), false),
            Err(InputError::Io { .. })
        ));
    }
}
