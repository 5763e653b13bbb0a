//! What must hold for any input: bounds, symmetries and invariances of the measures, agreement of the kernels with
//! double precision on data with duplicates, ties and constants, and the public test vectors.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a failed test may panic; exact equality is meant")]
#![allow(clippy::naive_bytecount, reason = "nine labels")]

use cnnslicer::entropy::inter_sample::inter_sample_in_double;
use cnnslicer::entropy::vectors::{Outcome, check_vectors};
use cnnslicer::entropy::{
    CapacityMatrix, Distance, ImageOrder, InterSampleSettings, IntraSampleSettings, LayerCells, LayerCodes,
    PairInformation, PairSchedule, RangeScope, inter_sample_entropy, intra_sample_entropy, label_entropies,
    map_entropy,
};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

/// Rounding of sums of some thousand terms.
const ROUNDING: f64 = 1e-9;

/// Smooth, coarse (ties), rectified (many zeros) or constant cells.
fn cells(count: usize) -> impl Strategy<Value = Vec<f32>> {
    prop_oneof![
        vec(-4.0_f32..4.0, count),
        vec((0_i8..4).prop_map(f32::from), count),
        vec((-3.0_f32..1.0).prop_map(|v| v.max(0.0)), count),
        (-2.0_f32..2.0).prop_map(move |v| vec![v; count]),
    ]
}

/// n samples of some dimension, some of them copies of others.
fn samples() -> impl Strategy<Value = (Vec<f32>, usize)> {
    (2_usize..40, 1_usize..12)
        .prop_flat_map(|(n, dimension)| (cells(n * dimension), Just(dimension), vec((0..n, 0..n), 0..n)))
        .prop_map(|(mut cells, dimension, copies)| {
            for (from, to) in copies {
                cells.copy_within(from * dimension..(from + 1) * dimension, to * dimension);
            }
            let n = cells.len() / dimension;
            (cells, n)
        })
}

fn settings(k: usize, rho: bool, squared: bool) -> InterSampleSettings {
    let distance = if squared { Distance::Squared } else { Distance::Euclidean };
    InterSampleSettings { k, rho, distance }
}

fn h(samples: &[f32], n: usize, settings: &InterSampleSettings) -> f64 {
    inter_sample_entropy(samples, n, samples.len() / n, settings).unwrap().bits
}

/// Codes of two channels over all pairs, with the number of images.
fn two_channels() -> impl Strategy<Value = (Vec<f32>, Vec<f32>, usize)> {
    (2_usize..24, 1_usize..6, 1_usize..6).prop_flat_map(|(n, a, b)| (cells(n * a), cells(n * b), Just(n)))
}

fn codes(channel: &[f32], schedule: &PairSchedule, bins: usize) -> LayerCodes {
    let n = schedule.images();
    let cells = LayerCells::new(channel, 1, n, channel.len() / n).unwrap();
    LayerCodes::measure(&cells, schedule, bins).unwrap()
}

fn information(a: &[f32], b: &[f32], n: usize, bins: usize) -> PairInformation {
    let schedule = PairSchedule::all(n).unwrap();
    CapacityMatrix::from_codes(&codes(a, &schedule, bins), &codes(b, &schedule, bins))
        .unwrap()
        .information(0, 0)
}

