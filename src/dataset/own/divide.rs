//! Train and test part of the user's images: as their folders or files say, else every fifth by lot. Copies of an
//! image are then never divided: what is tested on would have been trained on.

use super::duplicates::{first_copies, images};
use super::gathered::Gathered;
use super::{FEWEST_TEST, FEWEST_TRAIN, OwnError};
use crate::dataset::random::{Purpose, Random};
use crate::dataset::{Dataset, Samples};

/// Of how many images of a class one is for testing.
const ONE_IN: usize = 5;
/// Fewest images of a class that are divided.
const FEWEST: usize = 10;
/// The division is the same for everybody.
const SEED: u64 = 0;

/// A dataset, and the files of its training and test images; none where images have no files of their own.
#[derive(Debug)]
pub(super) struct Divided {
    pub dataset: Dataset,
    pub names: [Vec<String>; 2],
}

/// The dataset, with enough images of every class in both parts for a run.
pub(super) fn divide(name: &str, gathered: Gathered) -> Result<Divided, OwnError> {
    let Gathered { classes, train, test, mut names } = gathered;
    let (train, test) = if test.is_empty() {
        require(&classes, &train.labels, "", FEWEST)?;
        let first = first_copies(images(&train));
        let distinct: Vec<usize> = (0..train.len()).filter(|&at| first[at] == at).collect();
        let labels: Vec<u8> = distinct.iter().map(|&at| train.labels[at]).collect();
        require(&classes, &labels, "different ", FEWEST)?;
        let parts = by_lot(&train, &distinct, &first, classes.len());
        let files = std::mem::take(&mut names[0]);
        let of = |part: &Vec<usize>| part.iter().filter_map(|&at| files.get(at).cloned()).collect();
        names = [of(&parts[0]), of(&parts[1])];
        (train.select(&parts[0]), train.select(&parts[1]))
    } else {
        (train, test)
    };
    require(&classes, &train.labels, "training ", FEWEST_TRAIN)?;
    require(&classes, &test.labels, "test ", FEWEST_TEST)?;
    Ok(Divided { dataset: Dataset { name: name.to_owned(), classes, train, test }, names })
}

fn require(classes: &[String], labels: &[u8], part: &'static str, needed: usize) -> Result<(), OwnError> {
    for (label, class) in classes.iter().enumerate() {
        let images = labels.iter().filter(|&&own| usize::from(own) == label).count();
        if images < needed {
            return Err(OwnError::TooFewImages { class: class.clone(), images, part, needed });
        }
    }
    Ok(())
}

/// Positions of the training and of the test images: lots are drawn among the `distinct` images, and their copies go
/// where the `first` of them goes.
fn by_lot(samples: &Samples, distinct: &[usize], first: &[usize], classes: usize) -> [Vec<usize>; 2] {
    let mut is_test = vec![false; samples.len()];
    for class in 0..classes {
        let of_class = |at: &usize| usize::from(samples.labels[*at]) == class;
        let mut positions: Vec<usize> = distinct.iter().copied().filter(of_class).collect();
        Random::new(SEED, Purpose::Split, &[2, class as u64]).shuffle(&mut positions);
        // Of `FEWEST`, more than half are left to train on.
        let tests = (positions.len() / ONE_IN).max(FEWEST_TEST);
        for &at in &positions[..tests] {
            is_test[at] = true;
        }
    }
    let (test, train) = (0..samples.len()).partition(|&at| is_test[first[at]]);
    [train, test]
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
        Gathered { classes, train: samples(train), test: samples(test), names: Default::default() }
    }

    #[test]
    fn every_fifth_image_of_a_class_becomes_a_test_image_and_none_is_lost() {
        let dataset = divide("pets", gathered(&[100, 50], &[])).unwrap().dataset;
        let count = |samples: &Samples, label| samples.labels.iter().filter(|&&l| l == label).count();
        assert_eq!((count(&dataset.test, 0), count(&dataset.test, 1)), (20, 10));
        let mut all = [dataset.train.images.clone(), dataset.test.images.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<u8>>());
    }

    #[test]
    fn copies_of_an_image_are_never_divided_and_files_go_with_their_images() {
        // Every image of 40 twice, the copies in a folder inside the folder.
        let mut twice = gathered(&[20, 20], &[]);
        let copies = twice.train.clone();
        twice.train.images.extend(&copies.images);
        twice.train.labels.extend(&copies.labels);
        twice.names[0] = (0..80).map(|at| format!("{at}.png")).collect();
        let Divided { dataset, names } = divide("pets", twice).unwrap();
        assert_eq!((dataset.train.len(), dataset.test.len()), (64, 16));
        for image in &dataset.test.images {
            assert!(!dataset.train.images.contains(image), "{image} is trained on and tested on");
        }
        for (file, image) in names[1].iter().zip(&dataset.test.images) {
            let at: usize = file.trim_end_matches(".png").parse().unwrap();
            assert_eq!(at % 40, usize::from(*image));
        }
    }

    #[test]
    fn copies_do_not_make_up_for_images_that_are_missing() {
        let mut same = gathered(&[20, 20], &[]);
        same.train.images[20..].fill(77);
        let error = divide("pets", same).unwrap_err();
        assert!(error.to_string().starts_with("There are only 1 different images of class 1;"), "{error}");
    }

    #[test]
    fn given_parts_stay_as_they_are() {
        let dataset = divide("pets", gathered(&[30, 30], &[9, 8])).unwrap().dataset;
        assert_eq!((dataset.train.len(), dataset.test.len()), (60, 17));
    }

    #[test]
    fn the_fewest_images_that_are_taken_allow_a_run() {
        for classes in 2..=20 {
            let dataset = divide("pets", gathered(&vec![FEWEST; classes], &[])).unwrap().dataset;
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
