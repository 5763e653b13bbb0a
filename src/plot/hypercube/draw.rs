//! Draws the block: pale slabs, what is picked of them in colour, and the axes with what is picked on them.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::layout::{Faces, HypercubeLayout, Point, Span};
use crate::plot::color::{OkLab, Rgb};
use crate::plot::pen::{Anchor, Pen};
use crate::plot::theme::Theme;
use crate::plot::{PlotError, Rect, palette, text};

/// A part of a slab that is picked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Highlight {
    /// Which slab.
    pub slab: usize,
    /// Its channels.
    pub channels: Span,
    /// Images.
    pub images: Span,
    /// Only outlined: of the axis that crosses, or under the pointer.
    pub is_faint: bool,
}

/// What stands at the axes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Along L, with what is picked: `L = 3 conv3`.
    pub layers: String,
    /// Upwards.
    pub channels: String,
    /// Into the depth.
    pub images: String,
}

/// Room for labels around the block, CSS pixels.
const ROOM: f64 = 4.0;

/// The room that labels leave to the block in a picture of `width` × `height`.
pub fn frame(theme: &Theme, width: f64, height: f64) -> Rect {
    let line = theme.line_height();
    Rect::from_edges(ROOM, line + ROOM, width - ROOM, height - 2.0 * line - ROOM)
}

/// Draws over the whole area, whose pixels are `theme.scale` to a CSS pixel.
///
/// # Errors
/// When the backend refuses.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    layout: &HypercubeLayout,
    highlights: &[Highlight],
    labels: &Labels,
    theme: &Theme,
) -> Result<(), PlotError> {
    let pen = Pen::new(area, theme);
    pen.fill(theme.colours.background)?;
    for slab in 0..layout.len() {
        let own = palette::layer(theme.mode, slab, layout.len());
        let of_slab = || highlights.iter().filter(move |highlight| highlight.slab == slab);
        let is_picked = of_slab().any(|highlight| !highlight.is_faint);
        let pale = mix(theme.colours.background, own, if is_picked { 0.28 } else { 0.14 });
        solid(&pen, &layout.faces(slab, Span::ALL, Span::ALL), pale, theme.colours.axis, theme)?;
        for highlight in of_slab() {
            let faces = layout.faces(slab, highlight.channels, highlight.images);
            if highlight.is_faint {
                outline(&pen, &faces, theme.colours.marker)?;
            } else {
                solid(&pen, &faces, own, theme.colours.text, theme)?;
            }
        }
    }
    // What later slabs stand before is still outlined.
    for highlight in highlights.iter().filter(|highlight| !highlight.is_faint) {
        let faces = layout.faces(highlight.slab, highlight.channels, highlight.images);
        outline(&pen, &faces, theme.colours.text)?;
    }
    numbers(&pen, layout, highlights, theme)?;
    axes(&pen, layout, labels, theme)
}

fn solid<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    faces: &Faces,
    colour: Rgb,
    edge: Rgb,
    theme: &Theme,
) -> Result<(), PlotError> {
    let shade = |by: f64| mix(colour, theme.colours.marker, by);
    let lit = mix(colour, theme.colours.background, 0.25);
    for (face, fill) in [(&faces.side, shade(0.18)), (&faces.top, lit), (&faces.front, colour)] {
        pen.polygon(face, fill)?;
        closed(pen, face, edge)?;
    }
    Ok(())
}

fn outline<DB: DrawingBackend>(pen: &Pen<'_, DB>, faces: &Faces, edge: Rgb) -> Result<(), PlotError> {
    [&faces.side, &faces.top, &faces.front].into_iter().try_for_each(|face| closed(pen, face, edge))
}

fn closed<DB: DrawingBackend>(pen: &Pen<'_, DB>, face: &[Point; 4], edge: Rgb) -> Result<(), PlotError> {
    let [a, b, c, d] = *face;
    pen.line(&[a, b, c, d, a], edge, 1.0)
}

/// Numbers of the layers under their fronts: those that are picked, and as many others as have room.
fn numbers<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    layout: &HypercubeLayout,
    highlights: &[Highlight],
    theme: &Theme,
) -> Result<(), PlotError> {
    let centre = |slab: usize| {
        let (x, y) = layout.project(slab, 0.5, 0.0, 0.0);
        (x, y + 3.0)
    };
    let half = |slab: usize| text::width(&slab.to_string(), theme.small) / 2.0 + 2.0;
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let is_picked = |slab: usize| highlights.iter().any(|other| other.slab == slab && !other.is_faint);
    let (picked, others): (Vec<usize>, Vec<usize>) = (0..layout.len()).partition(|&slab| is_picked(slab));
    for slab in picked.into_iter().chain(others) {
        let (x, y) = centre(slab);
        let (left, right) = (x - half(slab), x + half(slab));
        if taken.iter().all(|&(from, to)| right <= from || left >= to) {
            let colour = if is_picked(slab) { theme.colours.text } else { theme.colours.muted };
            pen.text(&slab.to_string(), (x, y), Anchor::CentreTop, colour)?;
            taken.push((left, right));
        }
    }
    Ok(())
}

fn axes<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    layout: &HypercubeLayout,
    labels: &Labels,
    theme: &Theme,
) -> Result<(), PlotError> {
    let Rect { x, y, width, .. } = layout.frame;
    let line = theme.line_height();
    let muted = theme.colours.muted;
    let bottom = layout.frame.bottom() + line + 3.0;
    let fit = |label: &str, room: f64| text::fit(label, theme.small, room);
    pen.text(&fit(&labels.layers, 0.55 * width), (x, bottom), Anchor::LeftTop, muted)?;
    pen.text(&fit(&labels.channels, 0.5 * width), (x, y - line), Anchor::LeftTop, muted)?;
    pen.text(&fit(&labels.images, 0.44 * width), (x + width, bottom), Anchor::RightTop, muted)
}

/// The colour `t` of the way from one to the other.
fn mix(from: Rgb, to: Rgb, t: f64) -> Rgb {
    Rgb::from(OkLab::from(from).mix(OkLab::from(to), t))
}
