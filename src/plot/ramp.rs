//! Sequential colour ramps: small values light, large values dark, in both themes.
//!
//! Made in OKLab from a few anchors and re-spaced by arc length, so that equal steps of the value are equal steps to
//! the eye. In the dark theme the light end is dimmed so that the least does not glare, and matrices have a frame; the
//! direction ("lighter = smaller", as in the paper's Figures 8 and 10) is the same in both.

use super::color::{OkLab, Rgb};
use super::palette::Mode;

const STEPS: usize = 256;

const BITS_LIGHT: [u32; 7] =
    [0x00f6_f3e6, 0x00d3_e3cf, 0x0092_c7b6, 0x004c_9fa3, 0x002a_6c93, 0x0022_306c, 0x0015_0d3a];
const BITS_DARK: [u32; 7] =
    [0x00cd_d3c2, 0x00a9_c5b0, 0x006f_ada5, 0x003f_8494, 0x0029_577f, 0x001d_2d60, 0x000a_0a26];

/// 256 colours from the smallest value to the largest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ramp {
    colours: Vec<Rgb>,
}

impl Ramp {
    /// Bits: pale over green-blue to nearly black.
    pub fn capacity(mode: Mode) -> Self {
        Self::through(&match mode {
            Mode::Light => BITS_LIGHT.map(of_hex),
            Mode::Dark => BITS_DARK.map(of_hex),
        })
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

    /// A difference: blue for less, over nearly the panel's own colour for none, to orange for more; both sides alike in
    /// strength.
    pub fn difference(mode: Mode) -> Self {
        let [less, none, more] = match mode {
            Mode::Light => [0x001f_5f93, 0x00f6_f3ec, 0x00b5_420a],
            Mode::Dark => [0x005f_b8f0, 0x002b_323d, 0x00ff_9a5c],
        };
        let half = |end: u32| {
            let mut colours = Self::through(&[of_hex(none), of_hex(end)]).colours;
            // Every second one, from the middle outwards.
            colours = colours.into_iter().skip(1).step_by(2).collect();
            colours
        };
        let (mut colours, more) = (half(less), half(more));
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

fn of_hex(hex: u32) -> OkLab {
    Rgb::hex(hex).into()
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
                let strength = |t: f64| seen(t).distance(seen(0.5));
                assert!((strength(t) - strength(1.0 - t)).abs() < 0.07);
                assert!(strength(t) > 0.05);
                assert!(seen(t).distance(seen(1.0 - t)) > 0.03);
            }
        }
    }

    #[test]
    fn the_largest_value_is_told_from_the_panel() {
        for (mode, ramp) in all() {
            let panel = OkLab::from(palette::colours(mode).background);
            for &colour in ramp.colours() {
                // On dark the strongest are darker than the panel: matrices have a frame.
                assert!(mode == Mode::Light || OkLab::from(colour).distance(panel) > 0.04);
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
