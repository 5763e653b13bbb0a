//! A small run's shape for the tests of this module.

use super::run_shape::{LayerOutline, RunShape};
use crate::cube::header::EstimatorSettings;
use crate::dataset::ImageShape;

/// Eight images of the classes `a` (3), `b` (4), `c` (1) and `d` (0); layers input 1×4×4, conv 3×4×4,
/// conv 3×4×4, pool 2×2×2, probabilities 1×1×4; epochs 0, 1, 2, 4, 8.
pub(super) fn shape() -> RunShape {
    let layer = |name: &str, channels, height, width| LayerOutline {
        name: name.to_owned(),
        shape: ImageShape { channels, height, width },
    };
    RunShape {
        labels: vec![0, 1, 2, 0, 1, 1, 0, 1],
        train_labels: vec![0, 0, 0, 1, 2],
        classes: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
        layers: vec![
            layer("input", 1, 4, 4),
            layer("conv1", 3, 4, 4),
            layer("conv2", 3, 4, 4),
            layer("pool1", 2, 2, 2),
            layer("probabilities", 1, 1, 4),
        ],
        epochs: vec![0, 1, 2, 4, 8],
        settings: EstimatorSettings { pairs: 10, ..EstimatorSettings::default() },
    }
}
