use super::*;
use crate::app::session::fixture;
use crate::entropy::Distance;

/// Runs of 100, 2000 and 500 images per class, chosen in this order.
fn compare() -> Compare {
    let mut compare = Compare::default();
    for (run, per_class, bits) in [("a", 100, Some(19.5)), ("b", 2000, None), ("c", 500, Some(23.0))] {
        let mut open = fixture::open_run(run, 4);
        open.header.name = run.into();
        open.header.training_images = 10 * per_class;
        open.header.config.per_class = PerClass::Count(per_class);
        let mut compared = Compared::new(open, 1, None);
        if let Some(bits) = bits {
            compared.put_bits(Distance::Euclidean, bits);
        }
        compare.choose(run.into());
        compare.put(run, compared);
    }
    compare
}

#[test]
fn bars_are_sorted_by_size_and_keep_their_colours() {
    let bars = entropy_bars(&compare());
    let names: Vec<&str> = bars.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["100", "500", "2000"]);
    let inks: Vec<Ink> = bars.groups.iter().map(|group| group.bars[0].ink).collect();
    assert_eq!(inks, [Ink::Run(0), Ink::Run(2), Ink::Run(1)]);
    let curves = learning_curves(&compare(), Learning::Loss, On::Train, TrainingAxis::Epochs);
    assert_eq!(curves.curves.iter().map(|curve| curve.ink).collect::<Vec<_>>(), inks);
}

#[test]
fn every_bar_shows_its_ceiling_and_what_k_equal_neighbours_would_give() {
    let bars = entropy_bars(&compare());
    let ceiling = (1000.0_f64 * 999.0).log2();
    assert!((bars.groups[0].bars[0].limits[1] - ceiling).abs() < 1e-12);
    assert!((bars.groups[1].bars[0].limits[0] - (5000.0_f64 * 1000.0).log2()).abs() < 1e-12);
    assert!(bars.y_range.1 > (20_000.0_f64 * 19_999.0).log2());
}

#[test]
fn what_is_not_known_is_said_below_the_bar() {
    let mut compare = compare();
    let notes = |compare: &Compare| {
        entropy_bars(compare).groups.iter().map(|group| group.note.clone()).collect::<Vec<_>>()
    };
    assert_eq!(notes(&compare), ["−0.430", "+0.747", "measuring …"]);
    let mut old = compare.get("b").unwrap().clone();
    old.run.header.training_images = 0;
    compare.put("b", old);
    assert_eq!(notes(&compare)[2], "not kept");
}

#[test]
fn labels_name_what_sets_the_runs_apart() {
    let mut compare = compare();
    let mut other = compare.get("b").unwrap().clone();
    other.run.header.config.learning_rate = 0.01;
    compare.put("b", other);
    let labels: Vec<String> = by_size(&compare).iter().map(|(_, run)| label(run, &compare)).collect();
    assert_eq!(labels, ["100 · lr 0.001", "500 · lr 0.001", "2000 · lr 0.01"]);
}

#[test]
fn the_table_has_a_row_per_run_with_its_scale() {
    let numbers = numbers(&compare());
    assert_eq!(numbers.rows.len(), 3);
    assert!(numbers.rows.iter().all(|row| row.len() == numbers.columns.len()));
    assert_eq!(numbers.rows[0][..4], ["a", "1000", "1", "19.5000"]);
    assert_eq!(numbers.rows[2][3], "–");
    assert_eq!(numbers.rows[0][11..], ["0", "15", "0"], "a flat loss is stable from the start");
}

#[test]
fn each_run_stands_where_its_own_updates_are() {
    let at = |axis| {
        let chart = learning_curves(&compare(), Learning::Loss, On::Train, axis);
        let ends = chart.curves.iter().map(|curve| curve.points.last().unwrap().0).collect::<Vec<_>>();
        (chart.x_end, ends)
    };
    // 1000, 5000 and 20,000 images in batches of 64; three of five planned epochs are there.
    assert_eq!(at(TrainingAxis::Epochs), (5.0, vec![3.0, 3.0, 3.0]));
    assert_eq!(at(TrainingAxis::Updates), (5.0 * 312.0, vec![45.0, 234.0, 936.0]));
    assert_eq!(at(TrainingAxis::Images), (5.0 * 312.0 * 64.0, vec![2880.0, 14_976.0, 59_904.0]));
}

#[test]
fn signs_are_written_out() {
    assert_eq!([-0.25, 0.25, 0.0, f64::NAN].map(signed), ["−0.250", "+0.250", "0.000", "–"]);
}
