//! The stages of `cargo xtask test`, from the quickest to the whole page in a browser.

use super::Outcome;
use super::count::Count;
use crate::problem::{Problem, Result};
use crate::process::{self, Echo, Finished};
use crate::tools::wasm_target::TRIPLE;
use crate::tools::{chromium, python, wasm_bindgen, wasm_target};
use crate::workspace::Workspace;
use crate::{build, data};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The longest one stage may take: a cold build on a slow machine.
const LIMIT: Duration = Duration::from_hours(1);
/// The longest one in-browser test program may take, as its runner wants it.
const IN_BROWSER_SECS: &str = "300";
/// Everything of the package that compiles for this machine.
const NATIVE_FEATURES: &str = "cnnslicer/plot,cnnslicer/compute,cnnslicer/trainer";

/// A group of checks that succeed, fail or are skipped together with what they need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// rustfmt changes nothing.
    Format,
    /// clippy finds nothing, natively.
    Lint,
    /// clippy finds nothing in the three programs.
    LintWasm,
    /// Unit, integration and documentation tests on this machine.
    Native,
    /// `tests/in_browser*.rs` as wasm in a headless browser.
    InBrowser,
    /// The expected numbers of `tests/vectors/`.
    Vectors,
    /// The release build, inside its size budgets.
    Build,
    /// The built page in a headless browser.
    EndToEnd,
}

impl Stage {
    pub(crate) const ALL: [Self; 8] = [
        Self::Format,
        Self::Lint,
        Self::LintWasm,
        Self::Native,
        Self::InBrowser,
        Self::Vectors,
        Self::Build,
        Self::EndToEnd,
    ];

    /// The name in the output and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::LintWasm => "lint-wasm",
            Self::Native => "native",
            Self::InBrowser => "in-browser",
            Self::Vectors => "vectors",
            Self::Build => "build",
            Self::EndToEnd => "end-to-end",
        }
    }

    pub(super) fn run(self, workspace: &Workspace) -> Outcome {
        let outcome = match self {
            Self::Format => check(cargo(workspace).args(["fmt", "--all", "--check"])),
            Self::Lint => {
                check(&mut clippy(workspace, &["--workspace", "--all-targets"], NATIVE_FEATURES, true))
            }
            Self::LintWasm => lint_wasm(workspace),
            Self::Native => native(workspace),
            Self::InBrowser => in_browser(workspace),
            Self::Vectors => vectors(workspace),
            Self::Build => release(workspace),
            Self::EndToEnd => end_to_end(workspace),
        };
        outcome.unwrap_or_else(|problem| {
            println!("{problem}");
            Outcome::Ran(Count::one(false))
        })
    }
}

/// Cargo in the repository, with the flags of its own configuration only.
fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&workspace.root).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

fn clippy(workspace: &Workspace, what: &[&str], features: &str, end_to_end: bool) -> Command {
    let mut clippy = cargo(workspace);
    let features = if end_to_end { format!("{features},xtask/browser") } else { features.to_owned() };
    clippy.arg("clippy").args(what).args(["--features", &features, "--", "-D", "warnings"]);
    clippy
}

fn shown(command: &mut Command) -> Result<Finished> {
    let finished = process::capture(command, LIMIT, Echo::Shown)?;
    if finished.timed_out {
        println!("stopped after {} minutes", LIMIT.as_secs() / 60);
    }
    Ok(finished)
}

/// A command that is one check.
fn check(command: &mut Command) -> Result<Outcome> {
    Ok(Outcome::Ran(Count::one(shown(command)?.success)))
}

/// A command that runs Rust's test harness.
fn tests(command: &mut Command) -> Result<Count> {
    let finished = shown(command)?;
    Ok(Count::of_test_run(&finished.output, finished.success))
}

fn lint_wasm(workspace: &Workspace) -> Result<Outcome> {
    if let Err(problem) = wasm_target::ensure() {
        return Ok(Outcome::Lacking(problem));
    }
    let what = ["--package", "cnnslicer", "--lib", "--bins", "--target", TRIPLE];
    let mut clippy = clippy(workspace, &what, "app,compute,trainer", false);
    check(clippy.env("CLIPPY_CONF_DIR", workspace.root.join("xtask/wasm-lints")))
}

