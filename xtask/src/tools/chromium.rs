//! The browser the tests run in, and the driver that steers it.

use crate::problem::{Problem, Result};
use crate::process;
use crate::workspace::variable;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A Chromium and the chromedriver that fits it.
#[derive(Clone, Debug)]
pub struct Chromium {
    /// The browser's program.
    pub browser: PathBuf,
    /// The driver's program.
    pub driver: PathBuf,
}

/// Names of the browser on PATH, the free one first.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Where macOS keeps it.
const MAC_BROWSERS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browser of `CHROME` and `CHROMEDRIVER`, or of PATH; on Debian, as root, installed when missing.
pub(crate) fn ensure() -> Result<Chromium> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if may_install() {
        println!("chromium: installing it with apt-get (about 400 MB, two minutes)");
        let limit = Duration::from_mins(15);
        process::run(Command::new("apt-get").args(["update", "-qq"]), limit)?;
        let mut install = Command::new("apt-get");
        install.args(["install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver"]);
        process::run(install.env("DEBIAN_FRONTEND", "noninteractive"), limit)?;
    }
    find().ok_or_else(|| Problem::new("no Chromium with chromedriver was found").remedy(remedy()))
}

/// What is here, without installing anything.
pub(crate) fn find() -> Option<Chromium> {
    let browser = from_variable("CHROME")
        .or_else(|| BROWSERS.iter().find_map(|name| process::on_path(name)))
        .or_else(|| MAC_BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file()))?;
    let driver = from_variable("CHROMEDRIVER").or_else(|| process::on_path("chromedriver"))?;
    Some(Chromium { browser, driver })
}

fn from_variable(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from).filter(|path| path.is_file())
}

fn may_install() -> bool {
    let root = process::first_line(Command::new("id").arg("-u")).is_some_and(|user| user == "0");
    root && process::on_path("apt-get").is_some()
}

fn remedy() -> &'static str {
    if cfg!(target_os = "linux") {
        "`sudo apt-get install chromium chromium-driver`, or set CHROME and CHROMEDRIVER to the two programs"
    } else {
        "install Chrome and the chromedriver of the same version, or set CHROME and CHROMEDRIVER to the two programs"
    }
}
