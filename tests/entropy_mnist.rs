//! The figures that are known for MNIST: what exact arithmetic gives, and what the paper printed.
//! Needs `CNNSLICER_DATA`; without it each test is skipped and says so.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use std::path::PathBuf;

use cnnslicer::dataset::{Samples, idx};
use cnnslicer::entropy::{Distance, InterSampleSettings, inter_sample_entropy};

/// The two parts, train first.
fn mnist() -> Option<[Samples; 2]> {
    let Some(folder) =
        std::env::var_os("CNNSLICER_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from)
    else {
        println!("skipped: CNNSLICER_DATA names no folder with mnist/*.gz");
        return None;
    };
    let [a, b, c, d] = idx::MNIST_FILES.map(|file| std::fs::read(folder.join("mnist").join(file)).unwrap());
    let mnist = idx::mnist(&a, &b, &c, &d).unwrap();
    Some([mnist.train, mnist.test])
}

/// H in bits of bytes as numbers.
fn bits(samples: &Samples, positions: &[usize], distance: Distance) -> f64 {
    let chosen = samples.select(positions);
    let values: Vec<f32> = chosen.images.iter().map(|&pixel| f32::from(pixel)).collect();
    let settings = InterSampleSettings { distance, ..InterSampleSettings::default() };
    inter_sample_entropy(&values, positions.len(), samples.shape.len(), &settings).unwrap().bits
}

/// The first images of every class, in the file's order.
fn balanced(samples: &Samples, per_class: usize) -> Vec<usize> {
    let mut left = [per_class; 10];
    let mut take = |&label: &u8| {
        let left = &mut left[usize::from(label)];
        *left > 0 && {
            *left -= 1;
            true
        }
    };
    samples.labels.iter().enumerate().filter(|(_, label)| take(label)).map(|(at, _)| at).collect()
}

#[test]
fn the_first_test_images_have_the_entropy_of_exact_arithmetic() {
    let Some([_, test]) = mnist() else { return };
    for (n, expected) in [(1000, 19.623_521_71), (2000, 20.944_357_23)] {
        let found = bits(&test, &(0..n).collect::<Vec<_>>(), Distance::Euclidean);
        assert!((found - expected).abs() < 1e-5, "{n}: {found}");
    }
}

/// Figure 5 of the paper prints 19.898, 22.960 and 24.094 bits for 100, 500 and 1000 images a class. Exact
/// arithmetic lies 0.24, 0.62 and 0.73 bits below; bytes that overflow meet them. Which images the paper drew is
/// not known; the draw moves H by some hundredths of a bit.
#[test]
fn the_papers_figures_are_met_by_byte_arithmetic_and_missed_as_known_by_exact_arithmetic() {
    let Some([train, test]) = mnist() else { return };
    // The test images follow where a train file is a part of the official one.
    let images = [train.images, test.images].concat();
    let train = Samples { shape: train.shape, images, labels: [train.labels, test.labels].concat() };
    for (per_class, printed, missed_by) in [(100, 19.898, 0.24), (500, 22.960, 0.62), (1000, 24.094, 0.73)] {
        let positions = balanced(&train, per_class);
        assert_eq!(positions.len(), per_class * 10);
        let exact = bits(&train, &positions, Distance::Euclidean);
        let wrapped = bits(&train, &positions, Distance::ByteWrapped);
        println!("{per_class} a class: exact {exact:.3}, byte arithmetic {wrapped:.3}, printed {printed}");
        assert!((wrapped - printed).abs() <= 0.05, "{per_class}: {wrapped} as published");
        assert!((printed - exact - missed_by).abs() <= 0.05, "{per_class}: {exact} by default");
    }
}
