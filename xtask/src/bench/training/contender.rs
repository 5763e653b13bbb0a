//! Who trains: the built page's worker, the same code natively, `TensorFlow` and `PyTorch` on one thread, TensorFlow.js.

use super::page::{BuiltPage, TensorflowJs};
use super::{Job, Speed};
use crate::bench::program;
use crate::problem::{About, Problem, Result};
use crate::process::{self, Echo};
use crate::workspace::{Workspace, variable};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The longest one contender may take for one round of a job.
const LIMIT: Duration = Duration::from_mins(5);

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contender {
    Worker,
    Native,
    Torch,
    Tensorflow,
    JsCpu,
    JsWebgl,
    JsWebgpu,
}

impl Contender {
    /// In the order of the table.
    pub(super) const ALL: [Self; 7] = [
        Self::Worker,
        Self::Native,
        Self::Torch,
        Self::Tensorflow,
        Self::JsCpu,
        Self::JsWebgl,
        Self::JsWebgpu,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Native => "native",
            Self::Torch => "torch",
            Self::Tensorflow => "tensorflow",
            Self::JsCpu => "tfjs-cpu",
            Self::JsWebgl => "tfjs-webgl",
            Self::JsWebgpu => "tfjs-webgpu",
        }
    }
}

/// How a contender does a round.
pub(super) type Measure = Box<dyn FnMut(Job) -> Result<Speed>>;

/// Everybody who is there; says who is missing and how to get them.
pub(super) fn ready(workspace: &Workspace) -> Result<Vec<(Contender, Measure)>> {
    let mut contenders = vec![native(workspace)?];
    let mut add = |name: &str, found: Result<Vec<(Contender, Measure)>>| match found {
        Ok(found) => contenders.extend(found),
        Err(problem) => eprintln!("{name}: {problem}"),
    };
    add("worker", worker(workspace));
    add("torch", library(workspace, Contender::Torch, "CNNSLICER_TORCH"));
    add("tensorflow", library(workspace, Contender::Tensorflow, "CNNSLICER_TENSORFLOW"));
    add("tfjs", tensorflow_js(workspace));
    Ok(contenders)
}

fn native(workspace: &Workspace) -> Result<(Contender, Measure)> {
    let program = program::training(workspace)?;
    let measure: Measure = Box::new(move |job| {
        answer(Command::new(&program).args(["speed", job.layers, &job.batch.to_string()]))
    });
    Ok((Contender::Native, measure))
}

fn worker(workspace: &Workspace) -> Result<Vec<(Contender, Measure)>> {
    let page = BuiltPage::new(workspace)?;
    Ok(vec![(Contender::Worker, Box::new(move |job| page.speed(job, LIMIT)))])
}

/// `variable` names a Python interpreter that has the library.
fn library(workspace: &Workspace, contender: Contender, variable: &str) -> Result<Vec<(Contender, Measure)>> {
    let python = named(variable, "a Python interpreter that has the library")?;
    let script = workspace.root.join("benches/training/references.py");
    let measure = move |job: Job| {
        let mut command = Command::new(&python);
        command.arg(&script).args([contender.name(), job.layers, &job.batch.to_string()]);
        for threads in ["OMP_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(threads, "1");
        }
        answer(&mut command)
    };
    Ok(vec![(contender, Box::new(measure))])
}

fn tensorflow_js(workspace: &Workspace) -> Result<Vec<(Contender, Measure)>> {
    let modules =
        named("CNNSLICER_TFJS", "a folder with node_modules/@tensorflow/tfjs and tfjs-backend-webgpu")?;
    let page = std::rc::Rc::new(TensorflowJs::new(workspace, &modules)?);
    let backends =
        [(Contender::JsCpu, "cpu"), (Contender::JsWebgl, "webgl"), (Contender::JsWebgpu, "webgpu")];
    let measures = backends.map(|(contender, backend)| {
        let page = page.clone();
        let measure: Measure = Box::new(move |job| page.speed(backend, job, LIMIT));
        (contender, measure)
    });
    Ok(measures.into())
}

fn named(name: &str, what: &str) -> Result<PathBuf> {
    variable(name)
        .map(PathBuf::from)
        .ok_or_else(|| Problem::new("not measured").remedy(format!("let {name} name {what}")))
}

/// The line of JSON that a program prints last.
fn answer(command: &mut Command) -> Result<Speed> {
    let finished = process::capture(command, LIMIT, Echo::Hidden)?;
    let last = finished.output.lines().rev().find(|line| line.starts_with('{'));
    match last {
        Some(line) if finished.success => Speed::read(&serde_json::from_str(line).about("the measurement")?),
        _ => Err(Problem::new(format!("a benchmark failed:\n{}", finished.output))),
    }
}
