//! Similar filters: channels of one layer that say nearly the same.
//!
//! Two channels are as similar as the share s(a, b) = I(a; b) / max(`H_a`, `H_b`) of the layer's own capacity matrix
//! I(l; l): 0 for independent channels, 1 when each determines the other; 1 − s is a metric (the normalised
//! information distance). It does not change when a channel is scaled. Plug-in values, 32 bins: chance makes s a
//! little too large, noise of one bin's width makes the s of near copies much smaller than 1.
//!
//! Channels are put together while **every** two of a group are at least as similar as the threshold, the most
//! similar first, so that no chain of neighbours joins what is different. Of a group of n, n − 1 are redundant.
//! A channel without entropy, dead or the same for every image, is similar to nothing and counted by itself.

use super::by_epoch::ByEpoch;
use super::capacity::share_of;
use super::channel_state::Silence;
use super::matrix::Matrix;
use super::{Curve, CurveChart, Ink, Numbers};
use crate::app::session::{Capacity, LayerPair, OpenRun, Results};
use crate::entropy::ChannelState;
use crate::ordering::sort_by;

/// What was found among a layer's channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Similar {
    /// Groups of two or more channels, ascending, the largest group first.
    pub groups: Vec<Vec<usize>>,
    /// Channels all of whose cells are zero.
    pub dead: Vec<usize>,
    /// Channels that are the same for every image, and not zero.
    pub constant: Vec<usize>,
}

impl Similar {
    /// Filters that could go while every group keeps one.
    pub fn redundant(&self) -> usize {
        self.groups.iter().map(|group| group.len() - 1).sum()
    }

    /// The group of a channel, by its place in `groups`.
    pub fn group_of(&self, channel: usize) -> Option<usize> {
        self.groups.iter().position(|group| group.contains(&channel))
    }
}

