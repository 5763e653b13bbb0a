//! Forward passes over many images in chunks of one size.
//!
//! One size, so that WebGPU compiles each shader once; small enough for its 128 MiB bindings and for
//! a worker that must answer messages in between.

use burn::tensor::{Device, Tensor};

use crate::dataset::{ImageShape, Samples};
use crate::network::{LayerSpec, NetworkError, NetworkSpec};
use crate::trainer::batches;

/// Most images in a chunk.
const MAX_IMAGES: usize = 128;
/// Most bytes of the largest intermediate of a chunk, half of WebGPU's default binding limit.
const MAX_BYTES: usize = 64 << 20;

/// Images in a chunk for this network: the largest unfolded convolution input stays within bounds.
///
/// # Errors
/// When the network is impossible.
pub fn images_per_chunk(spec: &NetworkSpec) -> Result<usize, NetworkError> {
    let mut input = spec.input;
    let mut largest = input.len();
    for (layer, output) in spec.layers.iter().zip(spec.shapes()?) {
        largest = largest.max(unfolded_len(layer, input, output));
        input = output;
    }
    Ok((MAX_BYTES / (largest * size_of::<f32>())).clamp(1, MAX_IMAGES))
}

/// Values that one image has at most on its way through a layer.
fn unfolded_len(layer: &LayerSpec, input: ImageShape, output: ImageShape) -> usize {
    match *layer {
        LayerSpec::Conv { kernel, .. } => {
            (input.channels * kernel * kernel * output.height * output.width).max(output.len())
        }
        _ => output.len(),
    }
}

/// A chunk of images on the device, padded to the common size.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Positions of the images in the set.
    pub range: std::ops::Range<usize>,
    /// `[size, C, H, W]`; what lies beyond the range repeats its last image.
    pub images: Tensor<4>,
}

/// Positions of every chunk in a set of `images`; the last one may be shorter.
pub fn ranges(images: usize, per_chunk: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..images).step_by(per_chunk.max(1)).map(move |start| start..(start + per_chunk).min(images))
}

/// Uploads one chunk, padded to `per_chunk` images unless the whole set is smaller.
pub fn upload(samples: &Samples, range: std::ops::Range<usize>, per_chunk: usize, device: &Device) -> Chunk {
    let size = per_chunk.min(samples.len());
    let last = range.end.saturating_sub(1);
    let indices: Vec<usize> = (range.start..range.start + size).map(|index| index.min(last)).collect();
    Chunk { range, images: batches::images_tensor(samples, &indices, device) }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod tests {
    use super::*;
    use crate::network::presets::mnist_8;

    #[test]
    fn chunks_cover_every_image_once() {
        let covered: Vec<usize> = ranges(10, 4).flatten().collect();
        assert_eq!(covered, (0..10).collect::<Vec<_>>());
        assert_eq!(ranges(0, 4).count(), 0);
    }

    #[test]
    fn the_last_chunk_is_padded_to_the_common_size() {
        let shape = ImageShape { channels: 1, height: 1, width: 1 };
        let samples = Samples { shape, images: vec![0, 51, 102, 255], labels: vec![0; 4] };
        let chunk = upload(&samples, 3..4, 3, &Device::flex());
        assert_eq!(chunk.images.into_data().try_into_vec::<f32>().unwrap(), [1.0, 1.0, 1.0]);
        let whole = upload(&samples, 0..4, 100, &Device::flex());
        assert_eq!(whole.images.dims(), [4, 1, 1, 1]);
    }

    #[test]
    fn a_chunk_of_mnist_8_fits_webgpus_bindings() {
        let spec = mnist_8(ImageShape { channels: 1, height: 28, width: 28 }, 10);
        let images = images_per_chunk(&spec).unwrap();
        assert_eq!(images, 128);
        assert!(images * 16 * 9 * 28 * 28 * 4 <= MAX_BYTES);
    }

    #[test]
    fn a_huge_image_gives_a_chunk_of_few() {
        let spec = mnist_8(ImageShape { channels: 3, height: 256, width: 256 }, 10);
        assert!(images_per_chunk(&spec).unwrap() < 4);
    }
}
