//! Who competes: numpy, the native program, the program in a browser worker.

use super::Job;
use super::program;
use super::table::Measured;
use crate::browser::{Browser, Options};
use crate::problem::{About, Problem, Result};
use crate::process::{self, Echo};
use crate::serve::Server;
use crate::tools::{chromium, python};
use crate::workspace::{Workspace, variable};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The longest one contender may take for one round of a job.
const LIMIT: Duration = Duration::from_mins(10);
/// The longest all jobs may take in the browser.
const BROWSER_LIMIT: Duration = Duration::from_hours(2);
/// Times each worker does the job whose growth is measured.
const GROWTH_REPETITIONS: usize = 20;
/// The folder with `entropy_fast_numpy.py`.
const REFERENCE: &str = "CNNSLICER_REFERENCE";

/// Everything that is needed to do a job three ways.
pub(super) struct Contenders {
    native: PathBuf,
    numpy: Option<Numpy>,
    page: Option<Page>,
}

struct Numpy {
    python: PathBuf,
    script: PathBuf,
    reference: Option<PathBuf>,
}

struct Page {
    browser: Browser,
    /// Kept alive for the browser.
    _server: Server,
}

impl Contenders {
    /// Builds the programs and starts the browser; says what is missing and goes on without it.
    pub(super) fn prepare(workspace: &Workspace, profile: &str) -> Result<Self> {
        let native = program::native(workspace)?;
        let numpy = match python::ensure(workspace) {
            Ok(python) => {
                let reference = variable(REFERENCE).map(PathBuf::from);
                if reference.is_none() {
                    eprintln!("numpy: {REFERENCE} is not set; inter-sample jobs have no ratio");
                }
                let script = workspace.root.join("benches/numpy_jobs.py");
                Some(Numpy { python, script, reference })
            }
            Err(problem) => {
                eprintln!("numpy: {}; there are no ratios", problem.one_line());
                None
            }
        };
        let page = match chromium::ensure() {
            Ok(chromium) => {
                let folder = program::page(workspace, profile)?;
                let server = Server::start(&folder, 0, "/")?;
                let options = Options { limit: BROWSER_LIMIT, ..Options::default() };
                let browser = Browser::start(&chromium, &options)?;
                browser.page().open(&server.url())?;
                Some(Page { browser, _server: server })
            }
            Err(problem) => {
                eprintln!("browser: {}; jobs are measured natively only", problem.one_line());
                None
            }
        };
        Ok(Self { native, numpy, page })
    }

    pub(super) fn native(&self, job: Job) -> Result<Measured> {
        answer(Command::new(&self.native).args([job.name, &job.repetitions.to_string()]))
    }

    /// `None` without numpy, and for inter-sample jobs without the reference.
    pub(super) fn numpy(&self, job: Job) -> Result<Option<Measured>> {
        let Some(Numpy { python, script, reference }) = &self.numpy else { return Ok(None) };
        let mut command = Command::new(python);
        command.arg(script).args([job.name, &job.repetitions.to_string()]);
        for threads in
            ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"]
        {
            command.env(threads, "1");
        }
        match reference {
            Some(folder) => command.env(REFERENCE, folder),
            None if job.name.starts_with("inter") => return Ok(None),
            None => &mut command,
        };
        answer(&mut command).map(Some)
    }

    /// `None` without a browser.
    pub(super) fn browser(&self, job: Job) -> Result<Option<Measured>> {
        let Some(Page { browser, .. }) = &self.page else { return Ok(None) };
        let call = format!("measure({:?}, {})", job.name, job.repetitions);
        Measured::read(&browser.page().eval(&call, LIMIT)?).map(Some)
    }

    /// How many times as many jobs this many workers do at once as one does: 1, 2, 4 … up to twice the cores.
    /// Nothing without a browser.
    pub(super) fn growth(&self, job: &str) -> Result<Vec<(u64, f64)>> {
        let Some(Page { browser, .. }) = &self.page else { return Ok(Vec::new()) };
        let grown = browser.page().eval(&format!("grow({job:?}, {GROWTH_REPETITIONS})"), LIMIT)?;
        let speeds = grown.as_array().map_or(&[][..], Vec::as_slice);
        Ok(speeds.iter().filter_map(|speed| Some((speed[0].as_u64()?, speed[1].as_f64()?))).collect())
    }
}

/// The line of JSON that a program prints last.
fn answer(command: &mut Command) -> Result<Measured> {
    let finished = process::capture(command, LIMIT, Echo::Hidden)?;
    let last = finished.output.lines().rev().find(|line| line.starts_with('{'));
    match last {
        Some(line) if finished.success => {
            let value: Value = serde_json::from_str(line).about("the measurement")?;
            Measured::read(&value)
        }
        _ => Err(Problem::new(format!("a benchmark failed:\n{}", finished.output))),
    }
}
