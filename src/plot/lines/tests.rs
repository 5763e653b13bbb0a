//! What a chart of curves shows, read off its SVG.

use plotters::drawing::IntoDrawingArea;

use super::*;
use crate::plot::palette::Mode;

fn chart(points: &[(f64, f64)]) -> LineChart {
    let colour = Rgb::hex(0x00ab_cdef);
    LineChart {
        x_range: (0.0, 10.0),
        x_title: "epoch".to_owned(),
        y_range: (0.0, 4.0),
        scale: Scale::Linear,
        y_title: "H (bit)".to_owned(),
        series: vec![Series::line(colour, points.to_vec())],
        rules: vec![Rule { y: 3.0, name: "log2(N·k)".to_owned() }],
        infinite_words: String::new(),
        cursor: Some(5.0),
        name_room: 0.0,
        small: false,
    }
}

fn svg(chart: &LineChart, width: u32, height: u32) -> (String, Layout) {
    let mut svg = String::new();
    let layout = {
        let area = plotters::backend::SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        let layout = draw(&area, chart, &Theme::for_svg(Mode::Light)).unwrap();
        area.present().unwrap();
        layout
    };
    (svg, layout)
}

#[test]
fn a_curve_is_drawn_through_its_points() {
    let chart = chart(&[(0.0, 0.0), (10.0, 4.0)]);
    let (svg, layout) = svg(&chart, 600, 300);
    let line = svg.lines().find(|line| line.contains("#ABCDEF")).expect("the curve");
    let expected = |x: f64, y: f64| format!("{},{}", x.round(), y.round());
    assert!(line.contains(&expected(layout.data.x, layout.data.bottom())), "{line}");
    assert!(line.contains(&expected(layout.data.right(), layout.data.y)), "{line}");
}

#[test]
fn an_undefined_value_breaks_the_curve_and_infinity_is_marked() {
    let chart =
        chart(&[(0.0, 1.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, f64::INFINITY), (4.0, 2.0), (5.0, 2.0)]);
    let (svg, _) = svg(&chart, 600, 300);
    let pieces = svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF"));
    assert_eq!(pieces.count(), 2);
    assert_eq!(svg.matches('∞').count(), 1);
    let bars = svg.lines().filter(|line| line.contains("<rect") && line.contains("#ABCDEF"));
    assert_eq!(bars.count(), 1, "one epoch, one bar");
}

#[test]
fn a_zoomed_chart_shows_only_its_epochs() {
    let mut chart = chart(&[(0.0, 1.0), (4.0, 1.0), (6.0, f64::INFINITY), (9.0, 1.0), (10.0, 1.0)]);
    chart.x_range = (2.0, 5.0);
    chart.cursor = Some(7.0);
    chart.series[0].mark = Some((9.0, 1.0));
    let (svg, layout) = svg(&chart, 600, 300);
    assert_eq!(svg.matches('∞').count() + svg.matches("<circle").count(), 0);
    let lines: Vec<&str> = svg.lines().filter(|line| line.contains("#ABCDEF")).collect();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains(&format!("{},", layout.data.x.round())), "{}", lines[0]);
}

#[test]
fn where_a_curve_gets_stable_is_ringed() {
    let mut chart = chart(&[(0.0, 1.0), (4.0, 1.0)]);
    chart.series[0].mark = Some((4.0, 1.0));
    assert_eq!(svg(&chart, 600, 300).0.matches("<circle").count(), 2);
}

#[test]
fn a_single_point_is_a_dot() {
    let (svg, _) = svg(&chart(&[(3.0, 2.0)]), 600, 300);
    assert_eq!(svg.matches("<circle").count(), 1);
}

#[test]
fn pixels_and_epochs_are_inverse_within_the_axis() {
    let (_, layout) = svg(&chart(&[]), 330, 200);
    for epoch in [0.0, 2.5, 10.0] {
        assert!((layout.epoch_at(layout.x(epoch)) - epoch).abs() < 1e-9);
    }
    assert_eq!((layout.epoch_at(-50.0), layout.epoch_at(5000.0)), (0.0, 10.0));
}

