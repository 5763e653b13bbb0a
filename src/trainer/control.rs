//! Pause, one epoch, resume, stop: what the loop does between two batches.

use crate::protocol::{Fault, FromTrainer};
use crate::trainer::host::{Command, Host};

/// How far a run may go before the user has to say more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// To its end.
    #[default]
    Free,
    /// To the end of the epoch in progress; between two epochs, to the end of the next one.
    OneEpoch,
    /// Not one batch.
    Held,
    /// It ends here.
    Ended,
}

impl Pace {
    /// What it becomes by a command; the end of a run is not taken back.
    #[must_use]
    pub fn after(self, command: Command) -> Self {
        match (self, command) {
            (Self::Ended, _) | (_, Command::Stop) => Self::Ended,
            (_, Command::Pause) => Self::Held,
            (_, Command::Resume) => Self::Free,
            (_, Command::Step) => Self::OneEpoch,
        }
    }

    /// What it becomes when an epoch has ended and is stored.
    #[must_use]
    pub fn after_epoch(self) -> Self {
        if self == Self::OneEpoch { Self::Held } else { self }
    }
}

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
pub async fn obey<H: Host>(host: &mut H, pace: &mut Pace) -> Flow {
    host.turn().await;
    let mut flow = Flow::Continue;
    loop {
        match *pace {
            Pace::Ended => return Flow::Stop,
            Pace::Held => flow = hold(host, pace).await,
            Pace::Free | Pace::OneEpoch => match host.poll() {
                Some(command) => *pace = pace.after(command),
                None => return flow,
            },
        }
    }
}

/// Says why training cannot go on, and pauses until the user has made that good, or stops.
pub async fn pause_for<H: Host>(host: &mut H, pace: &mut Pace, fault: Fault) -> Flow {
    host.emit(FromTrainer::Refused { fault });
    *pace = pace.after(Command::Pause);
    hold(host, pace).await
}

/// Waits for a command that ends the pause.
async fn hold<H: Host>(host: &mut H, pace: &mut Pace) -> Flow {
    if *pace == Pace::Ended {
        return Flow::Stop;
    }
    host.emit(FromTrainer::Paused);
    while *pace == Pace::Held {
        *pace = pace.after(host.command().await);
    }
    if *pace == Pace::Ended {
        return Flow::Stop;
    }
    host.emit(FromTrainer::Resumed);
    Flow::Paused
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Pace; 4] = [Pace::Free, Pace::OneEpoch, Pace::Held, Pace::Ended];
    const COMMANDS: [Command; 4] = [Command::Pause, Command::Resume, Command::Step, Command::Stop];

    #[test]
    fn one_epoch_ends_in_a_pause_and_nothing_else_changes_between_epochs() {
        assert_eq!(Pace::OneEpoch.after_epoch(), Pace::Held);
        for pace in [Pace::Free, Pace::Held, Pace::Ended] {
            assert_eq!(pace.after_epoch(), pace);
        }
    }

    #[test]
    fn the_last_command_counts() {
        for pace in ALL.into_iter().filter(|&pace| pace != Pace::Ended) {
            assert_eq!(pace.after(Command::Pause), Pace::Held);
            assert_eq!(pace.after(Command::Resume), Pace::Free);
            assert_eq!(pace.after(Command::Step), Pace::OneEpoch);
        }
    }

    #[test]
    fn nothing_comes_after_the_end() {
        for pace in ALL {
            assert_eq!(pace.after(Command::Stop), Pace::Ended);
        }
        for command in COMMANDS {
            assert_eq!(Pace::Ended.after(command), Pace::Ended);
        }
    }
}
