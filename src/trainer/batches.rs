//! The order in which an epoch visits the training images, and batches as tensors.
//!
//! The order depends on the seed and the epoch alone, so an epoch can be repeated or taken up
//! without what came before it. Batches have one size: the last, partial one is dropped, since a
//! new size compiles new shaders on WebGPU. What is dropped differs from epoch to epoch.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::dataset::Samples;
use crate::dataset::random::{Purpose, Random};

/// A seeded permutation of `0 … images`; the same on every platform.
pub fn epoch_order(seed: u64, epoch: u32, images: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    Random::new(seed, Purpose::BatchOrder, &[u64::from(epoch)]).shuffle(&mut order);
    order
}

/// Images as the network sees them: `[n, C, H, W]`, pixels / 255.
pub fn images_tensor(samples: &Samples, indices: &[usize], device: &Device) -> Tensor<4> {
    let mut values = Vec::with_capacity(indices.len() * samples.shape.len());
    for &index in indices {
        values.extend(samples.image(index).iter().map(|&pixel| f32::from(pixel) / 255.0));
    }
    let shape = [indices.len(), samples.shape.channels, samples.shape.height, samples.shape.width];
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Labels `[n]` of the same images.
pub fn labels_tensor(samples: &Samples, indices: &[usize], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = indices.iter().map(|&index| i32::from(samples.labels[index])).collect();
    Tensor::from_data(TensorData::new(labels, [indices.len()]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ImageShape;

    #[test]
    fn an_epoch_visits_every_image_once() {
        let mut order = epoch_order(7, 1, 100);
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_only() {
        assert_eq!(epoch_order(7, 3, 50), epoch_order(7, 3, 50));
        assert_ne!(epoch_order(7, 3, 50), epoch_order(7, 4, 50));
        assert_ne!(epoch_order(7, 3, 50), epoch_order(8, 3, 50));
    }

    #[test]
    fn the_first_place_is_uniform() {
        let mut counts = [0u32; 10];
        for epoch in 0..2000 {
            counts[epoch_order(1, epoch, 10)[0]] += 1;
        }
        // 200 expected, standard deviation 13.4.
        assert!(counts.iter().all(|&count| (140..=260).contains(&count)), "{counts:?}");
    }

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
