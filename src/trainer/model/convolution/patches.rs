//! The matrices of a convolution. Of every output position the patch under the kernel is a column, `[C·k·k]` long;
//! a few images' positions stand side by side, so that small maps make large products too.

use std::ops::Range;

use burn::backend::flex::FlexTensor;
use burn::tensor::{Shape, TensorData};

/// Columns of a product: enough for its kernels to work at full speed, few enough to stay in the second cache.
const COLUMNS: usize = 1024;

/// Sizes of a convolution.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    images: usize,
    /// C.
    inputs: usize,
    height: usize,
    width: usize,
    /// O.
    outputs: usize,
    kernel: usize,
    stride: usize,
    /// H'.
    rows: usize,
    /// W'.
    columns: usize,
}

impl Sizes {
    fn new(input: &Shape, kernel: &Shape, stride: usize) -> Self {
        let [images, inputs, height, width] = input.dims();
        let [outputs, _, size, _] = kernel.dims();
        let along = |len: usize| (len + 2 * (size / 2) - size) / stride + 1;
        let (rows, columns) = (along(height), along(width));
        Self { images, inputs, height, width, outputs, kernel: size, stride, rows, columns }
    }

    /// H'·W'.
    fn positions(&self) -> usize {
        self.rows * self.columns
    }

    /// C·k·k.
    fn patch(&self) -> usize {
        self.inputs * self.kernel * self.kernel
    }

    fn input_len(&self) -> usize {
        self.inputs * self.height * self.width
    }

    /// Images whose patches stand side by side.
    fn groups(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (images, at_once) = (self.images, (COLUMNS / self.positions().max(1)).max(1));
        (0..images).step_by(at_once).map(move |start| start..(start + at_once).min(images))
    }

    /// Calls `each` for every stretch of a row of patches: place in the matrix of `width` columns, place in the image
    /// and how many; neighbours in the image are `stride` apart. `first` is the image's first column.
    fn stretches(&self, width: usize, first: usize, mut each: impl FnMut(usize, usize, usize)) {
        let margin = self.kernel / 2;
        for row in 0..self.patch() {
            let (channel, place) = (row / (self.kernel * self.kernel), row % (self.kernel * self.kernel));
            let (down, right) = (place / self.kernel, place % self.kernel);
            // Positions whose pixel lies inside: margin ≤ x·stride + right < margin + width.
            let start = margin.saturating_sub(right).div_ceil(self.stride);
            let end = (margin + self.width).saturating_sub(right).div_ceil(self.stride).min(self.columns);
            for y in 0..self.rows {
                let pixel_row = (y * self.stride + down).checked_sub(margin).filter(|&row| row < self.height);
                let Some(pixel_row) = pixel_row.filter(|_| start < end) else { continue };
                let from =
                    (channel * self.height + pixel_row) * self.width + start * self.stride + right - margin;
                each(row * width + first + y * self.columns + start, from, end - start);
            }
        }
    }
}

/// `[C·k·k, images·H'·W']` of some images; `matrix` holds zeros wherever patches reach over the edge.
fn lay_out(sizes: &Sizes, input: &[f32], images: Range<usize>, matrix: &mut [f32]) {
    let width = images.len() * sizes.positions();
    for (place, image) in images.enumerate() {
        let pixels = &input[image * sizes.input_len()..][..sizes.input_len()];
        sizes.stretches(width, place * sizes.positions(), |to, from, len| {
            let patches = &mut matrix[to..to + len];
            if sizes.stride == 1 {
                patches.copy_from_slice(&pixels[from..from + len]);
            } else {
                for (patch, pixel) in patches.iter_mut().zip(pixels[from..].iter().step_by(sizes.stride)) {
                    *patch = *pixel;
                }
            }
        });
    }
}

/// The transpose of [`lay_out`]: adds every patch to the pixels that it was taken from.
fn add_back(sizes: &Sizes, matrix: &[f32], images: Range<usize>, input: &mut [f32]) {
    let width = images.len() * sizes.positions();
    for (place, image) in images.enumerate() {
        let pixels = &mut input[image * sizes.input_len()..][..sizes.input_len()];
        sizes.stretches(width, place * sizes.positions(), |to, from, len| {
            let patches = &matrix[to..to + len];
            for (pixel, patch) in pixels[from..].iter_mut().step_by(sizes.stride).zip(patches) {
                *pixel += patch;
            }
        });
    }
}

/// `[images, O, H'·W']` ↔ `[O, images·H'·W']`: calls `each` with the places of every channel's positions in both.
fn side_by_side(sizes: &Sizes, images: Range<usize>, mut each: impl FnMut(Range<usize>, Range<usize>)) {
    let (positions, width) = (sizes.positions(), images.len() * sizes.positions());
    for (place, image) in images.enumerate() {
        for output in 0..sizes.outputs {
            let apart = (image * sizes.outputs + output) * positions;
            let beside = output * width + place * positions;
            each(apart..apart + positions, beside..beside + positions);
        }
    }
}

