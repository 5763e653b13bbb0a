//! Runs that tests look at: each is trained once in this process, by the page itself, and taken in as a run file by the
//! tests that come later. Whoever tests training trains.

use crate::run_file::RunFile;
use crate::site::{SOON, Site};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

/// For training and measuring on a machine that does other things too.
const LONG: Duration = Duration::from_mins(8);

/// The content of a run file, once the run is made; whoever makes it holds the lock.
type Made = Arc<Mutex<Option<Arc<Vec<u8>>>>>;

/// By the settings that a link names.
static MADE: LazyLock<Mutex<BTreeMap<String, Made>>> = LazyLock::new(Mutex::default);

/// The page with this link, on whose screen is a stored run with these settings. Everything that the view asks for is
/// measured.
pub fn shown<'a>(site: &'a Site, settings: &str, link: &str) -> Result<Page<'a>> {
    let made = {
        let mut all = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(settings.to_owned()).or_default())
    };
    let mut file = made.lock().unwrap_or_else(PoisonError::into_inner);
    let page = if let Some(content) = file.clone() {
        // Others may take it in at the same time.
        drop(file);
        taken_in(site, &RunFile::of(&content)?, link)?
    } else {
        *file = Some(Arc::new(trained(site, settings, link)?));
        drop(file);
        // The newest run opens by itself.
        site.open(link)?
    };
    measured(page)?;
    Ok(page)
}

/// Trains with this link and gives the file of the run, with all that the view asked for.
fn trained(site: &Site, settings: &str, link: &str) -> Result<Vec<u8>> {
    let page = site.open(&format!("{settings}&autostart=1&{link}"))?;
    page.wait_for("(await cnnslicer.status()).state !== 'idle'", SOON)?;
    let ended = page.eval("cnnslicer.done()", LONG)?;
    if ended["state"] != json!("done") {
        return Err(Problem::new(format!("{settings}: {ended}")));
    }
    RunFile::exported(page)?.content()
}

/// Chooses the run file in the page's own list of runs.
fn taken_in<'a>(site: &'a Site, file: &RunFile, link: &str) -> Result<Page<'a>> {
    let page = site.open(link)?;
    page.choose_file(".run-list input[type=file]", file.path())?;
    let said =
        "document.querySelector('.run.open') !== null || document.querySelector('.notices').textContent";
    match page.wait_for(said, LONG)?.as_str() {
        Some(notice) => Err(Problem::new(format!("the run file was not taken in: {notice}"))),
        None => Ok(page),
    }
}

/// Waits until a run is open and nothing of it is being measured.
pub fn measured(page: Page<'_>) -> Result<()> {
    let is_measured = "document.querySelector('.run.open') !== null && document.querySelector('.measuring')?.textContent === ''";
    page.wait_for(is_measured, LONG).map(|_| ())
}

/// The identifier of the only run.
pub fn id(page: Page<'_>) -> Result<String> {
    let id = page.eval("(await cnnslicer.runs())[0].id", SOON)?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}
