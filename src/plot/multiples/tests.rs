use plotters::drawing::IntoDrawingArea;

use super::*;
use crate::plot::palette::Mode;

fn grid(width: f64, n_boxes: usize) -> Grid {
    Grid::new(width, n_boxes, (0.0, 20.0), (0.0, 4.2), &Theme::for_svg(Mode::Light))
}

#[test]
fn boxes_fill_the_rows_without_overlap_at_any_width() {
    for width in [300.0, 330.0, 520.0, 1040.0, 1700.0] {
        let grid = grid(width, 64);
        let frames: Vec<Rect> = (0..grid.columns).map(|column| grid.frame(column)).collect();
        assert!(frames.iter().all(|frame| frame.width >= LEAST_WIDTH), "{width}: {}", frames[0]);
        assert!(frames.windows(2).all(|pair| pair[0].right() < pair[1].x));
        assert!((frames[frames.len() - 1].right() - width).abs() < 1e-6);
        assert!(frames[0].x > 0.0);
    }
    assert_eq!(grid(330.0, 64).columns, 2, "on a phone");
}

#[test]
fn every_box_is_in_exactly_one_row() {
    for n_boxes in [1, 2, 16, 63, 64, 256] {
        let grid = grid(1040.0, n_boxes);
        let boxes: Vec<usize> = (0..grid.n_rows()).flat_map(|row| grid.boxes(row)).collect();
        assert_eq!(boxes, (0..n_boxes).collect::<Vec<_>>());
        assert!(boxes.iter().all(|&position| grid.boxes(grid.place(position).0).contains(&position)));
    }
    assert_eq!(grid(1040.0, 0).n_rows(), 0);
}

#[test]
fn a_point_is_found_in_the_box_that_was_drawn_there() {
    let grid = grid(700.0, 14);
    for position in 0..14 {
        let (row, column) = grid.place(position);
        for epoch in [0.0, 7.0, 20.0] {
            let found = grid.at(row, grid.layout(column).x(epoch)).unwrap();
            assert_eq!(found.0, position);
            assert!((found.1 - epoch).abs() < 1e-9);
        }
    }
    let after_the_last = grid.place(13).1 + 1;
    assert_eq!(grid.at(grid.place(13).0, grid.frame(after_the_last).x + 20.0), None);
    assert_eq!(grid.at(0, -5.0).map(|found| found.0), Some(0));
}

/// The rows of all slots, in order.
fn drawn(grid: &Grid, top: f64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..9).map(|slot| grid.row_of(slot, 9, top)).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn the_rows_that_are_drawn_cover_the_window() {
    let (grid, height) = (grid(1040.0, 256), 560.0);
    for top in [0.0, 50.0, 500.0, grid.n_rows() as f64 * ROW_HEIGHT - height, 1e9] {
        let rows = drawn(&grid, top);
        assert!(rows.windows(2).all(|pair| pair[1] == pair[0] + 1), "{rows:?}");
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        assert!(first as f64 * ROW_HEIGHT <= top);
        assert!((last + 1) as f64 * ROW_HEIGHT >= top + height || last + 1 == grid.n_rows());
    }
    let small = Grid { n_boxes: 5, ..grid };
    assert_eq!(drawn(&small, 0.0), (0..9).collect::<Vec<_>>());
    assert!(small.boxes(0).len() == 5 && small.boxes(1).is_empty());
}

#[test]
fn scrolling_by_a_row_makes_one_slot_another_row() {
    let grid = grid(1040.0, 256);
    for row in 3..20 {
        let at = |row: usize, slot: usize| grid.row_of(slot, 9, row as f64 * ROW_HEIGHT);
        let changed = (0..9).filter(|&slot| at(row, slot) != at(row + 1, slot)).count();
        assert_eq!(changed, 1);
    }
}

#[test]
fn a_row_has_its_curves_inside_their_boxes() {
    let colour = Rgb::hex(0x00ab_cdef);
    let grid = grid(330.0, 5);
    let curve = |top: f64| Series::line(colour, vec![(0.0, 0.0), (10.0, top), (20.0, 0.5)]);
    let boxes: Vec<Vec<Series>> = vec![vec![curve(1.0), curve(4.0)], vec![curve(2.0)]];
    let mut svg = String::new();
    {
        let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, ROW_HEIGHT as u32))
            .into_drawing_area();
        draw_row(&area, &grid, &boxes, &Theme::for_svg(Mode::Light)).unwrap();
        area.present().unwrap();
    }
    let curves: Vec<&str> =
        svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF")).collect();
    assert_eq!(curves.len(), 3);
    let highest = grid.layout(0).y(4.0).round();
    assert!(curves[1].contains(&format!(",{highest}")), "{}", curves[1]);
    let left = grid.frame(1).x.round();
    assert!(curves[2].contains(&format!("points=\"{left},")), "{}", curves[2]);
}

#[test]
fn the_axis_says_first_and_last_epoch_under_each_column() {
    let mut svg = String::new();
    {
        let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, AXIS_HEIGHT as u32))
            .into_drawing_area();
        draw_axis(&area, &grid(330.0, 64), &Theme::for_svg(Mode::Dark)).unwrap();
        area.present().unwrap();
    }
    assert_eq!(svg.matches("epoch").count(), 2);
    assert_eq!(svg.lines().filter(|line| line.trim() == "20").count(), 2);
}

#[test]
fn a_sheet_has_every_box_with_its_name() {
    let colour = Rgb::hex(0x00ab_cdef);
    let grid = grid(330.0, 5);
    let curve = Series::line(colour, vec![(0.0, 0.0), (20.0, 1.0)]);
    let boxes: Vec<(String, Vec<Series>)> =
        (0..5).map(|channel| (format!("channel {channel}"), vec![curve.clone()])).collect();
    let legend = [("all".to_owned(), colour)];
    let height = Sheet::height(&grid);
    let mut svg = String::new();
    {
        let area =
            plotters::backend::SVGBackend::with_string(&mut svg, (330, height as u32)).into_drawing_area();
        Sheet { legend: &legend, boxes: &boxes }.draw(&area, &grid, &Theme::for_svg(Mode::Light)).unwrap();
        area.present().unwrap();
    }
    assert!((0..5).all(|channel| svg.contains(&format!("channel {channel}\n"))));
    assert_eq!(svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF")).count(), 5);
    assert!((height - 3.0 * ROW_HEIGHT - 2.0 * AXIS_HEIGHT).abs() < 1e-9);
}

#[test]
fn the_mark_of_an_epoch_has_the_same_place_in_every_box() {
    let grid = grid(700.0, 14);
    for column in 0..grid.columns {
        let here = grid.layout(column).x(5.0) - grid.frame(column).x;
        assert!((here - grid.epoch_offset(5.0)).abs() < 1e-9);
    }
}

#[test]
fn the_axis_counts_what_it_is_told_to() {
    let mut svg = String::new();
    {
        let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, AXIS_HEIGHT as u32))
            .into_drawing_area();
        let grid = grid(330.0, 64).counting(XAxis { title: "updates", per_epoch: 156.0 });
        draw_axis(&area, &grid, &Theme::for_svg(Mode::Dark)).unwrap();
        area.present().unwrap();
    }
    assert_eq!((svg.matches("epoch").count(), svg.matches("updates").count()), (0, 2));
    assert_eq!(svg.lines().filter(|line| line.trim() == "3120").count(), 2);
}
