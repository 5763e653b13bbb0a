//! Sequential colour ramps: small values light, large values dark, in both themes.
//!
//! Made in OKLab from a few anchors and re-spaced by arc length, so that equal steps of the value are equal steps to
//! the eye. In the dark theme the light end is dimmed and the dark end stays above the panel's own lightness, so the
//! direction ("lighter = smaller", as in the paper's Figures 8 and 10) is the same in both.

use super::color::{OkLab, Rgb};
use super::palette::Mode;

const STEPS: usize = 256;

/// 256 colours from the smallest value to the largest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ramp {
    colours: Vec<Rgb>,
}

impl Ramp {
    /// Channel capacity, conditional entropy: pale yellow over green-blue to deep violet.
    pub fn capacity(mode: Mode) -> Self {
        let (light, dark) = ends(mode);
        let at = |t: f64| light + (dark - light) * t;
        Self::through(&[
            OkLab::from_hue(light, 0.045, 105.0),
            OkLab::from_hue(at(0.35), 0.095, 165.0),
            OkLab::from_hue(at(0.68), 0.105, 240.0),
            OkLab::from_hue(dark, 0.105, 288.0),
        ])
    }

    /// Counts (the confusion matrix): nearly white over blue to dark blue; darker = more.
    pub fn counts(mode: Mode) -> Self {
        let (light, dark) = ends(mode);
        let at = |t: f64| light + (dark - light) * t;
        Self::through(&[
            OkLab::from_hue(light, 0.010, 250.0),
            OkLab::from_hue(at(0.5), 0.105, 250.0),
            OkLab::from_hue(dark, 0.085, 262.0),
        ])
    }

    /// A difference: blue for less, over nearly no colour for none, to red-brown for more; both sides alike in
    /// lightness, so that equal amounts look equally strong.
    pub fn difference(mode: Mode) -> Self {
        let (light, dark) = ends(mode);
        let strong = dark + 0.1;
        let middle = OkLab::from_hue(light, 0.004, 250.0);
        let half = |hue: f64| {
            let mut colours = Self::through(&[
                middle,
                OkLab::from_hue(f64::midpoint(light, strong), 0.09, hue),
                OkLab::from_hue(strong, 0.13, hue),
            ])
            .colours;
            // Every second one, from the middle outwards.
            colours = colours.into_iter().skip(1).step_by(2).collect();
            colours
        };
        let (mut colours, more) = (half(255.0), half(45.0));
        colours.reverse();
        colours.extend(more);
        Self { colours }
    }

    /// The colour at `t`, 0 smallest … 1 largest; outside it the nearest end. `None` for NaN.
    pub fn at(&self, t: f64) -> Option<Rgb> {
        if t.is_nan() {
            return None;
        }
        self.colours.get((t.clamp(0.0, 1.0) * (STEPS - 1) as f64).round() as usize).copied()
    }

    /// All colours, smallest first.
    pub fn colours(&self) -> &[Rgb] {
        &self.colours
    }

    fn through(anchors: &[OkLab]) -> Self {
        const FINE: usize = 4096;
        let points: Vec<OkLab> = (0..=FINE).map(|i| along(anchors, i as f64 / FINE as f64)).collect();
        let mut lengths = vec![0.0];
        for pair in points.windows(2) {
            lengths.push(lengths[lengths.len() - 1] + pair[0].distance(pair[1]));
        }
        let total = lengths[FINE];
        let colour = |step: usize| {
            let wanted = total * step as f64 / (STEPS - 1) as f64;
            let i = lengths.partition_point(|&length| length < wanted).min(FINE);
            Rgb::from(points[i])
        };
        Self { colours: (0..STEPS).map(colour).collect() }
    }
}

/// Lightness of the smallest and of the largest value.
fn ends(mode: Mode) -> (f64, f64) {
    match mode {
        Mode::Light => (0.97, 0.28),
        Mode::Dark => (0.93, 0.34),
    }
}

