//! Against burn's own convolution and its gradients, for all kinds of shapes.

use burn::module::Param;
use burn::nn::PaddingConfig2d;
use burn::tensor::{Device, TensorData};
use proptest::prelude::*;

use super::*;

fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    (0..len).map(|_| next()).collect()
}

fn of_shape(shape: [usize; 4], seed: u32, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(numbers(shape.iter().product(), seed), shape), device)
}

fn close(what: &str, found: Option<Tensor<4>>, wanted: Option<Tensor<4>>) {
    let values = |tensor: Option<Tensor<4>>| tensor.unwrap().into_data().try_to_vec::<f32>().unwrap();
    let (found, wanted) = (values(found), values(wanted));
    assert_eq!(found.len(), wanted.len(), "{what}");
    let scale = wanted.iter().fold(1.0_f32, |most, value| most.max(value.abs()));
    for (found, wanted) in found.iter().zip(&wanted) {
        assert!((found - wanted).abs() <= 1e-5 * scale, "{what}: {found} instead of {wanted}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn outputs_and_gradients_are_those_of_burn(
        images in 1_usize..6, channels in 1_usize..5, outputs in 1_usize..5,
        height in 1_usize..12, width in 1_usize..40, margin in 0_usize..3, stride in 1_usize..4, bias: bool, seed: u32,
    ) {
        let device = Device::flex().autodiff();
        let kernel = 2 * margin + 1;
        let input = || of_shape([images, channels, height, width], seed, &device).require_grad();
        let weight = of_shape([outputs, channels, kernel, kernel], seed ^ 1, &device);
        let layer = Conv2d {
            weight: Param::from_tensor(weight),
            bias: bias.then(|| Param::from_tensor(Tensor::from_data(TensorData::new(numbers(outputs, seed ^ 2), [outputs]), &device))),
            stride: [stride, stride],
            kernel_size: [kernel, kernel],
            dilation: [1, 1],
            groups: 1,
            padding: PaddingConfig2d::Explicit(margin, margin, margin, margin),
        };
        let (ours, burns) = (input(), input());
        let (found, wanted) = (convolved(&layer, ours.clone()), layer.forward(burns.clone()));
        close("output", Some(found.clone().inner()), Some(wanted.clone().inner()));
        let upstream = of_shape(found.dims(), seed ^ 3, &device);
        let found = found.mul(upstream.clone()).sum().backward();
        let wanted = wanted.mul(upstream).sum().backward();
        close("gradient of the images", ours.grad(&found), burns.grad(&wanted));
        close("gradient of the kernel", layer.weight.val().grad(&found), layer.weight.val().grad(&wanted));
    }
}

#[test]
fn many_small_images_are_laid_out_in_groups() {
    let device = Device::flex();
    // Groups of 1024 / 9 images, and a last one that is smaller.
    let (input, weight) = (of_shape([250, 2, 3, 3], 1, &device), of_shape([3, 2, 3, 3], 2, &device));
    let layer = Conv2d {
        weight: Param::from_tensor(weight),
        bias: None,
        stride: [1, 1],
        kernel_size: [3, 3],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(1, 1, 1, 1),
    };
    close("output", Some(convolved(&layer, input.clone())), Some(layer.forward(input)));
}
