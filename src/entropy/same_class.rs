//! Same-class information: what the distance of two images in a channel or a layer tells about whether they are of one
//! class, in bits. It says where in a network the classes appear.
//!
//! I = H_code + H_same − H_joint over the pairs of images that the codes are of, H_code of the distance's code and
//! H_same of the bit "both are of one class": 0 ≤ I ≤ min(H_code, H_same). With C classes of one size H_same is
//! about the entropy of 1/C (0.47 bits for ten), so show I as a share of it, too.
//!
//! Plug-in estimate, after the between-layers measure of the paper (4.3, Eq. 3) with the classes in the place of the
//! second layer. **Bias:** up, by about (B − 1) / (2 P ln 2) bits of P independent pairs; pairs share images, so more
//! than that. What chance gives are the codes of images put in another order ([`LayerCodes::shuffled`]) against the
//! same classes. The codes are those kept for the capacity, of all pairs or of a sample that has the classes' share.

use serde::{Deserialize, Serialize};

use super::capacity::CapacityMatrix;
use super::codes::LayerCodes;
use super::error::{EntropyError, expect_len};
use super::inter_sample::check_labels;
use super::pairs::PairSchedule;

/// What the distances of one channel, or of a layer, tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SameClassInformation {
    /// I in bits.
    pub bits: f64,
    /// H_code of the distances' codes.
    pub code_bits: f64,
    /// H_same of "both images are of one class": the ceiling.
    pub same_bits: f64,
    /// Pairs of images counted.
    pub pairs: usize,
}

impl SameClassInformation {
    /// I as a share of H_same; NaN where all pairs are alike.
    pub fn share(&self) -> f64 {
        if self.same_bits > 0.0 { self.bits / self.same_bits } else { f64::NAN }
    }
}

/// Which pairs of a schedule are of one class; good for all layers measured with it.
#[derive(Clone, Debug)]
pub struct SameClassPairs {
    /// 1 for a pair of one class, otherwise 0.
    same: Vec<u8>,
}

impl SameClassPairs {
    /// `labels[i]` is the class of image i as it is stored.
    ///
    /// # Errors
    /// `shape` unless there is a label an image, `bad_argument` for a label that is no class.
    pub fn new(schedule: &PairSchedule, labels: &[u8], n_classes: usize) -> Result<Self, EntropyError> {
        check_labels(labels, schedule.images(), n_classes)?;
        Ok(Self { same: schedule.pairs().map(|(i, j)| u8::from(labels[i] == labels[j])).collect() })
    }

    /// As codes of a layer of one channel.
    fn as_codes(&self, bins: usize) -> Result<LayerCodes, EntropyError> {
        LayerCodes::from_stored(self.same.clone(), self.same.len(), bins)
    }
}