#[test]
fn data_stay_within_the_picture_at_phone_and_at_desktop_width() {
    for (width, height) in [(330, 200), (900, 300), (160, 100)] {
        for small in [true, width < 300] {
            let (_, layout) = svg(&LineChart { small, ..chart(&[(0.0, 1.0)]) }, width, height);
            assert!(layout.data.x >= 0.0 && layout.data.right() <= f64::from(width));
            assert!(layout.data.y >= 0.0 && layout.data.bottom() <= f64::from(height));
            assert!(layout.data.width > 60.0 && layout.data.height > 40.0);
        }
    }
}

fn two_curves() -> LineChart {
    let mut two = chart(&[(0.0, 3.0), (6.0, 1.0)]);
    two.series[0].name = "7".to_owned();
    let other = Rgb::hex(0x0012_3456);
    two.series.push(Series {
        name: "8".to_owned(),
        colour: other,
        points: vec![(0.0, 2.0), (6.0, 0.9)],
        ..two.series[0].clone()
    });
    two.name_room = ends::room(["7", "8"].into_iter(), &Theme::for_canvas(Mode::Light, 1.0));
    two
}

#[test]
fn names_stand_behind_the_last_drawn_points() {
    let theme = Theme::for_canvas(Mode::Light, 1.0);
    let names = |chart: &LineChart| ends_of(chart, &theme, &compose(chart, &theme, 600.0, 300.0).1);
    let mut chart = two_curves();
    let (picture, layout) = compose(&chart, &theme, 600.0, 300.0);
    assert!(names(&chart).iter().all(|end| (end.at.0 - layout.x(6.0)).abs() < 1e-9));
    assert!(layout.data.right() <= 600.0 - chart.name_room);
    let svg = picture.to_svg(&theme, "");
    assert!([">7</text>", ">8</text>"].iter().all(|name| svg.contains(name)));
    chart.x_range = (0.0, 3.0);
    let at_edge = names(&chart);
    assert!(at_edge.iter().all(|end| (end.at.0 - layout.data.right()).abs() < 1.0), "where the axis ends");
    chart.series[0].points.push((6.5, f64::NAN));
    assert_eq!(names(&chart).len(), 2, "behind the last value that is one");
    chart.series[0].points.clear();
    assert_eq!(names(&chart).len(), 1);
}

#[test]
fn values_on_a_square_root_axis_stand_where_their_roots_do() {
    let (_, linear) = svg(&chart(&[]), 600, 300);
    let (_, layout) = svg(&LineChart { scale: Scale::SquareRoot, ..chart(&[]) }, 600, 300);
    let height = |layout: &Layout, value: f64| (layout.data.bottom() - layout.y(value)) / layout.data.height;
    for (value, share) in [(0.0, 0.0), (0.25, 0.25), (1.0, 0.5), (4.0, 1.0), (9.0, 1.0)] {
        assert!((height(&layout, value) - share).abs() < 1e-9, "{value}");
    }
    assert!((height(&linear, 1.0) - 0.25).abs() < 1e-9);
}

#[test]
fn the_curve_near_a_point_is_found_on_either_scale() {
    for scale in [Scale::Linear, Scale::SquareRoot] {
        let chart = LineChart { scale, ..two_curves() };
        let layout = Layout::new(&chart, &Theme::for_canvas(Mode::Light, 1.0), 600.0, 300.0);
        for (index, value) in [3.0, 2.0].into_iter().enumerate() {
            assert_eq!(layout.nearest(&chart, (layout.x(0.0), layout.y(value) + 5.0)), Some(index));
        }
        assert_eq!(layout.nearest(&chart, (layout.x(9.0), layout.y(1.0))), None);
    }
}

#[test]
fn dimmed_curves_are_nearly_gone_and_lie_below() {
    let mut chart = two_curves();
    chart.series[1].dimmed = true;
    let theme = Theme::for_canvas(Mode::Light, 1.0);
    let svg = compose(&chart, &theme, 600.0, 300.0).0.to_svg(&theme, "");
    let faint = Rgb::hex(0x0012_3456).over(theme.colours.background, 0.2).css();
    assert!(!svg.contains("#123456"));
    assert!(svg.find(&faint).expect("drawn") < svg.find("#abcdef").expect("drawn"));
}
