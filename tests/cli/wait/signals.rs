//! Ctrl-C and SIGTERM.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{JOB, LIST, WATCH, asked, running};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, interrupted};

#[test]
fn signals_end_the_wait_and_leave_the_job() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server = ApiServer::new()
            .storing()
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, running(1));
        let home = Home::with(&[("job.yaml", JOB)]);
        let url = server.url();
        let mut command = home.command(&["create", "-f", "job.yaml", "--wait", "--server", &url]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while asked(&server).1 < 1 {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "{:?}",
                server.asked()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(interrupted(&mut child, signal), code);
        assert!(
            !server
                .asked()
                .iter()
                .any(|asked| asked.starts_with("DELETE"))
        );
    }
}