proptest! {
    #[test]
    fn inter_sample_entropy_lies_between_zero_and_the_ceiling(
        (samples, n) in samples(), k in 1_usize..50, rho in any::<bool>(), squared in any::<bool>(),
    ) {
        let dimension = samples.len() / n;
        let entropy = inter_sample_entropy(&samples, n, dimension, &settings(k, rho, squared)).unwrap();
        prop_assert!(entropy.bits >= 0.0 && entropy.bits <= entropy.ceiling_bits + ROUNDING);
        prop_assert!(entropy.neighbour_bits <= entropy.ceiling_bits + ROUNDING);
        prop_assert!(entropy.bits <= (entropy.states as f64).log2() + ROUNDING);
        prop_assert_eq!(entropy.k, k.min(n - 1));
    }

    #[test]
    fn inter_sample_entropy_does_not_see_scale((samples, n) in samples(), k in 1_usize..50, power in -60_i32..60) {
        let scaled: Vec<f32> = samples.iter().map(|v| v * 2.0_f32.powi(power)).collect();
        let plain = settings(k, false, false);
        prop_assert!((h(&samples, n, &plain) - h(&scaled, n, &plain)).abs() < ROUNDING);
    }

    #[test]
    fn inter_sample_entropy_of_all_pairs_does_not_see_the_order((samples, n) in samples(), turn in 0_usize..40) {
        // With k = N − 1 no tie is decided by index.
        let mut turned = samples.clone();
        turned.rotate_left(turn % n * (samples.len() / n));
        let plain = InterSampleSettings::default();
        prop_assert!((h(&samples, n, &plain) - h(&turned, n, &plain)).abs() < ROUNDING);
    }

    #[test]
    fn a_map_has_at_most_log2_of_its_bins_and_values(map in cells(50), bins in 1_usize..80) {
        let bits = map_entropy(&map, bins, None).unwrap();
        prop_assert!(bits >= 0.0 && bits <= (bins.min(50) as f64).log2() + ROUNDING);
        let range = Some((-1.0, 1.5));
        let double: Vec<f64> = map.iter().map(|&v| f64::from(v)).collect();
        prop_assert_eq!(map_entropy(&map, bins, range), map_entropy(&double, bins, range));
        prop_assert_eq!(map_entropy(&map, bins, None), map_entropy(&double, bins, None));
    }

    #[test]
    fn a_map_is_blind_to_order_and_scale(map in cells(50), bins in 1_usize..40, power in -20_i32..20) {
        let other: Vec<f32> = map.iter().rev().map(|v| v * 2.0_f32.powi(power)).collect();
        prop_assert_eq!(map_entropy(&map, bins, None), map_entropy(&other, bins, None));
    }

    #[test]
    fn classes_add_up_to_the_whole(map in cells(2 * 9 * 6), labels in vec(0_u8..4, 9), bins in 1_usize..40) {
        let cells = LayerCells::new(&map, 2, 9, 6).unwrap();
        let settings = IntraSampleSettings { bins, scope: RangeScope::Layer };
        let table = intra_sample_entropy(&cells, &labels, 5, &settings).unwrap();
        for channel in table.chunks_exact(6) {
            let share = |class: u8| labels.iter().filter(|&&label| label == class).count() as f64 / 9.0;
            let parts = (0..5_u8).filter(|&c| share(c) > 0.0).map(|c| share(c) * channel[usize::from(c)]);
            prop_assert!((parts.sum::<f64>() - channel[5]).abs() < ROUNDING);
            prop_assert!(channel[4].is_nan());
        }
    }

    #[test]
    fn capacity_obeys_its_bounds_and_the_chain_rule((a, b, n) in two_channels(), bins in 1_usize..64) {
        let of = information(&a, &b, n, bins);
        let i = of.capacity();
        prop_assert!(i >= 0.0 && i <= of.h_a.min(of.h_b) + ROUNDING);
        prop_assert!(of.h_ab <= of.h_a + of.h_b + ROUNDING && of.h_ab + ROUNDING >= of.h_a.max(of.h_b));
        prop_assert!((of.h_b + of.a_given_b() - of.h_ab).abs() < ROUNDING);
        prop_assert!((of.h_a + of.b_given_a() - of.h_ab).abs() < ROUNDING);
        prop_assert!((i + of.a_given_b() - of.h_a).abs() < ROUNDING);
    }

    #[test]
    fn capacity_is_symmetric_and_a_channel_knows_itself((a, b, n) in two_channels(), bins in 1_usize..64) {
        let (ab, ba) = (information(&a, &b, n, bins), information(&b, &a, n, bins));
        prop_assert!((ab.capacity() - ba.capacity()).abs() < ROUNDING);
        prop_assert!((ab.miller_madow() - ba.miller_madow()).abs() < ROUNDING);
        let own = information(&a, &a, n, bins);
        prop_assert_eq!(own.capacity(), own.h_a);
        prop_assert_eq!(own.a_given_b(), 0.0);
    }

    #[test]
    fn capacity_does_not_see_scale_shift_or_the_order_of_images((a, b, n) in two_channels(), turn in 0_usize..24) {
        let of = information(&a, &b, n, 32);
        let scaled: Vec<f32> = a.iter().map(|v| v * -0.25).collect();
        prop_assert_eq!(information(&scaled, &b, n, 32), of);
        let turned = |values: &[f32]| {
            let mut values = values.to_vec();
            let dimension = values.len() / n;
            values.rotate_left(turn % n * dimension);
            values
        };
        prop_assert_eq!(information(&turned(&a), &turned(&b), n, 32), of, "to the last bit");
        let constant = information(&a, &vec![1.5; n], n, 32);
        prop_assert_eq!((constant.capacity(), constant.h_b), (0.0, 0.0));
    }

    #[test]
    fn label_entropies_are_bounded_by_the_classes(counts in vec(0_u32..5, 16)) {
        let entropies = label_entropies(&counts, 4).unwrap();
        for (j, &bits) in entropies.label_given_prediction.iter().enumerate() {
            let empty = counts.iter().skip(j).step_by(4).all(|&count| count == 0);
            prop_assert_eq!(bits.is_infinite(), empty);
            prop_assert!(empty || (0.0..=2.0 + ROUNDING).contains(&bits));
        }
        for (row, &bits) in counts.chunks_exact(4).zip(&entropies.prediction_given_label) {
            prop_assert_eq!(bits.is_nan(), row.iter().all(|&count| count == 0));
        }
    }

    #[test]
    fn a_poisoned_cell_never_yields_a_number(at in 0_usize..48, bad in prop_oneof![
        Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)
    ]) {
        let mut values: Vec<f32> = (0..48_u8).map(f32::from).collect();
        values[at] = bad;
        let code = "non_finite";
        let plain = InterSampleSettings::default();
        prop_assert_eq!(inter_sample_entropy(&values, 12, 4, &plain).unwrap_err().code(), code);
        prop_assert_eq!(map_entropy(&values, 32, Some((0.0, 1.0))).unwrap_err().code(), code);
        let cells = LayerCells::new(&values, 2, 6, 4).unwrap();
        let intra = intra_sample_entropy(&cells, &[0; 6], 1, &IntraSampleSettings::default());
        prop_assert_eq!(intra.unwrap_err().code(), code);
        let schedule = PairSchedule::sampled(&ImageOrder::as_numbered(6), 6).unwrap();
        prop_assert_eq!(LayerCodes::measure(&cells, &schedule, 32).unwrap_err().code(), code);
    }
}

