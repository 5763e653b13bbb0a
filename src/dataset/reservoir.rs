//! A seeded, balanced choice from images that stream by: memory holds the chosen ones only.
//!
//! Every image draws a lot that depends on the seed, its class and its number within the class; of each
//! class the images with the smallest lots are kept. So every image of a class has the same chance, the
//! choice does not depend on how many follow, and a larger choice contains every smaller one. Fed by
//! the readers of large datasets; what it gives is in the order of the stream.

use std::collections::BinaryHeap;

use super::random::{Purpose, Random};
use super::{ImageShape, Samples};

/// The images chosen so far.
#[derive(Clone, Debug)]
pub struct Reservoir {
    shape: ImageShape,
    limit: Option<usize>,
    seed: u64,
    part: u64,
    classes: Vec<Class>,
    images: Vec<u8>,
    labels: Vec<u8>,
    /// Where in the stream the image of each slot was.
    positions: Vec<u64>,
    offered: u64,
}

/// What is known of a class.
#[derive(Clone, Debug, Default)]
struct Class {
    offered: u64,
    /// Of the kept ones, the largest first: the next to go.
    kept: BinaryHeap<Lot>,
}

/// The lot of a kept image; equal lots are told apart by who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lot {
    drawn: u32,
    number: u64,
    slot: usize,
}

impl Reservoir {
    /// Keeps up to `limit` images of each class, or all; `part` tells train (0) from test (1), so that
    /// the two are chosen independently.
    pub fn new(shape: ImageShape, classes: usize, limit: Option<usize>, seed: u64, part: u64) -> Self {
        Self {
            shape,
            limit,
            seed,
            part,
            classes: vec![Class::default(); classes],
            images: Vec::new(),
            labels: Vec::new(),
            positions: Vec::new(),
            offered: 0,
        }
    }

    /// The next image of the stream, `[C, H, W]`; one with a label that is no class is passed over.
    pub fn offer(&mut self, label: u8, image: &[u8]) {
        debug_assert_eq!(image.len(), self.shape.len());
        let position = self.offered;
        self.offered += 1;
        let Some(class) = self.classes.get_mut(usize::from(label)) else { return };
        let number = class.offered;
        class.offered += 1;
        let path = [self.part, u64::from(label), number];
        let drawn = Random::new(self.seed, Purpose::Stream, &path).below(u32::MAX);
        let is_full = self.limit.is_some_and(|limit| class.kept.len() >= limit);
        if !is_full {
            class.kept.push(Lot { drawn, number, slot: self.labels.len() });
            self.images.extend_from_slice(image);
            self.labels.push(label);
            self.positions.push(position);
        } else if let Some(mut worst) = class.kept.peek_mut().filter(|worst| (drawn, number) < worst.key()) {
            let slot = worst.slot;
            *worst = Lot { drawn, number, slot };
            self.images[slot * image.len()..][..image.len()].copy_from_slice(image);
            self.positions[slot] = position;
        }
    }

    /// Images offered, of all classes.
    pub fn offered(&self) -> u64 {
        self.offered
    }

    /// The chosen images in the order in which they came.
    pub fn into_samples(self) -> Samples {
        let mut slots: Vec<usize> = (0..self.positions.len()).collect();
        let samples = Samples { shape: self.shape, images: self.images, labels: self.labels };
        if self.positions.is_sorted() {
            return samples;
        }
        slots.sort_unstable_by_key(|&slot| self.positions[slot]);
        samples.select(&slots)
    }
}

impl Lot {
    const fn key(self) -> (u32, u64) {
        (self.drawn, self.number)
    }
}

#[cfg(test)]
#[allow(clippy::naive_bytecount, reason = "a test may count plainly")]
mod tests {
    use super::*;

    const DOT: ImageShape = ImageShape { channels: 1, height: 1, width: 2 };

    /// 2 classes taking turns; the pixels number the images.
    fn chosen(count: u16, limit: Option<usize>, seed: u64) -> Samples {
        let mut reservoir = Reservoir::new(DOT, 2, limit, seed, 0);
        for number in 0..count {
            reservoir.offer((number % 2) as u8, &number.to_be_bytes());
        }
        assert_eq!(reservoir.offered(), u64::from(count));
        reservoir.into_samples()
    }

    fn numbers(samples: &Samples) -> Vec<u16> {
        samples.images.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn the_choice_is_balanced_in_the_order_of_the_stream_and_keeps_labels_with_images() {
        let samples = chosen(1000, Some(20), 1);
        let numbers = numbers(&samples);
        assert_eq!(numbers.len(), 40);
        assert!(numbers.is_sorted());
        assert!(numbers.iter().zip(&samples.labels).all(|(number, label)| number % 2 == u16::from(*label)));
        assert_eq!(samples.labels.iter().filter(|&&label| label == 0).count(), 20);
    }

    #[test]
    fn a_larger_choice_contains_every_smaller_one() {
        let small = numbers(&chosen(1000, Some(20), 1));
        let large = numbers(&chosen(1000, Some(50), 1));
        assert!(small.iter().all(|number| large.contains(number)));
    }

    #[test]
    fn another_seed_chooses_others_and_the_same_seed_the_same() {
        assert_eq!(chosen(1000, Some(20), 1), chosen(1000, Some(20), 1));
        assert_ne!(chosen(1000, Some(20), 1), chosen(1000, Some(20), 2));
    }

    #[test]
    fn without_a_limit_or_with_a_large_one_everything_is_kept() {
        assert_eq!(numbers(&chosen(100, None, 1)), (0..100).collect::<Vec<_>>());
        assert_eq!(chosen(100, Some(50), 1), chosen(100, None, 1));
    }

    #[test]
    fn every_place_in_the_stream_is_chosen_equally_often() {
        let mut first_half = 0;
        for seed in 0..200 {
            first_half +=
                numbers(&chosen(400, Some(10), seed)).iter().filter(|&&number| number < 200).count();
        }
        // 4000 draws at one half; the standard deviation is below 32.
        assert!((first_half as i32 - 2000).abs() < 160, "{first_half}");
    }

    #[test]
    fn a_label_that_is_no_class_is_passed_over() {
        let mut reservoir = Reservoir::new(DOT, 2, None, 1, 0);
        reservoir.offer(2, &[0, 0]);
        assert!(reservoir.into_samples().is_empty());
    }
}
