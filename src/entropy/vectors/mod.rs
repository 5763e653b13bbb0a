//! Checks of this module's measures against a file of test vectors: inputs made by small generators, with the
//! results of an independent implementation. Natively `examples/vectors.rs` runs it, in a browser a worker with the
//! feature `vectors`; the compute worker that ships does not contain it.
//!
//! Every vector is checked twice: in double precision against the file (relative 1e-9 on every number of the paper's
//! measures, 1e-8 of the others), and in single precision, as cells are stored, against double precision on the same rounded input.

mod check;
mod input;
mod measure;
mod mnist;
mod tensor;

pub use mnist::MnistFile;

use serde_json::{Map, Value};

use input::Inputs;

/// What became of one vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All numbers agree.
    Passed,
    /// What disagrees or is not understood.
    Failed(String),
    /// Why it could not be checked here.
    Skipped(String),
}

/// A vector and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedVector {
    /// Section of the file.
    pub section: String,
    /// Name of the vector.
    pub name: String,
    /// Result.
    pub outcome: Outcome,
}

/// Keys of a file that describe it and hold no vectors.
const DESCRIPTION: [&str; 6] =
    ["title", "units", "significant_digits", "inputs", "conventions", "tolerances"];

/// Why a vector did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// It disagrees or is not understood.
    Wrong(String),
    /// Its data are not here.
    Missing(String),
}

impl Problem {
    fn wrong(text: impl Into<String>) -> Self {
        Self::Wrong(text.into())
    }
}

/// Checks all vectors of a file's text. `mnist` gives the images of `train` or `t10k`, or says why it cannot.
/// A section that is not known counts as one failed vector.
///
/// # Errors
/// What is wrong with a text that is no such file.
pub fn check_vectors(
    text: &str,
    mnist: &mut dyn FnMut(&str) -> Result<MnistFile, String>,
) -> Result<Vec<CheckedVector>, String> {
    let file: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut inputs = Inputs::new(mnist);
    let mut checked = Vec::new();
    for (section, content) in file.iter().filter(|(key, _)| !DESCRIPTION.contains(&key.as_str())) {
        let Some(check) = check::of_section(section) else {
            let outcome = Outcome::Failed(format!("the section `{section}` is not known"));
            checked.push(CheckedVector { section: section.clone(), name: String::new(), outcome });
            continue;
        };
        let vectors = content.as_array().ok_or_else(|| format!("the section `{section}` is no list"))?;
        for vector in vectors {
            let outcome = match check(vector, &mut inputs) {
                Ok(()) => Outcome::Passed,
                Err(Problem::Wrong(text)) => Outcome::Failed(text),
                Err(Problem::Missing(text)) => Outcome::Skipped(text),
            };
            let name = vector["name"].as_str().unwrap_or("without a name").to_owned();
            checked.push(CheckedVector { section: section.clone(), name, outcome });
        }
    }
    if checked.is_empty() { Err("the file holds no vectors".to_owned()) } else { Ok(checked) }
}

#[cfg(test)]
mod tests;
