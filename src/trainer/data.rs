//! The images of a run: Strokes drawn here, the public datasets fetched from beside the page, the user's
//! own read from storage.
//!
//! Every failure is a fault that names the file and the next step: this is where a page deployed
//! without data is noticed.

use crate::collection::{self, CollectionError};
use crate::dataset::cifar::{self, CifarError, Quota};
use crate::dataset::idx::{self, IdxError, MNIST_FILES};
use crate::dataset::split::{largest_probe, short_classes};
use crate::dataset::{Dataset, PerClass, Recipe, Samples, Split, SplitError, strokes};
use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::host::{FetchProblem, Host};
use crate::training::TrainingConfig;
use crate::training::config::DatasetName;

/// Generates, fetches or reads the dataset that the configuration names; `data_url` ends in `/`, `store`
/// holds the user's own. Of CIFAR-10 only the images that the run can use are kept in memory.
///
/// # Errors
/// `bad_settings` when the configuration is out of its limits, `data_missing` when the page was deployed without the files, `data_unreachable` when they cannot
/// be fetched, and the code of the reader's error when one of them is damaged.
pub async fn load<H: Host, S: ByteStore>(
    config: &TrainingConfig,
    data_url: &str,
    host: &mut H,
    store: &S,
) -> Result<Dataset, Fault> {
    // A run that goes on has the configuration of a file, which can say anything.
    config.check().map_err(|error| Fault::bad_settings("The images of the run were not read.", &error))?;
    let stage = match config.dataset {
        DatasetName::Strokes => "Drawing Strokes",
        DatasetName::Mnist => "Reading MNIST",
        DatasetName::Fashion => "Reading Fashion-MNIST",
        DatasetName::Cifar10 => "Reading CIFAR-10",
        DatasetName::Own(_) => "Reading your images",
    };
    host.emit(FromTrainer::Preparing { stage: stage.to_owned() });
    host.turn().await;
    match config.dataset {
        DatasetName::Strokes => Ok(strokes::for_run(&config.recipe())),
        DatasetName::Mnist => idx_files("mnist", "MNIST", data_url, host).await.and_then(|files| {
            let [train_images, train_labels, test_images, test_labels] = &files;
            idx::mnist(train_images, train_labels, test_images, test_labels)
                .map_err(|error| idx_fault("MNIST", &error))
        }),
        DatasetName::Fashion => {
            let files = idx_files("fashion", "Fashion-MNIST", data_url, host).await?;
            idx::fashion(files.each_ref().map(Vec::as_slice))
                .map_err(|error| idx_fault("Fashion-MNIST", &error))
        }
        DatasetName::Cifar10 => cifar_10(config, data_url, host).await,
        DatasetName::Own(id) => collection::read(store, id).await.map_err(|error| own_fault(&error)),
    }
}

async fn idx_files<H: Host>(
    folder: &str,
    dataset: &str,
    data_url: &str,
    host: &mut H,
) -> Result<[Vec<u8>; 4], Fault> {
    let mut files = [const { Vec::new() }; 4];
    for (file, name) in files.iter_mut().zip(MNIST_FILES) {
        let url = format!("{data_url}{folder}/{name}");
        *file = host.fetch(&url).await.map_err(|problem| fetch_fault(dataset, &problem))?;
    }
    Ok(files)
}

async fn cifar_10<H: Host>(config: &TrainingConfig, data_url: &str, host: &mut H) -> Result<Dataset, Fault> {
    let url = format!("{data_url}cifar10/{}", cifar::ARCHIVE);
    let archive = host.open(&url).await.map_err(|problem| fetch_fault("CIFAR-10", &problem))?;
    let quota = cifar_quota(config);
    let mut told = 0;
    let mut progress = |records: u64| {
        if records >= told + 10_000 {
            told = records;
            host.emit(FromTrainer::Preparing { stage: format!("Reading CIFAR-10: {records} images") });
        }
    };
    cifar::read_archive(archive, cifar::ARCHIVE, quota, &mut progress).map_err(|error| cifar_fault(&error))
}

/// The whole test part, 31 MB, so that the probe set does not depend on how many test images are used. Runs of
/// older versions drew theirs from as many as they could use.
fn cifar_quota(config: &TrainingConfig) -> Quota {
    let train = match config.per_class {
        PerClass::Count(count) => Some(count),
        PerClass::All => None,
    };
    let is_older = config.test_per_class.is_none();
    let test = is_older.then(|| config.probe.div_ceil(cifar::CLASSES.len()) + OLDER_TEST_PER_CLASS);
    Quota { train, test, seed: config.images_seed() }
}

