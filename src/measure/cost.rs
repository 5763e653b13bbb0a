//! What measures take before they are computed: an estimate of the time of one thread in a browser. Pure; asked before
//! anything is computed that nobody has asked for.

use crate::dataset::ImageShape;

/// Costs in nanoseconds, of one thread in a browser: half as much again as measured (`benches/README.md`), for slower
/// machines. Unpacking a cell, ...
const CELL_NS: f64 = 8.0;
/// ... multiplying and adding a value of a pair's maps, ...
const PRODUCT_NS: f64 = 0.15;
/// ... a pair's distance, code and place in the null, ...
const CODE_NS: f64 = 6.0;
/// ... counting a pair in a joint histogram, ...
const COUNT_NS: f64 = 1.4;
/// ... the entropy of a joint histogram.
const HISTOGRAM_NS: f64 = 3000.0;

/// All pairs of `images` images.
pub(super) fn all_pairs(images: usize) -> f64 {
    let n = images as f64;
    n * (n - 1.0).max(0.0) / 2.0
}

/// Nanoseconds to read the cells of a layer of this shape.
pub(super) fn cells_ns(images: usize, shape: ImageShape) -> f64 {
    images as f64 * values(shape) * CELL_NS
}

/// To read them, and to measure so many pairs of images by the distances of their maps.
pub(super) fn distances_ns(images: usize, pairs: f64, shape: ImageShape) -> f64 {
    cells_ns(images, shape) + pairs * (values(shape) * PRODUCT_NS + shape.channels as f64 * CODE_NS)
}

/// To count so many pairs in the joint histograms of all channels of two layers, and in those of the null.
pub(super) fn joint_ns(pairs: f64, a: ImageShape, b: ImageShape) -> f64 {
    2.0 * a.channels as f64 * b.channels as f64 * (pairs * COUNT_NS + HISTOGRAM_NS)
}

fn values(shape: ImageShape) -> f64 {
    // A damaged header may say more than there are numbers.
    [shape.channels, shape.height, shape.width].iter().map(|&side| side as f64).product()
}

/// Nanoseconds that the capacities between all channels of two layers of these shapes, and their null, take over all
/// pairs of `images` images, cells not yet read.
pub fn exact_cost_ns(images: usize, a: ImageShape, b: ImageShape) -> f64 {
    let pairs = all_pairs(images);
    distances_ns(images, pairs, a) + distances_ns(images, pairs, b) + joint_ns(pairs, a, b)
}
