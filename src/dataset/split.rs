//! Seeded, balanced, disjoint subsets of a dataset: what a run trains on, tests on and records.
//!
//! The train subset comes from the dataset's train part; probe and test subsets come from its test
//! part and never overlap. Images of a class are shuffled once per seed and taken from the front:
//! a larger training set contains every smaller one, the probe set of a seed depends on its own size only,
//! and the test set on that and on its own size, never on the training set. So runs of different sizes are
//! compared on the same probe and test images.

use serde::{Deserialize, Serialize};

use super::random::{Purpose, Random};
use super::{Dataset, Samples};

/// Samples per class in the training or test set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PerClass {
    /// This many of each class.
    Count(usize),
    /// All there are.
    All,
}

/// How the subsets of a run are drawn from a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Training images of each class, as far as there are that many.
    pub train: PerClass,
    /// Test images of each class, as far as the probe set leaves that many.
    pub test: PerClass,
    /// Probe images, all classes together.
    pub probe: usize,
    /// Decides which ones.
    pub seed: u64,
}

impl PerClass {
    /// How many these are of a class that has `available`.
    pub fn of(self, available: usize) -> usize {
        match self {
            Self::Count(count) => count.min(available),
            Self::All => available,
        }
    }
}

/// The subsets of a run, each sorted by class, then by position in the dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Images the network is trained on: [`Recipe::train`] of every class, or all of a class that has fewer.
    pub train: Samples,
    /// Images for accuracy and confusion matrix: [`Recipe::test`] of every class, or all that the probe set
    /// leaves of a class that has fewer.
    pub test: Samples,
    /// Images whose intermediate results are recorded; classes differ by at most one image.
    pub probe: Samples,
    /// Images of [`Split::train`] to be compared with the probe set: as many of every class as that has, as far as
    /// every class of the training set has that many; classes differ by at most one image.
    pub train_probe: Samples,
}

/// Why a dataset cannot be split as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// No training image per class was asked for.
    #[error("At least one training image per class is needed, 0 were asked for.")]
    NoTrainImages,
    /// The train part lacks a class.
    #[error("{dataset} has no training image of class {class}.")]
    EmptyClass {
        /// Dataset name.
        dataset: String,
        /// Class name.
        class: String,
    },
    /// The test part lacks images for the probe set and at least one test image.
    #[error(
        "{dataset} has {available} test images of class {class}; the probe set and one test image \
         need {needed}."
    )]
    TooFewTest {
        /// Dataset name.
        dataset: String,
        /// Class name.
        class: String,
        /// Images there are.
        available: usize,
        /// Images needed.
        needed: usize,
    },
    /// Some class would have no probe image.
    #[error("A probe set of {probe} images cannot hold one of each of the {classes} classes.")]
    ProbeTooSmall {
        /// Images asked for.
        probe: usize,
        /// Classes there are.
        classes: usize,
    },
    /// A label has no class name.
    #[error("{dataset} holds an image with label {label} but names only {classes} classes.")]
    UnknownClass {
        /// Dataset name.
        dataset: String,
        /// The label.
        label: u8,
        /// Classes there are.
        classes: usize,
    },
}

impl Split {
    /// Draws the subsets.
    ///
    /// # Errors
    /// When a class has no training image or too few test images, when the probe set
    /// cannot hold every class, and when a label has no class.
    pub fn draw(dataset: &Dataset, recipe: &Recipe) -> Result<Self, SplitError> {
        let Recipe { probe, seed, .. } = *recipe;
        let classes = dataset.classes.len();
        if probe < classes || classes == 0 {
            return Err(SplitError::ProbeTooSmall { probe, classes });
        }
        let train_pools = shuffled_by_class(dataset, &dataset.train, 0, seed)?;
        let test_pools = shuffled_by_class(dataset, &dataset.test, 1, seed)?;

        let (mut train, mut test, mut probes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut train_probe, fewest) =
            (Vec::new(), train_pools.iter().map(|pool| recipe.train.of(pool.len())).min());
        for class in 0..classes {
            train.extend(take_train(dataset, class, &train_pools[class], recipe.train)?);
            let in_probe = in_probe(class, classes, probe).min(fewest.unwrap_or(0));
            train_probe.extend(sorted(&train_pools[class][..in_probe]));
            let (probe_part, test_part) =
                take_probe_and_test(dataset, class, &test_pools[class], recipe.test, probe)?;
            probes.extend(probe_part);
            test.extend(test_part);
        }
        Ok(Self {
            train: dataset.train.select(&train),
            test: dataset.test.select(&test),
            probe: dataset.test.select(&probes),
            train_probe: dataset.train.select(&train_probe),
        })
    }
}

