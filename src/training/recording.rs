//! Which epochs are recorded: a pure decision that the trainer obeys.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Most epochs between two recorded ones.
const MOST_BETWEEN: u32 = 1000;

/// Which epochs of a run are recorded. Epoch 0 and the last one always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordPolicy {
    /// All.
    All,
    /// Every n-th.
    Every(u32),
    /// Spaced evenly on a logarithmic axis: 1, 2, 4, 8, …
    Log,
}

impl RecordPolicy {
    /// The policy written `all`, `log` or `every:N`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "all" => Some(Self::All),
            "log" => Some(Self::Log),
            _ => {
                let count = text.strip_prefix("every:")?.parse().ok()?;
                (1..=MOST_BETWEEN).contains(&count).then_some(Self::Every(count))
            }
        }
    }

    /// The epochs to record of a run of `epochs`, ascending from 0.
    pub fn epochs(self, epochs: u32) -> Vec<u32> {
        (0..=epochs).filter(|&epoch| epoch == 0 || epoch == epochs || self.takes(epoch)).collect()
    }

    /// The epochs to record when a run that holds `recorded` goes on to `epochs`: those, and what this
    /// policy says of the epochs after them.
    pub fn continued(self, recorded: &[u32], epochs: u32) -> Vec<u32> {
        let last = recorded.last().copied();
        let later = self.epochs(epochs).into_iter().filter(|&epoch| last.is_none_or(|last| epoch > last));
        recorded.iter().copied().chain(later).collect()
    }

    fn takes(self, epoch: u32) -> bool {
        match self {
            Self::All => true,
            Self::Every(count) => epoch.is_multiple_of(count),
            Self::Log => epoch.is_power_of_two(),
        }
    }
}

impl fmt::Display for RecordPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Every(count) => write!(f, "every:{count}"),
            Self::Log => f.write_str("log"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_takes_every_epoch() {
        assert_eq!(RecordPolicy::All.epochs(3), [0, 1, 2, 3]);
    }

    #[test]
    fn the_first_and_the_last_epoch_are_always_recorded() {
        assert_eq!(RecordPolicy::Every(4).epochs(10), [0, 4, 8, 10]);
        assert_eq!(RecordPolicy::Every(4).epochs(8), [0, 4, 8]);
        assert_eq!(RecordPolicy::Every(100).epochs(3), [0, 3]);
        assert_eq!(RecordPolicy::Log.epochs(10), [0, 1, 2, 4, 8, 10]);
        assert_eq!(RecordPolicy::Log.epochs(0), [0]);
    }

    #[test]
    fn a_run_that_goes_on_keeps_what_it_has_recorded() {
        assert_eq!(RecordPolicy::Log.continued(&[0, 1, 2, 3], 9), [0, 1, 2, 3, 4, 8, 9]);
        assert_eq!(RecordPolicy::All.continued(&[0, 1], 3), [0, 1, 2, 3]);
        assert_eq!(RecordPolicy::All.continued(&[], 1), [0, 1]);
        assert_eq!(RecordPolicy::All.continued(&[0, 1, 2], 1), [0, 1, 2]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for policy in [RecordPolicy::All, RecordPolicy::Log, RecordPolicy::Every(7)] {
            assert_eq!(RecordPolicy::parse(&policy.to_string()), Some(policy));
        }
        for text in ["", "every", "every:", "every:0", "every:-1", "every:x", "every:1001", "ALL"] {
            assert_eq!(RecordPolicy::parse(text), None, "{text}");
        }
    }
}
