//! What names at the ends of curves promise: none over another, all in the box, in the order of the curves.

use proptest::prelude::*;

use super::*;
use crate::plot::palette::Mode;

const BOX: (f64, f64) = (10.0, 210.0);

#[test]
fn names_that_fit_stay_where_their_curves_end() {
    let wanted = [100.0, 20.0, 150.0];
    assert_eq!(placed(&wanted, APART, BOX), wanted);
}

#[test]
fn two_curves_that_end_together_have_their_names_on_both_sides() {
    assert_eq!(placed(&[100.0, 100.0], 14.0, BOX), [93.0, 107.0]);
    assert_eq!(placed(&[210.0, 210.0], 14.0, BOX), [196.0, 210.0]);
    assert_eq!(placed(&[10.0, 0.0], 14.0, BOX), [24.0, 10.0]);
}

#[test]
fn a_box_that_is_too_low_is_shared_evenly() {
    assert_eq!(placed(&[5.0, 5.0, 5.0], 14.0, (0.0, 10.0)), [0.0, 5.0, 10.0]);
    assert_eq!(placed(&[5.0], 14.0, (0.0, 0.0)), [0.0]);
    assert!(placed(&[], 14.0, BOX).is_empty());
}

#[test]
fn of_many_classes_those_are_named_that_need_not_move() {
    let wanted: Vec<f64> = (0..100).map(|class| 10.0 + 2.0 * f64::from(class)).collect();
    let shown = chosen(&wanted, BOX);
    assert!(shown.len() > 5 && shown.len() <= 12);
    assert!(shown.windows(2).all(|pair| wanted[pair[1]] - wanted[pair[0]] >= APART));
    assert_eq!(chosen(&wanted[..10], BOX).len(), 10, "ten fit, however close their curves end");
}

#[test]
fn a_curve_that_ends_long_before_the_others_has_its_name_there() {
    let end = |x: f64| End { at: (x, 50.0), name: "a".to_owned(), colour: Rgb::hex(0) };
    let ends = [end(100.0), end(300.0), end(290.0)];
    let columns = columns(&ends, 60.0);
    let xs = |column: &Vec<&End>| column.iter().map(|end| end.at.0 as i32).collect::<Vec<_>>();
    assert_eq!(columns.iter().map(xs).collect::<Vec<_>>(), [vec![300, 290], vec![100]]);
}

#[test]
fn one_curve_needs_no_name_and_a_long_one_takes_no_more_than_its_room() {
    let theme = Theme::for_canvas(Mode::Light, 1.0);
    assert!(room(["loss"].into_iter(), &theme).abs() < 1e-9);
    let digits = room(["1", "2"].into_iter(), &theme);
    let long = room(["1", "a class with a very long name"].into_iter(), &theme);
    assert!(digits > LEAD && digits < 30.0 && (long - LEAD - WIDEST - 2.0).abs() < 1e-9);
}

#[test]
fn a_name_that_was_moved_is_led_to() {
    let theme = Theme::for_canvas(Mode::Light, 1.0);
    let data = Rect::from_edges(40.0, 10.0, 300.0, 210.0);
    let svg = |heights: &[f64]| {
        let mut picture = Picture::new(400.0, 250.0);
        let end = |&y: &f64| End { at: (300.0, y), name: "7".to_owned(), colour: Rgb::hex(0x00ab_cdef) };
        add(&mut picture, &heights.iter().map(end).collect::<Vec<_>>(), &theme, data, 40.0);
        picture.to_svg(&theme, "")
    };
    assert_eq!(svg(&[50.0, 150.0]).matches("<polyline").count(), 0);
    let moved = svg(&[100.0, 101.0]);
    assert_eq!((moved.matches("<polyline").count(), moved.matches(">7</text>").count()), (2, 2));
    assert_eq!(moved.matches("font-weight=\"bold\"").count(), 2);
}

proptest! {
    #[test]
    fn names_keep_apart_within_the_box_and_in_order(wanted in prop::collection::vec(-50.0_f64..300.0, 0..14)) {
        let places = placed(&wanted, APART, BOX);
        prop_assert_eq!(places.len(), wanted.len());
        for (i, &place) in places.iter().enumerate() {
            prop_assert!(place >= BOX.0 - 1e-9 && place <= BOX.1 + 1e-9);
            for j in 0..i {
                prop_assert!((places[j] - place).abs() >= APART - 1e-9);
                if wanted[j] < wanted[i] {
                    prop_assert!(places[j] < place);
                }
            }
        }
    }

    #[test]
    fn no_name_could_stay_nearer_to_its_curve_alone(wanted in prop::collection::vec(20.0_f64..200.0, 1..10)) {
        // Of a block of names that touch, the mean place is the mean of what they want, unless the box holds it.
        let places = placed(&wanted, APART, (-1000.0, 1000.0));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        prop_assert!((mean(&places) - mean(&wanted)).abs() < 1e-6);
    }
}