/// The point `t` along the polygon of anchors, which are equally far apart in `t`.
fn along(anchors: &[OkLab], t: f64) -> OkLab {
    let position = t * (anchors.len() - 1) as f64;
    let i = (position as usize).min(anchors.len() - 2);
    anchors[i].mix(anchors[i + 1], position - i as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette;

    fn all() -> Vec<(Mode, Ramp)> {
        [Mode::Light, Mode::Dark]
            .into_iter()
            .flat_map(|mode| [(mode, Ramp::capacity(mode)), (mode, Ramp::counts(mode))])
            .collect()
    }

    #[test]
    fn lightness_falls_from_the_smallest_to_the_largest_value() {
        // Eight bits a channel: neighbours may round the wrong way by less than this.
        const ROUNDING: f64 = 0.004;
        for (_, ramp) in all() {
            let lightness: Vec<f64> =
                ramp.colours().iter().map(|&colour| OkLab::from(colour).lightness).collect();
            assert!(lightness.windows(2).all(|pair| pair[1] < pair[0] + ROUNDING));
            assert!(lightness.windows(9).all(|nine| nine[8] < nine[0]));
            assert!(lightness[0] - lightness[STEPS - 1] > 0.55);
        }
    }

    #[test]
    fn differences_are_palest_at_zero_and_equally_strong_on_both_sides() {
        for mode in [Mode::Light, Mode::Dark] {
            let ramp = Ramp::difference(mode);
            let at = |t: f64| OkLab::from(ramp.at(t).unwrap());
            let contrast = |t: f64| at(t).distance(at(0.5));
            assert!((contrast(0.0) - contrast(1.0)).abs() < 0.05);
            assert!(contrast(0.0) > contrast(0.25) && contrast(0.25) > 0.05);
            assert!(at(0.0).b < 0.0 && at(1.0).b > 0.0);
        }
    }

    #[test]
    fn equal_steps_of_the_value_are_equal_steps_to_the_eye() {
        for (_, ramp) in all() {
            let seen: Vec<OkLab> = ramp.colours().iter().step_by(15).map(|&colour| colour.into()).collect();
            let steps: Vec<f64> = seen.windows(2).map(|pair| pair[0].distance(pair[1])).collect();
            let (low, high) = steps.iter().fold((f64::MAX, 0.0), |(l, h), &s| (s.min(l), s.max(h)));
            assert!(high / low < 1.35, "steps from {low:.4} to {high:.4}");
        }
    }

    #[test]
    fn a_difference_is_pale_where_there_is_none_and_equally_strong_either_way() {
        for mode in [Mode::Light, Mode::Dark] {
            let ramp = Ramp::difference(mode);
            assert_eq!(ramp.colours().len(), STEPS);
            let seen = |t: f64| OkLab::from(ramp.at(t).unwrap());
            for t in [0.0, 0.2, 0.4] {
                assert!((seen(t).lightness - seen(1.0 - t).lightness).abs() < 0.03);
                assert!(seen(t).lightness < seen(0.5).lightness - 0.05);
                assert!(seen(t).distance(seen(1.0 - t)) > 0.03);
            }
        }
    }

    #[test]
    fn the_largest_value_is_told_from_the_panel() {
        for (mode, ramp) in all() {
            let panel = OkLab::from(palette::colours(mode).background);
            for &colour in ramp.colours() {
                assert!(mode == Mode::Light || OkLab::from(colour).distance(panel) > 0.1);
            }
        }
    }

    #[test]
    fn values_outside_take_the_nearest_end_and_nan_has_no_colour() {
        let ramp = Ramp::capacity(Mode::Light);
        assert_eq!(ramp.at(-3.0), ramp.at(0.0));
        assert_eq!(ramp.at(f64::INFINITY), ramp.at(1.0));
        assert_eq!(ramp.at(f64::NAN), None);
    }
}
