//! A program on a terminal of its own, and what is to be seen there.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Rows that have left the screen at its top.
const SCROLLED: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(30);

/// The terminal and its program.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

fn not_zero(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

fn size(rows: u16, columns: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Terminal {
    /// Starts a program, with its arguments and its environment.
    pub(crate) fn start(command: &std::process::Command, rows: u16, columns: u16) -> Self {
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        let mut on_pty = CommandBuilder::new(command.get_program());
        on_pty.args(command.get_args());
        on_pty.env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                on_pty.env(name, value);
            }
        }
        on_pty.cwd(command.get_current_dir().unwrap());
        let child = pair.slave.spawn_command(on_pty).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let seen = Arc::new(Mutex::new(Seen {
            parser: vt100::Parser::new(not_zero(rows), not_zero(columns), SCROLLED),
            bytes: Vec::new(),
        }));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The other end is closed when the program has ended.
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut seen = shared.lock().unwrap();
                seen.parser.process(&buffer[..count]);
                seen.bytes.extend_from_slice(&buffer[..count]);
            }
        });
        Self {
            child,
            master: pair.master,
            keys,
            seen,
        }
    }

    /// The rows on the screen that are not empty.
    pub(crate) fn rows(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let (_, columns) = screen.size();
        let rows = screen
            .rows(0, columns.get())
            .map(|row| row.trim_end().to_owned());
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// All bytes so far.
    pub(crate) fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// Returns whether the cursor is to be seen.
    pub(crate) fn shows_cursor(&self) -> bool {
        !self.seen.lock().unwrap().parser.screen().hide_cursor()
    }

    /// Waits for something to be seen.
    pub(crate) fn until(&self, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
        let began = Instant::now();
        loop {
            let rows = self.rows();
            if fits(&rows) {
                return rows;
            }
            assert!(began.elapsed() < PATIENCE, "{rows:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.process_id().unwrap());
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
    }

    /// The terminal, held open: it forgets how it was set when its last user goes.
    pub(crate) fn device(&self) -> Device {
        let path = self.master.tty_name().unwrap();
        let file = std::fs::File::open(&path).unwrap();
        Device { path, _file: file }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Makes it larger or smaller.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let mut seen = self.seen.lock().unwrap();
        seen.parser
            .screen_mut()
            .set_size(not_zero(rows), not_zero(columns));
        self.master.resize(size(rows, columns)).unwrap();
    }

    /// Waits for the program's end: its exit code, and the rows that stay.
    pub(crate) fn end(mut self) -> (u32, Vec<String>) {
        let code = self.wait();
        (code, self.rows())
    }

    /// Waits for the program's end: its exit code.
    pub(crate) fn wait(&mut self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it wrote last is still on its way.
                std::thread::sleep(Duration::from_millis(100));
                return status.exit_code();
            }
            if began.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("it does not end: {:#?}", self.rows());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A terminal that stays as its programs leave it.
pub(crate) struct Device {
    path: std::path::PathBuf,
    _file: std::fs::File,
}

impl Device {
    /// Returns whether keys go to the program one by one, instead of as lines.
    pub(crate) fn is_raw(&self) -> bool {
        let mut stty = std::process::Command::new("stty");
        let output = stty.arg("-F").arg(&self.path).arg("-a").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("icanon"), "{text}");
        text.contains("-icanon") && text.contains("-echo ")
    }

    /// Waits until they do.
    pub(crate) fn until_raw(&self) {
        let began = Instant::now();
        while !self.is_raw() {
            assert!(began.elapsed() < PATIENCE, "it never is");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
