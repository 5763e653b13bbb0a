//! Which pairs of images a channel's distances are taken over. A plan only: `codes` measures the pairs.
//!
//! Where images are stored, and which run they are of, decides nothing: images are put in an order of their content
//! first ([`ImageOrder`]), that order is shuffled by a seed of the estimator's own, and pairs are made of places in it.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::error::{EntropyError, expect_len};
use crate::ordering::{order_of, sort_by};

/// Pairs that are sampled where nothing else is said.
///
/// With so many of 1000 images a capacity is within 0.01 bits (rms) of that of all pairs; 20,000 give 0.015 to 0.025
/// bits too much: the plug-in estimate's bias goes with the inverse of the number of pairs.
pub const DEFAULT_PAIRS: usize = 60_000;
/// Of the estimator: of no run, so that runs of different seeds are measured over the same pairs.
pub(crate) const SEED: u64 = 20_211_486;
/// Choices of shifts of which the one with the fairest share of same-class pairs is taken.
const CHOICES: usize = 64;

/// Images in an order that is a matter of what they show, shuffled, and their classes: the same pictures are at the
/// same places however they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageOrder {
    /// Image at each place.
    images: Vec<u32>,
    /// Class at each place.
    classes: Vec<u8>,
}

impl ImageOrder {
    /// Of images of so many bytes each, `[X, …]`, and their classes `[X]`: sorted by their bytes, then by class, and
    /// then shuffled.
    ///
    /// # Errors
    /// `empty` for no image, `shape` when the lengths disagree.
    pub fn by_content(pixels: &[u8], labels: &[u8]) -> Result<Self, EntropyError> {
        let n = labels.len();
        if n == 0 || pixels.is_empty() {
            return Err(EntropyError::Empty);
        }
        let each = pixels.len() / n;
        expect_len("bytes of the images", each * n, pixels.len())?;
        let content = |image: usize| (&pixels[image * each..(image + 1) * each], labels[image]);
        let mut images = order_of(n, &|a, b| content(a).cmp(&content(b)));
        shuffle(&mut images, &mut Pcg64Mcg::seed_from_u64(SEED));
        Ok(Self {
            classes: images.iter().map(|&image| labels[image]).collect(),
            images: images.into_iter().map(|image| image as u32).collect(),
        })
    }

    /// Of images that nothing is known of, in the order in which they are numbered, and shuffled.
    pub fn as_numbered(n: usize) -> Self {
        let mut images: Vec<u32> = (0..n as u32).collect();
        shuffle(&mut images, &mut Pcg64Mcg::seed_from_u64(SEED));
        Self { images, classes: vec![0; n] }
    }

    /// Image at each place.
    pub(crate) fn images(&self) -> &[u32] {
        &self.images
    }

    /// Only these of the images, which are numbered anew in the order given.
    #[must_use]
    pub fn of_these(&self, images: &[usize]) -> Self {
        let place_of = |image: u32| images.iter().position(|&other| other == image as usize);
        let kept = self.images.iter().zip(&self.classes);
        let (images, classes) =
            kept.filter_map(|(&image, &class)| Some((place_of(image)? as u32, class))).unzip();
        Self { images, classes }
    }

    /// Whether the images at two places are of one class.
    fn are_alike(&self, one: usize, other: usize) -> bool {
        self.classes[one] == self.classes[other]
    }
}

/// All pairs of images, or those of some shifts s, (i, i + s mod n) by places, each unordered pair at most once. Two
/// layers measured with the same schedule have their distances in the same order.
///
/// Whole shifts use every image equally often, and more images beat more pairs. Shifts are drawn at random, several
/// times, and those kept whose share of same-class pairs is nearest to that of all pairs: how often a class meets
/// itself is what a capacity between layers that code the class hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSchedule {
    /// Image at each place.
    order: Vec<u32>,
    /// Shifts below n/2, by size; `None` for all pairs, (0,1), (0,2) … (n−2,n−1).
    shifts: Option<Vec<usize>>,
}

impl PairSchedule {
    /// Enough shifts for `target_pairs` pairs of the images; all pairs where there are hardly more than that.
    ///
    /// # Errors
    /// `empty` for no image, `too_few_samples` for one, `bad_argument` for no pairs.
    pub fn sampled(images: &ImageOrder, target_pairs: usize) -> Result<Self, EntropyError> {
        let mut schedule = Self::all_of(images)?;
        if target_pairs == 0 {
            return Err(EntropyError::BadArgument { argument: "pairs", requirement: "must be at least 1" });
        }
        let n = schedule.images();
        if sampled_pairs(n, target_pairs) < schedule.len() {
            schedule.shifts = Some(fair_shifts(images, target_pairs.div_ceil(n)));
        }
        Ok(schedule)
    }

    /// All n(n − 1)/2 pairs of the images.
    ///
    /// # Errors
    /// `empty` for no image, `too_few_samples` for one.
    pub fn all_of(images: &ImageOrder) -> Result<Self, EntropyError> {
        Ok(Self { order: images.images.clone(), ..Self::all(images.images.len())? })
    }

    /// All pairs of n images as they are numbered.
    ///
    /// # Errors
    /// `empty` for no image, `too_few_samples` for one.
    pub fn all(n: usize) -> Result<Self, EntropyError> {
        match n {
            0 => Err(EntropyError::Empty),
            1 => Err(EntropyError::TooFewSamples),
            _ => Ok(Self { order: (0..n as u32).collect(), shifts: None }),
        }
    }

