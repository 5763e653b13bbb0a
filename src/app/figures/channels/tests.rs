use super::ChannelState::{Constant, Dead, Live};
use super::*;
use crate::app::session::fixture;
use crate::measure::{Measure, MeasureKey};
use crate::protocol::compute::BitsArray;
use crate::protocol::compute::Measured;
use crate::protocol::{Answer, Task};

/// A run of three epochs whose epochs 0 and 2 are measured at layer 2: four channels.
fn layer() -> LayerChannels {
    let run = fixture::open_run("a", 3);
    let mut results = Results::default();
    for (epoch_index, values, states) in
        [(0, &FIRST, [Live, Live, Dead, Live]), (2, &LAST, [Live, Constant, Dead, Live])]
    {
        let values: Vec<f64> = values.iter().flat_map(|&(low, high, all)| column(low, high, all)).collect();
        let task = Task::Measure {
            run: run.run.clone(),
            key: MeasureKey::of_layer(Measure::IntraSample, epoch_index, 2),
        };
        let bits = BitsArray { shape: vec![4, 11], values };
        results.answer(&task, Answer::Measured(Measured::Values(bits)));
        let key = MeasureKey::of_layer(Measure::ChannelState, epoch_index, 2);
        let codes = states.iter().map(|state| f64::from(state.code())).collect();
        let codes = BitsArray { shape: vec![states.len()], values: codes };
        let task = Task::Measure { run: run.run.clone(), key };
        results.answer(&task, Answer::Measured(Measured::Values(codes)));
    }
    assert_eq!(measured(&run, &results, 2), [0, 2]);
    LayerChannels::new(&run, &results, 2, EntropyScale::Bits).unwrap()
}

/// (lowest class, highest class, all) of four channels.
const FIRST: [(f64, f64, f64); 4] = [(1.0, 2.0, 1.5), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0), (3.0, 3.5, 3.0)];
const LAST: [(f64, f64, f64); 4] = [(1.0, 4.0, 2.5), (2.0, 2.0, 0.0), (0.0, 0.0, 0.0), (3.0, 3.5, 3.5)];

fn column(low: f64, high: f64, all: f64) -> Vec<f64> {
    let mut bits = vec![low; 11];
    (bits[4], bits[10]) = (high, all);
    bits
}

#[test]
fn before_the_first_measurement_there_is_nothing() {
    let run = fixture::open_run("a", 3);
    assert_eq!(LayerChannels::new(&run, &Results::default(), 2, EntropyScale::Bits), None);
    assert!(measured(&run, &Results::default(), 2).is_empty());
}

#[test]
fn a_curve_runs_through_the_epochs_that_are_measured() {
    let layer = layer();
    assert_eq!((layer.n_channels, layer.all()), (4, 10));
    assert_eq!(layer.curve(0, 4), [(0.0, 2.0), (2.0, 4.0)]);
    assert_eq!(layer.curve(3, 10), [(0.0, 3.0), (2.0, 3.5)]);
    assert_eq!(layer.at(1), None);
    assert_eq!(layer.nearest(1.4).map(|epoch| epoch.epoch_index), Some(2));
    assert!((layer.highest() - 5.0).abs() < 1e-12, "the ceiling of 14 × 14 maps in 32 bins");
}

#[test]
fn channels_are_sorted_by_what_was_asked_for() {
    let layer = layer();
    assert_eq!(layer.sorted(Order::Index), [0, 1, 2, 3]);
    assert_eq!(layer.sorted(Order::Mean), [3, 0, 1, 2]);
    assert_eq!(layer.sorted(Order::Spread), [0, 3, 1, 2]);
    assert_eq!(layer.sorted(Order::Change), [1, 0, 3, 2], "up or down; equal ones by index");
}

#[test]
fn a_channel_without_a_value_comes_last() {
    let mut layer = layer();
    for epoch in &mut layer.epochs {
        epoch.bits[3 * 11..].fill(f64::NAN);
    }
    assert_eq!(layer.sorted(Order::Mean)[3], 3);
    assert_eq!(layer.sorted(Order::Spread)[3], 3);
}

#[test]
fn dead_is_what_the_cells_say_and_not_h_of_zero() {
    let layer = layer();
    let words = |epoch: usize| layer.silence(&layer.epochs[epoch]);
    assert_eq!(words(0), "1 of 4 dead at this epoch");
    assert_eq!(words(1), "1 of 4 dead at this epoch, 1 constant", "h of channels 1 and 2 is 0");
    let head = |channel| layer.describe(&layer.epochs[1], channel, |_| false).remove(0);
    assert_eq!(head(2), "channel 2 at epoch 2, dead: silent for every image");
    assert_eq!(head(1), "channel 1 at epoch 2, constant: the same for every image");
    assert_eq!(head(0), "channel 0 at epoch 2");
}

