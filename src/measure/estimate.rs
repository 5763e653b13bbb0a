//! Over which pairs of images a channel capacity is estimated, and when all of them are affordable. Pure; asked by the
//! page, the query language and the compute workers, so that all of them mean the same.

use serde::{Deserialize, Serialize};

use super::cost::exact_cost_ns;
use crate::dataset::ImageShape;
use crate::entropy::sampled_pairs;

/// Over which pairs of the probe images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Estimate {
    /// Those whose distance codes are kept in the run.
    #[default]
    Sampled,
    /// All of them.
    Exact,
}

/// An answer over all pairs must take less: one waits for it.
const AFFORDABLE_NS: f64 = 1e9;
impl Estimate {
    /// All pairs where an answer takes less than a second.
    pub fn affordable(images: usize, a: ImageShape, b: ImageShape) -> Self {
        if exact_cost_ns(images, a, b) < AFFORDABLE_NS { Self::Exact } else { Self::Sampled }
    }

    /// Over which of the pairs of `images` images two layers of these shapes are best compared, where the codes of about
    /// `sampled` pairs are kept: where those are all there are, they do.
    pub fn best(images: usize, sampled: usize, a: ImageShape, b: ImageShape) -> Self {
        let all = sampled_pairs(images, usize::MAX);
        if sampled_pairs(images, sampled) == all { Self::Sampled } else { Self::affordable(images, a, b) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn shape(channels: usize, side: usize) -> ImageShape {
        ImageShape { channels, height: side, width: side }
    }

    #[test]
    fn the_usual_probe_set_is_measured_over_all_pairs() {
        let mnist_8 = [shape(1, 28), shape(16, 28), shape(16, 14), shape(32, 14), shape(32, 7), shape(1, 8)];
        for a in mnist_8 {
            for b in mnist_8 {
                assert_eq!(Estimate::affordable(500, a, b), Estimate::Exact, "{a:?}, {b:?}");
            }
        }
    }

    #[test]
    fn what_takes_longer_is_sampled() {
        assert_eq!(Estimate::affordable(1000, shape(32, 32), shape(32, 32)), Estimate::Sampled);
        assert_eq!(Estimate::affordable(1000, shape(128, 2), shape(128, 2)), Estimate::Sampled);
        assert_eq!(Estimate::affordable(5000, shape(1, 8), shape(1, 3)), Estimate::Exact);
        assert_eq!(Estimate::affordable(usize::MAX, shape(1, 1), shape(1, 1)), Estimate::Sampled);
    }

    #[test]
    fn the_estimate_lies_above_what_the_benchmark_takes() {
        // 32 × 64 channels of 16² and 8² over all pairs of 1000 images: 1.6 s in a browser, without the null.
        let cost = exact_cost_ns(1000, shape(32, 16), shape(64, 8));
        assert!((2e9..6e9).contains(&cost), "{cost}");
    }

    #[test]
    fn more_of_anything_costs_more() {
        let cost = exact_cost_ns(500, shape(16, 14), shape(32, 7));
        assert!(cost < exact_cost_ns(501, shape(16, 14), shape(32, 7)));
        assert!(cost < exact_cost_ns(500, shape(17, 14), shape(32, 7)));
        assert!(cost < exact_cost_ns(500, shape(16, 14), shape(32, 8)));
        assert!((cost - exact_cost_ns(500, shape(32, 7), shape(16, 14))).abs() < 1e-6 * cost);
        assert!(exact_cost_ns(0, shape(1, 1), shape(1, 1)) >= 0.0);
    }
}