    /// Image at each place.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.order.len()
    }

    /// Whether these are all pairs.
    pub fn is_all(&self) -> bool {
        self.shifts.is_none()
    }

    /// Number of pairs P, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there is no schedule without pairs")]
    pub fn len(&self) -> usize {
        let n = self.order.len();
        self.shifts.as_ref().map_or(n * (n - 1) / 2, |shifts| shifts.len() * n)
    }

    /// The pairs of image indices, in the schedule's order.
    pub fn pairs(&self) -> Box<dyn Iterator<Item = (usize, usize)> + '_> {
        let n = self.order.len();
        let image = move |place: usize| self.order[place] as usize;
        match &self.shifts {
            None => Box::new((0..n).flat_map(move |i| (i + 1..n).map(move |j| (image(i), image(j))))),
            Some(shifts) => Box::new(
                shifts
                    .iter()
                    .flat_map(move |&shift| (0..n).map(move |i| (image(i), image(wrapped(i + shift, n))))),
            ),
        }
    }

    /// All pairs of the same images, and where each pair of this schedule stands among them.
    pub(crate) fn among_all(&self) -> (Self, Vec<u32>) {
        let n = self.order.len();
        let shifts = self.shifts.iter().flatten();
        let places = shifts.flat_map(|&shift| (0..n).map(move |i| place_of(i, wrapped(i + shift, n), n)));
        (Self { order: self.order.clone(), shifts: None }, places.collect())
    }
}

/// For each of `pairs` pairs of `n` images, all or whole shifts, where the pair stands whose two images are [`turn`]
/// places further on: a list of codes read in this order is that of a layer whose images were put in another order, and
/// the capacity between it and a layer that was left alone is what chance gives (the null). `None` for a number of pairs
/// that is neither.
///
/// The images were shuffled, so moving them all on is a permutation drawn at random. A sampled pair and the one it is
/// compared with have no image in common.
pub(crate) fn turned(n: usize, pairs: usize) -> Option<Vec<u32>> {
    let on = |place: usize| wrapped(place + turn(n), n);
    if pairs == all_pairs(n) {
        let from = |i: usize| (i + 1..n).map(move |j| place_of(on(i), on(j), n));
        return Some((0..n).flat_map(from).collect());
    }
    let is_whole = n > 0 && pairs.is_multiple_of(n);
    is_whole.then(|| (0..pairs).map(|at| (at - at % n + on(at % n)) as u32).collect())
}

/// Nearly half a circle; never one of the shifts.
fn turn(n: usize) -> usize {
    n.saturating_sub(1) / 2
}

fn all_pairs(n: usize) -> usize {
    n.saturating_mul(n.saturating_sub(1)) / 2
}

/// How many pairs of `n` images [`PairSchedule::sampled`] takes: whole shifts until `target_pairs` are reached, or all.
pub fn sampled_pairs(n: usize, target_pairs: usize) -> usize {
    let shifts = target_pairs.div_ceil(n.max(1));
    // The shift n/2 of an even circle meets each of its pairs twice and is left out; so is the null's turn.
    if shifts < turn(n) { shifts * n } else { all_pairs(n) }
}

/// Of some random choices of this many shifts, the one whose number of same-class pairs is nearest to its share.
fn fair_shifts(images: &ImageOrder, wanted: usize) -> Vec<usize> {
    let n = images.images.len();
    let alike = |shift: usize| (0..n).filter(|&i| images.are_alike(i, wrapped(i + shift, n))).count() as u64;
    let mut sizes = [0_u64; 256];
    images.classes.iter().for_each(|&class| sizes[usize::from(class)] += 1);
    // Of all n (n − 1) ordered pairs so many are of one class, of the n pairs of a shift as large a share.
    let fair = sizes.iter().map(|size| size * size.saturating_sub(1)).sum::<u64>() * wanted as u64;
    let mut shifts: Vec<usize> = (1..turn(n)).collect();
    let mut random = Pcg64Mcg::seed_from_u64(SEED);
    let (mut chosen, mut least) = (Vec::new(), u64::MAX);
    for _ in 0..CHOICES {
        shuffle(&mut shifts, &mut random);
        let same: u64 = shifts[..wanted].iter().map(|&shift| alike(shift)).sum();
        let unfair = (same * (n as u64 - 1)).abs_diff(fair);
        if unfair < least {
            least = unfair;
            chosen = shifts[..wanted].to_vec();
        }
    }
    sort_by(&mut chosen, Ord::cmp);
    chosen
}

/// Where the pair of two places stands in the list of all pairs, (0,1), (0,2) …
pub(crate) fn place_of(one: usize, other: usize, n: usize) -> u32 {
    let (i, j) = (one.min(other), one.max(other));
    (i * (2 * n - i - 1) / 2 + j - i - 1) as u32
}

fn wrapped(place: usize, n: usize) -> usize {
    if place < n { place } else { place - n }
}

/// Fisher–Yates with a generator and a way of drawing that are part of the result's definition.
pub(crate) fn shuffle<T>(items: &mut [T], random: &mut Pcg64Mcg) {
    for last in (1..items.len()).rev() {
        // ⌊u (last + 1) / 2⁶⁴⌋ for u below 2⁶⁴.
        let drawn = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, drawn as usize);
    }
}

#[cfg(test)]
mod tests;
