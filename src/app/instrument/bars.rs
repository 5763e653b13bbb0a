//! The output as a tile: a bar for each class, as high as its probability.

use super::reading::{Reading, percent, short_name};
use crate::plot::Rect;
use crate::plot::color::Rgb;
use crate::plot::palette::{self, Mode};
use crate::plot::pen::{Anchor, Face};
use crate::plot::picture::Picture;
use crate::plot::theme::Theme;

/// Height of the line of class names below the bars.
const NAMES: f64 = 13.0;
/// Narrower bars have no name below.
const NAMED: f64 = 8.5;

/// Draws the bars of one image; the answer and its probability stand in the corner where no bar is in the way.
pub fn compose(
    probabilities: &[f32],
    answer: Option<Reading>,
    names: &[String],
    theme: &Theme,
    (width, height): (f64, f64),
) -> Picture {
    let mut picture = Picture::new(width, height);
    let n = probabilities.len().max(1);
    let step = width / n as f64;
    let is_named = step >= NAMED && height > 50.0;
    let bottom = if is_named { height - NAMES } else { height - 1.0 };
    for (class, &probability) in probabilities.iter().enumerate() {
        let share = if probability.is_finite() { f64::from(probability).clamp(0.0, 1.0) } else { 0.0 };
        let high = (share * (bottom - 2.0)).max(1.5);
        let (left, gap) = (class as f64 * step, (step * 0.25).min(3.0));
        let bar = Rect::from_edges(left + gap / 2.0, bottom - high, left + step - gap / 2.0, bottom);
        picture.rect(bar, colour(theme.mode, class));
        let is_answer = answer.is_some_and(|answer| answer.class == class);
        if is_named && let Some(name) = names.get(class) {
            let ink = if is_answer { theme.colours.text } else { theme.colours.muted };
            let face = Face { size: 10.5, is_bold: is_answer };
            let name: String = short_name(name).chars().take(if step < 22.0 { 1 } else { 3 }).collect();
            picture.label(name, (left + step / 2.0, bottom + 1.0), Anchor::CentreTop, ink, face);
        }
    }
    if let Some(answer) = answer {
        let is_left = 2 * answer.class >= n;
        let (anchor, x) = if is_left { (Anchor::LeftTop, 2.0) } else { (Anchor::RightTop, width - 2.0) };
        let name = names.get(answer.class).map_or_else(String::new, |name| short_name(name));
        let face = Face { size: if height > 50.0 { 22.0 } else { 13.0 }, is_bold: true };
        picture.label(name, (x, 1.0), anchor, colour(theme.mode, answer.class), face);
        if height > 50.0 {
            let face = Face { size: 11.5, is_bold: false };
            picture.label(percent(answer.probability), (x, 26.0), anchor, theme.colours.text2, face);
        }
    }
    picture
}

fn colour(mode: Mode, class: usize) -> Rgb {
    palette::class(mode, class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_stands_on_the_side_without_its_bar() {
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let names: Vec<String> = (0..10).map(|class| class.to_string()).collect();
        let drawn = |class: usize| {
            let mut probabilities = vec![0.01; 10];
            probabilities[class] = 0.91;
            let answer = Some(Reading { class, probability: 0.91 });
            compose(&probabilities, answer, &names, &theme, (112.0, 84.0)).to_svg(&theme, "")
        };
        assert!(drawn(8).contains("text-anchor=\"start\"") && drawn(8).contains(">91 %<"));
        assert!(drawn(1).contains("text-anchor=\"end\""));
        assert_eq!(drawn(1).matches("<rect").count(), 11, "ten bars on the ground");
    }

    #[test]
    fn a_hundred_classes_have_no_names_and_numbers_that_are_none_no_bars() {
        let theme = Theme::for_canvas(Mode::Dark, 1.0);
        let svg = compose(&[f32::NAN; 100], None, &[], &theme, (112.0, 84.0)).to_svg(&theme, "");
        assert!(!svg.contains("<text") && !svg.contains("NaN"));
    }
}