/// Of every channel of the codes, or of a layer's one row.
///
/// # Errors
/// `shape` for codes of another number of pairs.
pub fn same_class_information(
    codes: &LayerCodes,
    pairs: &SameClassPairs,
) -> Result<Vec<SameClassInformation>, EntropyError> {
    expect_len("pairs of the codes", pairs.same.len(), codes.pairs())?;
    let found = if codes.bins() == 1 {
        // One bin has no room for the two classes of pairs: the same codes in two.
        let in_two = LayerCodes::from_stored(codes.as_bytes().to_vec(), codes.pairs(), 2)?;
        CapacityMatrix::from_codes(&pairs.as_codes(2)?, &in_two)?
    } else {
        CapacityMatrix::from_codes(&pairs.as_codes(codes.bins())?, codes)?
    };
    let of_channel = |channel| {
        let information = found.information(0, channel);
        SameClassInformation {
            bits: information.capacity(),
            code_bits: information.h_b,
            same_bits: information.h_a,
            pairs: information.pairs,
        }
    };
    Ok((0..codes.channels()).map(of_channel).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{ImageOrder, LayerCells, layer_codes};
    use super::*;

    fn measured(values: &[f32], labels: &[u8], bins: usize) -> Result<SameClassInformation, EntropyError> {
        let order = ImageOrder::as_numbered(labels.len());
        let pairs = SameClassPairs::new(&PairSchedule::all_of(&order)?, labels, 3)?;
        Ok(same_class_information(&layer_codes(values, &order, bins)?, &pairs)?[0])
    }

    #[test]
    fn two_groups_far_apart_tell_all() {
        // Of six pairs two are near and of one class: H(1/3).
        let found = measured(&[0.0, 0.1, 9.0, 9.1], &[0, 0, 1, 1], 2).unwrap();
        let h = 3.0_f64.log2() - 2.0 / 3.0;
        assert!((found.same_bits - h).abs() < 1e-12 && (found.bits - h).abs() < 1e-12);
        assert_eq!((found.pairs, found.code_bits), (6, found.same_bits));
        assert!((found.share() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_class_one_bin_or_a_constant_layer_tell_nothing() {
        let one = measured(&[0.0, 1.0, 5.0], &[1; 3], 32).unwrap();
        assert_eq!((one.bits, one.same_bits), (0.0, 0.0));
        assert!(one.share().is_nan());
        let constant = measured(&[2.0; 4], &[0, 0, 1, 1], 32).unwrap();
        assert_eq!((constant.bits, constant.code_bits, constant.share()), (0.0, 0.0, 0.0));
        let bin = measured(&[0.0, 0.1, 9.0, 9.1], &[0, 0, 1, 1], 1).unwrap();
        assert_eq!((bin.bits, bin.code_bits), (0.0, 0.0));
    }

    #[test]
    fn it_is_bounded_and_independent_of_the_stored_order() {
        let n = 60;
        let value = |at: usize| (at as u32).wrapping_mul(2_654_435_761) >> 8;
        let labels: Vec<u8> = (0..n).map(|at| (value(at + 7) % 3) as u8).collect();
        let cells: Vec<f32> =
            (0..2 * n * 4).map(|at| value(at) as f32 / 8e6 + f32::from(labels[at / 4 % n])).collect();
        let pixels: Vec<u8> = (0..n).map(|at| (value(at + 99) % 251) as u8).collect();
        let of = |places: &[usize]| {
            let pixels: Vec<u8> = places.iter().map(|&at| pixels[at]).collect();
            let labels: Vec<u8> = places.iter().map(|&at| labels[at]).collect();
            let channel =
                |c: usize| places.iter().flat_map(move |&at| (0..4).map(move |p| (c * n + at) * 4 + p));
            let cells: Vec<f32> = (0..2).flat_map(channel).map(|at| cells[at]).collect();
            let order = ImageOrder::by_content(&pixels, &labels).unwrap();
            let cells = LayerCells::new(&cells, 2, n, 4).unwrap();
            [PairSchedule::all_of(&order), PairSchedule::sampled(&order, 300)].map(|schedule| {
                let schedule = schedule.unwrap();
                let codes = LayerCodes::sample(&cells, &schedule, 32).unwrap();
                let pairs = SameClassPairs::new(&schedule, &labels, 3).unwrap();
                same_class_information(&codes, &pairs).unwrap()
            })
        };
        let stored = of(&(0..n).collect::<Vec<_>>());
        assert_eq!(of(&(0..n).map(|at| (at * 7 + 11) % n).collect::<Vec<_>>()), stored);
        assert_eq!((stored[0].len(), stored[0][0].pairs, stored[1][0].pairs), (2, 1770, 300));
        for found in stored.concat() {
            assert!(found.bits >= 0.0 && found.bits <= found.code_bits.min(found.same_bits));
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], labels: &[u8], bins| measured(values, labels, bins).unwrap_err().code();
        assert_eq!(code(&[], &[], 32), "empty");
        assert_eq!(code(&[1.0], &[0], 32), "too_few_samples");
        assert_eq!(code(&[1.0, 2.0], &[0, 3], 32), "bad_argument");
        assert_eq!(code(&[1.0, 2.0], &[0, 1], 0), "bad_argument");
        assert_eq!(code(&[1.0, f32::NAN], &[0, 1], 32), "non_finite");
        let schedule = PairSchedule::all(3).unwrap();
        assert_eq!(SameClassPairs::new(&schedule, &[0, 1], 2).unwrap_err().code(), "shape");
        let pairs = SameClassPairs::new(&schedule, &[0, 1, 1], 2).unwrap();
        let codes = LayerCodes::from_stored(vec![0; 6], 6, 4).unwrap();
        assert_eq!(same_class_information(&codes, &pairs).unwrap_err().code(), "shape");
    }
}
