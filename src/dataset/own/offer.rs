//! What kind of dataset some files are, by their names alone.

use super::OwnError;
use crate::dataset::cifar::Part;

/// How the files are to be read; numbers are positions in the list of paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Images in folders.
    Images(Vec<usize>),
    /// One zip of images in folders.
    Zip(usize),
    /// IDX files.
    Idx(Vec<usize>),
    /// The CIFAR-10 archive.
    CifarArchive(usize),
    /// Bare CIFAR-10 batches.
    CifarBatches(Vec<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Zip,
    Idx,
    CifarArchive,
    CifarBatch,
}

/// Decides how to read files with these paths. Hidden files and files of no known kind are passed over.
pub(super) fn plan(paths: &[&str]) -> Result<Plan, OwnError> {
    let visible = || paths.iter().enumerate().filter(|(_, path)| !is_hidden(path));
    let mut known = visible().filter_map(|(index, path)| kind(path).map(|kind| (index, kind)));
    let Some((first, first_kind)) = known.next() else {
        return Err(nothing_known(&visible().map(|(_, path)| *path).collect::<Vec<_>>()));
    };
    let mut indices = vec![first];
    for (index, kind) in known {
        let (one, other) = (paths[first].to_owned(), paths[index].to_owned());
        if kind != first_kind {
            return Err(OwnError::MixedKinds { one, other });
        }
        if matches!(kind, Kind::Zip | Kind::CifarArchive) {
            return Err(OwnError::OneTooMany { one, other });
        }
        indices.push(index);
    }
    Ok(match first_kind {
        Kind::Image => Plan::Images(indices),
        Kind::Zip => Plan::Zip(first),
        Kind::Idx => Plan::Idx(indices),
        Kind::CifarArchive => Plan::CifarArchive(first),
        Kind::CifarBatch => Plan::CifarBatches(indices),
    })
}

fn nothing_known(paths: &[&str]) -> OwnError {
    let Some((file, others)) = paths.split_first() else { return OwnError::NothingThere };
    let more = match others.len() {
        0 => String::new(),
        1 => ", nor is 1 other".to_owned(),
        count => format!(", nor are {count} others"),
    };
    OwnError::NothingKnown { file: (*file).to_owned(), more }
}

/// Whether a path is of an image, by its ending.
pub(super) fn is_image(path: &str) -> bool {
    !is_hidden(path) && kind(path) == Some(Kind::Image)
}

/// Files that systems leave behind: `.DS_Store`, `__MACOSX/…`, `._x.png`.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| (part.starts_with('.') && part != "." && part != "..") || part == "__MACOSX")
}

fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".png", ".jpg", ".jpeg", ".jfif", ".webp"]) {
        Some(Kind::Image)
    } else if ends(&[".zip"]) {
        Some(Kind::Zip)
    } else if ends(&[".tar.gz", ".tgz"]) {
        Some(Kind::CifarArchive)
    } else if ends(&[".bin"]) {
        Some(Kind::CifarBatch)
    } else if name.contains("ubyte") || ends(&[".idx", ".idx.gz", ".idx1", ".idx3"]) {
        Some(Kind::Idx)
    } else {
        None
    }
}

/// The part of a dataset that a file of IDX values or CIFAR records is of, by its name.
pub(super) fn part(path: &str) -> Part {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if name.contains("test") || name.contains("t10k") { Part::Test } else { Part::Train }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_names() {
        assert_eq!(plan(&["d/cat/1.PNG", "d/dog/2.jpeg"]), Ok(Plan::Images(vec![0, 1])));
        assert_eq!(plan(&["my.zip"]), Ok(Plan::Zip(0)));
        assert_eq!(
            plan(&["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"]),
            Ok(Plan::Idx(vec![0, 1]))
        );
        assert_eq!(plan(&["cifar-10-binary.tar.gz"]), Ok(Plan::CifarArchive(0)));
        assert_eq!(plan(&["data_batch_1.bin", "test_batch.bin"]), Ok(Plan::CifarBatches(vec![0, 1])));
    }

    #[test]
    fn what_systems_leave_behind_and_texts_are_passed_over() {
        let paths = ["d/.DS_Store", "d/readme.txt", "d/cat/1.png", "__MACOSX/d/cat/._1.png", "d/cat/._1.png"];
        assert_eq!(plan(&paths), Ok(Plan::Images(vec![2])));
    }

    #[test]
    fn files_of_two_kinds_and_two_archives_are_refused() {
        assert!(matches!(plan(&["a/1.png", "b.zip"]), Err(OwnError::MixedKinds { .. })));
        assert!(matches!(plan(&["a.zip", "b.zip"]), Err(OwnError::OneTooMany { .. })));
    }

    #[test]
    fn nothing_and_nothing_known_are_told_apart() {
        assert_eq!(plan(&[]), Err(OwnError::NothingThere));
        assert_eq!(plan(&["d/.DS_Store"]), Err(OwnError::NothingThere));
        let error = plan(&["thesis.docx", "b.txt", "c.gif"]).unwrap_err();
        assert!(error.to_string().starts_with("thesis.docx is no file to learn from, nor are 2 others;"));
    }

    #[test]
    fn test_files_are_known_by_their_names() {
        for name in ["t10k-images-idx3-ubyte", "x/test_batch.bin", "emnist-letters-test-labels-idx1-ubyte"] {
            assert_eq!(part(name), Part::Test, "{name}");
        }
        assert_eq!(part("test/train-images-idx3-ubyte"), Part::Train);
    }
}
