//! What the kernel does not take.

use pod_model::{FieldPath, Finding};

use super::builder::Builder;
use crate::report::Status;

/// The longest single string that `execve` takes, in bytes with its closing
/// NUL: `MAX_ARG_STRLEN` in include/uapi/linux/binfmts.h, 32 pages of 4 KiB.
pub(super) const MAX_ARG_STRLEN: usize = 128 * 1024;
/// All strings together, with a pointer for each, in bytes: a quarter of the
/// usual stack limit of 8 MiB (`bprm_stack_limits` in fs/exec.c).
pub(super) const ARG_MAX: usize = 2 * 1024 * 1024;
const POINTER: usize = 8;

impl Builder<'_> {
    /// Looks for what keeps the process from being started. `arguments` are the
    /// lengths of `command` and `args` as the process gets them, in bytes.
    pub(super) fn limits(&mut self, arguments: &[(FieldPath, usize)]) {
        let mut sum = 0;
        let mut findings = Vec::new();
        for (entry, value) in self.entries.iter().zip(&self.values) {
            let takes_part = !matches!(entry.status, Status::Skipped | Status::Overridden);
            let Some(bytes) = value.bytes().filter(|_| takes_part) else {
                continue;
            };
            let path = entry.path.clone();
            let path = path.unwrap_or_else(|| self.container.path.clone());
            let name = entry.name.escape_debug();
            // `NAME=value` and its NUL.
            let length = entry.name.len() + bytes.len() + 2;
            sum += length + POINTER;
            if length > MAX_ARG_STRLEN {
                let message = format!(
                    "`{name}` takes {length} bytes, and Linux takes no more than {MAX_ARG_STRLEN}: the container cannot start"
                );
                findings.push(
                    Finding::error("value-too-long", path.clone(), message)
                        .help("mount it as a file instead"),
                );
            }
            if !value.is_utf8() {
                let message = format!(
                    "the value of `{name}` is not UTF-8, which the kubelet cannot hand to the runtime: CreateContainerError"
                );
                findings.push(
                    Finding::error("not-utf8", path.clone(), message)
                        .help("mount it as a file instead, or encode it"),
                );
            }
            if bytes.contains(&0) {
                let message = format!(
                    "the value of `{name}` has a NUL byte, which no environment can hold: StartError"
                );
                findings.push(
                    Finding::error("nul-byte", path, message).help("mount it as a file instead"),
                );
            }
        }
        for (path, length) in arguments {
            // With its NUL.
            let length = length + 1;
            sum += length + POINTER;
            if length > MAX_ARG_STRLEN {
                let message = format!(
                    "this argument takes {length} bytes, and Linux takes no more than {MAX_ARG_STRLEN}: the container cannot start"
                );
                findings.push(
                    Finding::error("argument-too-long", path.clone(), message)
                        .help("mount it as a file instead"),
                );
            }
        }
        if sum > ARG_MAX {
            let message = format!(
                "arguments and environment take {sum} bytes together, and Linux takes {ARG_MAX} by default: the container cannot start"
            );
            findings.push(
                Finding::error("environment-too-long", self.container.path.clone(), message)
                    .help("mount what is long as files"),
            );
        }
        self.findings.append(&mut findings);
    }
}
