//! Pause, resume, stop: what the loop does between two batches.

use crate::protocol::{Fault, FromTrainer};
use crate::trainer::host::{Command, Host};

/// Whether the loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Nothing was asked.
    Continue,
    /// There was a pause: clocks start anew.
    Paused,
    /// The run ends here.
    Stop,
}

/// Lets messages in and obeys the commands among them; returns when the loop may go on or must end.
pub async fn obey<H: Host>(host: &mut H) -> Flow {
    host.turn().await;
    let mut flow = Flow::Continue;
    while let Some(command) = host.poll() {
        match command {
            Command::Stop => return Flow::Stop,
            Command::Resume => {}
            Command::Pause => {
                flow = Flow::Paused;
                host.emit(FromTrainer::Paused);
                if wait(host).await == Command::Stop {
                    return Flow::Stop;
                }
                host.emit(FromTrainer::Resumed);
            }
        }
    }
    flow
}

/// Says why training cannot go on, and pauses until the user has made that good, or stops.
pub async fn pause_for<H: Host>(host: &mut H, fault: Fault) -> Flow {
    host.emit(FromTrainer::Refused { fault });
    host.emit(FromTrainer::Paused);
    if wait(host).await == Command::Stop {
        return Flow::Stop;
    }
    host.emit(FromTrainer::Resumed);
    Flow::Paused
}

/// The command that ends a pause.
async fn wait<H: Host>(host: &mut H) -> Command {
    loop {
        let command = host.command().await;
        if command != Command::Pause {
            return command;
        }
    }
}
