//! The public datasets under `public/data/`, from where the build copies them beside the page.
//!
//! With `CNNSLICER_DATA` set they come from that folder and from nowhere else; otherwise from the
//! datasets' mirrors. Nothing unchecked is laid out, and no file is ever left half written.

mod catalogue;
mod fetch;
mod idx;

use crate::problem::{About, Problem, Result};
use crate::workspace::{Workspace, variable};
use catalogue::{DATASETS, DataFile, Dataset};
use fetch::{Outcome, Unreachable};
use std::path::{Path, PathBuf};

/// Lays out every dataset that can be had, with one line for each dataset.
///
/// Fails when a file that should be there is missing or wrong; the others are laid out all the same.
pub(crate) fn lay_out(workspace: &Workspace) -> Result<()> {
    let target = workspace.root.join("public").join("data");
    let local = variable("CNNSLICER_DATA").map(|dir| workspace.root.join(PathBuf::from(dir)));
    if let Some(folder) = local.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(Problem::new(format!("CNNSLICER_DATA: {} is not a folder", folder.display()))
            .remedy("set it to a folder that holds mnist/*.gz, or unset it to download"));
    }
    let mut unreachable = Unreachable::new();
    let mut lacking = Vec::new();
    for dataset in DATASETS {
        match lay_out_one(dataset, &target, local.as_deref(), &mut unreachable) {
            Ok(line) => println!("data: {}: {line}", dataset.name),
            Err(problem) => {
                println!("data: {}: {}", dataset.name, problem.one_line());
                lacking.push(dataset.name);
            }
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Problem::new(format!("{} could not be laid out; see above", lacking.join(", "))))
}

/// Whether laying out needs no network: the files come from a local folder, or all of them are there.
pub(crate) fn is_at_hand(workspace: &Workspace) -> bool {
    let all = present(&workspace.root.join("public").join("data")).len() == DATASETS.len();
    all || variable("CNNSLICER_DATA").is_some()
}

/// The datasets of which every file is in `folder`, with the bytes of all their files.
pub(crate) fn present(folder: &Path) -> Vec<(&'static str, u64)> {
    let size = |dataset: &Dataset, file: &DataFile| {
        let file = std::fs::metadata(folder.join(dataset.name).join(file.name)).ok()?;
        file.is_file().then_some(file.len())
    };
    let whole = |dataset: &Dataset| dataset.files.iter().map(|file| size(dataset, file)).sum::<Option<u64>>();
    DATASETS.iter().filter_map(|dataset| Some((dataset.name, whole(dataset)?))).collect()
}

/// Lays out the files of a dataset; says in a line what became of them. The first that fails ends it.
fn lay_out_one(
    dataset: &Dataset,
    target: &Path,
    local: Option<&Path>,
    unreachable: &mut Unreachable,
) -> Result<String> {
    let folder = target.join(dataset.name);
    let mut outcomes = Vec::new();
    for file in dataset.files {
        let outcome = match local {
            Some(local) => fetch::from_folder(&local.join(dataset.name), file, &folder),
            None => fetch::from_mirrors(dataset.mirrors, file, &folder, unreachable),
        };
        let outcome = outcome.map_err(|problem| problem.in_file(file.name))?;
        if outcome != Outcome::NotOffered {
            outcomes.push((file.name, outcome));
        }
    }
    Ok(match outcomes.as_slice() {
        [] => format!("not there; CNNSLICER_DATA=<dir> takes it from <dir>/{}", dataset.name),
        [(_, first), others @ ..] if others.iter().all(|(_, other)| other == first) => first.to_string(),
        all => all.iter().map(|(name, outcome)| format!("{name} {outcome}")).collect::<Vec<_>>().join("; "),
    })
}

/// Makes the folder of a file that is about to be written.
fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).about(folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_is_present_with_all_its_files_only() {
        let folder = std::env::temp_dir().join(format!("cnnslicer-present-{}", std::process::id()));
        assert_eq!(present(&folder), []);
        make_folder(&folder.join("cifar10")).unwrap();
        std::fs::write(folder.join("cifar10").join("cifar-10-binary.tar.gz"), b"four").unwrap();
        make_folder(&folder.join("mnist")).unwrap();
        std::fs::write(folder.join("mnist").join("train-images-idx3-ubyte.gz"), b"x").unwrap();
        assert_eq!(present(&folder), [("cifar10", 4)]);
    }
}
