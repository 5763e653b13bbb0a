//! The names of curves, written where they end: in their colours, pushed apart until all can be read.
//!
//! With more curves than there is room for, only names that need not be moved are written; the others are told by the
//! legend and under the pointer.

use super::color::Rgb;
use super::pen::{Anchor, Face};
use super::picture::Picture;
use super::theme::Theme;
use super::{Rect, text};

/// Distance between the middles of two names, CSS pixels.
pub const APART: f64 = 14.0;
/// Most names beside each other.
const MOST: usize = 12;
/// From the end of a curve to its name: room for what leads there.
const LEAD: f64 = 15.0;
/// Widest name; longer ones are cut.
const WIDEST: f64 = 76.0;
/// Bold letters are that much wider.
const BOLD: f64 = 1.08;

/// A curve's end with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Where the curve ends.
    pub at: (f64, f64),
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Rgb,
}

/// CSS pixels that the names need behind the ends; none where there is nothing to tell apart.
pub fn room<'a>(names: impl Iterator<Item = &'a str>, theme: &Theme) -> f64 {
    let widths: Vec<f64> = names.map(|name| BOLD * text::width(name, theme.small)).collect();
    let widest = widths.iter().copied().fold(0.0, f64::max);
    if widths.len() < 2 { 0.0 } else { LEAD + widest.min(WIDEST) + 2.0 }
}

/// Writes the names of curves that end in `data`, each within `room` to the right of its end.
pub fn add(picture: &mut Picture, ends: &[End], theme: &Theme, data: Rect, room: f64) {
    let face = Face { size: theme.small, is_bold: true };
    for column in columns(ends, room) {
        let x = column.iter().map(|end| end.at.0).fold(f64::NEG_INFINITY, f64::max);
        let wanted: Vec<f64> = column.iter().map(|end| end.at.1).collect();
        let (top, bottom) = (data.y + 4.0, data.bottom());
        let shown = chosen(&wanted, (top, bottom));
        let wanted: Vec<f64> = shown.iter().map(|&index| wanted[index]).collect();
        for (index, y) in shown.into_iter().zip(placed(&wanted, APART, (top, bottom))) {
            let End { at, name, colour } = column[index];
            lead(picture, *at, (x + LEAD - 3.0, y), colour.over(theme.colours.background, 0.55));
            let name = text::fit(name, theme.small, (room - LEAD) / BOLD);
            picture.label(name, (x + LEAD, y), Anchor::LeftMiddle, *colour, face);
        }
    }
}

/// Ends that stand so close that their names share a column, from right to left.
fn columns(ends: &[End], room: f64) -> Vec<Vec<&End>> {
    let mut left: Vec<&End> = ends.iter().collect();
    let mut columns = Vec::new();
    while let Some(x) = left.iter().map(|end| end.at.0).reduce(f64::max) {
        let (column, rest) = left.into_iter().partition(|end| end.at.0 > x - room);
        columns.push(column);
        left = rest;
    }
    columns
}

/// A thin line from a curve's end to its name; straight on where the name was not moved.
fn lead(picture: &mut Picture, (x, y): (f64, f64), (to, name_y): (f64, f64), colour: Rgb) {
    if (name_y - y).abs() < 1.0 && to - x < LEAD {
        return;
    }
    // Level at both ends, like the curve and the name.
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let turn = to - (LEAD - 6.0);
    let points = (0..=6).map(|step| f64::from(step) / 6.0);
    let curve = points.map(|t| (turn + t * (to - turn), y + ease(t) * (name_y - y)));
    let line: Vec<(f64, f64)> = std::iter::once((x + 3.0, y)).chain(curve).collect();
    picture.line(&line, colour, 1.0);
}

/// Which of the names that are wanted at these heights are written: all where they fit, else from the top those that
/// need not be moved.
fn chosen(wanted: &[f64], (top, bottom): (f64, f64)) -> Vec<usize> {
    let fit = (((bottom - top).max(0.0) / APART) as usize + 1).min(MOST);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    if order.len() <= fit {
        return order;
    }
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        if kept.last().is_none_or(|&last| wanted[index] - wanted[last] >= APART) && kept.len() < fit {
            kept.push(index);
        }
    }
    kept
}

/// The places nearest to the `wanted` ones that are `apart` from each other and within the box, in the same order; where
/// the box is too low for that, they are as far apart as it allows.
///
/// Least squares: names that push each other form a block around the mean of what they want (pooling of adjacent
/// violators).
pub fn placed(wanted: &[f64], apart: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let n = wanted.len();
    let height = (bottom - top).max(0.0);
    let apart = apart.min(height / n.saturating_sub(1).max(1) as f64);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // Less the distance to the first, places that only have to ascend: blocks of (sum, number).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        blocks.push((wanted[index] - rank as f64 * apart, 1));
        while let [.., (before, n_before), (last, n_last)] = blocks[..]
            && before / n_before as f64 > last / n_last as f64
        {
            blocks.truncate(blocks.len() - 2);
            blocks.push((before + last, n_before + n_last));
        }
    }
    let highest = top + height - apart * n.saturating_sub(1) as f64;
    let bases = blocks
        .iter()
        .flat_map(|&(sum, n)| std::iter::repeat_n((sum / n as f64).clamp(top, highest.max(top)), n));
    let mut places = vec![0.0; n];
    for (rank, (&index, base)) in order.iter().zip(bases).enumerate() {
        places[index] = base + rank as f64 * apart;
    }
    places
}

#[cfg(test)]
mod tests;
