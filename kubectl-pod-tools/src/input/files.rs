//! Finds the files of a name: a file, a directory or a pattern.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::InputError;
use super::pattern;
use crate::url::without_user;

/// File extensions that kubectl reads from a directory
/// (k8s.io/cli-runtime/pkg/resource, `FileExtensions`).
const EXTENSIONS: [&str; 3] = [".json", ".yaml", ".yml"];

/// Returns whether a name has one of the extensions; a name that is only an extension has it,
/// too, as in Go's `filepath.Ext`.
fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    EXTENSIONS.iter().any(|extension| name.ends_with(extension))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> InputError {
    let path = path.display().to_string();
    move |source| InputError::Io {
        path: path.clone(),
        source,
    }
}

/// Returns the named file, the manifests of the named directory, or the matches of the
/// pattern, in the order of their names.
///
/// Mirrors k8s.io/cli-runtime/pkg/resource, `expandIfFilePattern` and
/// `ExpandPathsToFileVisitors`. A named link to a directory is followed, which kubectl does only
/// if it ends with `/`.
///
/// # Errors
/// A path that does not exist or cannot be read, an invalid pattern or one without matches, a
/// directory without manifests, a URL.
pub(super) fn expand(named: &Path, recursive: bool) -> Result<Vec<PathBuf>, InputError> {
    let text = named.to_string_lossy();
    if text.starts_with("http://") || text.starts_with("https://") {
        return Err(InputError::Url(without_user(&text)));
    }
    match fs::metadata(named) {
        Ok(metadata) if metadata.is_dir() => manifests(named, recursive),
        Ok(_) => Ok(vec![named.to_owned()]),
        // A name that is there is no pattern, whatever characters it has.
        Err(error) if error.kind() == io::ErrorKind::NotFound && pattern::is_pattern(&text) => {
            matches(&text, recursive)
        }
        Err(error) => Err(failed(named)(error)),
    }
}

