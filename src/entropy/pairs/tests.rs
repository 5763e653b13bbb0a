use std::collections::HashSet;

use super::*;

fn unordered(schedule: &PairSchedule) -> HashSet<(usize, usize)> {
    schedule.pairs().map(|(i, j)| (i.min(j), i.max(j))).collect()
}

fn sampled(n: usize, target: usize) -> PairSchedule {
    PairSchedule::sampled(&ImageOrder::as_numbered(n), target).unwrap()
}

/// Pictures of two bytes, class by class, `sizes[c]` of class c.
fn by_class(sizes: &[usize]) -> (Vec<u8>, Vec<u8>) {
    let labels: Vec<u8> =
        sizes.iter().enumerate().flat_map(|(class, &size)| vec![class as u8; size]).collect();
    let pixels = (0..labels.len() as u16).flat_map(|i| i.wrapping_mul(40_503).to_be_bytes()).collect();
    (pixels, labels)
}

fn share_alike(schedule: &PairSchedule, labels: &[u8]) -> f64 {
    schedule.pairs().filter(|&(i, j)| labels[i] == labels[j]).count() as f64 / schedule.len() as f64
}

#[test]
fn all_pairs_are_met_once() {
    for n in [2, 3, 8, 9] {
        for schedule in [PairSchedule::all(n), PairSchedule::all_of(&ImageOrder::as_numbered(n))] {
            let schedule = schedule.unwrap();
            assert_eq!(schedule.len(), n * (n - 1) / 2);
            assert_eq!(unordered(&schedule).len(), schedule.len());
            assert!(schedule.pairs().all(|(i, j)| i != j && i < n && j < n));
        }
    }
}

#[test]
fn a_sample_of_pairs_reaches_its_target_without_repeats() {
    let schedule = sampled(100, 420);
    assert_eq!((schedule.len(), schedule.images()), (500, 100));
    assert_eq!(unordered(&schedule).len(), 500);
    assert_eq!(schedule, sampled(100, 420));
    for (n, target) in [(1000, 60_000), (101, 4999), (7, 8)] {
        assert_eq!(sampled(n, target).len(), sampled_pairs(n, target), "{target} pairs of {n}");
    }
}

#[test]
fn where_all_pairs_are_hardly_more_they_are_taken() {
    for target in [181, 190, usize::MAX] {
        assert!(sampled(20, target).is_all() && sampled_pairs(20, target) == 190);
    }
    assert_eq!((sampled(20, 160).len(), sampled_pairs(20, 160)), (160, 160));
}

#[test]
fn where_images_are_stored_never_matters() {
    let (pixels, labels) = by_class(&[40, 40, 40, 30, 20]);
    let n = labels.len();
    let plain = ImageOrder::by_content(&pixels, &labels).unwrap();
    for step in [7, 31, 77] {
        let moved: Vec<usize> = (0..n).map(|i| i * step % n).collect();
        let pixels: Vec<u8> = moved.iter().flat_map(|&i| pixels[2 * i..2 * i + 2].to_vec()).collect();
        let labels: Vec<u8> = moved.iter().map(|&i| labels[i]).collect();
        let other = ImageOrder::by_content(&pixels, &labels).unwrap();
        for target in [n, 10 * n, n * n] {
            let plain = PairSchedule::sampled(&plain, target).unwrap();
            let other = PairSchedule::sampled(&other, target).unwrap();
            let pairs = other.pairs().map(|(i, j)| (moved[i], moved[j]));
            assert!(plain.pairs().eq(pairs), "the same pictures in the same order, {target} pairs");
        }
    }
}

#[test]
fn the_share_of_same_class_pairs_is_that_of_all_pairs() {
    for sizes in [&[100; 10][..], &[50; 10], &[200, 200], &[300, 50, 150], &[43; 12]] {
        let (pixels, labels) = by_class(sizes);
        let order = ImageOrder::by_content(&pixels, &labels).unwrap();
        let all = share_alike(&PairSchedule::all_of(&order).unwrap(), &labels);
        for target in [20_000, DEFAULT_PAIRS] {
            let found = share_alike(&PairSchedule::sampled(&order, target).unwrap(), &labels);
            assert!((found / all - 1.0).abs() < 0.01, "{sizes:?}, {target} pairs: {found}, not {all}");
        }
    }
}

#[test]
fn the_null_pairs_other_images_with_each_other() {
    for (n, target) in [(50, 100), (51, 100), (64, 1900), (40, usize::MAX), (3, 3)] {
        let schedule = sampled(n, target);
        let pairs: Vec<(usize, usize)> = schedule.pairs().collect();
        let turned = turned(n, schedule.len()).unwrap();
        assert_eq!(turned.iter().collect::<HashSet<_>>().len(), pairs.len(), "a permutation");
        let turn = turn(n);
        let place = |image: usize| schedule.order.iter().position(|&other| other as usize == image).unwrap();
        for (&(i, j), &at) in pairs.iter().zip(&turned) {
            let on = |image| schedule.order[(place(image) + turn) % n] as usize;
            let (a, b) = pairs[at as usize];
            assert_eq!((a.min(b), a.max(b)), (on(i).min(on(j)), on(i).max(on(j))));
            assert!((a.min(b), a.max(b)) != (i.min(j), i.max(j)));
            assert!(schedule.is_all() || ![a, b].contains(&i) && ![a, b].contains(&j));
        }
    }
}

#[test]
fn a_null_is_of_all_pairs_or_of_whole_shifts() {
    assert_eq!(turned(10, 31), None);
    assert_eq!(turned(0, 3), None);
    assert_eq!(
        turned(10, 20).map(|places| places[..11].to_vec()),
        Some(vec![4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 14])
    );
}

#[test]
fn sampled_pairs_stand_among_all() {
    let schedule = sampled(40, 100);
    let (all, places) = schedule.among_all();
    let pairs: Vec<(usize, usize)> = all.pairs().collect();
    assert_eq!(places.len(), schedule.len());
    for ((i, j), place) in schedule.pairs().zip(places) {
        let (a, b) = pairs[place as usize];
        assert_eq!((a.min(b), a.max(b)), (i.min(j), i.max(j)));
    }
}

#[test]
fn some_of_the_images_keep_their_order() {
    let (pixels, labels) = by_class(&[5, 5]);
    let order = ImageOrder::by_content(&pixels, &labels).unwrap();
    let some = order.of_these(&[7, 1, 4]);
    let expected: Vec<u32> = order
        .images
        .iter()
        .filter_map(|&i| [7, 1, 4].iter().position(|&j| j == i))
        .map(|i| i as u32)
        .collect();
    assert_eq!(some.images, expected);
    assert_eq!(some.classes, expected.iter().map(|&i| [1, 0, 0][i as usize]).collect::<Vec<u8>>());
}

#[test]
fn pairs_need_two_images_and_a_target() {
    let code = |n, target| PairSchedule::sampled(&ImageOrder::as_numbered(n), target).unwrap_err().code();
    assert_eq!((code(0, 9), code(1, 9), code(5, 0)), ("empty", "too_few_samples", "bad_argument"));
    assert_eq!(ImageOrder::by_content(&[], &[]).unwrap_err().code(), "empty");
    assert_eq!(ImageOrder::by_content(&[1, 2, 3], &[0, 0]).unwrap_err().code(), "shape");
}
