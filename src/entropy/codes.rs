//! Distance codes: for every channel the distances between its feature maps over a schedule of image pairs, one
//! byte a pair. From the codes alone `capacity` answers any two layers in milliseconds.

use super::bins::BinRange;
use super::cell::{Cell, all_finite, squared_distance_in_double};
use super::error::{EntropyError, expect_len};
use super::gram_codes::{self, append_codes_of_all};
use super::histogram::CountEntropy;
use super::pairs::{PairSchedule, turned};

/// The cells of one layer at one epoch, channel-major `[C, X, P]`: channels, images, positions of a map.
#[derive(Clone, Copy, Debug)]
pub struct LayerCells<'a, C> {
    values: &'a [C],
    channels: usize,
    images: usize,
    positions: usize,
}

impl<'a, C: Cell> LayerCells<'a, C> {
    /// Looks at `channels × images × positions` values.
    ///
    /// # Errors
    /// `shape` when the lengths disagree, `empty` when there are none.
    pub fn new(
        values: &'a [C],
        channels: usize,
        images: usize,
        positions: usize,
    ) -> Result<Self, EntropyError> {
        let expected = channels.saturating_mul(images).saturating_mul(positions);
        expect_len("channels × images × positions", expected, values.len())?;
        if values.is_empty() {
            Err(EntropyError::Empty)
        } else {
            Ok(Self { values, channels, images, positions })
        }
    }

    /// Number of channels C.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Number of images X.
    pub fn images(&self) -> usize {
        self.images
    }

    /// Values of a map, H·W.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// All values.
    pub fn values(&self) -> &'a [C] {
        self.values
    }

    /// The channels' values `[X, P]`, in order.
    pub fn by_channel(&self) -> impl Iterator<Item = &'a [C]> + use<'a, C> {
        self.values.chunks_exact(self.images * self.positions)
    }
}

/// Codes of all channels of a layer, `[C, pairs]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerCodes {
    bins: usize,
    pairs: usize,
    codes: Vec<u8>,
}

/// Images of which all pairs are measured to find a range: 12 million, as long as the inter-sample entropy of the layer
/// takes. A run has no more; one that is imported may.
const MOST_IMAGES: usize = 5000;
/// A code is a byte.
const MAX_BINS: usize = 256;
/// Below this largest squared distance single precision may have lost the others to underflow.
const SMALL_SQUARE: f64 = 1e-28;

impl LayerCodes {
    /// Measures the schedule's pairs in every channel and bins the distances over the channel's own [min, max].
    ///
    /// # Errors
    /// `bad_argument` for bins, `shape` when the schedule is for another number of images, `non_finite`.
    pub fn measure<C: Cell>(
        cells: &LayerCells<'_, C>,
        schedule: &PairSchedule,
        bins: usize,
    ) -> Result<Self, EntropyError> {
        check_bins(bins)?;
        expect_len("images of the schedule", cells.images(), schedule.images())?;
        let pairs = schedule.len();
        let mut codes = Vec::with_capacity(cells.channels() * pairs);
        let mut distances = Vec::with_capacity(pairs);
        for channel in cells.by_channel() {
            match C::as_single(channel) {
                Some(channel) if gram_codes::is_worth_it(schedule, cells.positions()) => {
                    if !all_finite(channel) {
                        return Err(EntropyError::NonFinite);
                    }
                    append_codes_of_all(channel, cells.positions(), schedule, bins, &mut codes);
                }
                _ => {
                    measure_channel(channel, cells.positions(), schedule, &mut distances)?;
                    append_codes(&distances, bins, &mut codes);
                }
            }
        }
        Ok(Self { bins, pairs, codes })
    }

    /// The codes of the schedule's pairs as they are among all pairs of its images: binned over the range of all
    /// distances. The range of a sample is smaller by chance, which moves every edge of its bins; an entropy would be
    /// off by some tenths of a bit.
    ///
    /// # Errors
    /// As [`LayerCodes::measure`].
    pub fn sample<C: Cell>(
        cells: &LayerCells<'_, C>,
        schedule: &PairSchedule,
        bins: usize,
    ) -> Result<Self, EntropyError> {
        if schedule.is_all() || schedule.images() > MOST_IMAGES {
            return Self::measure(cells, schedule, bins);
        }
        let (all, places) = schedule.among_all();
        let mut codes = Vec::with_capacity(cells.channels() * places.len());
        for values in cells.by_channel() {
            let channel = Self::measure(&LayerCells { values, channels: 1, ..*cells }, &all, bins)?;
            codes.extend(places.iter().map(|&place| channel.codes[place as usize]));
        }
        Ok(Self { bins, pairs: places.len(), codes })
    }

