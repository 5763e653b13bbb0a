//! The public datasets under `public/data/`, from where the build copies them beside the page.
//!
//! With `CNNSLICER_DATA` set they come from that folder and from nowhere else; otherwise from the
//! datasets' mirrors. Nothing unchecked is laid out, and no file is ever left half written.

mod catalogue;
mod fetch;
mod idx;

use crate::problem::{About, Problem, Result};
use crate::workspace::Workspace;
use catalogue::{DATASETS, DataFile, Dataset};
use fetch::Outcome;
use std::env;
use std::path::{Path, PathBuf};

/// Lays out every dataset that can be had, with one line for each file.
///
/// Fails when a file that should be there is missing or wrong; the others are laid out all the same.
pub(crate) fn lay_out(workspace: &Workspace) -> Result<()> {
    let target = workspace.root.join("public").join("data");
    let local = env::var_os("CNNSLICER_DATA").map(|dir| workspace.root.join(PathBuf::from(dir)));
    if let Some(folder) = local.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(Problem::new(format!("CNNSLICER_DATA: {} is not a folder", folder.display()))
            .remedy("set it to a folder that holds mnist/*.gz, or unset it to download"));
    }
    let mut failures = Vec::new();
    for dataset in DATASETS {
        failures.extend(lay_out_one(dataset, &target, local.as_deref()));
    }
    match failures.len() {
        0 => Ok(()),
        count => Err(Problem::new(format!("{count} files could not be laid out; see above"))),
    }
}

/// The datasets of which every file is in `folder`, with the bytes of all their files.
pub(crate) fn present(folder: &Path) -> Vec<(&'static str, u64)> {
    let size = |dataset: &Dataset, file: &DataFile| {
        let file = std::fs::metadata(folder.join(dataset.name).join(file.name)).ok()?;
        file.is_file().then_some(file.len())
    };
    let whole = |dataset: &Dataset| dataset.files.iter().map(|file| size(dataset, file)).sum();
    DATASETS.iter().filter_map(|dataset| Some((dataset.name, whole(dataset)?))).collect()
}

/// The names of the files that failed.
fn lay_out_one(dataset: &Dataset, target: &Path, local: Option<&Path>) -> Vec<&'static str> {
    let folder = target.join(dataset.name);
    let mut failures = Vec::new();
    let mut offered = false;
    for file in dataset.files {
        let outcome = match local {
            Some(local) => fetch::from_folder(&local.join(dataset.name), file, &folder),
            None => fetch::from_mirrors(dataset.mirrors, file, &folder),
        };
        match outcome {
            Ok(Outcome::NotOffered) => continue,
            Ok(outcome) => println!("data: {}/{}: {outcome}", dataset.name, file.name),
            Err(problem) => {
                println!("data: {}/{}: {problem}", dataset.name, file.name);
                failures.push(file.name);
            }
        }
        offered = true;
    }
    if !offered {
        println!("data: {}: not there; CNNSLICER_DATA=<dir> takes it from <dir>/{0}", dataset.name);
    }
    failures
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
        let folder = env::temp_dir().join(format!("cnnslicer-present-{}", std::process::id()));
        assert_eq!(present(&folder), []);
        make_folder(&folder.join("cifar10")).unwrap();
        std::fs::write(folder.join("cifar10").join("cifar-10-binary.tar.gz"), b"four").unwrap();
        make_folder(&folder.join("mnist")).unwrap();
        std::fs::write(folder.join("mnist").join("train-images-idx3-ubyte.gz"), b"x").unwrap();
        assert_eq!(present(&folder), [("cifar10", 4)]);
    }
}
