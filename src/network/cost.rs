//! What a network costs before it is built: arithmetic, recorded bytes, an estimate of time.
//!
//! Read by whoever shows a network as it is put together. Measures nothing.

use super::{LayerSpec, NetworkError, NetworkSpec, OpenedLayers};
use crate::dataset::ImageShape;

/// Training takes a forward pass and two of its size: gradients of the inputs and of the weights.
const PASSES: f64 = 3.0;
/// A multiplication and an addition.
const OPERATIONS: f64 = 2.0;
/// Bytes of a recorded cell's value, float16.
const BYTES_PER_VALUE: u64 = 2;

impl NetworkSpec {
    /// Multiply-adds of one image's forward pass, in convolutions and dense layers; the rest is negligible.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn multiply_adds(&self) -> Result<u64, NetworkError> {
        let mut input = self.input;
        let mut sum = 0;
        for (layer, output) in self.layers.iter().zip(self.shapes()?) {
            sum += layer_multiply_adds(layer, input, output);
            input = output;
        }
        Ok(sum)
    }

    /// Bytes of all layers' cells of one recorded epoch with `probe_images` images, before compression, the
    /// parts of `opened` layers included.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn recorded_bytes(&self, probe_images: usize, opened: &OpenedLayers) -> Result<u64, NetworkError> {
        let values: usize = self.recorded_layers(opened)?.into_iter().map(|layer| layer.shape.len()).sum();
        Ok(BYTES_PER_VALUE * values as u64 * probe_images as u64)
    }

    /// Seconds that training on `images` images takes on a device that sustains
    /// `operations_per_second` (multiplications and additions), recording not counted.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn epoch_seconds(&self, images: usize, operations_per_second: f64) -> Result<f64, NetworkError> {
        Ok(PASSES * self.forward_seconds(images, operations_per_second)?)
    }

    /// Seconds that `images` images take from the input to the class probabilities on such a device.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn forward_seconds(&self, images: usize, operations_per_second: f64) -> Result<f64, NetworkError> {
        Ok(OPERATIONS * self.multiply_adds()? as f64 * images as f64 / operations_per_second)
    }
}

fn layer_multiply_adds(layer: &LayerSpec, input: ImageShape, output: ImageShape) -> u64 {
    let taps = match *layer {
        LayerSpec::Conv { kernel, .. } => input.channels * kernel * kernel,
        LayerSpec::Dense { .. } | LayerSpec::Output { .. } => input.len(),
        LayerSpec::MaxPool { .. } | LayerSpec::AvgPool { .. } => 0,
    };
    // `shapes` lets no layer through with more than 2^26 values or weights.
    output.len() as u64 * taps as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::presets::mnist_8;

    const MNIST: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

    #[test]
    fn mnist_8_costs_what_is_worked_out_by_hand() {
        let convolutions = 784 * (16 * 9 + 16 * 16 * 9) + 196 * (32 * 16 * 9 + 32 * 32 * 9);
        let dense = 1568 * 64 + 64 * 10;
        let spec = mnist_8(MNIST, 10);
        assert_eq!(spec.multiply_adds().unwrap(), convolutions + dense);
        let seconds = spec.epoch_seconds(1000, 6.0 * spec.multiply_adds().unwrap() as f64).unwrap();
        assert!((seconds - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn an_epoch_of_mnist_8_records_two_bytes_a_value() {
        let values = 2 * 16 * 784 + 16 * 196 + 2 * 32 * 196 + 32 * 49 + 64 + 10;
        let bytes = |opened: &OpenedLayers| mnist_8(MNIST, 10).recorded_bytes(500, opened).unwrap();
        assert_eq!(bytes(&OpenedLayers::None), 2 * 500 * values);
        assert_eq!(bytes(&OpenedLayers::These(vec![1, 3])), 2 * 500 * (values + 16 * 784));
    }

    #[test]
    fn an_impossible_network_has_no_cost() {
        let spec = NetworkSpec { layers: Vec::new(), ..mnist_8(MNIST, 10) };
        assert_eq!(spec.multiply_adds().unwrap_err(), NetworkError::NoOutput);
        assert_eq!(spec.recorded_bytes(1, &OpenedLayers::None).unwrap_err(), NetworkError::NoOutput);
    }
}