/// A matrix whose content is written again and again.
struct Scratch(FlexTensor);

impl Scratch {
    fn new(rows: usize, columns: usize) -> Self {
        Self(tensor(vec![0.0; rows * columns], [rows, columns]))
    }

    fn values(&mut self) -> &mut [f32] {
        self.0.storage_mut()
    }
}

/// Scratch matrices of `rows` rows for groups of images: the last group may be smaller and has one of its own, for
/// zeros stay where they are only while the matrix keeps its shape.
fn for_group<'a>(
    scratch: &'a mut Vec<Scratch>,
    sizes: &Sizes,
    rows: usize,
    images: &Range<usize>,
) -> &'a mut Scratch {
    let columns = images.len() * sizes.positions();
    let known = scratch.iter().position(|scratch| scratch.0.layout().shape()[1] == columns);
    let at = known.unwrap_or_else(|| {
        scratch.push(Scratch::new(rows, columns));
        scratch.len() - 1
    });
    &mut scratch[at]
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn contiguous(tensor: &FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor.clone() } else { tensor.to_contiguous() }
}

/// The values of a contiguous tensor of float32, the only one that is trained with.
fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().unwrap_or_default()
}

fn product(a: FlexTensor, b: FlexTensor) -> FlexTensor {
    use burn::backend::Flex;
    use burn::backend::ops::FloatTensorOps;
    Flex::float_matmul(a, b)
}

/// `[n, O, H', W']`.
pub fn output(input: &FlexTensor, kernel: &FlexTensor, stride: usize) -> FlexTensor {
    let sizes = Sizes::new(input.layout().shape(), kernel.layout().shape(), stride);
    let (input, kernel) = (contiguous(input), contiguous(kernel));
    let kernel = kernel.reshape(Shape::from([sizes.outputs, sizes.patch()]));
    let mut maps = vec![0.0; sizes.images * sizes.outputs * sizes.positions()];
    let mut scratch = Vec::new();
    for images in sizes.groups() {
        let patches = for_group(&mut scratch, &sizes, sizes.patch(), &images);
        lay_out(&sizes, values(&input), images.clone(), patches.values());
        let found = product(kernel.clone(), patches.0.clone());
        let found = values(&found);
        side_by_side(&sizes, images, |apart, beside| maps[apart].copy_from_slice(&found[beside]));
    }
    tensor(maps, [sizes.images, sizes.outputs, sizes.rows, sizes.columns])
}

/// `[n, C, H, W]`, from the gradient `[n, O, H', W']` of the output.
pub fn input_gradient(
    input: &Shape,
    kernel: &FlexTensor,
    gradient: &FlexTensor,
    stride: usize,
) -> FlexTensor {
    let sizes = Sizes::new(input, kernel.layout().shape(), stride);
    let (kernel, gradient) = (contiguous(kernel), contiguous(gradient));
    let turned = kernel.reshape(Shape::from([sizes.outputs, sizes.patch()])).transpose(0, 1);
    let mut pixels = vec![0.0; sizes.images * sizes.input_len()];
    let mut scratch = Vec::new();
    for images in sizes.groups() {
        let beside = gathered(&mut scratch, &sizes, &images, values(&gradient));
        let patches = product(turned.clone(), beside);
        add_back(&sizes, values(&patches), images, &mut pixels);
    }
    tensor(pixels, [sizes.images, sizes.inputs, sizes.height, sizes.width])
}

/// `[O, C, k, k]`, from the gradient `[n, O, H', W']` of the output.
pub fn kernel_gradient(
    input: &FlexTensor,
    kernel: &Shape,
    gradient: &FlexTensor,
    stride: usize,
) -> FlexTensor {
    let sizes = Sizes::new(input.layout().shape(), kernel, stride);
    let (input, gradient) = (contiguous(input), contiguous(gradient));
    let mut weights = vec![0.0; sizes.outputs * sizes.patch()];
    let (mut scratch, mut outputs) = (Vec::new(), Vec::new());
    for images in sizes.groups() {
        let patches = for_group(&mut scratch, &sizes, sizes.patch(), &images);
        lay_out(&sizes, values(&input), images.clone(), patches.values());
        let patches = patches.0.transpose(0, 1);
        let found = product(gathered(&mut outputs, &sizes, &images, values(&gradient)), patches);
        weights.iter_mut().zip(values(&found)).for_each(|(weight, found)| *weight += found);
    }
    tensor(weights, kernel.dims::<4>())
}

/// The gradients of some images side by side, `[O, images·H'·W']`.
fn gathered(
    scratch: &mut Vec<Scratch>,
    sizes: &Sizes,
    images: &Range<usize>,
    gradient: &[f32],
) -> FlexTensor {
    let matrix = for_group(scratch, sizes, sizes.outputs, images);
    let values = matrix.values();
    side_by_side(sizes, images.clone(), |apart, beside| values[beside].copy_from_slice(&gradient[apart]));
    matrix.0.clone()
}
