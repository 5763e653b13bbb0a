//! Which class, and which part of the dataset, an image is of: its folders say it.

use super::{MAX_CLASSES, OwnError};
use crate::dataset::cifar::Part;

/// Where an image belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From a folder `train` or `test` above the class; `None` where there is none.
    pub part: Option<Part>,
    /// Name of the folder it lies in.
    pub class: String,
}

impl Place {
    /// Reads a path with `/` between its parts.
    pub(super) fn of(path: &str) -> Result<Self, OwnError> {
        let folders: Vec<&str> = path.split('/').rev().skip(1).filter(|part| !part.is_empty()).collect();
        match folders.split_first() {
            Some((class, above)) if part_named(class).is_none() => {
                Ok(Self { part: above.iter().find_map(|name| part_named(name)), class: (*class).to_owned() })
            }
            _ => Err(OwnError::NoClassFolder { name: path.to_owned() }),
        }
    }
}

fn part_named(folder: &str) -> Option<Part> {
    match folder.to_lowercase().as_str() {
        "train" | "training" => Some(Part::Train),
        "test" | "testing" | "val" | "valid" | "validation" => Some(Part::Test),
        _ => None,
    }
}

/// Class names without repetition: numbers by their value, other names by the alphabet.
pub(super) fn class_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<String>, OwnError> {
    let mut classes: Vec<&str> = names.collect();
    classes.sort_unstable();
    classes.dedup();
    // Stable: names that are no numbers keep the alphabet's order behind those that are.
    classes.sort_by_key(|name| name.parse::<u64>().unwrap_or(u64::MAX));
    match classes.len() {
        0 => Err(OwnError::NothingThere),
        1 => Err(OwnError::OneClass { class: classes[0].to_owned() }),
        count if count > MAX_CLASSES => Err(OwnError::TooManyClasses { classes: count }),
        _ => Ok(classes.into_iter().map(str::to_owned).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_an_image_lies_in_is_its_class() {
        let cat = |part| Ok(Place { part, class: "cat".into() });
        assert_eq!(Place::of("cat/1.png"), cat(None));
        assert_eq!(Place::of("pets/cat/1.png"), cat(None));
        assert_eq!(Place::of("pets/Train/cat/1.png"), cat(Some(Part::Train)));
        assert_eq!(Place::of("test/pets/cat/1.png"), cat(Some(Part::Test)));
    }

    #[test]
    fn an_image_outside_any_class_folder_is_refused() {
        for path in ["1.png", "/1.png", "train/1.png", "pets/test/1.png"] {
            assert_eq!(Place::of(path), Err(OwnError::NoClassFolder { name: path.into() }));
        }
    }

    #[test]
    fn numbers_are_in_the_order_of_their_values_and_before_names() {
        let names = ["10", "9", "cat", "ant", "9"];
        assert_eq!(class_names(names.into_iter()).unwrap(), ["9", "10", "ant", "cat"]);
    }

    #[test]
    fn one_class_and_too_many_are_refused() {
        assert_eq!(class_names(["a", "a"].into_iter()), Err(OwnError::OneClass { class: "a".into() }));
        let many: Vec<String> = (0..=MAX_CLASSES).map(|number| number.to_string()).collect();
        let error = class_names(many.iter().map(String::as_str));
        assert_eq!(error, Err(OwnError::TooManyClasses { classes: 101 }));
    }
}
