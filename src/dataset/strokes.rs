//! **Strokes**: handwritten-like digits drawn procedurally from a seed, with no download at all.
//!
//! Each image picks one of several ways to write its digit, moves every skeleton point a little, bends
//! the whole with a slow wave, slants, turns, scales and shifts it, and inks it with a soft round nib
//! of changing width; faint noise and now and then some clutter are added. The position and the style
//! vary so much that a linear classifier stays well below a small convolutional network
//! (`tests/datasets.rs` bounds the linear one).
//!
//! Every image has its own random sequence, keyed by seed, part, class and number, so that the first
//! images of a larger set are those of a smaller one. Only exactly rounded arithmetic and a software
//! sine are used: native code and wasm give the same bytes.

mod canvas;
mod glyphs;
mod pen;

use super::random::{Purpose, Random};
use super::{Dataset, ImageShape, PerClass, Recipe, Samples};
use canvas::{Canvas, SIDE};

/// Training images per class when all are asked for: Strokes has no end of its own.
pub const ALL_PER_CLASS: usize = 2000;

/// Test images per class that Strokes has beside the probe set. It could draw any number; these keep the first run
/// quick (on the CPU, testing on ten times as many images as are trained on would take most of an epoch), and
/// 2000 images in all tell accuracies of 90 % apart by 1.3 points (two standard deviations). Always drawn, so
/// that the probe set does not depend on how many of them are used.
pub const TEST_PER_CLASS: usize = 200;

const CLASSES: u8 = 10;
const SHAPE: ImageShape = ImageShape { channels: 1, height: SIDE, width: SIDE };

/// The two parts of the dataset, as a part of an image's random path.
#[derive(Clone, Copy)]
enum Part {
    Train = 0,
    Test = 1,
}

/// A dataset with this many images of each digit in its train and test parts, classes taking turns.
pub fn generate(per_class_train: usize, per_class_test: usize, seed: u64) -> Dataset {
    Dataset {
        name: "strokes".into(),
        classes: (0..CLASSES).map(|digit| digit.to_string()).collect(),
        train: samples(Part::Train, per_class_train, seed),
        test: samples(Part::Test, per_class_test, seed),
    }
}

/// Just the images that a run draws its subsets from.
pub fn for_run(recipe: &Recipe) -> Dataset {
    let train = match recipe.train {
        PerClass::Count(count) => count,
        PerClass::All => ALL_PER_CLASS,
    };
    generate(train, recipe.probe.div_ceil(usize::from(CLASSES)) + TEST_PER_CLASS, recipe.seed)
}

fn samples(part: Part, per_class: usize, seed: u64) -> Samples {
    let count = per_class * usize::from(CLASSES);
    let mut samples = Samples {
        shape: SHAPE,
        images: Vec::with_capacity(count * SHAPE.len()),
        labels: Vec::with_capacity(count),
    };
    for number in 0..per_class {
        for digit in 0..CLASSES {
            let path = [part as u64, u64::from(digit), number as u64];
            samples.images.extend(image(digit, &mut Random::new(seed, Purpose::Strokes, &path)));
            samples.labels.push(digit);
        }
    }
    samples
}

/// One image of a digit; a blank one for what is no digit.
fn image(digit: u8, random: &mut Random) -> [u8; SIDE * SIDE] {
    let mut canvas = Canvas::blank();
    if let Some(styles) = glyphs::styles(digit) {
        let style = styles[random.below(styles.len() as u32) as usize];
        pen::Pen::pick(random).write(style, &mut canvas, random);
        pen::clutter(&mut canvas, random);
    }
    let noise = random.between(0.0, 0.05);
    canvas.into_bytes(noise, random)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::crc32c;

    #[test]
    fn the_bytes_of_a_seed_never_change() {
        let data = generate(20, 10, 1);
        assert_eq!(crc32c(&data.train.images), 1_346_623_129);
        assert_eq!(crc32c(&data.test.images), 3_746_160_940);
    }

    #[test]
    fn classes_take_turns_and_are_balanced() {
        let data = generate(3, 2, 1);
        assert_eq!(data.train.labels[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
        assert_eq!((data.train.len(), data.test.len()), (30, 20));
        assert_eq!(data.train.images.len(), 30 * 28 * 28);
        assert_eq!(data.classes.len(), 10);
    }

    #[test]
    fn a_larger_set_begins_with_the_smaller_one() {
        let (small, large) = (generate(5, 1, 3), generate(9, 4, 3));
        assert_eq!(small.train.images, large.train.images[..small.train.images.len()]);
        assert_eq!(small.test.images, large.test.images[..small.test.images.len()]);
    }

    #[test]
    fn no_two_images_are_alike() {
        let data = generate(50, 50, 1);
        let mut images: Vec<&[u8]> =
            (0..500).flat_map(|i| [data.train.image(i), data.test.image(i)]).collect();
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 1000);
        assert_ne!(generate(1, 0, 1).train, generate(1, 0, 2).train);
    }

    #[test]
    fn every_image_shows_ink_on_paper() {
        let data = generate(100, 0, 7);
        for index in 0..data.train.len() {
            let dark = data.train.image(index).iter().filter(|&&pixel| pixel > 128).count();
            assert!((12..400).contains(&dark), "image {index}: {dark} inked pixels");
        }
    }

    #[test]
    fn a_run_finds_enough_images_of_every_class() {
        let test = PerClass::Count(1000);
        let recipe = Recipe { train: PerClass::Count(100), test, probe: 505, seed: 1 };
        let split = super::super::Split::draw(&for_run(&recipe), &recipe).unwrap();
        assert_eq!((split.train.len(), split.probe.len()), (1000, 505));
        // Of five classes the probe set takes one image less.
        assert_eq!(split.test.len(), 10 * TEST_PER_CLASS + 5);
        let all = Recipe { train: PerClass::All, probe: 10, ..recipe };
        assert_eq!(for_run(&all).train.len(), 10 * ALL_PER_CLASS);
    }
}
