//! The project's own commands: `cargo xtask serve | build | test | data | bench`.
//!
//! They set up what a machine lacks, so that a clone needs nothing but Rust and a C compiler.
//! `browser` and `serve` are also what the end-to-end tests are written with.

pub mod browser;
pub mod problem;
pub mod serve;

mod bench;
mod build;
mod command;
mod data;
mod digest;
mod process;
mod run;
mod test;
mod tools;
mod workspace;

/// Runs the command that the arguments name; the exit code of the program.
pub fn main(arguments: impl Iterator<Item = String>) -> std::process::ExitCode {
    let outcome = command::parse(arguments).and_then(|command| run::run(&command));
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}
