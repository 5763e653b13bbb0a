//! The information ribbon: under each layer, as thickness, what a simple reader can tell about the label (in the middle)
//! and how widely the images are spread (around it). One scale in bits for both.

use super::layered::Layered;
use crate::plot::pen::{Anchor, Face};
use crate::plot::picture::Picture;
use crate::plot::theme::Theme;

/// Height of the line of numbers below.
const NUMBERS: f64 = 17.0;
/// Below this thickness a number does not fit into the band.
const THIN: f64 = 10.0;
/// Pieces of a curve between two layers.
const PIECES: usize = 14;

/// How the ribbon is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RibbonLook {
    /// Values in the band, and the spread below.
    pub numbers: bool,
    /// Space between two tiles: the ribbon has the tiles' centres.
    pub gap: f64,
}

/// Where the layers' centres lie in a ribbon of `width` pixels.
pub fn centres(n_layers: usize, width: f64, gap: f64) -> Vec<f64> {
    let step = (width + gap) / n_layers.max(1) as f64;
    (0..n_layers).map(|layer| (layer as f64 + 0.5) * step - gap / 2.0).collect()
}

/// The layer under `x`.
pub fn layer_at(n_layers: usize, width: f64, x: f64) -> usize {
    let place = (x / width.max(1.0) * n_layers as f64).max(0.0) as usize;
    place.min(n_layers.saturating_sub(1))
}

/// Draws the ribbon; `kept` is another epoch (or run) to compare with.
pub fn compose(
    now: &Layered,
    kept: Option<&Layered>,
    look: RibbonLook,
    theme: &Theme,
    (width, height): (f64, f64),
) -> Picture {
    let mut picture = Picture::new(width, height);
    let colours = theme.colours;
    let below = if look.numbers { NUMBERS } else { 0.0 };
    let middle = (height - below) / 2.0;
    let scale = (height - below - 2.0) / now.most_spread.max(now.label_bits).max(1.0);
    let at = centres(now.len(), width, look.gap);
    let band = |bits: &[Option<f64>]| bands(bits, &at, width, middle, scale);

    for (upper, lower) in band(&now.spread) {
        picture.area(&[upper.clone(), lower.iter().rev().copied().collect()].concat(), colours.spread);
        picture.line(&upper, colours.spread_edge, 1.0);
        picture.line(&lower, colours.spread_edge, 1.0);
    }
    for (upper, lower) in band(&now.readable) {
        picture.area(&[upper, lower.into_iter().rev().collect()].concat(), colours.core);
    }
    if let Some(kept) = kept {
        for (upper, lower) in band(&kept.spread).into_iter().chain(band(&kept.readable)) {
            picture.dashes(&upper, colours.text2, 1.0);
            picture.dashes(&lower, colours.text2, 1.0);
        }
    }
    if look.numbers {
        let half = now.label_bits * scale / 2.0;
        for y in [middle - half, middle + half] {
            picture.dashes(&[(0.0, y), (width, y)], colours.text2, 1.0);
        }
        add_numbers(&mut picture, now, &at, (middle, scale), theme);
    }
    picture
}

fn add_numbers(picture: &mut Picture, now: &Layered, at: &[f64], (middle, scale): (f64, f64), theme: &Theme) {
    let colours = theme.colours;
    for (layer, &x) in at.iter().enumerate() {
        if let Some(bits) = now.readable[layer] {
            let is_thin = bits * scale < THIN;
            let colour = if is_thin { colours.text } else { colours.core_ink };
            if is_thin {
                // The number needs a quiet ground: the band would cross it.
                let (w, h) = (30.0, 14.0);
                let ground = crate::plot::Rect::from_edges(
                    x - w / 2.0,
                    middle - h / 2.0,
                    x + w / 2.0,
                    middle + h / 2.0,
                );
                picture.rect(ground, colours.spread);
            }
            let face = Face { size: 12.0, is_bold: true };
            picture.label(format!("{bits:.2}"), (x, middle), Anchor::Centre, colour, face);
        }
        if let Some(bits) = now.spread[layer] {
            let word = if layer == 0 { "spread " } else { "" };
            let at = (x, picture.height() - 14.0);
            let face = Face { size: 11.0, is_bold: false };
            picture.label(format!("{word}{bits:.1}"), at, Anchor::CentreTop, colours.muted, face);
        }
    }
}

type Line = Vec<(f64, f64)>;

/// Upper and lower edge of each part of a band whose layers are known.
fn bands(bits: &[Option<f64>], at: &[f64], width: f64, middle: f64, scale: f64) -> Vec<(Line, Line)> {
    let known: Vec<(usize, f64)> =
        bits.iter().enumerate().filter_map(|(layer, bits)| Some((layer, (*bits)?))).collect();
    let mut parts: Vec<Vec<(usize, f64)>> = Vec::new();
    for (layer, bits) in known {
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|&(last, _)| last + 1 == layer) => part.push((layer, bits)),
            _ => parts.push(vec![(layer, bits)]),
        }
    }
    let edge = |part: &[(usize, f64)], side: f64| {
        let mut points: Line =
            part.iter().map(|&(layer, bits)| (at[layer], middle + side * bits * scale / 2.0)).collect();
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return points };
        // To the ends of the ribbon, or half way to the layer that is not known.
        let half = if at.len() > 1 { (at[1] - at[0]) / 2.0 } else { width / 2.0 };
        let begin = if part[0].0 == 0 { 0.0 } else { first.0 - half };
        let end = if part[part.len() - 1].0 + 1 == at.len() { width } else { last.0 + half };
        points.insert(0, (begin, first.1));
        points.push((end, last.1));
        smooth(&points)
    };
    parts.iter().map(|part| (edge(part, -1.0), edge(part, 1.0))).collect()
}

