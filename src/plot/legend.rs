//! The names of a chart's series below it, for files; on the page the legend is a row of buttons.

use super::color::Rgb;
use super::picture::Picture;
use super::theme::Theme;
use super::{Rect, text};

/// Width of a swatch and its distance to the name, CSS pixels.
const SWATCH: f64 = 14.0;
const GAP: f64 = 5.0;

/// Adds lines of swatches and names below a picture.
pub fn add_below(picture: &mut Picture, entries: &[(String, Rgb)], theme: &Theme) {
    let line = theme.line_height();
    let (mut x, mut y) = (GAP, picture.height() + GAP);
    for (name, colour) in entries {
        let width = SWATCH + GAP + text::width(name, theme.small) + 3.0 * GAP;
        if x + width > picture.width() && x > GAP {
            (x, y) = (GAP, y + line);
        }
        let middle = y + line / 2.0;
        picture.rect(Rect::from_edges(x, middle - 1.5, x + SWATCH, middle + 1.5), *colour);
        picture.text(
            name.clone(),
            (x + SWATCH + GAP, y + 1.0),
            super::pen::Anchor::LeftTop,
            theme.colours.text,
        );
        x += width;
    }
    if !entries.is_empty() {
        picture.grow(y + line + GAP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::Mode;

    #[test]
    fn a_long_legend_takes_several_lines() {
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let entries = |n: usize| vec![("a class with a name".to_owned(), Rgb::hex(0)); n];
        let height = |n: usize| {
            let mut picture = Picture::new(400.0, 100.0);
            add_below(&mut picture, &entries(n), &theme);
            picture.height()
        };
        assert!((height(0) - 100.0).abs() < 1e-9);
        assert!(height(1) > 100.0 && height(9) > height(1));
    }
}