fn native(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo(workspace);
    command.args(["test", "--workspace", "--features", NATIVE_FEATURES, "--no-fail-fast"]);
    with_python(workspace, &mut command);
    Ok(Outcome::Ran(tests(command.args(["--", "--show-output"]))?))
}

/// `tests/in_browser.rs`, and each `tests/in_browser_<feature>.rs` with that feature.
fn in_browser(workspace: &Workspace) -> Result<Outcome> {
    let names = in_browser_tests(workspace);
    if names.is_empty() {
        println!("there is no tests/in_browser*.rs yet");
        return Ok(Outcome::Ran(Count::default()));
    }
    let chromium = match wasm_target::ensure().and_then(|()| chromium::ensure()) {
        Ok(chromium) => chromium,
        Err(problem) => return Ok(Outcome::Lacking(problem)),
    };
    let runner = wasm_bindgen::ensure_test_runner(workspace)?;
    // The runner serves the repository, so the vectors on MNIST find their images there.
    if let Err(problem) = data::lay_out(workspace) {
        println!("data: {}", problem.one_line());
    }
    let mut total = Count::default();
    for name in names {
        let feature = name.trim_start_matches("in_browser_");
        let mut command = cargo(workspace);
        command.args(["test", "--package", "cnnslicer", "--target", TRIPLE, "--test", &name]);
        if ["app", "compute", "trainer", "vectors"].contains(&feature) {
            command.args(["--features", feature]);
        }
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner);
        command.env("CHROMEDRIVER", &chromium.driver).env("WASM_BINDGEN_TEST_TIMEOUT", IN_BROWSER_SECS);
        total = total + tests(&mut command)?;
    }
    Ok(Outcome::Ran(total))
}

fn in_browser_tests(workspace: &Workspace) -> Vec<String> {
    files(workspace, "tests", "rs")
        .iter()
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name.starts_with("in_browser"))
        .collect()
}

fn vectors(workspace: &Workspace) -> Result<Outcome> {
    let files = files(workspace, "tests/vectors", "json");
    if !workspace.root.join("examples/vectors.rs").is_file() || files.is_empty() {
        println!("there is no examples/vectors.rs with tests/vectors/*.json yet");
        return Ok(Outcome::Ran(Count::default()));
    }
    let mut command = cargo(workspace);
    let finished = shown(command.args(["run", "--release", "--example", "vectors", "--"]).args(files))?;
    Ok(Outcome::Ran(Count::of_closing_line(&finished.output, finished.success)))
}

fn release(workspace: &Workspace) -> Result<Outcome> {
    if let Err(problem) = data::lay_out(workspace) {
        println!("data: {}", problem.one_line());
    }
    build::release(workspace).map(|()| Outcome::Ran(Count::one(true)))
}

fn end_to_end(workspace: &Workspace) -> Result<Outcome> {
    if !workspace.dist().join("index.html").is_file() {
        return Ok(Outcome::Lacking(Problem::new("dist/ is not built").remedy("run `cargo xtask build`")));
    }
    let chromium = match chromium::ensure() {
        Ok(chromium) => chromium,
        Err(problem) => return Ok(Outcome::Lacking(problem)),
    };
    let mut command = cargo(workspace);
    command.args([
        "test",
        "--package",
        "xtask",
        "--features",
        "browser",
        "--test",
        "end_to_end",
        "--no-fail-fast",
    ]);
    // Two browsers at a time; a test that measures time has the machine for itself (`tests/browser/site.rs`).
    command.args(["--", "--test-threads=2", "--show-output"]);
    command.env("CHROME", &chromium.browser).env("CHROMEDRIVER", &chromium.driver);
    with_python(workspace, &mut command);
    Ok(Outcome::Ran(tests(&mut command)?))
}

/// Tells the tests where a Python with zarr is; those that need it skip themselves without one.
fn with_python(workspace: &Workspace, command: &mut Command) {
    match python::ensure(workspace) {
        Ok(interpreter) => command.env("CNNSLICER_PYTHON", interpreter),
        Err(problem) => {
            println!("python: {}; the checks that need it are skipped", problem.one_line());
            command.env_remove("CNNSLICER_PYTHON")
        }
    };
}

/// The files of a folder in the repository with this ending, sorted; none where there is no folder.
fn files(workspace: &Workspace, folder: &str, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(workspace.root.join(folder)) else { return Vec::new() };
    let mut paths: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|other| other == ending))
        .collect();
    paths.sort();
    paths
}
