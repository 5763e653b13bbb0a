//! The images of a run: Strokes drawn here, MNIST fetched from beside the page.
//!
//! Every failure is a fault that names the file and the next step: this is where a page deployed
//! without data is noticed.

use crate::dataset::idx::{self, IdxError, MNIST_FILES};
use crate::dataset::split::short_classes;
use crate::dataset::{Dataset, Samples, Split, SplitError, strokes};
use crate::protocol::{Fault, FromTrainer};
use crate::trainer::host::{FetchProblem, Host};
use crate::training::TrainingConfig;
use crate::training::config::DatasetName;

/// Generates or fetches the dataset that the configuration names; `data_url` ends in `/`.
///
/// # Errors
/// `data_missing` when the page was deployed without the files, `data_unreachable` when they cannot
/// be fetched, and the code of the `IdxError` when one of them is damaged.
pub async fn load<H: Host>(config: &TrainingConfig, data_url: &str, host: &mut H) -> Result<Dataset, Fault> {
    match config.dataset {
        DatasetName::Strokes => {
            host.emit(FromTrainer::Preparing { stage: "Drawing Strokes".to_owned() });
            host.turn().await;
            Ok(strokes::for_run(config.per_class, config.probe, config.seed))
        }
        DatasetName::Mnist => {
            host.emit(FromTrainer::Preparing { stage: "Reading MNIST".to_owned() });
            let mut files = Vec::with_capacity(MNIST_FILES.len());
            for name in MNIST_FILES {
                let url = format!("{data_url}mnist/{name}");
                files.push(host.fetch(&url).await.map_err(|problem| fetch_fault(&problem))?);
            }
            mnist(&files)
        }
    }
}

fn mnist(files: &[Vec<u8>]) -> Result<Dataset, Fault> {
    let [train_images, train_labels, test_images, test_labels] = files else {
        return Err(Fault::new("data_missing", "MNIST is incomplete.", "It has four files.", RELOAD));
    };
    idx::mnist(train_images, train_labels, test_images, test_labels).map_err(|error| idx_fault(&error))
}

const RELOAD: &str = "Reload the page to try again, or train on Strokes, which needs no files.";

fn fetch_fault(problem: &FetchProblem) -> Fault {
    let what = format!("{} could not be read.", problem.url);
    match problem.status {
        Some(404) => Fault::new(
            "data_missing",
            what,
            "The page was deployed without MNIST: there is no such file (404).",
            "Train on Strokes, which needs no files; or let whoever deploys the page run `cargo xtask data`.",
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

fn idx_fault(error: &IdxError) -> Fault {
    Fault::new(
        error.code(),
        "MNIST could not be read.",
        error.to_string(),
        "Whoever deploys the page can fetch the files again with `cargo xtask data`; Strokes needs no files.",
    )
}

/// Train, test and probe set of a run.
///
/// # Errors
/// `data_too_small` when the dataset has fewer images than asked for.
pub fn split(dataset: &Dataset, config: &TrainingConfig) -> Result<Split, Fault> {
    Split::draw(dataset, config.per_class, config.probe, config.seed).map_err(|error| split_fault(&error))
}

/// What the user must know of the training set: classes that have fewer images than were asked for.
pub fn note(dataset: &Dataset, train: &Samples, config: &TrainingConfig) -> Option<String> {
    let short = short_classes(train, config.per_class, dataset.classes.len());
    let named: Vec<String> =
        short.iter().map(|(class, count)| format!("{} ({count})", dataset.classes[*class])).collect();
    let (name, wanted) = (&dataset.name, config.per_class);
    (!named.is_empty()).then(|| {
        format!(
            "{name} has fewer than {wanted} training images of {}: all of them are used.",
            named.join(", ")
        )
    })
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
