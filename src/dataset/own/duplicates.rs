//! Images that the user's files hold more than once, found by their pixels after they were decoded and made small.
//!
//! A test image that is a training image too makes a network look better than it is, so it is said before a dataset
//! is kept, and the user chooses what becomes of it ([`Copies`]). Names no image as the original: the first one in
//! the dataset's order, training part first, counts as that.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{FEWEST_TEST, FEWEST_TRAIN};
use crate::dataset::{Dataset, Samples};

/// Most pairs that are named.
const EXAMPLES: usize = 4;

/// What becomes of images that are there more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Copies {
    /// They stay.
    #[default]
    Keep,
    /// Test images that are training images too are left out.
    LeaveOutOfTest,
    /// One image of each stays: the first.
    KeepOne,
}

impl Copies {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Keep, Self::LeaveOutOfTest, Self::KeepOne];

    /// Its name in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::LeaveOutOfTest => "leave-out-of-test",
            Self::KeepOne => "keep-one",
        }
    }
}

impl fmt::Display for Copies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Copies {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|copies| copies.as_str() == text).ok_or(())
    }
}

/// How many images a dataset holds more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Test images that are training images too.
    pub in_both: usize,
    /// Further copies of an image within the training or the test part.
    pub repeated: usize,
    /// Images of which there are copies in several classes.
    pub in_several_classes: usize,
    /// Some pairs of files, those that are in both parts first.
    pub examples: Vec<[String; 2]>,
    /// Images to train on and to test on that each of [`Copies::ALL`] leaves; `None` where that is too few.
    pub left: [Option<[usize; 2]>; 3],
}

impl Duplicates {
    /// Of a dataset; `names` are of the files of its training and test images, empty where images have none.
    pub fn of(dataset: &Dataset, names: &[Vec<String>; 2]) -> Self {
        let copies = CopiesOf::new(dataset);
        let n = copies.first.len();
        let further = |at: &usize| copies.first[*at] != *at;
        let (both, repeated): (Vec<usize>, Vec<usize>) =
            (0..n).filter(further).partition(|&at| copies.is_in_both(at));
        let pair = |&at: &usize| [copies.first[at], at].map(|image| name(dataset, names, image));
        let mut torn: Vec<usize> =
            (0..n).filter(|&at| copies.label(at) != copies.label(copies.first[at])).collect();
        for at in &mut torn {
            *at = copies.first[*at];
        }
        torn.sort_unstable();
        torn.dedup();
        let left = Copies::ALL.map(|choice| {
            let kept = copies.kept(choice);
            copies.is_enough(&kept).then(|| kept.map(|part| part.len()))
        });
        Self {
            in_both: both.len(),
            repeated: repeated.len(),
            in_several_classes: torn.len(),
            examples: both.iter().chain(&repeated).take(EXAMPLES).map(pair).collect(),
            left,
        }
    }

    /// Whether no image is there twice.
    pub fn is_none(&self) -> bool {
        self.in_both + self.repeated == 0
    }

    /// What is offered first: no test image that was trained on, if enough of them are left.
    pub fn usual(&self) -> Copies {
        let choice = Copies::LeaveOutOfTest;
        if self.in_both > 0 && self.left[choice as usize].is_some() { choice } else { Copies::Keep }
    }
}

/// The dataset with its copies treated as chosen.
#[must_use]
pub fn without(dataset: Dataset, choice: Copies) -> Dataset {
    let [train, test] = CopiesOf::new(&dataset).kept(choice);
    // What stays whole is not copied: a dataset may fill half of the memory.
    let select = |samples: Samples, kept: &[usize]| {
        if kept.len() == samples.len() { samples } else { samples.select(kept) }
    };
    Dataset { train: select(dataset.train, &train), test: select(dataset.test, &test), ..dataset }
}

/// For each image the position of the first with the same pixels.
pub(super) fn first_copies<'a>(images: impl Iterator<Item = &'a [u8]>) -> Vec<usize> {
    let mut seen = HashMap::new();
    images.enumerate().map(|(at, image)| *seen.entry(image).or_insert(at)).collect()
}

/// Pixels of all images of a part, in order.
pub(super) fn images(samples: &Samples) -> impl Iterator<Item = &[u8]> {
    (0..samples.len()).map(|at| samples.image(at))
}

/// A dataset whose images are numbered, the training part first.
struct CopiesOf<'a> {
    dataset: &'a Dataset,
    first: Vec<usize>,
}

impl<'a> CopiesOf<'a> {
    fn new(dataset: &'a Dataset) -> Self {
        Self { dataset, first: first_copies(images(&dataset.train).chain(images(&dataset.test))) }
    }

    fn is_in_both(&self, at: usize) -> bool {
        let n_train = self.dataset.train.len();
        at >= n_train && self.first[at] < n_train
    }

    fn label(&self, at: usize) -> u8 {
        let Dataset { train, test, .. } = self.dataset;
        if at < train.len() { train.labels[at] } else { test.labels[at - train.len()] }
    }

    /// Positions within the training and within the test part that a choice leaves.
    fn kept(&self, choice: Copies) -> [Vec<usize>; 2] {
        let stays = |at: &usize| match choice {
            Copies::Keep => true,
            Copies::LeaveOutOfTest => !self.is_in_both(*at),
            Copies::KeepOne => self.first[*at] == *at,
        };
        let n_train = self.dataset.train.len();
        let of_test = (n_train..self.first.len()).filter(stays).map(|at| at - n_train);
        [(0..n_train).filter(stays).collect(), of_test.collect()]
    }