#[test]
fn maps_of_one_value_make_no_channel_dead() {
    let mut layer = layer();
    layer.positions = 1;
    for epoch in &mut layer.epochs {
        epoch.bits.fill(0.0);
        epoch.states.fill(ChannelState::Live);
    }
    let words = "no channel is dead at this epoch; one value a map: h is 0 by definition";
    assert_eq!(layer.silence(&layer.epochs[0]), words);
}

#[test]
fn a_run_whose_cells_are_gone_calls_no_channel_dead() {
    let mut layer = layer();
    layer.epochs[0].states.clear();
    assert_eq!(layer.state(&layer.epochs[0], 2), ChannelState::Live);
    assert!(layer.silence(&layer.epochs[0]).contains("not known"));
}

#[test]
fn totals_are_sums_over_the_channels() {
    let layer = layer();
    let last = layer.at(2).unwrap();
    assert!((layer.total(last, 4) - 9.5).abs() < 1e-12);
    assert!((layer.total(last, 10) - 6.0).abs() < 1e-12);
    assert!((layer.total(last, 0) - 6.0).abs() < 1e-12);
}

#[test]
fn a_circle_says_its_bits_and_its_share() {
    let layer = layer();
    let last = layer.at(2).unwrap();
    assert_eq!(
        layer.describe_circle(last, 4, None),
        [
            "label = 4",
            "Σ h = 9.5000 bit",
            "over 4 channels, 2.3750 each, 47.5 % of the ceiling 5.00",
            "random weights (epoch 0): 1.8750 each, 37.5 % of the ceiling 5.00"
        ]
    );
    assert_eq!(
        layer.describe_circle(last, 10, Some(3)),
        [
            "channel 3, all images",
            "h = 3.5000 bit, 70.0 % of the ceiling 5.00",
            "58.3 % of 6.0000 bit",
            "random weights (epoch 0): 3.0000 bit"
        ]
    );
}

#[test]
fn a_tip_has_a_line_for_every_class_that_is_shown() {
    let layer = layer();
    let lines = layer.describe(&layer.epochs[1], 0, |column| column == 4 || column == 10);
    let expected = [
        "channel 0 at epoch 2",
        "4: 4.0000",
        "all: 2.5000",
        "random weights (epoch 0), all: 1.5000",
        "ceiling: 5.0000",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn h_as_a_share_of_its_ceiling_compares_layers_of_other_map_sizes() {
    let bits = layer();
    let share = LayerChannels { scale: EntropyScale::Share, ..layer() };
    // A 2 × 2 layer with 2 bits is as full as a 14 × 14 one with 5.
    let small = LayerChannels { positions: 4, ..share.clone() };
    let last = bits.at(2).unwrap();
    assert!((bits.h(last, 3, 10) - 3.5).abs() < 1e-12);
    assert!((share.h(last, 3, 10) - 0.7).abs() < 1e-12);
    assert!((small.h(last, 3, 10) - 1.75).abs() < 1e-12);
    let ceilings = [&bits, &share, &small].map(LayerChannels::ceiling);
    assert!(ceilings.iter().zip([5.0, 1.0, 1.0]).all(|(found, expected)| (found - expected).abs() < 1e-12));
    assert!((share.highest() - 1.0).abs() < 1e-12);
}

#[test]
fn random_weights_and_the_ceiling_are_lines_through_all_epochs() {
    let layer = layer();
    assert_eq!(layer.level(Some(layer.ceiling())), [(0.0, 5.0), (5.0, 5.0)]);
    assert_eq!(layer.level(layer.h_untrained(3)), [(0.0, 3.0), (5.0, 3.0)]);
    assert!(layer.references().contains("log₂ min(32, 196) = 5.00 bit, white noise has 4.4"));
    assert!(layer.references().ends_with("random weights (epoch 0) 1.62, 32 % of the ceiling."));
    let mut early = layer;
    early.epochs.remove(0);
    assert_eq!(early.h_untrained(3), None);
    assert!(early.level(None).is_empty() && !early.references().contains("random"));
}

#[test]
fn maps_of_one_value_have_no_ceiling_to_share() {
    let layer = LayerChannels { positions: 1, scale: EntropyScale::Share, ..layer() };
    assert!(layer.ceiling().is_nan() && layer.level(Some(layer.ceiling())).is_empty());
    assert!(layer.references().ends_with("one value a map: h is 0 by definition."));
    assert!(layer.highest().abs() < f64::INFINITY);
}

#[test]
fn the_numbers_end_with_the_sums() {
    let layer = layer();
    let numbers = layer.numbers(layer.at(2).unwrap());
    assert_eq!((numbers.columns.len(), numbers.rows.len()), (12, 5));
    assert_eq!(numbers.rows[3][..2], ["3", "3.0000"]);
    assert_eq!((numbers.rows[4][0].as_str(), numbers.rows[4][5].as_str()), ("Σ", "9.5000"));
}

#[test]
fn orders_are_called_by_their_names() {
    for order in Order::ALL {
        assert_eq!(Order::from_name(order.name()), Some(order));
    }
    assert_eq!(Order::from_name("size"), None);
}
