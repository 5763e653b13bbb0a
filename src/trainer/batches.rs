//! Images and labels as tensors. Which ones make up a batch: `training::schedule`.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::dataset::Samples;
use crate::training::augmentation::Variation;

/// Images as the network sees them: `[n, C, H, W]`, pixels / 255.
pub fn images_tensor(samples: &Samples, indices: &[usize], device: &Device) -> Tensor<4> {
    let mut values = Vec::with_capacity(indices.len() * samples.shape.len());
    for &index in indices {
        values.extend(samples.image(index).iter().map(|&pixel| f32::from(pixel) / 255.0));
    }
    Tensor::from_data(TensorData::new(values, shape(samples, indices)), device)
}

/// Training images of `epoch` as the network sees them, each in its own variation.
pub fn varied_tensor(
    samples: &Samples,
    indices: &[usize],
    variation: impl Fn(usize) -> Variation,
    device: &Device,
) -> Tensor<4> {
    let mut values = Vec::with_capacity(indices.len() * samples.shape.len());
    for &index in indices {
        let pixels = variation(index).apply(samples.image(index), samples.shape);
        values.extend(pixels.map(|pixel| f32::from(pixel) / 255.0));
    }
    Tensor::from_data(TensorData::new(values, shape(samples, indices)), device)
}

fn shape(samples: &Samples, indices: &[usize]) -> [usize; 4] {
    [indices.len(), samples.shape.channels, samples.shape.height, samples.shape.width]
}

/// Labels `[n]` of the same images.
pub fn labels_tensor(samples: &Samples, indices: &[usize], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = indices.iter().map(|&index| i32::from(samples.labels[index])).collect();
    Tensor::from_data(TensorData::new(labels, [indices.len()]), device)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod tests {
    use super::*;
    use crate::dataset::ImageShape;

    #[test]
    fn pixels_are_divided_by_255() {
        let shape = ImageShape { channels: 1, height: 1, width: 2 };
        let samples = Samples { shape, images: vec![0, 255, 51, 102], labels: vec![3, 9] };
        let device = Device::flex();
        let images = images_tensor(&samples, &[1, 0], &device);
        assert_eq!(images.dims(), [2, 1, 1, 2]);
        assert_eq!(images.into_data().try_into_vec::<f32>().unwrap(), [0.2, 0.4, 0.0, 1.0]);
        let labels = labels_tensor(&samples, &[1, 0], &device);
        assert_eq!(labels.into_data().iter::<i32>().collect::<Vec<_>>(), [9, 3]);
    }
}