/// Most test images per class of a run of an older version.
const OLDER_TEST_PER_CLASS: usize = 200;

const RELOAD: &str = "Reload the page to try again, or train on Strokes, which needs no files.";
const FETCH_AGAIN: &str =
    "Whoever deploys the page can fetch the files again with `cargo xtask data`; Strokes needs no files.";

fn fetch_fault(dataset: &str, problem: &FetchProblem) -> Fault {
    let what = format!("{} could not be read.", problem.url);
    match problem.status {
        Some(404) => Fault::new(
            "data_missing",
            what,
            format!("The page was deployed without {dataset}: there is no such file (404)."),
            "Train on Strokes, which needs no files, or on files of your own (“Your own images”); or let \
             whoever deploys the page run `cargo xtask data`.",
        ),
        Some(status) => {
            let why = format!("The server answered {status}: {}.", problem.reason);
            Fault::new("data_unreachable", what, why, RELOAD)
        }
        None => {
            let why = format!("The server could not be reached: {}.", problem.reason);
            Fault::new("data_unreachable", what, why, RELOAD)
        }
    }
}

fn idx_fault(dataset: &str, error: &IdxError) -> Fault {
    Fault::new(error.code(), format!("{dataset} could not be read."), error.to_string(), FETCH_AGAIN)
}

fn cifar_fault(error: &CifarError) -> Fault {
    Fault::new(error.code(), "CIFAR-10 could not be read.", error.to_string(), FETCH_AGAIN)
}

fn own_fault(error: &CollectionError) -> Fault {
    let next_step = match error {
        CollectionError::Missing { .. } => {
            "Images of your own are kept in the browser that took them in: add them under “Your own images”."
        }
        _ => "Delete the dataset under “Your own images” and add its files again.",
    };
    Fault::new(error.code(), "Your images could not be read.", error.to_string(), next_step)
}

/// Train, test and probe set of a run. The user's own images are often few: the probe set is then as
/// large as they allow.
///
/// # Errors
/// `data_too_small` when the dataset has fewer images than asked for.
pub fn split(dataset: &Dataset, config: &TrainingConfig) -> Result<Split, Fault> {
    let recipe = Recipe { probe: probe_images(dataset, config), ..config.recipe() };
    Split::draw(dataset, &recipe).map_err(|error| split_fault(&error))
}

fn probe_images(dataset: &Dataset, config: &TrainingConfig) -> usize {
    match config.dataset {
        DatasetName::Own(_) => config.probe.min(largest_probe(dataset)),
        _ => config.probe,
    }
}

/// What the user must know of the sets: classes that have fewer training images than were asked for, and a
/// smaller probe set.
pub fn note(dataset: &Dataset, train: &Samples, config: &TrainingConfig) -> Option<String> {
    let short = short_classes(train, config.per_class, dataset.classes.len());
    let named: Vec<String> =
        short.iter().map(|(class, count)| format!("{} ({count})", dataset.classes[*class])).collect();
    let (name, wanted) = (&dataset.name, config.per_class);
    let few = (!named.is_empty()).then(|| {
        format!(
            "{name} has fewer than {wanted} training images of {}: all of them are used.",
            named.join(", ")
        )
    });
    let probe = probe_images(dataset, config);
    let small = (probe < config.probe)
        .then(|| format!("Its test images allow a probe set of {probe}, not of {}.", config.probe));
    let notes: Vec<String> = few.into_iter().chain(small).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn split_fault(error: &SplitError) -> Fault {
    let next_step = match error {
        SplitError::NoTrainImages => "Choose another number of samples per class.",
        SplitError::TooFewTest { .. } | SplitError::ProbeTooSmall { .. } => {
            "Choose another size of the probe set."
        }
        SplitError::EmptyClass { .. } | SplitError::UnknownClass { .. } => "Choose another dataset.",
    };
    Fault::new("data_too_small", "The dataset cannot be divided as asked.", error.to_string(), next_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cifar_10_is_read_as_the_run_that_draws_from_it_calls_for() {
        let mut config = TrainingConfig { seed: 7, probe: 505, ..TrainingConfig::default() };
        assert_eq!(cifar_quota(&config), Quota { train: Some(100), test: None, seed: 1 });
        (config.data_seed, config.test_per_class) = (None, None);
        assert_eq!(
            cifar_quota(&config),
            Quota { train: Some(100), test: Some(251), seed: 7 },
            "an older one"
        );
    }
}
