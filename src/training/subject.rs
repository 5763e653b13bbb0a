//! What a run learns, as far as it is known before any image is read: for forms that say at once what
//! cannot be, and what an epoch will cost.

use super::config::{DatasetName, PerClass};
use crate::dataset::{ImageShape, strokes};

/// A dataset in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Shape of every image.
    pub input: ImageShape,
    /// Training images there are of each class, in the order of the labels.
    pub available: Vec<usize>,
    /// Test images there are of each class.
    pub test: Vec<usize>,
}

const DIGIT: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };
const PHOTOGRAPH: ImageShape = ImageShape { channels: 3, height: 32, width: 32 };
/// Of each digit in MNIST's training part.
const MNIST: [usize; 10] = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
/// Of each digit in MNIST's test part.
const MNIST_TEST: [usize; 10] = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];

impl Subject {
    /// A dataset that is the same for everyone; `None` for the user's own.
    pub fn of(dataset: DatasetName) -> Option<Self> {
        let of = |input, available: &[usize; 10], test: &[usize; 10]| {
            Some(Self { input, available: available.to_vec(), test: test.to_vec() })
        };
        match dataset {
            // As many as are asked for, without end.
            DatasetName::Strokes => of(DIGIT, &[usize::MAX; 10], &[usize::MAX; 10]),
            DatasetName::Mnist => of(DIGIT, &MNIST, &MNIST_TEST),
            DatasetName::Fashion => of(DIGIT, &[6000; 10], &[1000; 10]),
            DatasetName::Cifar10 => of(PHOTOGRAPH, &[5000; 10], &[1000; 10]),
            DatasetName::Own(_) => None,
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.available.len()
    }

    /// Images that a run with so many per class trains on.
    pub fn train_images(&self, per_class: PerClass) -> usize {
        let wanted = |available: usize| match per_class {
            PerClass::Count(count) => available.min(count),
            PerClass::All if available == usize::MAX => strokes::ALL_PER_CLASS,
            PerClass::All => available,
        };
        // A run file can ask for more than there are numbers.
        self.available.iter().map(|&available| wanted(available)).fold(0, usize::saturating_add)
    }

    /// Images that a run with `test` of each class is tested on beside a probe set of `probe` images.
    pub fn test_images(&self, test: PerClass, probe: usize) -> usize {
        let in_probe = probe.div_ceil(self.classes().max(1));
        let left = |available: usize| match available {
            usize::MAX => strokes::TEST_PER_CLASS,
            some => some.saturating_sub(in_probe),
        };
        self.test.iter().map(|&available| test.of(left(available))).fold(0, usize::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::own::OwnId;
    use crate::dataset::{Recipe, Split, strokes};

    #[test]
    fn a_run_trains_on_as_many_images_as_are_said() {
        let subject = Subject::of(DatasetName::Strokes).unwrap();
        for per_class in [PerClass::Count(3), PerClass::Count(7)] {
            let recipe = Recipe { train: per_class, test: PerClass::Count(20), probe: 10, seed: 1 };
            let dataset = strokes::for_run(&recipe);
            assert_eq!(subject.input, dataset.train.shape);
            let split = Split::draw(&dataset, &recipe).unwrap();
            assert_eq!(split.train.len(), subject.train_images(per_class));
            assert_eq!(split.test.len(), subject.test_images(recipe.test, 10));
        }
        assert_eq!(subject.train_images(PerClass::All), 10 * strokes::ALL_PER_CLASS);
        assert_eq!(subject.train_images(PerClass::Count(9000)), 90_000);
    }

    #[test]
    fn a_class_gives_no_more_than_it_has() {
        let mnist = Subject::of(DatasetName::Mnist).unwrap();
        assert_eq!((mnist.classes(), mnist.train_images(PerClass::All)), (10, 60_000));
        assert_eq!(mnist.train_images(PerClass::Count(5500)), 9 * 5500 + 5421);
        assert_eq!(Subject::of(DatasetName::Own(OwnId(1))), None);
    }
}