/// What a group is called: A … Z, then A2 …
pub fn group_name(group: usize) -> String {
    let letter = char::from(b'A' + (group % 26) as u8);
    match group / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

/// s(a, b) of all channels of one layer; NaN where a channel is dead or constant.
pub fn similarity(own: &Capacity) -> Matrix {
    let [rows, columns] = own.capacity.shape[..] else { return Matrix::default() };
    let entropy = |channel: usize| own.entropy_a.values.get(channel).copied().unwrap_or(f64::NAN);
    let share = |(at, bits): (usize, &f64)| {
        let (a, b) = (entropy(at / columns), entropy(at % columns));
        if a.min(b) > 0.0 { share_of(*bits, a.max(b)) } else { f64::NAN }
    };
    Matrix::new(rows, columns, own.capacity.values.iter().enumerate().map(share).collect())
}

/// Groups of channels of which every two are at least `threshold` (0 … 1) similar, and those that tell nothing, which
/// `states` says.
pub fn find(own: &Capacity, states: &[ChannelState], threshold: f64) -> Similar {
    let similarity = similarity(own);
    let n = similarity.rows.min(similarity.columns);
    let mut pairs: Vec<(f64, usize, usize)> = (0..n)
        .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
        .map(|(a, b)| (similarity.at(a, b), a, b))
        .filter(|(share, _, _)| *share >= threshold)
        .collect();
    sort_by(&mut pairs, |one, other| other.0.total_cmp(&one.0));
    let mut groups: Vec<Vec<usize>> = (0..n).map(|channel| vec![channel]).collect();
    let mut group_of: Vec<usize> = (0..n).collect();
    for (_, a, b) in pairs {
        let (one, other) = (group_of[a], group_of[b]);
        let all_similar = |other: &[usize]| {
            groups[one].iter().all(|&a| other.iter().all(|&b| similarity.at(a, b) >= threshold))
        };
        if one != other && all_similar(&groups[other]) {
            let joined = std::mem::take(&mut groups[other]);
            for &channel in &joined {
                group_of[channel] = one;
            }
            groups[one].extend(joined);
        }
    }
    groups.retain(|group| group.len() > 1);
    for group in &mut groups {
        sort_by(group, Ord::cmp);
    }
    sort_by(&mut groups, |one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
    let are = |wanted| (0..n).filter(|&channel| states.get(channel) == Some(&wanted)).collect();
    Similar { groups, dead: are(ChannelState::Dead), constant: are(ChannelState::Constant) }
}

/// How many filters of a layer (of a run, from a threshold on) are redundant, and how many dead or constant, at every
/// epoch that is measured.
pub type Counts = ByEpoch<(String, usize, f64), Count>;

/// At one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Filters that could go while every group keeps one.
    pub redundant: usize,
    /// Filters that tell nothing.
    pub silence: Silence,
}

/// Counts at the epochs that are measured; what was counted `last` is not counted again.
pub fn counts(
    last: Option<&Counts>,
    run: &OpenRun,
    results: &Results,
    layer: usize,
    threshold: f64,
) -> Counts {
    let best = run.header.best_estimate(layer, layer);
    let count = |epoch_index| {
        let own = results.estimated(best, epoch_index, LayerPair { a: layer, b: layer })?;
        let states = results.channel_states(epoch_index, layer)?;
        let redundant = find(own, &states, threshold).redundant();
        Some(Count { redundant, silence: Silence::among(&states) })
    };
    Counts::followed(last, (run.run.clone(), layer, threshold), run.epochs.len(), count)
}

/// The counts as curves.
pub fn chart(run: &OpenRun, counts: &Counts, cursor: Option<f64>) -> CurveChart {
    let points = |number: fn(&Count) -> usize| -> Vec<(f64, f64)> {
        let point = |(index, count)| Some((f64::from(run.epoch_number(index)?), number(count) as f64));
        counts.iter().filter_map(point).collect()
    };
    let curve = |name: &str, ink, points| Curve { name: name.to_owned(), ink, points };
    let curves = vec![
        curve("redundant", Ink::Mean, points(|count| count.redundant)),
        curve("dead", Ink::Chance, points(|count| count.silence.dead)),
        curve("constant", Ink::Maximum, points(|count| count.silence.constant)),
    ];
    let most = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(4.0, f64::max);
    CurveChart {
        x_end: f64::from(run.last_epoch()).max(1.0),
        y_title: "filters".to_owned(),
        y_range: (0.0, 1.05 * most),
        curves,
        cursor,
        ..CurveChart::default()
    }
}

/// One row per group: its name, its channels, the smallest share of any two of them.
pub fn numbers(found: &Similar, own: &Capacity) -> Numbers {
    let similarity = similarity(own);
    let row = |(index, group): (usize, &Vec<usize>)| {
        let pairs = group.iter().flat_map(|&a| group.iter().map(move |&b| (a, b)));
        let least = pairs.map(|(a, b)| similarity.at(a, b)).fold(1.0, f64::min);
        vec![group_name(index), list(group), format!("{:.1}", 100.0 * least)]
    };
    let mut rows: Vec<Vec<String>> = found.groups.iter().enumerate().map(row).collect();
    for (name, channels) in [("dead", &found.dead), ("constant", &found.constant)] {
        if !channels.is_empty() {
            rows.push(vec![name.to_owned(), list(channels), "–".to_owned()]);
        }
    }
    let columns = ["group", "channels", "least similar two (%)"];
    Numbers { columns: columns.map(str::to_owned).to_vec(), rows }
}

/// Channels as people list them.
pub fn list(channels: &[usize]) -> String {
    channels.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::capacity::tests::capacity;
    use super::ChannelState::{Constant, Dead, Live};
    use super::*;
    use crate::app::session::fixture;
    use crate::cube::Estimate;
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::BitsArray;
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    const STATES: [ChannelState; 6] = [Live, Live, Live, Live, Dead, Live];

    /// Channels 0, 1, 2 a chain (0 and 2 less similar), 3 alone, 4 dead, 5 a copy of 3.
    fn own() -> Capacity {
        let h = [4.0, 4.0, 4.0, 2.0, 0.0, 2.0];
        let mut information = vec![0.2; 36];
        let mut set = |a: usize, b: usize, bits: f64| {
            information[a * 6 + b] = bits;
            information[b * 6 + a] = bits;
        };
        (0..6).for_each(|channel| set(channel, channel, h[channel]));
        (0..6).for_each(|channel| set(4, channel, 0.0));
        set(0, 1, 3.2);
        set(1, 2, 3.0);
        set(0, 2, 1.6);
        set(3, 5, 2.0);
        capacity(&information, &h, &h)
    }

    #[test]
    fn a_copy_is_wholly_similar_and_a_dead_channel_to_nothing() {
        let similarity = similarity(&own());
        for (a, b, expected) in [(3, 5, 1.0), (0, 1, 0.8), (0, 2, 0.4)] {
            assert!((similarity.at(a, b) - expected).abs() < 1e-12);
        }
        assert!(similarity.at(4, 4).is_nan() && similarity.at(0, 4).is_nan());
    }

    #[test]
    fn every_two_of_a_group_are_similar() {
        let found = find(&own(), &STATES, 0.6);
        assert_eq!(found.groups, [vec![0, 1], vec![3, 5]], "1 and 2 are similar, 0 and 2 are not");
        assert_eq!((found.redundant(), &found.dead[..]), (2, &[4][..]));
        assert_eq!((found.group_of(5), found.group_of(2)), (Some(1), None));
    }

    #[test]
    fn a_lower_threshold_joins_more() {
        assert_eq!(find(&own(), &STATES, 0.4).groups, [vec![0, 1, 2], vec![3, 5]]);
        assert_eq!(find(&own(), &STATES, 0.9).groups, [vec![3, 5]]);
        let of = |percent: u8| find(&own(), &STATES, f64::from(percent) / 100.0).redundant();
        assert!((1..100).all(|percent| of(percent) >= of(percent + 1)));
    }

    #[test]
    fn the_curve_counts_redundant_and_dead_filters_at_measured_epochs() {
        let run = fixture::open_run("a", 3);
        let mut results = Results::default();
        let estimate = Estimate::Exact;
        let task = Task::Measure {
            run: "a".into(),
            key: MeasureKey::of_layers(Measure::Capacity, 2, 1, 1).over(estimate),
        };
        results.answer(&task, Answer::Measured(Measured::ChannelPairs(Box::new(own()))));
        let early = counts(None, &run, &results, 1, 0.4);
        assert_eq!(early.iter().count(), 0, "which of them are dead is not known yet");
        let task = Task::Measure { run: "a".into(), key: MeasureKey::of_layer(Measure::ChannelState, 2, 1) };
        let values = STATES.iter().map(|state| f64::from(state.code())).collect();
        let codes = BitsArray { shape: vec![STATES.len()], values };
        results.answer(&task, Answer::Measured(Measured::Values(codes)));
        let chart = chart(&run, &counts(Some(&early), &run, &results, 1, 0.4), None);
        let at_two: Vec<_> = chart.curves.iter().map(|curve| curve.points.clone()).collect();
        assert_eq!(at_two, [[(2.0, 3.0)], [(2.0, 1.0)], [(2.0, 0.0)]]);
    }

    #[test]
    fn groups_have_letters_and_a_table() {
        assert_eq!([group_name(0), group_name(25), group_name(27)], ["A", "Z", "B2"]);
        let rows = numbers(&find(&own(), &STATES, 0.4), &own()).rows;
        assert_eq!(rows[0], ["A", "0, 1, 2", "40.0"]);
        assert_eq!(rows[2], ["dead", "4", "–"]);
    }

    #[test]
    fn the_same_for_every_image_is_not_dead() {
        let found = find(&own(), &[Live, Live, Live, Live, Constant, Live], 0.4);
        assert_eq!((found.dead.len(), &found.constant[..]), (0, &[4][..]));
        assert_eq!(numbers(&found, &own()).rows[2], ["constant", "4", "–"]);
    }

    #[test]
    fn a_layer_of_one_channel_has_no_groups() {
        assert_eq!(find(&capacity(&[3.0], &[3.0], &[3.0]), &[Live], 0.5), Similar::default());
    }
}
