//! What a distance along the y axis means: the same everywhere, or more of it for small values.
//!
//! Bits of doubt of a trained network lie below half a bit of three: on a square-root axis that region has a third of
//! the chart, and 0 is still at the bottom, which no logarithm can do.

use super::axis;

/// How values are placed along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// By the value.
    #[default]
    Linear,
    /// By the square root of the value; values below 0 stand at 0.
    SquareRoot,
}

/// Round values with much the same distance between their square roots.
const SQUARES: [f64; 12] = [0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 13.0, 16.0];

impl Scale {
    /// Where `value` lies between the ends of the axis, 0 … 1 and beyond; the middle where they are one.
    pub fn share(self, value: f64, (low, high): (f64, f64)) -> f64 {
        let (value, low, high) = (self.length(value), self.length(low), self.length(high));
        if high > low { (value - low) / (high - low) } else { 0.5 }
    }

    /// Places for ticks between the ends of the axis: about `most` of them.
    pub fn ticks(self, range: (f64, f64), most: usize) -> Vec<f64> {
        if self == Self::Linear {
            return axis::ticks(range.0, range.1, most);
        }
        let apart = 0.5 / most.max(1) as f64;
        let mut ticks = Vec::new();
        let mut last = f64::NEG_INFINITY;
        for value in SQUARES.into_iter().filter(|value| (range.0..=range.1).contains(value)) {
            let share = self.share(value, range);
            if share - last >= apart {
                ticks.push(value);
                last = share;
            }
        }
        ticks
    }

    /// The labels of ticks: on an even axis all with as many decimals, else as few as each needs.
    pub fn labels(self, ticks: &[f64]) -> Vec<String> {
        match self {
            Self::Linear => axis::labels(ticks),
            Self::SquareRoot => ticks.iter().map(f64::to_string).collect(),
        }
    }

    fn length(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::SquareRoot => value.max(0.0).sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_values_have_more_room_on_a_square_root_axis() {
        let share = |value| Scale::SquareRoot.share(value, (0.0, 4.0));
        for (value, expected) in [(0.0, 0.0), (0.25, 0.25), (1.0, 0.5), (4.0, 1.0)] {
            assert!((share(value) - expected).abs() < 1e-12, "{value}");
        }
        assert_eq!(Scale::Linear.share(1.0, (0.0, 4.0)).to_bits(), 0.25_f64.to_bits());
        assert_eq!(share(-1.0).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn ten_classes_have_the_ticks_of_the_region_where_trained_networks_are() {
        let ticks = Scale::SquareRoot.ticks((0.0, 10.0_f64.log2()), 5);
        assert_eq!(Scale::SquareRoot.labels(&ticks), ["0", "0.1", "0.5", "1", "2", "3"]);
        let of_two = Scale::SquareRoot.ticks((0.0, 1.0), 5);
        assert_eq!(Scale::SquareRoot.labels(&of_two), ["0", "0.1", "0.5", "1"]);
    }

    #[test]
    fn an_axis_without_length_puts_everything_in_the_middle() {
        for scale in [Scale::Linear, Scale::SquareRoot] {
            assert_eq!(scale.share(3.0, (2.0, 2.0)).to_bits(), 0.5_f64.to_bits());
        }
    }

    proptest! {
        #[test]
        fn ticks_keep_their_distance(classes in 2_usize..=1000, most in 1_usize..8) {
            let range = (0.0, (classes as f64).log2());
            let ticks = Scale::SquareRoot.ticks(range, most);
            prop_assert!(!ticks.is_empty() && ticks.len() <= 2 * most + 1);
            for pair in ticks.windows(2) {
                let share = |value| Scale::SquareRoot.share(value, range);
                prop_assert!(share(pair[1]) - share(pair[0]) >= 0.5 / most as f64 - 1e-9);
            }
        }

        #[test]
        fn the_order_of_values_is_kept(low in 0.0_f64..5.0, more in 0.0_f64..5.0) {
            for scale in [Scale::Linear, Scale::SquareRoot] {
                let share = |value| scale.share(value, (0.0, 10.0));
                prop_assert!(share(low) <= share(low + more));
            }
        }
    }
}
