use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::dataset::ImageShape;

/// One-row images whose first two bytes are their number, so that each can be recognised.
fn numbered(per_class: &[usize], first: usize) -> Samples {
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    let most = per_class.iter().copied().max().unwrap_or(0);
    for round in 0..most {
        for (class, &count) in per_class.iter().enumerate() {
            if round < count {
                images.extend(((first + labels.len()) as u16).to_le_bytes());
                labels.push(class as u8);
            }
        }
    }
    Samples { shape: ImageShape { channels: 1, height: 1, width: 2 }, images, labels }
}

fn dataset(train: &[usize], test: &[usize]) -> Dataset {
    Dataset {
        name: "numbers".into(),
        classes: (0..train.len()).map(|class| format!("c{class}")).collect(),
        train: numbered(train, 0),
        test: numbered(test, 30_000),
    }
}

fn numbers(samples: &Samples) -> BTreeSet<u16> {
    (0..samples.len())
        .map(|index| u16::from_le_bytes([samples.image(index)[0], samples.image(index)[1]]))
        .collect()
}

fn per_class(samples: &Samples, classes: usize) -> Vec<usize> {
    let count = |class| samples.labels.iter().filter(|&&label| usize::from(label) == class).count();
    (0..classes).map(count).collect()
}

/// The subsets with up to 200 test images of each class.
fn drawn(data: &Dataset, train: PerClass, probe: usize, seed: u64) -> Result<Split, SplitError> {
    Split::draw(data, &Recipe { train, test: PerClass::Count(200), probe, seed })
}

#[test]
fn subsets_are_balanced_and_have_the_sizes_asked_for() {
    let data = dataset(&[500; 10], &[300; 10]);
    for (asked, test, there) in [(1, 20, 20), (400, 200, 200), (100, 1000, 250), (100, 1, 1)] {
        let recipe =
            Recipe { train: PerClass::Count(asked), test: PerClass::Count(test), probe: 500, seed: 1 };
        let split = Split::draw(&data, &recipe).unwrap();
        assert_eq!(per_class(&split.train, 10), [asked; 10]);
        assert_eq!(per_class(&split.test, 10), [there; 10]);
        assert_eq!(per_class(&split.probe, 10), [50; 10]);
    }
}

#[test]
fn the_size_of_the_training_set_changes_no_test_image() {
    let data = dataset(&[500; 10], &[300; 10]);
    let test = |train| drawn(&data, train, 500, 1).unwrap().test;
    let reference = test(PerClass::All);
    for count in [1, 20, 100, 500] {
        assert_eq!(test(PerClass::Count(count)), reference, "{count} per class");
    }
    assert_eq!(reference.len(), 2000);
}

#[test]
fn the_size_of_the_test_set_changes_no_probe_image() {
    let data = dataset(&[50; 10], &[300; 10]);
    let recipe = |test| Recipe { train: PerClass::Count(50), test, probe: 500, seed: 1 };
    let all = Split::draw(&data, &recipe(PerClass::All)).unwrap();
    let few = Split::draw(&data, &recipe(PerClass::Count(10))).unwrap();
    assert_eq!(few.probe, all.probe);
    assert_eq!((few.test.len(), all.test.len()), (100, 2500));
    assert!(numbers(&all.test).is_superset(&numbers(&few.test)));
}

#[test]
fn the_test_set_takes_what_the_probe_set_leaves() {
    let split = drawn(&dataset(&[300; 2], &[60, 80]), PerClass::Count(300), 100, 1).unwrap();
    assert_eq!(per_class(&split.probe, 2), [50, 50]);
    assert_eq!(per_class(&split.test, 2), [10, 30]);
}

#[test]
fn a_probe_set_that_classes_do_not_divide_gives_the_first_classes_one_more() {
    let split = drawn(&dataset(&[10; 3], &[10; 3]), PerClass::Count(5), 11, 1).unwrap();
    assert_eq!(per_class(&split.probe, 3), [4, 4, 3]);
}

#[test]
fn all_takes_every_training_image() {
    let data = dataset(&[7, 9, 8], &[30; 3]);
    let split = drawn(&data, PerClass::All, 9, 1).unwrap();
    assert_eq!(numbers(&split.train), numbers(&data.train));
}

#[test]
fn a_larger_training_set_contains_the_smaller_and_shares_its_probe_set() {
    let data = dataset(&[500; 10], &[300; 10]);
    let small = drawn(&data, PerClass::Count(100), 500, 5).unwrap();
    let large = drawn(&data, PerClass::Count(400), 500, 5).unwrap();
    assert!(numbers(&large.train).is_superset(&numbers(&small.train)));
    assert_eq!(large.probe, small.probe);
}

#[test]
fn another_seed_draws_other_images() {
    let data = dataset(&[500; 10], &[300; 10]);
    let draw = |seed| drawn(&data, PerClass::Count(100), 500, seed).unwrap();
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1).train, draw(2).train);
    assert_ne!(draw(1).probe, draw(2).probe);
}

