//! Each command from its pieces.

use crate::command::{Command, HELP};
use crate::problem::{About, Problem, Result};
use crate::process;
use crate::serve::Server;
use crate::workspace::Workspace;
use crate::{bench, build, data, test, tools};
use std::process::ExitCode;
use std::time::Duration;

/// Does what was asked for; the exit code is a failure when a test failed.
pub(crate) fn run(command: &Command) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Serve { port, dev: true, .. } => serve_for_development(&workspace, *port)?,
        Command::Serve { port, open, dev: false } => serve(&workspace, *port, *open)?,
        Command::Build => build::release(&workspace)?,
        Command::Data => data::lay_out(&workspace)?,
        Command::Test { stages } => return Ok(test::run(&workspace, stages)),
        Command::Bench(options) => bench::run(&workspace, options)?,
        Command::Help => println!("{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(workspace: &Workspace, port: u16, open: bool) -> Result<()> {
    // Datasets that must be fetched come after the page: it is there at once, and works without them.
    let is_at_hand = data::is_at_hand(workspace);
    if is_at_hand {
        data_if_possible(workspace);
    }
    build::release(workspace)?;
    let server = Server::start(&workspace.dist(), port, "/")?;
    println!("\nCNNSlicer is at {}   (Ctrl-C stops it)", server.url());
    if open {
        open_browser(&server.url());
    }
    if !is_at_hand {
        data_if_possible(workspace);
        if build::add_data(workspace)? {
            println!("data: in the page now; reload it");
        }
    }
    loop {
        std::thread::park();
    }
}

fn serve_for_development(workspace: &Workspace, port: u16) -> Result<()> {
    data_if_possible(workspace);
    let tools = tools::for_build(workspace)?;
    let mut trunk = build::trunk_command(workspace, &tools);
    trunk.args(["serve", "--port", &port.to_string(), "--dist"]).arg(workspace.scratch().join("dev"));
    let status = trunk.status().about("trunk serve")?;
    if status.success() { Ok(()) } else { Err(Problem::new("`trunk serve` failed; its messages are above")) }
}

/// The page works without the datasets, so that a machine without a network still gets it.
fn data_if_possible(workspace: &Workspace) {
    if let Err(problem) = data::lay_out(workspace) {
        println!("data: {}; the page works with the built-in Strokes", problem.one_line());
    }
}

fn open_browser(url: &str) {
    let (program, arguments): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = std::process::Command::new(program);
    if process::run(command.args(arguments).arg(url), Duration::from_secs(20)).is_err() {
        println!("open the address in a browser; `{program}` could not");
    }
}
