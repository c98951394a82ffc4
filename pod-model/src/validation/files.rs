//! Paths of files, and their permissions.

use super::errors::{Errors, quoted};
use super::path::Path;

/// A way down from a directory: not from the root, and never up. `at` is where
/// it stands, where that is not `path`.
///
/// Upstream: `validateLocalDescendingPath`.
pub(super) fn descending(file: &str, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    if file.starts_with('/') {
        errors
            .invalid(path, format!("{} must be a relative path", quoted(file)))
            .help("remove the leading `/`")
            .display_path(at);
    }
    no_backsteps(file, path, at, errors);
}

/// Upstream: `validatePathNoBacksteps`.
pub(super) fn no_backsteps(file: &str, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    if has_backsteps(file) {
        errors
            .invalid(path, format!("{} must not contain `..`", quoted(file)))
            .display_path(at);
    }
}

pub(super) fn has_backsteps(file: &str) -> bool {
    file.split('/').any(|part| part == "..")
}

/// A way down whose first name does not begin with `..`: those are the
/// kubelet's own.
///
/// Upstream: `ValidateLocalNonReservedPath`.
pub(super) fn not_reserved(file: &str, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    descending(file, path, at, errors);
    if file.starts_with("..") && !file.starts_with("../") {
        errors
            .invalid(path, format!("{} must not start with `..`", quoted(file)))
            .display_path(at);
    }
}

/// The permissions of a file: nine bits.
pub(super) fn mode(mode: Option<i32>, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    let Some(mode) = mode.filter(|mode| !(0..=0o777).contains(mode)) else {
        return;
    };
    errors
        .invalid(
            path,
            format!("file mode must be from 0 to 0777 (octal; 511 in decimal), found {mode}"),
        )
        .help("use an octal number with a leading 0 in YAML (`0644`), or a decimal number in JSON (`420`)")
        .display_path(at);
}
