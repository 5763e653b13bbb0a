//! Train and test part of the user's images: as their folders or files say, else every fifth by lot.

use super::OwnError;
use super::gather::Gathered;
use crate::dataset::random::{Purpose, Random};
use crate::dataset::{Dataset, Samples};

/// Of how many images of a class one is for testing.
const ONE_IN: usize = 5;
/// Fewest images of a class that are divided, and fewest to train on where the parts are given.
const FEWEST: usize = 10;
const FEWEST_TRAIN: usize = 4;
/// Fewest test images of a class: half of them may become the probe set.
const FEWEST_TEST: usize = 4;
/// The division is the same for everybody.
const SEED: u64 = 0;

/// The dataset, with enough images of every class in both parts for a run.
pub(super) fn divide(name: &str, gathered: Gathered) -> Result<Dataset, OwnError> {
    let Gathered { classes, train, test } = gathered;
    let (train, test) = if test.is_empty() {
        require(&classes, &train, "", FEWEST)?;
        by_lot(&train, classes.len())
    } else {
        require(&classes, &train, "training ", FEWEST_TRAIN)?;
        require(&classes, &test, "test ", FEWEST_TEST)?;
        (train, test)
    };
    Ok(Dataset { name: name.to_owned(), classes, train, test })
}

fn require(classes: &[String], samples: &Samples, part: &'static str, needed: usize) -> Result<(), OwnError> {
    for (label, class) in classes.iter().enumerate() {
        let images = samples.labels.iter().filter(|&&own| usize::from(own) == label).count();
        if images < needed {
            return Err(OwnError::TooFewImages { class: class.clone(), images, part, needed });
        }
    }
    Ok(())
}

fn by_lot(samples: &Samples, classes: usize) -> (Samples, Samples) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for class in 0..classes {
        let of_class = |&at: &usize| usize::from(samples.labels[at]) == class;
        let mut positions: Vec<usize> = (0..samples.len()).filter(of_class).collect();
        Random::new(SEED, Purpose::Split, &[2, class as u64]).shuffle(&mut positions);
        // Of `FEWEST`, more than half are left to train on.
        let tests = (positions.len() / ONE_IN).max(FEWEST_TEST);
        test.extend_from_slice(&positions[..tests]);
        train.extend_from_slice(&positions[tests..]);
    }
    train.sort_unstable();
    test.sort_unstable();
    (samples.select(&train), samples.select(&test))
}

#[cfg(test)]
#[allow(clippy::naive_bytecount, reason = "a test may count plainly")]
mod tests {
    use super::*;
    use crate::dataset::ImageShape;
    use crate::dataset::split::largest_probe;

    const DOT: ImageShape = ImageShape { channels: 1, height: 1, width: 1 };

    /// `counts[k]` images of class k, each with a pixel of its own.
    fn samples(counts: &[usize]) -> Samples {
        let labels: Vec<u8> =
            counts.iter().enumerate().flat_map(|(label, &count)| vec![label as u8; count]).collect();
        Samples { shape: DOT, images: (0..labels.len()).map(|at| at as u8).collect(), labels }
    }

    fn gathered(train: &[usize], test: &[usize]) -> Gathered {
        let classes = (0..train.len()).map(|class| format!("class {class}")).collect();
        Gathered { classes, train: samples(train), test: samples(test) }
    }

    #[test]
    fn every_fifth_image_of_a_class_becomes_a_test_image_and_none_is_lost() {
        let dataset = divide("pets", gathered(&[100, 50], &[])).unwrap();
        let count = |samples: &Samples, label| samples.labels.iter().filter(|&&l| l == label).count();
        assert_eq!((count(&dataset.test, 0), count(&dataset.test, 1)), (20, 10));
        let mut all = [dataset.train.images.clone(), dataset.test.images.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<u8>>());
    }

    #[test]
    fn given_parts_stay_as_they_are() {
        let dataset = divide("pets", gathered(&[30, 30], &[9, 8])).unwrap();
        assert_eq!((dataset.train.len(), dataset.test.len()), (60, 17));
    }

    #[test]
    fn the_fewest_images_that_are_taken_allow_a_run() {
        for classes in 2..=20 {
            let dataset = divide("pets", gathered(&vec![FEWEST; classes], &[])).unwrap();
            assert!(largest_probe(&dataset) >= 2 * classes, "{classes} classes");
            assert!(dataset.train.len() > dataset.test.len());
        }
    }

    #[test]
    fn a_class_with_too_few_images_is_named_with_its_count() {
        let error = divide("pets", gathered(&[100, 1], &[])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "There are only 1 images of class 1; expected were at least 10 of each class."
        );
        let error = divide("pets", gathered(&[30, 3], &[9, 9])).unwrap_err();
        assert!(matches!(error, OwnError::TooFewImages { part: "training ", images: 3, .. }));
        let error = divide("pets", gathered(&[30, 30], &[9, 0])).unwrap_err();
        assert!(matches!(error, OwnError::TooFewImages { part: "test ", images: 0, .. }));
    }
}
