//! How the learning rate changes from epoch to epoch.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// A learning rate over the epochs of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RateSchedule {
    /// The same in every epoch.
    Constant,
    /// A tenth after half of the epochs, a hundredth after three quarters (He et al. 2015, section 4.2).
    Step,
    /// Half a cosine from the full rate in the first epoch towards 0 after the last (Loshchilov & Hutter
    /// 2017, "SGDR", eq. 5 without restarts).
    Cosine,
}

impl RateSchedule {
    /// The learning rate in `epoch` (1 first) of `epochs` for the given rate of the first epoch.
    pub fn rate(self, first: f64, epoch: u32, epochs: u32) -> f64 {
        let done = f64::from(epoch.saturating_sub(1)) / f64::from(epochs.max(1));
        match self {
            Self::Constant => first,
            Self::Step if done < 0.5 => first,
            Self::Step if done < 0.75 => first * 0.1,
            Self::Step => first * 0.01,
            // libm, so that native code and wasm get the same bits.
            Self::Cosine => first * 0.5 * (1.0 + libm::cos(PI * done)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "products of the very same numbers")]
mod tests {
    use super::*;

    fn rates(schedule: RateSchedule, epochs: u32) -> Vec<f64> {
        (1..=epochs).map(|epoch| schedule.rate(0.4, epoch, epochs)).collect()
    }

    #[test]
    fn a_constant_rate_stays() {
        assert_eq!(rates(RateSchedule::Constant, 3), [0.4; 3]);
    }

    #[test]
    fn steps_come_after_a_half_and_three_quarters() {
        let [full, tenth, hundredth] = [0.4, 0.4 * 0.1, 0.4 * 0.01];
        assert_eq!(
            rates(RateSchedule::Step, 8),
            [full, full, full, full, tenth, tenth, hundredth, hundredth]
        );
        assert_eq!(rates(RateSchedule::Step, 1), [full]);
    }

    #[test]
    fn a_cosine_begins_at_the_full_rate_and_halves_it_midway() {
        let rates = rates(RateSchedule::Cosine, 10);
        assert_eq!(rates[0], 0.4);
        assert!((rates[5] - 0.2).abs() < 1e-12);
        assert!(rates.is_sorted_by(|a, b| a > b) && rates[9] > 0.0);
    }
}