fn matches(text: &str, recursive: bool) -> Result<Vec<PathBuf>, InputError> {
    let found = pattern::expand(text).map_err(|reason| InputError::BadPattern {
        pattern: text.to_owned(),
        reason,
    })?;
    if found.is_empty() {
        return Err(InputError::NoMatch(text.to_owned()));
    }
    let mut files = Vec::new();
    let mut without_manifests = None;
    for path in found {
        if !fs::symlink_metadata(&path).map_err(failed(&path))?.is_dir() {
            files.push(path);
            continue;
        }
        match manifests(&path, recursive) {
            Ok(manifests) => files.extend(manifests),
            // As kubectl: the pattern named it, not the person.
            Err(error @ (InputError::EmptyDirectory(_) | InputError::NotRecursive(_))) => {
                without_manifests.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    match without_manifests {
        Some(error) if files.is_empty() => Err(error),
        _ => Ok(files),
    }
}

/// Returns the manifests of a directory. Links count as files, as in Go's `filepath.Walk`: a
/// link to a directory may lead out of the tree or back up, and a broken link is an error when
/// it is read.
fn manifests(named: &Path, recursive: bool) -> Result<Vec<PathBuf>, InputError> {
    let mut found = Vec::new();
    let mut skipped = false;
    // The next entry is the last one.
    let mut left = entries(named)?;
    while let Some((path, is_dir)) = left.pop() {
        match is_dir {
            true if recursive => left.extend(entries(&path)?),
            true => skipped = true,
            false if is_manifest(&path) => found.push(path),
            false => {}
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
    Ok(found)
}

/// Returns the entries of a directory in reverse order, and whether each is a directory.
fn entries(dir: &Path) -> Result<Vec<(PathBuf, bool)>, InputError> {
    let mut entries = Vec::<(OsString, bool)>::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        let is_dir = entry.file_type().map_err(failed(&entry.path()))?.is_dir();
        entries.push((entry.file_name(), is_dir));
    }
    entries.sort_by(|(left, _), (right, _)| right.cmp(left));
    let paths = entries.into_iter();
    Ok(paths
        .map(|(name, is_dir)| (dir.join(name), is_dir))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn tree(names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        dir
    }

    fn names(dir: &Path, named: &str, recursive: bool) -> Vec<String> {
        let relative = |p: PathBuf| p.strip_prefix(dir).unwrap().display().to_string();
        expand(&dir.join(named), recursive)
            .unwrap()
            .into_iter()
            .map(relative)
            .collect()
    }

    #[test]
    fn directory_is_searched_in_order_and_recursively_on_demand() {
        let dir = tree(&[
            "b.yaml",
            "a.yml",
            "c.json",
            ".yaml",
            "notes.txt",
            "d.YAML",
            "yaml",
            "a/z.yaml",
            "sub/d.yaml",
        ]);
        let flat = [".yaml", "a.yml", "b.yaml", "c.json"];
        assert_eq!(names(dir.path(), "", false), flat);
        let deep = [
            ".yaml",
            "a/z.yaml",
            "a.yml",
            "b.yaml",
            "c.json",
            "sub/d.yaml",
        ];
        assert_eq!(names(dir.path(), "", true), deep);
    }

    #[test]
    fn links_in_a_directory_are_files() {
        let dir = tree(&["a.yaml", "real/b.yaml"]);
        symlink("real", dir.path().join("link")).unwrap();
        symlink("..", dir.path().join("real/up")).unwrap();
        symlink("gone", dir.path().join("broken.yaml")).unwrap();
        symlink("gone", dir.path().join("broken.txt")).unwrap();
        // Whoever reads them says why they cannot be read.
        symlink("real", dir.path().join("dir.yaml")).unwrap();
        let all = ["a.yaml", "broken.yaml", "dir.yaml", "real/b.yaml"];
        assert_eq!(names(dir.path(), "", true), all);
        // It is named itself.
        assert_eq!(names(dir.path(), "link", true), ["link/b.yaml"]);
    }

    #[test]
    fn a_pattern_is_expanded_where_no_file_has_its_name() {
        let dir = tree(&[
            "e/notes.txt",
            "m/a1.yaml",
            "m/a2.yaml",
            "m/b.txt",
            "m/sub/c.yaml",
            "n/a3.yaml",
            "x[1].yaml",
            "x1.yaml",
        ]);
        let found = |named| names(dir.path(), named, false);
        assert_eq!(found("m/a*.yaml"), ["m/a1.yaml", "m/a2.yaml"]);
        assert_eq!(
            found("[mn]/a?.yaml"),
            ["m/a1.yaml", "m/a2.yaml", "n/a3.yaml"]
        );
        assert_eq!(
            found("m/*"),
            ["m/a1.yaml", "m/a2.yaml", "m/b.txt", "m/sub/c.yaml"]
        );
        // A directory without any is passed over.
        assert_eq!(found("[en]"), ["n/a3.yaml"]);
        assert_eq!(found("x[1].yaml"), ["x[1].yaml"]);
        assert_eq!(found("x\\[1].yaml"), ["x[1].yaml"]);
        assert_eq!(found("x[1]*.yaml"), ["x1.yaml"]);
    }

    #[test]
    fn name_without_manifests_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = |recursive| expand(dir.path(), recursive).unwrap_err();
        assert!(matches!(error(false), InputError::EmptyDirectory(_)));
        fs::create_dir(dir.path().join("sub")).unwrap();
        assert!(matches!(error(false), InputError::NotRecursive(_)));
        let error = |named: &str| expand(&dir.path().join(named), false).unwrap_err();
        assert!(matches!(error("x*"), InputError::NoMatch(_)));
        assert!(matches!(error("sub/*/a"), InputError::NoMatch(_)));
        assert!(matches!(error("x["), InputError::BadPattern { .. }));
        assert!(matches!(error("gone"), InputError::Io { .. }));
        assert!(matches!(
            expand(Path::new("https://x/y*.yaml"), false),
            Err(InputError::Url(_))
        ));
    }
}
