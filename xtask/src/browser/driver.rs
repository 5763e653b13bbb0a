//! Starting and surely ending a browser.

use super::Chromium;
use super::page::Page;
use super::wire;
use crate::problem::{About, Problem, Result};
use crate::process::kill_tree;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// How a browser is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// It is killed after this time, whatever it is doing.
    pub limit: Duration,
    /// Flags after those of every test.
    pub flags: Vec<String>,
    /// Where downloads go; nowhere when `None`.
    pub downloads: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { limit: Duration::from_mins(15), flags: Vec::new(), downloads: None }
    }
}

/// A running browser with a fresh profile; it ends, with all its processes, when dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Dropped to call the watchdog off.
    _watchdog: Sender<()>,
    /// Its profile and all that it stored: removed once it has ended. A driver that is killed leaves its own
    /// behind, and a hundred tests fill a disk so, which Chromium's storage and blobs then do without.
    _folder: TempDir,
}

const START_LIMIT: Duration = Duration::from_mins(1);

/// WebGPU without a GPU, nothing in the background, and no shared memory that a container lacks.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    // Everything tested is served from this machine, whatever proxy its environment names.
    "--no-proxy-server",
    // A picture is as wide as its screen.
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    // Pages of the address bar, which nobody sees: more than half of the processor time of a start.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
];

impl Browser {
    /// Starts a driver on a free port and a browser under it.
    ///
    /// # Errors
    /// Either does not start within a minute.
    pub fn start(chromium: &Chromium, options: &Options) -> Result<Self> {
        let folder = TempDir::with_prefix("cnnslicer-browser-").about("a folder for a browser")?;
        let mut driver = Command::new(&chromium.driver)
            .arg("--port=0")
            .envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, folder.path())))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .about(chromium.driver.display())?;
        let watchdog = watch(driver.id(), options.limit);
        let started = port_of(&mut driver)
            .and_then(|port| new_session(port, chromium, options).map(|session| (port, session)));
        match started {
            Ok((port, session)) => Ok(Self { driver, port, session, _watchdog: watchdog, _folder: folder }),
            Err(problem) => {
                end(&mut driver);
                Err(problem)
            }
        }
    }

    /// The page in the tab that is steered: at first the only one.
    pub fn page(&self) -> Page<'_> {
        Page::new(self)
    }

    pub(super) fn call(&self, method: &str, path: &str, body: &Value, patience: Duration) -> Result<Value> {
        wire::request(self.port, method, &format!("/session/{}{path}", self.session), body, patience)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A polite goodbye lets the browser remove its profile; the kill follows in any case.
        let _ = self.call("DELETE", "", &Value::Null, Duration::from_secs(10));
        end(&mut self.driver);
    }
}

fn end(driver: &mut Child) {
    kill_tree(driver.id());
    // The driver is gone already when it was killed by the watchdog.
    let _ = driver.wait();
}

/// Kills the process and its children after `limit`, unless the sender is dropped before.
fn watch(process: u32, limit: Duration) -> Sender<()> {
    let (alive, watched) = channel::<()>();
    thread::spawn(move || {
        if watched.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            eprintln!("a browser was killed after {} s", limit.as_secs());
            kill_tree(process);
        }
    });
    alive
}

/// The port the driver chose, which it prints once it listens.
fn port_of(driver: &mut Child) -> Result<u16> {
    let output = driver.stdout.take().ok_or_else(|| Problem::new("chromedriver has no output"))?;
    let (sender, found) = channel();
    thread::spawn(move || {
        // Reads on to the end, or the driver would block on a full pipe.
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            if let Some(port) = port_in(&line) {
                // Nobody waits any more after the first port.
                let _ = sender.send(port);
            }
        }
    });
    found.recv_timeout(START_LIMIT).map_err(|_| Problem::new("chromedriver did not start"))
}

fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.rsplit_once("started successfully on port ")?;
    port.trim_end_matches('.').trim().parse().ok()
}

fn new_session(port: u16, chromium: &Chromium, options: &Options) -> Result<String> {
    let flags: Vec<&str> = FLAGS.into_iter().chain(options.flags.iter().map(String::as_str)).collect();
    let mut chrome = json!({ "binary": chromium.browser, "args": flags });
    if let Some(folder) = &options.downloads {
        chrome["prefs"] =
            json!({ "download.default_directory": folder, "download.prompt_for_download": false });
    }
    let wanted = json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": chrome,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": options.limit.as_millis() as u64, "pageLoad": 60_000 },
    } } });
    let session = wire::request(port, "POST", "/session", &wanted, START_LIMIT)?;
    let id = session.get("sessionId").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| Problem::new("chromedriver gave no session"))
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn the_port_is_read_from_the_drivers_greeting() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 41233."), Some(41_233));
        assert_eq!(port_in("Only local connections are allowed."), None);
    }
}
