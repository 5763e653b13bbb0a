//! Datasets as a run meets them: real files of MNIST and CIFAR-10.
#![allow(
    clippy::unwrap_used,
    clippy::naive_bytecount,
    reason = "a test may fail where it stands, and count plainly"
)]

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use cnnslicer::collection::{self, Copied};
use cnnslicer::dataset::cifar::{self, Quota};
use cnnslicer::dataset::own::{self, Bitmap, Form, Workbench};
use cnnslicer::dataset::{Dataset, ImageShape, PerClass, Recipe, Samples, Split, idx};
use cnnslicer::storage::memory::MemoryStore;

/// The folder with the real datasets, or `None` (said on stderr) when there is none.
fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CNNSLICER_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{test}: skipped, because CNNSLICER_DATA does not say where the real files are");
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
    let recipe = Recipe { train: PerClass::Count(100), test: PerClass::Count(1000), probe: 500, seed: 1 };
    let split = Split::draw(&real_mnist(&folder), &recipe).unwrap();
    // All that the probe set leaves of the official 10,000, but of the ones, of which it leaves 1085.
    assert_eq!((split.train.len(), split.test.len(), split.probe.len()), (1000, 9415, 500));
}

fn real_cifar(folder: &Path, quota: Quota) -> Dataset {
    let file = File::open(folder.join("cifar10").join(cifar::ARCHIVE)).unwrap();
    cifar::read_archive(file, cifar::ARCHIVE, quota, &mut |_| {}).unwrap()
}

fn counts(samples: &Samples) -> Vec<usize> {
    (0..10).map(|class| samples.labels.iter().filter(|&&label| label == class).count()).collect()
}

#[test]
fn a_balanced_subset_of_cifar_10_is_read_as_a_stream_and_split_into_the_sets_of_a_run() {
    let test = "a_balanced_subset_of_cifar_10_is_read_as_a_stream_and_split_into_the_sets_of_a_run";
    let Some(folder) = real_data(test) else { return };
    let quota = |train| Quota { train: Some(train), test: Some(100), seed: 3 };
    let cifar = real_cifar(&folder, quota(100));
    assert_eq!(cifar.train.shape, cifar::SHAPE);
    assert_eq!((counts(&cifar.train), counts(&cifar.test)), (vec![100; 10], vec![100; 10]));
    let larger = real_cifar(&folder, quota(200));
    let pixels = |samples: &Samples, at| samples.image(at).to_vec();
    let all: std::collections::HashSet<_> =
        (0..larger.train.len()).map(|at| pixels(&larger.train, at)).collect();
    assert!(
        (0..cifar.train.len()).all(|at| all.contains(&pixels(&cifar.train, at))),
        "a larger one holds it"
    );
    let recipe = Recipe { train: PerClass::Count(100), test: PerClass::All, probe: 500, seed: 3 };
    let split = Split::draw(&cifar, &recipe).unwrap();
    assert_eq!((split.train.len(), split.test.len(), split.probe.len()), (1000, 500, 500));
    // Published means of the channels: 0.491, 0.482, 0.447.
    let plane = cifar::SHAPE.height * cifar::SHAPE.width;
    for (channel, published) in [0.491, 0.482, 0.447].into_iter().enumerate() {
        let images = cifar.train.images.chunks_exact(cifar::SHAPE.len());
        let values = images.flat_map(|image| &image[channel * plane..(channel + 1) * plane]);
        let sum: u64 = values.map(|&value| u64::from(value)).sum();
        let mean = sum as f64 / (cifar.train.len() * plane) as f64 / 255.0;
        assert!((mean - published).abs() < 0.03, "channel {channel}: {mean}");
    }
}

#[test]
fn memory_holds_the_chosen_images_of_cifar_10_only() {
    // Zero bytes pass for records of class 0; as many as the official train part has.
    let quota = Quota { train: Some(10), test: Some(10), seed: 1 };
    let mut read = 0;
    let mut progress = |records| read = records;
    let mut reader = cifar::Reader::new(quota, &mut progress);
    let endless = std::io::repeat(0).take(3073 * 50_000);
    reader.batch(endless, "data_batch_1.bin", cifar::Part::Train).unwrap();
    let kept = reader.finish().train;
    assert_eq!((read, kept.len()), (50_000, 10));
    assert!(kept.images.capacity() < 100_000, "{}", kept.images.capacity());
}

/// The user's files, taken from a folder; there are no images to decode among them.
struct Files(Vec<Vec<u8>>);

impl Workbench for Files {
    type File = Cursor<Vec<u8>>;

    async fn open(&mut self, index: usize) -> Result<Self::File, String> {
        Ok(Cursor::new(self.0[index].clone()))
    }

    async fn decode(&mut self, _: &[u8]) -> Result<Bitmap, String> {
        Err("there is none".into())
    }

    fn report(&mut self, _: usize, _: Option<usize>) {}
}

#[test]
fn the_official_files_are_taken_in_as_the_users_own_kept_and_read_back() {
    let test = "the_official_files_are_taken_in_as_the_users_own_kept_and_read_back";
    let Some(folder) = real_data(test) else { return };
    let names = idx::MNIST_FILES;
    let files = names.map(|name| std::fs::read(folder.join("mnist").join(name)).unwrap());
    let imported =
        pollster::block_on(own::import("digits", &names, Form::Grey28, &mut Files(files.to_vec()))).unwrap();
    let official = real_mnist(&folder);
    assert_eq!((&imported.dataset.train, &imported.dataset.test), (&official.train, &official.test));
    let store = MemoryStore::new();
    let id = pollster::block_on(collection::keep(&store, &imported.dataset, "2026-07-22", Copied::default()))
        .unwrap();
    let read = pollster::block_on(collection::read(&store, id)).unwrap();
    assert_eq!((read.train, read.test, read.name), (official.train, official.test, "digits".to_owned()));
}
