//! The built page on a server, and a browser in front of it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use xtask::browser::{Browser, Options, Page, chromium};
use xtask::problem::Result;
use xtask::serve::Server;

/// For what happens at once on an idle machine; one that also compiles and trains takes its time.
pub const SOON: Duration = Duration::from_mins(2);

/// A served `dist/` with a browser that has not opened it yet.
pub struct Site {
    pub server: Server,
    pub browser: Browser,
    /// Dropped last.
    _machine: Machine,
}

/// Tests run two at a time (`xtask/src/test/stage.rs`), except where times are measured: there each has the machine for itself.
struct Machine {
    started: Instant,
    _alone: Option<MutexGuard<'static, ()>>,
}

static MACHINE: Mutex<()> = Mutex::new(());

impl Machine {
    /// Waits for the whole machine where times are measured.
    fn share() -> Self {
        let alone = || MACHINE.lock().unwrap_or_else(PoisonError::into_inner);
        let guard = times_are_measured().then(alone);
        Self { started: Instant::now(), _alone: guard }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        println!("a browser for {:.1} s", self.started.elapsed().as_secs_f64());
    }
}

impl Site {
    /// Serves the build below `mount` and starts a browser with a fresh profile.
    pub fn at(mount: &str) -> Result<Self> {
        Self::with(mount, &Options::default())
    }

    pub fn with(mount: &str, options: &Options) -> Result<Self> {
        Self::of(&root().join("dist"), mount, options)
    }

    /// Serves any folder.
    pub fn of(folder: &Path, mount: &str, options: &Options) -> Result<Self> {
        let machine = Machine::share();
        let server = Server::start(folder, 0, mount)?;
        Ok(Self { server, browser: Browser::start(&chromium()?, options)?, _machine: machine })
    }

    /// Opens the page with this query string and waits until its functions are there, and its panels or the word that
    /// they cannot be had: they come in files of their own.
    pub fn open(&self, query: &str) -> Result<Page<'_>> {
        let page = self.browser.page();
        page.open(&format!("{}?{query}", self.server.url()))?;
        page.wait_for("typeof cnnslicer === 'object' && (await cnnslicer.ready, true)", SOON)?;
        let panels = "['.start-panel', '.run-list', '.own-data'].every((panel) => document.querySelector(panel) !== null) \
             || document.querySelector('dialog [role=alert]') !== null";
        page.wait_for(panels, SOON)?;
        Ok(page)
    }
}

/// The repository.
pub fn root() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().map_or(package.clone(), PathBuf::from)
}

/// Whether times are measured: `CNNSLICER_TIMED` is set. Such tests train for minutes, and what they measure means
/// something only on a machine that does nothing else.
pub fn is_timed() -> bool {
    let is_timed = times_are_measured();
    if !is_timed {
        println!(
            "skipped: times are measured when CNNSLICER_TIMED=1 is set, on a machine that does nothing else"
        );
    }
    is_timed
}

/// Whether `CNNSLICER_TIMED` is set.
pub fn times_are_measured() -> bool {
    std::env::var_os("CNNSLICER_TIMED").is_some_and(|set| !set.is_empty())
}
