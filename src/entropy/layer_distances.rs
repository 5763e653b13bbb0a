//! Squared distances between the outputs of a layer, of all pairs of images: the one costly pass from which codes of
//! distances, nearest neighbours, CKA and the kernel point of the information plane follow.
//!
//! d² = Σ over the layer's values of squared differences. Single-precision outputs come from a Gram matrix of the
//! centred outputs, good to some 1e-6 of the outputs' squared norms and better where two are near each other; codes
//! and neighbours are settled by exact differences. Few values and double precision take explicit differences.
//! Pairs are (0,1), (0,2) … (n−2,n−1) of the outputs' rows. Memory: 4 bytes a pair and two copies of the outputs.

use super::cell::{Cell, squared_distance_in_double};
use super::codes::{LayerCodes, append_codes, check_bins};
use super::error::EntropyError;
use super::gram_codes::AllPairs;
use super::inter_sample::SMALL;
use super::layer_outputs::LayerOutputs;

/// Squared distances of all pairs of a layer's outputs.
pub struct LayerDistances<'a, C: Cell> {
    outputs: &'a LayerOutputs<'a, C>,
    squared: Squared<'a>,
}

/// How they were measured.
pub(crate) enum Squared<'a> {
    /// By a Gram matrix in single precision.
    Single(AllPairs<'a>),
    /// By differences in double precision.
    Double(Vec<f64>),
}

/// Rounding of a sum of squares in double precision as a share of it, with room.
const ROUNDING: f64 = 1e-13;

impl<'a, C: Cell> LayerDistances<'a, C> {
    /// Measures all pairs.
    ///
    /// # Errors
    /// `too_few_samples` below two images, `non_finite` where a double-precision square overflows.
    pub fn measure(outputs: &'a LayerOutputs<'_, C>) -> Result<Self, EntropyError> {
        let (n, width) = (outputs.images(), outputs.width());
        if n < 2 {
            return Err(EntropyError::TooFewSamples);
        }
        let is_small = n.saturating_mul(n).saturating_mul(width) <= SMALL;
        let squared = match C::as_single(outputs.values()) {
            Some(values) if !is_small => Squared::Single(AllPairs::measure(values, n, width)),
            _ => Squared::Double(in_double(outputs)?),
        };
        Ok(Self { outputs, squared })
    }

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.outputs.images()
    }

    /// Number of pairs, n(n − 1)/2.
    pub fn pairs(&self) -> usize {
        self.images() * (self.images() - 1) / 2
    }

    /// The outputs that were measured.
    pub fn outputs(&self) -> &'a LayerOutputs<'a, C> {
        self.outputs
    }

    pub(crate) fn source(&self) -> &Squared<'a> {
        &self.squared
    }

    /// The squared distance of every pair.
    pub fn squared(&self) -> Vec<f64> {
        match &self.squared {
            Squared::Single(pairs) => {
                let unit = 1.0 / pairs.source().scale();
                // Twice: the square of the unit may leave the range.
                pairs.squared().iter().map(|&squared| f64::from(squared) * unit * unit).collect()
            }
            Squared::Double(squared) => squared.clone(),
        }
    }

    /// How far a squared distance may be off by rounding.
    pub fn uncertainty(&self) -> f64 {
        match &self.squared {
            Squared::Single(pairs) => {
                let unit = 1.0 / pairs.source().scale();
                f64::from(pairs.source().uncertainty()) * unit * unit
            }
            Squared::Double(squared) => ROUNDING * squared.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Codes of the distances over their own range, one row.
    ///
    /// # Errors
    /// `bad_argument` for bins.
    pub fn codes(&self, bins: usize) -> Result<LayerCodes, EntropyError> {
        check_bins(bins)?;
        let mut codes = Vec::with_capacity(self.pairs());
        match &self.squared {
            Squared::Single(pairs) => pairs.append_codes(bins, &mut codes),
            Squared::Double(squared) => {
                let distances: Vec<f64> = squared.iter().map(|squared| squared.sqrt()).collect();
                append_codes(&distances, bins, &mut codes);
            }
        }
        LayerCodes::from_stored(codes, self.pairs(), bins)
    }
}

fn in_double<C: Cell>(outputs: &LayerOutputs<'_, C>) -> Result<Vec<f64>, EntropyError> {
    let n = outputs.images();
    let mut squared = Vec::with_capacity(n * (n - 1) / 2);
    for (i, row) in outputs.rows().enumerate() {
        squared.extend(outputs.rows().skip(i + 1).map(|other| squared_distance_in_double(row, other)));
    }
    let is_finite = squared.iter().all(|squared| squared.is_finite());
    if is_finite { Ok(squared) } else { Err(EntropyError::NonFinite) }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageOrder, LayerCells, PairSchedule};
    use super::*;

    /// Beyond the small case: 300² × 200.
    fn noise() -> Vec<f32> {
        (0..300 * 200_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0).collect()
    }

    #[test]
    fn a_three_four_five_triangle() {
        let outputs = LayerOutputs::as_stored(&[0.0_f32, 0.0, 3.0, 0.0, 3.0, 4.0], 3).unwrap();
        let distances = LayerDistances::measure(&outputs).unwrap();
        assert_eq!(distances.squared(), [9.0, 25.0, 16.0]);
        assert_eq!((distances.images(), distances.pairs()), (3, 3));
    }

    #[test]
    fn single_precision_is_as_certain_as_it_says() {
        for scale in [1.0_f32, 1e-30, 1e30] {
            let values: Vec<f32> = noise().iter().map(|value| value * scale).collect();
            let outputs = LayerOutputs::as_stored(&values, 300).unwrap();
            let (single, exact) = (LayerDistances::measure(&outputs).unwrap(), in_double(&outputs).unwrap());
            assert!(matches!(single.source(), Squared::Single(_)));
            let uncertainty = single.uncertainty();
            assert!(uncertainty < 1e-5 * exact[0]);
            for (found, exact) in single.squared().iter().zip(&exact) {
                assert!((found - exact).abs() <= uncertainty, "{found} {exact}");
            }
        }
    }

    #[test]
    fn codes_are_those_of_a_channel_with_the_same_values() {
        let values = noise();
        for n in [40, 300] {
            let values = &values[..n * 200];
            let order = ImageOrder::as_numbered(n);
            let outputs = LayerOutputs::in_order(values, &order).unwrap();
            let cells = LayerCells::new(values, 1, n, 200).unwrap();
            let channel = LayerCodes::measure(&cells, &PairSchedule::all_of(&order).unwrap(), 32);
            assert_eq!(LayerDistances::measure(&outputs).unwrap().codes(32), channel);
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let one = LayerOutputs::as_stored(&[1.0_f32], 1).unwrap();
        assert_eq!(LayerDistances::measure(&one).err().map(|error| error.code()), Some("too_few_samples"));
        let huge = LayerOutputs::as_stored(&[0.0, 1e200], 2).unwrap();
        assert_eq!(LayerDistances::measure(&huge).err().map(|error| error.code()), Some("non_finite"));
        let two = LayerOutputs::as_stored(&[0.0, 1.0], 2).unwrap();
        let distances = LayerDistances::measure(&two).unwrap();
        assert_eq!(distances.codes(0).unwrap_err().code(), "bad_argument");
    }
}