/// The classes that have fewer than `per_class` training images, each with the number it has.
pub fn short_classes(train: &Samples, per_class: PerClass, classes: usize) -> Vec<(usize, usize)> {
    let PerClass::Count(wanted) = per_class else { return Vec::new() };
    let count = |class: usize| train.labels.iter().filter(|&&label| usize::from(label) == class).count();
    (0..classes).map(|class| (class, count(class))).filter(|&(_, count)| count < wanted).collect()
}

/// The largest probe set that leaves every class at least half of its test images, one at the least; of
/// whole classes. 0 when a class has no two test images.
pub fn largest_probe(dataset: &Dataset) -> usize {
    let mut counts = vec![0_usize; dataset.classes.len()];
    for &label in &dataset.test.labels {
        if let Some(count) = counts.get_mut(usize::from(label)) {
            *count += 1;
        }
    }
    counts.iter().min().map_or(0, |fewest| fewest / 2) * counts.len()
}

/// Positions of the images of every class, each class shuffled; `part` keeps train and test apart.
fn shuffled_by_class(
    dataset: &Dataset,
    samples: &Samples,
    part: u64,
    seed: u64,
) -> Result<Vec<Vec<usize>>, SplitError> {
    let classes = dataset.classes.len();
    let mut pools = vec![Vec::new(); classes];
    for (position, &label) in samples.labels.iter().enumerate() {
        let Some(pool) = pools.get_mut(usize::from(label)) else {
            return Err(SplitError::UnknownClass { dataset: dataset.name.clone(), label, classes });
        };
        pool.push(position);
    }
    for (class, pool) in pools.iter_mut().enumerate() {
        Random::new(seed, Purpose::Split, &[part, class as u64]).shuffle(pool);
    }
    Ok(pools)
}

fn take_train(
    dataset: &Dataset,
    class: usize,
    pool: &[usize],
    per_class: PerClass,
) -> Result<Vec<usize>, SplitError> {
    if per_class == PerClass::Count(0) {
        return Err(SplitError::NoTrainImages);
    }
    let wanted = per_class.of(pool.len());
    if wanted == 0 {
        let class = dataset.classes[class].clone();
        return Err(SplitError::EmptyClass { dataset: dataset.name.clone(), class });
    }
    Ok(sorted(&pool[..wanted]))
}

/// Probe positions and test positions of one class.
fn take_probe_and_test(
    dataset: &Dataset,
    class: usize,
    pool: &[usize],
    test: PerClass,
    probe: usize,
) -> Result<(Vec<usize>, Vec<usize>), SplitError> {
    let classes = dataset.classes.len();
    let in_probe = in_probe(class, classes, probe);
    if pool.len() <= in_probe {
        return Err(SplitError::TooFewTest {
            dataset: dataset.name.clone(),
            class: dataset.classes[class].clone(),
            available: pool.len(),
            needed: in_probe + 1,
        });
    }
    let (probe_part, rest) = pool.split_at(in_probe);
    Ok((sorted(probe_part), sorted(&rest[..test.of(rest.len())])))
}

/// Probe images of a class.
fn in_probe(class: usize, classes: usize, probe: usize) -> usize {
    probe / classes + usize::from(class < probe % classes)
}

fn sorted(positions: &[usize]) -> Vec<usize> {
    let mut positions = positions.to_vec();
    positions.sort_unstable();
    positions
}

#[cfg(test)]
mod tests;