    /// Takes codes `[C, pairs]` that were measured before, such as those kept in a run.
    ///
    /// # Errors
    /// `bad_argument` for bins or a code that is no bin, `empty`, `shape` unless they are whole channels.
    pub fn from_stored(codes: Vec<u8>, pairs: usize, bins: usize) -> Result<Self, EntropyError> {
        check_bins(bins)?;
        if codes.is_empty() || pairs == 0 {
            return Err(EntropyError::Empty);
        }
        expect_len("codes", codes.len() / pairs * pairs, codes.len())?;
        let requirement = "must be below the number of bins";
        let known = codes.iter().all(|&code| usize::from(code) < bins);
        if known {
            Ok(Self { bins, pairs, codes })
        } else {
            Err(EntropyError::BadArgument { argument: "a code", requirement })
        }
    }

    /// The codes of the same pairs of places with the images, of which there are so many, put in another order: the
    /// null's.
    ///
    /// # Errors
    /// `shape` unless they are of pairs of so many images.
    pub fn shuffled(&self, images: usize) -> Result<Self, EntropyError> {
        let expected = images.saturating_mul(images.saturating_sub(1)) / 2;
        let places = turned(images, self.pairs);
        let places = places.ok_or(EntropyError::Shape { what: "pairs", expected, found: self.pairs })?;
        let mut codes = Vec::with_capacity(self.codes.len());
        for channel in self.codes.chunks_exact(self.pairs) {
            codes.extend(places.iter().map(|&place| channel[place as usize]));
        }
        Ok(Self { codes, ..*self })
    }

    /// Number of bins B.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.codes.len() / self.pairs
    }

    /// One channel's codes.
    pub fn channel(&self, channel: usize) -> &[u8] {
        &self.codes[channel * self.pairs..(channel + 1) * self.pairs]
    }

    /// How often each code occurs in a channel, `[bins]`.
    pub fn histogram(&self, channel: usize) -> Vec<u32> {
        let mut counts = vec![0_u32; self.bins];
        for &code in self.channel(channel) {
            counts[usize::from(code)] += 1;
        }
        counts
    }

    /// H of each channel's codes in bits: the most that any other channel can tell about it.
    pub fn entropies(&self) -> Vec<f64> {
        let entropy = CountEntropy::new(self.pairs);
        (0..self.channels()).map(|channel| entropy.bits(&self.histogram(channel))).collect()
    }

    /// All codes, `[C, pairs]`: what is stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.codes
    }
}

/// A number of bins whose codes are bytes.
pub(crate) fn check_bins(bins: usize) -> Result<(), EntropyError> {
    let requirement = "must be from 1 to 256";
    if (1..=MAX_BINS).contains(&bins) {
        Ok(())
    } else {
        Err(EntropyError::BadArgument { argument: "bins", requirement })
    }
}

/// Distances of the schedule's pairs in one channel `[X, P]`.
fn measure_channel<C: Cell>(
    channel: &[C],
    positions: usize,
    schedule: &PairSchedule,
    distances: &mut Vec<f64>,
) -> Result<(), EntropyError> {
    let (lo, hi) = C::min_max(channel).ok_or(EntropyError::NonFinite)?;
    if lo == hi {
        // A dead channel: nothing to measure.
        distances.clear();
        distances.resize(schedule.len(), 0.0);
        return Ok(());
    }
    let mut measure = |squared: fn(&[C], &[C]) -> f64| {
        let map = |image: usize| &channel[image * positions..(image + 1) * positions];
        distances.clear();
        distances.extend(schedule.pairs().map(|(i, j)| squared(map(i), map(j))));
        distances.iter().fold(0.0_f64, |largest, &d| if d > largest { d } else { largest })
    };
    let mut largest = measure(C::squared_distance);
    if !(SMALL_SQUARE..f64::MAX).contains(&largest) {
        largest = measure(squared_distance_in_double);
    }
    if !largest.is_finite() {
        return Err(EntropyError::NonFinite);
    }
    for distance in distances.iter_mut() {
        *distance = distance.sqrt();
    }
    Ok(())
}