/// Points joined by curves that leave and arrive level.
fn smooth(points: &[(f64, f64)]) -> Line {
    let mut line: Line = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let piece = |step: usize| {
            let t = step as f64 / PIECES as f64;
            // A cubic whose handles both lie half way.
            let (x, y) = (1.5 * t * (1.0 - t) + t * t * t, t * t * (3.0 - 2.0 * t));
            (x0 + (x1 - x0) * x, y0 + (y1 - y0) * y)
        };
        line.extend((1..PIECES).map(piece));
        line.push((x1, y1));
    }
    line
}

/// What a screen reader says.
pub fn in_words(now: &Layered, names: &[String]) -> String {
    let layer = |(layer, name): (usize, &String)| {
        let bits = |bits: Option<f64>| {
            bits.map_or_else(|| "not measured yet".to_owned(), |bits| format!("{bits:.2} bits"))
        };
        format!("{name}: {} about the label, spread {}", bits(now.readable[layer]), bits(now.spread[layer]))
    };
    let layers: Vec<String> = names.iter().enumerate().take(now.len()).map(layer).collect();
    format!("Information by layer. {}.", layers.join(". "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::Mode;

    fn layered(readable: Vec<Option<f64>>) -> Layered {
        let spread = readable.iter().map(|bits| bits.map(|bits| bits + 4.0)).collect();
        Layered { chance: vec![], readable, spread, label_bits: 3.32, most_spread: 9.0 }
    }

    #[test]
    fn a_band_is_as_thick_as_its_bits_at_each_layer_and_reaches_both_ends() {
        let at = centres(3, 300.0, 8.0);
        assert_eq!(at.len(), 3);
        let bits = [Some(1.0), Some(2.0), Some(3.0)];
        let parts = bands(&bits, &at, 300.0, 50.0, 10.0);
        let [(upper, lower)] = &parts[..] else { panic!("one part") };
        assert_eq!((upper[0], upper[upper.len() - 1]), ((0.0, 45.0), (300.0, 35.0)));
        for (&x, bits) in at.iter().zip(bits) {
            let place = upper.iter().position(|point| (point.0 - x).abs() < 1e-9).unwrap();
            assert!((lower[place].1 - upper[place].1 - 10.0 * bits.unwrap()).abs() < 1e-9);
        }
        assert!(upper.windows(2).all(|pair| pair[0].0 <= pair[1].0 + 1e-9), "never backwards");
    }

    #[test]
    fn layers_that_are_not_measured_leave_a_gap() {
        let at = centres(4, 400.0, 0.0);
        let parts = bands(&[Some(1.0), None, Some(1.0), Some(1.0)], &at, 400.0, 50.0, 10.0);
        assert_eq!(parts.len(), 2);
        let ends = (parts[0].0.last().unwrap().0, parts[1].0[0].0);
        assert!((ends.0 - 100.0).abs() < 1e-9 && (ends.1 - 200.0).abs() < 1e-9, "{ends:?}");
        assert!(bands(&[None, None], &at[..2], 400.0, 50.0, 10.0).is_empty());
    }

    #[test]
    fn nothing_is_drawn_outside_and_every_known_number_is_written() {
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let look = RibbonLook { numbers: true, gap: 8.0 };
        let now = layered(vec![Some(0.05), Some(3.2), None]);
        let svg =
            compose(&now, Some(&layered(vec![Some(1.0); 3])), look, &theme, (600.0, 74.0)).to_svg(&theme, "");
        for expected in [">0.05<", ">3.20<", ">spread 4.0<", ">7.2<", "stroke-dasharray"] {
            assert!(svg.contains(expected), "{expected}");
        }
        let quiet = RibbonLook { numbers: false, ..look };
        assert!(!compose(&now, None, quiet, &theme, (600.0, 15.0)).to_svg(&theme, "").contains("<text"));
    }

    #[test]
    fn a_place_on_the_ribbon_is_a_layer() {
        assert_eq!([-3.0, 0.0, 99.0, 150.0, 300.0, 900.0].map(|x| layer_at(3, 300.0, x)), [0, 0, 0, 1, 2, 2]);
        assert_eq!(layer_at(0, 300.0, 10.0), 0);
    }

    #[test]
    fn words_say_what_is_known() {
        let names = ["0 input".to_owned(), "1 conv1".to_owned()];
        let words = in_words(&layered(vec![Some(2.5), None]), &names);
        assert!(words.contains("0 input: 2.50 bits about the label, spread 6.50 bits"));
        assert!(words.contains("1 conv1: not measured yet"));
    }
}
