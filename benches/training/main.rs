//! How fast and how well the trainer trains, natively: the very code of the page's worker on burn's CPU backend, on
//! one thread. `cargo xtask bench --training` runs it beside other libraries; `benches/README.md` has the results.
//!
//! `training speed MODEL BATCH` prints one line of JSON: images a second of the processor's time.
//! `training run NAME=VALUE …` trains a run with the page's settings, the datasets from the folder that
//! `CNNSLICER_DATA` names, and prints a line an epoch.

#![allow(missing_docs, reason = "a program")]

mod console;
mod run;
mod speed;

use std::process::ExitCode;

const USAGE: &str =
    "usage: training speed MODEL BATCH | training run NAME=VALUE …; `cargo xtask bench --training` compares";

fn main() -> ExitCode {
    // `cargo bench` adds its own `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["speed", model, batch] => speed::measure(model, batch),
        ["run", settings @ ..] => run::train(settings),
        _ => {
            println!("{USAGE}");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// What the main thread has had of a processor, where the system tells: what else runs then counts less.
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    status.split_whitespace().next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds * 1e-9)
}