    /// Whether so many images of every class are enough for a run.
    fn is_enough(&self, kept: &[Vec<usize>; 2]) -> bool {
        let Dataset { classes, train, test, .. } = self.dataset;
        let has = |samples: &Samples, kept: &[usize], needed: usize| {
            let mut counts = vec![0; classes.len()];
            for &at in kept {
                counts[usize::from(samples.labels[at])] += 1;
            }
            counts.into_iter().all(|count| count >= needed)
        };
        has(train, &kept[0], FEWEST_TRAIN) && has(test, &kept[1], FEWEST_TEST)
    }
}

/// The file of an image, else its place in the dataset.
fn name(dataset: &Dataset, names: &[Vec<String>; 2], at: usize) -> String {
    let n_train = dataset.train.len();
    let (part, at) = if at < n_train { (0, at) } else { (1, at - n_train) };
    let (what, samples) = [("training", &dataset.train), ("test", &dataset.test)][part];
    names[part].get(at).cloned().unwrap_or_else(|| {
        let class = &dataset.classes[usize::from(samples.labels[at])];
        format!("{what} image {} ({class})", at + 1)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::ImageShape;

    /// Images of one pixel, `(pixel, label)`.
    fn samples(images: &[(u8, u8)]) -> Samples {
        let shape = ImageShape { channels: 1, height: 1, width: 1 };
        let (images, labels) = images.iter().copied().unzip();
        Samples { shape, images, labels }
    }

    fn dataset(train: &[(u8, u8)], test: &[(u8, u8)]) -> Dataset {
        let classes = vec!["cat".into(), "dog".into()];
        Dataset { name: "pets".into(), classes, train: samples(train), test: samples(test) }
    }

    /// Six cats and six dogs to train on, six of each to test on, all different.
    fn different() -> Dataset {
        let part = |from: u8| (0..12).map(|at| (from + at, at % 2)).collect::<Vec<_>>();
        dataset(&part(0), &part(100))
    }

    fn found(dataset: &Dataset) -> Duplicates {
        Duplicates::of(dataset, &[Vec::new(), Vec::new()])
    }

    #[test]
    fn images_that_are_all_different_are_left_alone() {
        let found = found(&different());
        assert!(found.is_none() && found.examples.is_empty());
        assert_eq!(found.usual(), Copies::Keep);
        assert_eq!(found.left, [Some([12, 12]); 3]);
        for choice in Copies::ALL {
            assert_eq!(without(different(), choice).test, different().test);
        }
    }

    #[test]
    fn a_test_image_that_is_trained_on_is_named_and_can_be_left_out() {
        let mut both = different();
        both.test.images[3] = 7;
        let names = [12, 12].map(|n| (0..n).map(|at| format!("{at}.png")).collect());
        let found = Duplicates::of(&both, &names);
        assert_eq!((found.in_both, found.repeated, found.in_several_classes), (1, 0, 0));
        assert_eq!(found.examples, [["7.png".to_owned(), "3.png".to_owned()]]);
        assert_eq!(found.usual(), Copies::LeaveOutOfTest);
        assert_eq!(found.left[1], Some([12, 11]));
        let kept = without(both.clone(), found.usual());
        assert!(self::found(&kept).is_none());
        assert_eq!((kept.train, kept.test.len()), (both.train, 11));
    }

    #[test]
    fn copies_within_a_part_are_told_apart_from_those_in_both() {
        let mut twice = different();
        twice.train.images[4] = 2;
        twice.test.images[4] = 100;
        let found = found(&twice);
        assert_eq!((found.in_both, found.repeated), (0, 2));
        assert_eq!(found.examples[0], ["training image 3 (cat)", "training image 5 (cat)"]);
        assert_eq!(found.left[2], Some([11, 11]));
        assert_eq!(found.usual(), Copies::Keep, "no test image was trained on");
    }

    #[test]
    fn an_image_in_two_classes_is_counted_once() {
        let mut torn = different();
        torn.train.images[3] = 2;
        torn.test.images[1] = 2;
        let found = found(&torn);
        assert_eq!((found.in_both, found.repeated, found.in_several_classes), (1, 1, 1));
    }

    #[test]
    fn what_would_leave_too_few_images_cannot_be_chosen() {
        let mut all = different();
        all.test = all.train.clone();
        let found = found(&all);
        assert_eq!((found.in_both, found.left), (12, [Some([12, 12]), None, None]));
        assert_eq!(found.usual(), Copies::Keep);
    }

    #[test]
    fn a_choice_has_one_name_everywhere() {
        for choice in Copies::ALL {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(serde_json::to_value(choice).unwrap(), choice.to_string());
        }
    }

    proptest! {
        /// Whatever the images, and in whatever order they come.
        #[test]
        fn no_test_image_is_trained_on_once_they_are_left_out(
            train in prop::collection::vec((0_u8..20, 0_u8..2), 1..40),
            test in prop::collection::vec((0_u8..20, 0_u8..2), 1..40),
        ) {
            let data = dataset(&train, &test);
            let kept = without(data.clone(), Copies::LeaveOutOfTest);
            prop_assert_eq!(&kept.train, &data.train);
            prop_assert_eq!(found(&kept).in_both, 0);
            prop_assert_eq!(found(&data).in_both, data.test.len() - kept.test.len());
            prop_assert!(found(&without(data.clone(), Copies::KeepOne)).is_none());
            let (mut train, mut test) = (train, test);
            train.reverse();
            test.reverse();
            let reversed = found(&dataset(&train, &test));
            let counts = |found: &Duplicates| (found.in_both, found.repeated, found.in_several_classes);
            prop_assert_eq!(counts(&reversed), counts(&found(&data)));
        }
    }
}
