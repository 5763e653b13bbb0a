use plotters::drawing::IntoDrawingArea;
use proptest::prelude::*;

use super::*;
use crate::plot::Rect;
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

fn layout(channels: &[usize], width: f64) -> HypercubeLayout {
    HypercubeLayout::new(channels, frame(&Theme::for_svg(Mode::Light), width, 260.0))
}

fn cifar() -> Vec<usize> {
    vec![3, 32, 32, 32, 64, 64, 64, 128, 128, 128, 128, 128, 128, 1]
}

/// Channels of 1 to 30 layers, and the width of a picture.
fn blocks() -> impl Strategy<Value = (Vec<usize>, f64)> {
    (prop::collection::vec(1_usize..600, 1..30), 300.0..1400.0)
}

fn is_inside(frame: Rect, (x, y): (f64, f64)) -> bool {
    let near = 1e-6;
    x >= frame.x - near && x <= frame.right() + near && y >= frame.y - near && y <= frame.bottom() + near
}

proptest! {
    #[test]
    fn everything_is_inside_the_frame((channels, width) in blocks()) {
        let layout = layout(&channels, width);
        for slab in 0..layout.len() {
            let Faces { front, side, top } = layout.faces(slab, Span::ALL, Span::ALL);
            for corner in [front, side, top].concat() {
                prop_assert!(is_inside(layout.frame, corner), "{corner:?} of {slab} outside {}", layout.frame);
            }
        }
    }

    #[test]
    fn fronts_do_not_overlap((channels, width) in blocks()) {
        let layout = layout(&channels, width);
        for slab in 1..layout.len() {
            let end = layout.project(slab - 1, 1.0, 0.0, 0.0).0;
            prop_assert!(end < layout.project(slab, 0.0, 0.0, 0.0).0);
        }
    }

    #[test]
    fn a_point_on_a_front_belongs_to_its_slab(
        (channels, width) in blocks(), along in 0.02..0.98, up in 0.02..0.98,
    ) {
        let layout = layout(&channels, width);
        for slab in 0..layout.len() {
            let point = layout.project(slab, along, up, 0.0);
            prop_assert_eq!(layout.slab_at(point), Some(slab));
            prop_assert_eq!(layout.nearest(layout.project(slab, 0.5, up, 0.0).0), slab);
        }
    }

    #[test]
    fn a_channel_is_found_where_it_is_seen((channels, width) in blocks(), share in 0.0..1.0_f64) {
        let layout = layout(&channels, width);
        for (slab, &n) in channels.iter().enumerate() {
            let channel = ((share * n as f64) as usize).min(n - 1);
            let (_, y) = layout.project(slab, 0.5, (channel as f64 + 0.5) / n as f64, 0.0);
            prop_assert_eq!(layout.channel_at(slab, y, n), channel);
        }
    }
}

#[test]
fn beside_the_block_there_is_no_slab_but_a_drag_stays_at_the_nearest() {
    let layout = layout(&cifar(), 366.0);
    assert_eq!(layout.slab_at((-5.0, 100.0)), None);
    assert_eq!((layout.nearest(-500.0), layout.nearest(5000.0)), (0, 13));
    assert_eq!(layout.channel_at(7, -1e9, 128), 127);
}

#[test]
fn a_drag_moves_on_from_slab_to_slab() {
    let layout = layout(&cifar(), 366.0);
    let passed: Vec<usize> = (0..366).map(|x| layout.nearest(f64::from(x))).collect();
    assert!(passed.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    assert_eq!((passed[0], passed[365]), (0, 13));
}

#[test]
fn a_thin_span_can_still_be_seen() {
    assert_eq!(Span::of(&[], 10, 0.1), Span::ALL);
    assert_eq!(Span::of(&[2, 3], 4, 0.1), Span { from: 0.5, to: 1.0 });
    let thin = Span::of(&[0], 500, 0.1);
    assert!(thin.from.abs() < 1e-12 && (thin.to - 0.1).abs() < 0.06);
    let last = Span::of(&[499], 500, 0.1);
    assert!((last.to - 1.0).abs() < 1e-12 && last.to - last.from >= 0.1 - 1e-12);
}

#[test]
fn the_block_is_drawn_with_its_numbers_and_axes() {
    for (mode, width) in [(Mode::Light, 366), (Mode::Dark, 640)] {
        let mut svg = String::new();
        {
            let backend = plotters::backend::SVGBackend::with_string(&mut svg, (width, 260));
            let area = backend.into_drawing_area();
            let theme = Theme::for_svg(mode);
            let highlight = Highlight {
                slab: 7,
                channels: Span::of(&[5], 128, 0.06),
                images: Span::ALL,
                is_faint: false,
            };
            let labels =
                Labels { layers: "L = 7 conv5".into(), channels: "C = 5".into(), images: "X".into() };
            draw(&area, &layout(&cifar(), f64::from(width)), &[highlight], &labels, &theme).unwrap();
            area.present().unwrap();
        }
        assert_eq!(svg.matches("<polygon").count(), 3 * (14 + 1));
        assert!(svg.contains("L = 7 conv5") && svg.contains("\n7\n"), "{svg}");
    }
}
