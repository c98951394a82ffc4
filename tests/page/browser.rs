//! A Chromium without a screen, driven over a pipe by the DevTools protocol
//! (chromedevtools.github.io/devtools-protocol).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A browser on a busy machine may take its time.
const PATIENCE: Duration = Duration::from_mins(3);

/// A browser, which ends with the value.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    /// Messages that were no answers.
    events: Vec<Value>,
    last_id: u64,
    session: String,
    _profile: tempfile::TempDir,
}

/// The colours that a reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The path of a browser, which is installed if there is none.
fn program() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let script = repository.join("tests/cluster/cluster.sh");
    let output = Command::new(script).arg("browser").output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the tests of pages need Chromium: {error}"
    );
    String::from_utf8(output.stdout).unwrap().trim().into()
}

impl Browser {
    /// Starts a browser with an empty tab.
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let own = format!("--user-data-dir={}", profile.path().display());
        // It reads from descriptor 3 and writes to descriptor 4.
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
                "sh",
            ])
            .arg(program())
            .args(["--remote-debugging-pipe", "--headless", "--no-sandbox"])
            .args(["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", &own, "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (send, messages) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).unwrap_or(0) > 0 {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else {
                    break;
                };
                if send.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            input: child.stdin.take().unwrap(),
            child,
            messages,
            events: Vec::new(),
            last_id: 0,
            session: String::new(),
            _profile: profile,
        };
        let tab = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": tab["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", &attach);
        let session = attached["sessionId"].as_str().unwrap();
        session.clone_into(&mut browser.session);
        for domain in [
            "Page.enable",
            "Runtime.enable",
            "Log.enable",
            "Network.enable",
        ] {
            browser.call(domain, &json!({}));
        }
        browser
    }

    fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE);
        message.expect("the browser has ended, or does not answer")
    }

    /// Calls a method, and returns its result.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        self.input.flush().unwrap();
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Opens a page in a window of this width.
    pub(crate) fn open(&mut self, page: &Path, width: u32, scheme: Scheme) {
        self.events.clear();
        let size =
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        self.call("Emulation.setDeviceMetricsOverride", &size);
        self.prefer("screen", scheme);
        let url = format!("file://{}", page.display());
        let opened = self.call("Page.navigate", &json!({"url": url}));
        assert!(opened.get("errorText").is_none(), "{opened}");
        let is_load = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(is_load) {
            let message = self.next();
            self.events.push(message);
        }
    }

    /// Sets the medium and the reader's colours of the page that is open.
    pub(crate) fn prefer(&mut self, media: &str, scheme: Scheme) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme.word()}]);
        let media = json!({"media": media, "features": features});
        self.call("Emulation.setEmulatedMedia", &media);
    }

    /// Returns the value of an expression in the page. What the page may not do, the tools may.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true});
        let result = self.call("Runtime.evaluate", &params);
        assert!(result.get("exceptionDetails").is_none(), "{result}");
        result["result"]["value"].clone()
    }

    /// Returns a picture of the window as PNG.
    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        decoded(&picture)
    }

    /// Prints the page with its backgrounds.
    pub(crate) fn pdf(&mut self) -> Vec<u8> {
        let paper = self.call("Page.printToPDF", &json!({"printBackground": true}));
        decoded(&paper)
    }

    /// Returns what the page has complained of since it was opened.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let is_one = |event: &&Value| {
            let method = event["method"].as_str().unwrap_or_default();
            [
                "Log.entryAdded",
                "Runtime.consoleAPICalled",
                "Runtime.exceptionThrown",
            ]
            .contains(&method)
        };
        let all = self.events.iter().filter(is_one);
        all.map(|event| event["params"].to_string()).collect()
    }

    /// Returns the addresses that the page has asked for since it was opened.
    pub(crate) fn requests(&self) -> Vec<String> {
        let is_one = |event: &&Value| event["method"] == "Network.requestWillBeSent";
        let all = self.events.iter().filter(is_one);
        all.map(|event| event["params"]["request"]["url"].to_string())
            .collect()
    }
}

fn decoded(result: &Value) -> Vec<u8> {
    STANDARD.decode(result["data"].as_str().unwrap()).unwrap()
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The process of the test is not to wait for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
