//! How a measure is estimated where that is not what the run's header says.

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;

/// Over which values the bins of the intra-sample entropy lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ValueRange {
    /// From the least to the greatest of each map.
    #[default]
    Map,
    /// Of each channel over all images.
    Channel,
    /// Of the whole layer.
    Layer,
}

/// A setting that may change a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Neighbours of an image.
    K,
    /// Whether the nearest neighbour's distance is taken off, as UMAP does.
    Rho,
    /// Bins of values or distances.
    Bins,
    /// Where the bins of values lie.
    Range,
    /// Over which pairs of images.
    Pairs,
}

/// The settings of one answer; the default is what the run's header says, over the sampled pairs of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// Neighbours, where not the run's number.
    pub k: Option<u32>,
    /// Whether the nearest neighbour's distance is taken off.
    pub rho: bool,
    /// Bins, where not the run's number.
    pub bins: Option<u32>,
    /// Where the bins of values lie.
    pub range: ValueRange,
    /// Over which pairs of images.
    pub pairs: Estimate,
}

impl Settings {
    /// The run's own settings, over these pairs of images.
    pub fn over(pairs: Estimate) -> Self {
        Self { pairs, ..Self::default() }
    }

    /// Whether nothing but the pairs of images differs from what the run's header says.
    pub fn is_of_run(&self) -> bool {
        *self == Self::over(self.pairs)
    }

    /// Only those that matter; the others as by default, so that equal answers have equal keys.
    pub(super) fn only(self, those: &[Setting]) -> Self {
        let default = Self::default();
        let has = |setting| those.contains(&setting);
        Self {
            k: if has(Setting::K) { self.k } else { default.k },
            rho: if has(Setting::Rho) { self.rho } else { default.rho },
            bins: if has(Setting::Bins) { self.bins } else { default.bins },
            range: if has(Setting::Range) { self.range } else { default.range },
            pairs: if has(Setting::Pairs) { self.pairs } else { default.pairs },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_do_not_matter_are_forgotten() {
        let all = Settings {
            k: Some(5),
            rho: true,
            bins: Some(8),
            range: ValueRange::Layer,
            pairs: Estimate::Exact,
        };
        assert_eq!(all.only(&[]), Settings::default());
        assert_eq!(all.only(&[Setting::K]), Settings { k: Some(5), ..Settings::default() });
        assert!(!all.only(&[Setting::K]).is_of_run() && all.only(&[Setting::Pairs]).is_of_run());
    }
}
