//! The arrays that inputs of test vectors are made of, in double precision.

/// A dense array, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

impl Tensor {
    /// The first axis.
    pub(super) fn samples(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// Elements of one sample.
    pub(super) fn sample_len(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    pub(super) fn map(mut self, f: impl Fn(f64) -> f64) -> Self {
        self.values.iter_mut().for_each(|v| *v = f(*v));
        self
    }
}
