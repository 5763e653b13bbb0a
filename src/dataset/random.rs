//! Seeded random numbers that are the same on every platform and in every version.
//!
//! Everything random in a run (subsets, batch order, initial weights, Strokes) is drawn from here: from the
//! run's seed, or, what decides about images, from its data seed. What a number is used for is part of its
//! path, so that two uses never share a sequence and adding a use changes no other. Only integer arithmetic
//! and exactly rounded operations are used: native code and wasm get the same bits.

use rand::Rng;
use rand_pcg::Pcg32;

/// What random numbers are used for: the first part of their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Choosing train, test and probe images.
    Split = 1,
    /// Order of the images within an epoch.
    BatchOrder = 2,
    /// Initial weights.
    Weights = 3,
    /// The Strokes generator.
    Strokes = 4,
    /// Dropout masks.
    Dropout = 5,
    /// Variations of training images.
    Augmentation = 7,
    /// Choosing images while they stream by.
    Stream = 9,
    /// Test images drawn again, to tell how far a number may be off by chance.
    Bootstrap = 12,
    /// White noise that entropies are compared with.
    Noise = 13,
}

/// A PCG32 generator at a path below a seed.
#[derive(Clone, Debug)]
pub struct Random(Pcg32);

impl Random {
    /// The generator for `purpose` at `path` (class, index, epoch, … as the use needs) below `seed`.
    pub fn new(seed: u64, purpose: Purpose, path: &[u64]) -> Self {
        let mut state = mix(seed ^ mix(purpose as u64));
        for &part in path {
            state = mix(state ^ mix(part));
        }
        Self(Pcg32::new(state, mix(state)))
    }

    /// Uniform in `0 .. bound`; 0 for a bound of 0 or 1.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound < 2 {
            return 0;
        }
        // Lemire's multiply-and-reject: no bias, one multiplication nearly always.
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.0.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Uniform in `[0, 1)` with 24 bits.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `[low, high)`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// About normal with mean 0 and standard deviation 1: the sum of four uniforms (so |z| < 3.5),
    /// which needs no logarithm and is therefore the same everywhere.
    pub fn about_normal(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_8
    }

    /// Shuffles uniformly (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

/// The finaliser of `SplitMix64`: every input bit changes half of the output bits.
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, purpose: Purpose, path: &[u64]) -> Vec<u32> {
        let mut random = Random::new(seed, purpose, path);
        (0..8).map(|_| random.below(1_000_000)).collect()
    }

    #[test]
    fn the_same_path_gives_the_same_numbers_and_any_other_path_others() {
        let reference = draws(1, Purpose::Split, &[3, 4]);
        assert_eq!(reference, draws(1, Purpose::Split, &[3, 4]));
        assert_ne!(reference, draws(2, Purpose::Split, &[3, 4]));
        assert_ne!(reference, draws(1, Purpose::Weights, &[3, 4]));
        assert_ne!(reference, draws(1, Purpose::Split, &[4, 3]));
        assert_ne!(reference, draws(1, Purpose::Split, &[3]));
    }

    #[test]
    fn the_numbers_never_change_between_versions() {
        assert_eq!(draws(1, Purpose::Split, &[])[..3], [858_706, 145_333, 978_852]);
    }

    #[test]
    fn below_reaches_every_value_equally_often() {
        let mut random = Random::new(7, Purpose::Split, &[]);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7) as usize] += 1;
        }
        // Standard deviation of a count is 93.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 500), "{counts:?}");
    }

    #[test]
    fn about_normal_has_mean_zero_and_variance_one() {
        let mut random = Random::new(7, Purpose::Split, &[]);
        let values: Vec<f64> = (0..100_000).map(|_| f64::from(random.about_normal())).collect();
        let mean = values.iter().sum::<f64>() / 1e5;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(7, Purpose::Split, &[]).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