/// Runs of older versions find their images again; the numbers are from another program.
#[test]
fn the_images_of_a_seed_never_change() {
    let data = dataset(&[500; 10], &[300; 10]);
    let (train, test) = (PerClass::Count(100), PerClass::Count(100));
    let split = Split::draw(&data, &Recipe { train, test, probe: 505, seed: 7 }).unwrap();
    let of_class_3 = |samples: &Samples| {
        let all = (0..samples.len()).filter(|&at| samples.labels[at] == 3);
        all.map(|at| u16::from_le_bytes([samples.image(at)[0], samples.image(at)[1]])).collect::<Vec<_>>()
    };
    assert_eq!(of_class_3(&split.train)[..4], [3, 13, 33, 73]);
    assert_eq!(of_class_3(&split.probe)[..4], [30_103, 30_213, 30_283, 30_343]);
    assert_eq!(of_class_3(&split.test)[..4], [30_003, 30_053, 30_063, 30_083]);
}

#[test]
fn probe_images_are_sorted_by_class() {
    let split = drawn(&dataset(&[20; 10], &[30; 10]), PerClass::Count(10), 50, 1).unwrap();
    assert!(split.probe.labels.is_sorted());
}

#[test]
fn a_class_with_fewer_images_than_asked_gives_all_it_has_and_is_named() {
    let wanted = PerClass::Count(100);
    let split = drawn(&dataset(&[130, 60, 100], &[300; 3]), wanted, 9, 1).unwrap();
    assert_eq!(per_class(&split.train, 3), [100, 60, 100]);
    assert_eq!(short_classes(&split.train, wanted, 3), [(1, 60)]);
    assert_eq!(short_classes(&split.train, PerClass::All, 3), []);
}

#[test]
fn a_class_with_too_few_test_images_is_named_with_its_count() {
    let error = drawn(&dataset(&[10, 10], &[9, 5]), PerClass::Count(10), 10, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "numbers has 5 test images of class c1; the probe set and one test image need 6."
    );
}

#[test]
fn a_probe_set_smaller_than_the_number_of_classes_is_refused() {
    let error = drawn(&dataset(&[10; 3], &[9; 3]), PerClass::Count(10), 2, 1).unwrap_err();
    assert_eq!(error, SplitError::ProbeTooSmall { probe: 2, classes: 3 });
}

#[test]
fn no_training_images_are_refused() {
    let error = drawn(&dataset(&[10; 3], &[9; 3]), PerClass::Count(0), 3, 1).unwrap_err();
    assert_eq!(error, SplitError::NoTrainImages);
    let error = drawn(&dataset(&[0; 3], &[9; 3]), PerClass::All, 3, 1).unwrap_err();
    assert_eq!(error.to_string(), "numbers has no training image of class c0.");
}

#[test]
fn a_label_without_a_class_is_refused() {
    let mut data = dataset(&[10; 3], &[9; 3]);
    data.test.labels[4] = 7;
    let error = drawn(&data, PerClass::Count(3), 3, 1).unwrap_err();
    assert_eq!(error, SplitError::UnknownClass { dataset: "numbers".into(), label: 7, classes: 3 });
}

proptest! {
    #[test]
    fn train_test_and_probe_never_overlap(seed: u64, count in 1_usize..60, probe in 3_usize..60) {
        let split = drawn(&dataset(&[60; 3], &[70; 3]), PerClass::Count(count), probe, seed).unwrap();
        let all = [&split.train, &split.test, &split.probe];
        let together: BTreeSet<u16> = all.iter().flat_map(|samples| numbers(samples)).collect();
        prop_assert_eq!(together.len(), all.iter().map(|samples| samples.len()).sum::<usize>());
    }
}

#[test]
fn training_images_to_compare_are_some_of_the_training_set() {
    let data = dataset(&[500, 400, 300], &[300; 3]);
    for (asked, probe, there) in [(400, 151, [51, 50, 50]), (20, 151, [20; 3]), (1, 3, [1; 3])] {
        let split = drawn(&data, PerClass::Count(asked), probe, 7).unwrap();
        assert_eq!(per_class(&split.train_probe, 3), there);
        let chosen = numbers(&split.train_probe);
        assert!(chosen.is_subset(&numbers(&split.train)));
        assert!(chosen.is_disjoint(&numbers(&split.test)) && chosen.is_disjoint(&numbers(&split.probe)));
        assert!(split.train_probe.labels.is_sorted());
    }
    let of_seed = |seed| drawn(&data, PerClass::Count(100), 30, seed).unwrap().train_probe;
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1), of_seed(2));
    let of_more = drawn(&data, PerClass::Count(200), 30, 1).unwrap().train_probe;
    assert_eq!(of_seed(1), of_more, "a larger training set is compared by the same images");
}

#[test]
fn a_class_with_few_training_images_bounds_the_others() {
    let split = drawn(&dataset(&[500, 4], &[300; 2]), PerClass::All, 100, 7).unwrap();
    assert_eq!(per_class(&split.train_probe, 2), [4, 4]);
}
