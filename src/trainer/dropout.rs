//! Dropout masks (Srivastava et al. 2014), drawn on the CPU: every backend, and a run that was continued,
//! drops the same values.

use burn::tensor::{Device, Tensor, TensorData};

use crate::dataset::ImageShape;
use crate::dataset::random::{Purpose, Random};

/// Where in a run a mask is used; with the seed, all that it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskPlace {
    /// Seed of the run.
    pub seed: u64,
    /// Epoch, 1 first.
    pub epoch: u32,
    /// Batch of the epoch, 0 first.
    pub batch: usize,
    /// Layer, 1 first.
    pub layer: usize,
}

/// A mask `[images, C, H, W]`: 0 with the probability `dropout`, otherwise 1 / (1 − dropout), so that the
/// mean stays.
pub fn mask(place: MaskPlace, dropout: f64, images: usize, shape: ImageShape, device: &Device) -> Tensor<4> {
    let values = values(place, dropout, images * shape.len());
    let shape = [images, shape.channels, shape.height, shape.width];
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn values(place: MaskPlace, dropout: f64, count: usize) -> Vec<f32> {
    let path = [u64::from(place.epoch), place.batch as u64, place.layer as u64];
    let mut random = Random::new(place.seed, Purpose::Dropout, &path);
    let (dropped, kept) = (dropout as f32, (1.0 / (1.0 - dropout)) as f32);
    (0..count).map(|_| if random.chance(dropped) { 0.0 } else { kept }).collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "a mask holds two values, both exact")]
mod tests {
    use super::*;

    const PLACE: MaskPlace = MaskPlace { seed: 1, epoch: 2, batch: 3, layer: 4 };

    #[test]
    fn a_mask_drops_its_share_and_keeps_the_mean() {
        let values = values(PLACE, 0.2, 100_000);
        let dropped = values.iter().filter(|value| **value == 0.0).count();
        // Standard deviation 126.
        assert!(dropped.abs_diff(20_000) < 600, "{dropped}");
        assert!(values.iter().all(|&value| value == 0.0 || value == 1.25));
    }

    #[test]
    fn a_mask_depends_on_its_place_only() {
        let mask = |place| values(place, 0.5, 64);
        assert_eq!(mask(PLACE), mask(PLACE));
        for other in [
            MaskPlace { seed: 2, ..PLACE },
            MaskPlace { epoch: 3, ..PLACE },
            MaskPlace { batch: 4, ..PLACE },
            MaskPlace { layer: 5, ..PLACE },
        ] {
            assert_ne!(mask(PLACE), mask(other));
        }
    }
}