/// Appends the codes of distances over their own range.
pub(crate) fn append_codes(distances: &[f64], bins: usize, codes: &mut Vec<u8>) {
    // Comparisons where `f64::min` would be a call: distances are not NaN.
    let fold = |(lo, hi): (f64, f64), &d: &f64| (if d < lo { d } else { lo }, if d > hi { d } else { hi });
    let (lo, hi) = distances.iter().fold((f64::INFINITY, 0.0), fold);
    let range = BinRange::new(lo, hi, bins);
    codes.extend(distances.iter().map(|&d| range.index(d) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::ImageOrder;

    fn codes(values: &[f32], images: usize, bins: usize) -> Result<LayerCodes, EntropyError> {
        let cells = LayerCells::new(values, 1, images, values.len() / images)?;
        LayerCodes::measure(&cells, &PairSchedule::all(images)?, bins)
    }

    #[test]
    fn codes_span_the_channels_own_range() {
        // Points 0, 1, 3 on a line: |0−1| = 1, |0−3| = 3, |1−3| = 2.
        assert_eq!(codes(&[0.0, 1.0, 3.0], 3, 2).unwrap().as_bytes(), [0, 1, 1]);
        assert_eq!(codes(&[0.0, 1.0, 3.0], 3, 256).unwrap().as_bytes(), [0, 255, 128]);
    }

    #[test]
    fn a_constant_channel_has_one_code() {
        let constant = codes(&[2.5; 8], 4, 32).unwrap();
        assert_eq!(constant.as_bytes(), [0; 6]);
        assert_eq!(constant.entropies(), [0.0]);
    }

    #[test]
    fn three_codes_equally_often_have_log2_of_three_bits() {
        let codes = codes(&[0.0, 1.0, 3.0], 3, 256).unwrap();
        assert!((codes.entropies()[0] - 3.0_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn neither_tiny_nor_huge_values_lose_their_distances() {
        for scale in [-100.0_f32, 0.0, 100.0].map(f32::exp2) {
            let values = [0.0, 1.0, 3.0, 7.0].map(|v| v * scale);
            assert_eq!(codes(&values, 4, 32).unwrap(), codes(&[0.0, 1.0, 3.0, 7.0], 4, 32).unwrap());
        }
    }

    #[test]
    fn sampled_pairs_have_the_codes_they_have_among_all() {
        let values: Vec<f32> =
            (0..2 * 60 * 40_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 9) as f32).collect();
        let cells = LayerCells::new(&values, 2, 60, 40).unwrap();
        let order = ImageOrder::as_numbered(60);
        let (all, some) =
            (PairSchedule::all_of(&order).unwrap(), PairSchedule::sampled(&order, 200).unwrap());
        let (exact, sample) =
            (LayerCodes::measure(&cells, &all, 32).unwrap(), LayerCodes::sample(&cells, &some, 32).unwrap());
        assert_eq!((sample.pairs(), sample.channels(), sample.bins()), (some.len(), 2, 32));
        for (at, place) in some.among_all().1.into_iter().enumerate() {
            for channel in 0..2 {
                assert_eq!(sample.channel(channel)[at], exact.channel(channel)[place as usize]);
            }
        }
        assert_eq!(LayerCodes::sample(&cells, &all, 32), Ok(exact));
    }

    #[test]
    fn stored_codes_are_checked() {
        let measured = codes(&[0.0, 1.0, 3.0], 3, 2).unwrap();
        let stored = LayerCodes::from_stored(measured.as_bytes().to_vec(), 3, 2);
        assert_eq!(stored, Ok(measured));
        let code = |codes: &[u8], pairs, bins| {
            LayerCodes::from_stored(codes.to_vec(), pairs, bins).unwrap_err().code()
        };
        assert_eq!(code(&[0, 2], 2, 2), "bad_argument");
        assert_eq!(code(&[0, 1, 0], 2, 2), "shape");
        assert_eq!(code(&[], 2, 2), "empty");
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], images, bins| codes(values, images, bins).unwrap_err().code();
        assert_eq!(code(&[1.0, f32::NAN], 2, 32), "non_finite");
        assert_eq!(code(&[1.0, 2.0], 2, 0), "bad_argument");
        assert_eq!(code(&[1.0, 2.0], 2, 257), "bad_argument");
        assert_eq!(code(&[1.0, 2.0], 1, 32), "too_few_samples");
        let cells = LayerCells::new(&[1.0_f32; 4], 1, 2, 2).unwrap();
        let other = PairSchedule::all(3).unwrap();
        assert_eq!(LayerCodes::measure(&cells, &other, 32).unwrap_err().code(), "shape");
        let huge = LayerCells::new(&[0.0, 1e200], 1, 2, 1).unwrap();
        assert_eq!(
            LayerCodes::measure(&huge, &PairSchedule::all(2).unwrap(), 32).unwrap_err().code(),
            "non_finite"
        );
    }
}
