//! Runs the program that is installed beside this one.
//!
//! kubectl finds plugins by their file names, so pod-tools is installed under five names.
//! `kubectl-pod_tools` is the program; the other four contain only this shim. They do not
//! link the library: five copies of it would take 56 MB and five times as long to build.
//! An installer can create links to the program instead, which reads the name it was called
//! by.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// File name of the program, without the suffix that executables have on Windows.
const PROGRAM: &str = "kubectl-pod_tools";

/// Exit code if the program cannot be run: nothing is known of any target, as if the
/// cluster cannot be reached.
const CANNOT_RUN: u8 = 3;

/// Runs the program under a name, and returns its exit code.
pub(crate) fn run(name: &str) -> ExitCode {
    let mut arguments = env::args_os();
    let called_by = arguments.next();
    let arguments: Vec<OsString> = arguments.collect();
    let error = match find_program(called_by) {
        Ok(program) => match hand_over(&program, name, arguments) {
            Ok(code) => return code,
            Err(error) => format!("cannot run {}: {error}", quoted(&program)),
        },
        Err(error) => error,
    };
    // If standard error cannot be written, the exit code still reports the failure.
    let _ = writeln!(
        io::stderr(),
        "error: {error}\nhelp: {name} is a part of {PROGRAM}: install both into the same \
         directory, with `cargo install --path kubectl-pod-tools`"
    );
    ExitCode::from(CANNOT_RUN)
}

/// Returns the path of the program, or the reason why it was not found.
fn find_program(called_by: Option<OsString>) -> Result<PathBuf, String> {
    // Without /proc only the name is known, which is a path if kubectl found the plugin.
    let own = env::current_exe().or_else(|error| {
        let path = called_by.map(PathBuf::from);
        path.filter(|path| path.components().count() > 1)
            .ok_or_else(|| format!("cannot find this program: {error}"))
    })?;
    // Krew links to a directory of its own, where the program is.
    let resolved = own.canonicalize().unwrap_or_else(|_| own.clone());
    let places = [&resolved, &own];
    let file_name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let mut found = places
        .map(|place| place.with_file_name(&file_name))
        .into_iter();
    let program = found.find(|program| program.is_file()).ok_or_else(|| {
        format!(
            "{} does not exist",
            quoted(&resolved.with_file_name(file_name))
        )
    })?;
    // A shim under the program's name would run itself forever.
    if program.canonicalize().ok() == Some(resolved) {
        return Err(format!("{} is not the program", quoted(&program)));
    }
    Ok(program)
}

/// Quotes a path for a message, with control characters escaped.
fn quoted(path: &Path) -> String {
    format!("`{}`", path.to_string_lossy().escape_debug())
}

/// Replaces this process by the program, which keeps the process id.
#[cfg(unix)]
fn hand_over(program: &Path, name: &str, arguments: Vec<OsString>) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    Err(Command::new(program).arg0(name).args(arguments).exec())
}

/// Runs the program to its end. The name is the first argument: Windows has no other place
/// for it, and the program's children would inherit a variable.
#[cfg(not(unix))]
fn hand_over(program: &Path, name: &str, arguments: Vec<OsString>) -> io::Result<ExitCode> {
    #[cfg(windows)]
    leave_ctrl_c_to_the_program()?;
    let mut command = Command::new(program);
    command.arg(format!("--called-as={name}")).args(arguments);
    let status = command.status()?;
    #[expect(clippy::exit, reason = "a process that crashed has a code past 255")]
    std::process::exit(status.code().unwrap_or(1))
}

/// Ignores Ctrl-C, which the console sends to both; the program decides when to end.
#[cfg(windows)]
fn leave_ctrl_c_to_the_program() -> io::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    let received = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, received).map(|_| ())
}
