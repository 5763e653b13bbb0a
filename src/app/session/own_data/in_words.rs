//! The user's datasets in words: how many images of what, and what is there more than once.

use crate::collection::Record;
use crate::dataset::own::{Copies, Duplicates, Summary};

/// Classes that are named with their counts.
const NAMED_CLASSES: usize = 12;

/// What a dataset is called that was made of files like this one: the folder, else the file's name without
/// its ending.
pub fn name_of(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, _)) => folder.to_owned(),
        None => path.split('.').next().unwrap_or(path).to_owned(),
    }
}

/// Size and classes of a dataset in words.
pub fn class_counts(summary: &Summary) -> String {
    let shape = summary.shape;
    let counts = summary
        .classes
        .iter()
        .take(NAMED_CLASSES)
        .map(|class| format!("{} {} + {}", class.name, class.train, class.test));
    let more = summary.classes.len().saturating_sub(NAMED_CLASSES);
    let more = (more > 0).then(|| format!("{more} more classes"));
    let kind = if shape.channels == 1 { "grey" } else { "colour" };
    let counts: Vec<String> = counts.chain(more).collect();
    format!(
        "{} × {}, {kind}; images to train on + to test on: {}",
        shape.height,
        shape.width,
        counts.join(", ")
    )
}

/// What is there more than once, in sentences; empty when nothing is.
pub fn duplicates(found: &Duplicates) -> String {
    let counted = [
        (found.in_both, "test images are training images too: accuracy would be too high"),
        (found.repeated, "images are further copies of one in the same part"),
        (found.in_several_classes, "images have copies in several classes"),
    ];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = counted.map(|(count, what)| format!("{count} {what}.")).collect();
    if !parts.is_empty() {
        let pairs: Vec<String> = found.examples.iter().map(|pair| pair.join(" = ")).collect();
        parts.push(format!("Pixel by pixel: {}.", pairs.join("; ")));
    }
    parts.join(" ")
}

/// A choice for copies in words, with the images that it leaves; `None` for one that leaves too few.
pub fn copies_left(found: &Duplicates, copies: Copies) -> Option<String> {
    let [train, test] = found.left[copies as usize]?;
    let what = match copies {
        Copies::Keep => "Keep all",
        Copies::LeaveOutOfTest => "Leave them out of the test images",
        Copies::KeepOne => "Keep one of each",
    };
    Some(format!("{what}: {train} to train on + {test} to test on"))
}

/// Size and classes of a kept dataset, and what became of its copies.
pub fn record_facts(record: &Record) -> String {
    let counts = class_counts(&record.summary);
    match (record.in_both, record.left_out) {
        (0, 0) => counts,
        (in_both, 0) => format!("{counts}; {in_both} test images are training images too"),
        (_, left_out) => format!("{counts}; {left_out} copies of images were left out"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ImageShape;
    use crate::dataset::own::{ClassCount, OwnId};

    fn summary() -> Summary {
        let shape = ImageShape { channels: 1, height: 28, width: 28 };
        Summary { id: OwnId(7), name: "pets".into(), shape, classes: Vec::new() }
    }

    #[test]
    fn a_dataset_is_named_after_its_folder_or_file() {
        assert_eq!(name_of("pets/cat/1.png"), "pets");
        assert_eq!(name_of("pets.zip"), "pets");
        assert_eq!(name_of("cifar-10-binary.tar.gz"), "cifar-10-binary");
        assert_eq!(name_of(""), "");
    }

    #[test]
    fn counts_name_the_first_classes() {
        let class = |at: usize| ClassCount { name: format!("c{at}"), train: 8, test: 2 };
        let many = Summary { classes: (0..14).map(class).collect(), ..summary() };
        let text = class_counts(&many);
        assert!(text.starts_with("28 × 28, grey; images to train on + to test on: c0 8 + 2, c1"), "{text}");
        assert!(text.ends_with("c11 8 + 2, 2 more classes"), "{text}");
    }

    #[test]
    fn copies_are_told_with_examples_and_what_each_choice_leaves() {
        assert_eq!(duplicates(&Duplicates::default()), "");
        let found = Duplicates {
            in_both: 3,
            examples: vec![["a.png".into(), "b.png".into()]],
            left: [Some([24, 18]), Some([24, 15]), None],
            ..Duplicates::default()
        };
        let text = duplicates(&found);
        assert!(text.starts_with("3 test images are training images too"), "{text}");
        assert!(text.ends_with("Pixel by pixel: a.png = b.png."), "{text}");
        let left = copies_left(&found, Copies::LeaveOutOfTest).unwrap();
        assert_eq!(left, "Leave them out of the test images: 24 to train on + 15 to test on");
        assert_eq!(copies_left(&found, Copies::KeepOne), None);
        let mut record =
            Record { format: 1, created: String::new(), summary: summary(), in_both: 0, left_out: 0 };
        assert_eq!(record_facts(&record), class_counts(&summary()));
        record.in_both = 3;
        assert!(record_facts(&record).ends_with("; 3 test images are training images too"));
        record.left_out = 3;
        assert!(record_facts(&record).ends_with("; 3 copies of images were left out"));
    }
}
