//! What the user sees of a dataset before it is kept, and in the list of those that are.

use serde::{Deserialize, Serialize};

use super::{Duplicates, Imported, OwnId};
use crate::dataset::{Dataset, ImageShape, Samples};

/// Most classes, and images of each, on a sheet of samples.
const SHEET_CLASSES: usize = 12;
const SHEET_IMAGES: usize = 8;
/// Pixels between two images.
const GAP: usize = 2;

/// A class with its images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCount {
    /// Its name.
    pub name: String,
    /// Images to train on.
    pub train: usize,
    /// Test images.
    pub test: usize,
}

/// A dataset in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Identifies it.
    pub id: OwnId,
    /// What people call it.
    pub name: String,
    /// Of every image.
    pub shape: ImageShape,
    /// In the order of the labels.
    pub classes: Vec<ClassCount>,
}

/// Sample images side by side: 4 bytes a pixel, red, green, blue, alpha, row-major.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `height · width · 4` bytes; between the images transparent.
    pub rgba: Vec<u8>,
}

/// A dataset that was read but is not kept yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Its numbers.
    pub summary: Summary,
    /// A row for each of the first classes, its first training images in it.
    pub sheet: Sheet,
    /// Files that are of no known kind, and so are not in it.
    pub passed_over: usize,
    /// What it holds more than once.
    pub duplicates: Duplicates,
}

impl Summary {
    /// The numbers of a dataset.
    pub fn of(dataset: &Dataset) -> Self {
        let count = |samples: &Samples, label: usize| {
            samples.labels.iter().filter(|&&own| usize::from(own) == label).count()
        };
        let class = |(label, name): (usize, &String)| ClassCount {
            name: name.clone(),
            train: count(&dataset.train, label),
            test: count(&dataset.test, label),
        };
        Self {
            id: OwnId::of(dataset),
            name: dataset.name.clone(),
            shape: dataset.train.shape,
            classes: dataset.classes.iter().enumerate().map(class).collect(),
        }
    }
}

impl Preview {
    /// What an import is shown as.
    pub fn of(imported: &Imported) -> Self {
        let dataset = &imported.dataset;
        Self {
            summary: Summary::of(dataset),
            sheet: sheet(dataset),
            passed_over: imported.passed_over,
            duplicates: imported.duplicates.clone(),
        }
    }
}

fn sheet(dataset: &Dataset) -> Sheet {
    let ImageShape { height, width, .. } = dataset.train.shape;
    let rows = dataset.classes.len().min(SHEET_CLASSES);
    let (sheet_width, sheet_height) = (SHEET_IMAGES * (width + GAP) - GAP, rows * (height + GAP) - GAP);
    let mut sheet =
        Sheet { width: sheet_width, height: sheet_height, rgba: vec![0; sheet_width * sheet_height * 4] };
    for row in 0..rows {
        let of_class = |&at: &usize| usize::from(dataset.train.labels[at]) == row;
        let chosen = (0..dataset.train.len()).filter(of_class).take(SHEET_IMAGES);
        for (column, at) in chosen.enumerate() {
            sheet.put(
                column * (width + GAP),
                row * (height + GAP),
                dataset.train.shape,
                dataset.train.image(at),
            );
        }
    }
    sheet
}

impl Sheet {
    /// Paints an image, `[C, H, W]`, with its upper left corner at (x, y); one channel is grey.
    fn put(&mut self, x: usize, y: usize, shape: ImageShape, image: &[u8]) {
        let plane = shape.height * shape.width;
        for at in 0..plane {
            let pixel = |channel: usize| image[(channel % shape.channels) * plane + at];
            let (row, column) = (y + at / shape.width, x + at % shape.width);
            let start = (row * self.width + column) * 4;
            self.rgba[start..start + 4].copy_from_slice(&[pixel(0), pixel(1), pixel(2), 255]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset() -> Dataset {
        let shape = ImageShape { channels: 3, height: 1, width: 2 };
        let samples = Samples { shape, images: (0..18).collect(), labels: vec![0, 1, 1] };
        Dataset {
            name: "pets".into(),
            classes: vec!["cat".into(), "dog".into()],
            train: samples.clone(),
            test: samples.select(&[1]),
        }
    }

    #[test]
    fn images_are_counted_by_class_and_part() {
        let summary = Summary::of(&dataset());
        let counts: Vec<_> = summary.classes.iter().map(|class| (class.train, class.test)).collect();
        assert_eq!(counts, [(1, 0), (2, 1)]);
        assert_eq!(summary.id, OwnId::of(&dataset()));
    }

    #[test]
    fn a_row_of_the_sheet_shows_a_class() {
        let sheet = sheet(&dataset());
        assert_eq!((sheet.width, sheet.height), (8 * 4 - 2, 2 * 3 - 2));
        assert_eq!(sheet.rgba.len(), sheet.width * sheet.height * 4);
        let pixel = |x: usize, y: usize| sheet.rgba[(y * sheet.width + x) * 4..][..4].to_vec();
        assert_eq!(pixel(0, 0), [0, 2, 4, 255]);
        assert_eq!(pixel(1, 0), [1, 3, 5, 255]);
        assert_eq!(pixel(2, 0), [0; 4], "the gap is transparent");
        assert_eq!(pixel(4, 3), [12, 14, 16, 255], "the second dog");
    }

    #[test]
    fn a_dataset_has_the_identifier_that_it_always_had() {
        let Dataset { name, classes, train, test } = dataset();
        let texts = [&[name], &classes[..]].concat().join("\0");
        let bytes =
            [texts.as_bytes(), &[0], &train.labels, &train.images, &test.labels, &test.images].concat();
        assert_eq!(OwnId::of(&dataset()).0, crc32c::crc32c(&bytes));
    }

    #[test]
    fn another_name_or_another_pixel_is_another_dataset() {
        let id = OwnId::of(&dataset());
        let mut renamed = dataset();
        renamed.name.push('2');
        let mut changed = dataset();
        changed.test.images[0] ^= 1;
        assert_ne!(OwnId::of(&renamed), id);
        assert_ne!(OwnId::of(&changed), id);
        assert_eq!(OwnId::parse(&id.to_string()), Some(id));
    }
}
