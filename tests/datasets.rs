//! Datasets as a run meets them: real MNIST files.
#![allow(
    clippy::unwrap_used,
    clippy::naive_bytecount,
    reason = "a test may fail where it stands, and count plainly"
)]

use std::path::{Path, PathBuf};

use cnnslicer::dataset::{Dataset, ImageShape, PerClass, Split, idx};

/// The folder with the real datasets, or `None` (said on stderr) when there is none.
fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CNNSLICER_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{test}: skipped, because CNNSLICER_DATA does not say where the real MNIST files are");
    }
    folder
}

fn real_mnist(folder: &Path) -> Dataset {
    let read = |file| std::fs::read(folder.join("mnist").join(file)).unwrap();
    let [train_images, train_labels, test_images, test_labels] = idx::MNIST_FILES.map(read);
    idx::mnist(&train_images, &train_labels, &test_images, &test_labels).unwrap()
}

#[test]
fn the_official_mnist_files_are_read() {
    let Some(folder) = real_data("the_official_mnist_files_are_read") else { return };
    let mnist = real_mnist(&folder);
    assert_eq!(mnist.train.shape, ImageShape { channels: 1, height: 28, width: 28 });
    assert_eq!(mnist.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    // The test part is the official one, whose first labels are well known and whose class counts
    // are published (980 zeros, …, 1009 nines).
    assert_eq!(mnist.test.labels[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    let count = |digit| mnist.test.labels.iter().filter(|&&label| label == digit).count();
    assert_eq!(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(count),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
    // Published mean of MNIST's pixels: 0.13.
    let sum: u64 = mnist.test.images.iter().map(|&pixel| u64::from(pixel)).sum();
    let mean = sum as f64 / mnist.test.images.len() as f64 / 255.0;
    assert!((mean - 0.13).abs() < 0.01, "{mean}");
}

#[test]
fn mnist_splits_into_the_sets_of_a_run() {
    let Some(folder) = real_data("mnist_splits_into_the_sets_of_a_run") else { return };
    let split = Split::draw(&real_mnist(&folder), PerClass::Count(100), 500, 1).unwrap();
    assert_eq!((split.train.len(), split.test.len(), split.probe.len()), (1000, 1000, 500));
}