/// Large enough for the Gram kernels, with duplicates, ties and constant columns.
#[test]
fn the_kernels_agree_with_double_precision_on_awkward_samples() {
    let (n, dimension) = (500, 80);
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    let smooth: Vec<f32> = (0..n * dimension).map(|_| noise()).collect();
    // Two tight clusters far apart: the norms cancel almost completely.
    let clusters: Vec<f32> = (0..n * dimension)
        .map(|i| noise() * 1e-3 + if i / dimension % 2 == 0 { 0.0 } else { 100.0 })
        .collect();
    let coarse: Vec<f32> = smooth.iter().map(|v| (v * 3.0).floor()).collect();
    let rectified: Vec<f32> = smooth.iter().map(|v| (v - 0.9).max(0.0)).collect();
    let mut repeated = smooth.clone();
    (0..n).for_each(|i| repeated.copy_within(i % 50 * dimension..(i % 50 + 1) * dimension, i * dimension));
    for (name, samples) in [
        ("smooth", smooth),
        ("clusters", clusters),
        ("coarse", coarse),
        ("rectified", rectified),
        ("repeated", repeated),
    ] {
        for k in [1, 2, 15, 100, 1000] {
            for rho in [false, true] {
                let settings = settings(k, rho, false);
                let single = h(&samples, n, &settings);
                let double = inter_sample_in_double(&samples, n, dimension, &settings).unwrap().0.bits;
                assert!((single - double).abs() < 1e-5, "{name}, k {k}, rho {rho}: {single} {double}");
            }
        }
    }
}

/// MNIST inputs belong to `examples/vectors.rs`; here they are left out and named.
#[test]
fn the_public_vectors_pass() {
    let text = include_str!("vectors/vectors_public.json");
    let mut no_images = |file: &str| Err(format!("MNIST {file} is checked by the example `vectors`"));
    let checked = check_vectors(text, &mut no_images).unwrap();
    for vector in &checked {
        match &vector.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(why) => println!("skipped {}: {why}", vector.name),
            Outcome::Failed(why) => panic!("{}: {}: {why}", vector.section, vector.name),
        }
    }
    assert!(checked.iter().filter(|vector| vector.outcome == Outcome::Passed).count() >= 71);
}
