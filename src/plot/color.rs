//! Colours: sRGB as drawn, OKLab as seen.
//!
//! OKLab after B. Ottosson, "A perceptual color space for image processing" (2020); relative luminance and
//! contrast after WCAG 2.2.

/// A colour of the screen, sRGB, eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

/// A colour as it is seen: distances in this space are roughly differences seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OkLab {
    /// Lightness, 0 black … 1 white.
    pub lightness: f64,
    /// Green (−) … red (+).
    pub a: f64,
    /// Blue (−) … yellow (+).
    pub b: f64,
}

impl Rgb {
    /// From `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])
    }

    /// `#rrggbb`, as CSS writes it.
    pub fn css(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Linear light, each channel 0…1.
    pub fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// From linear light; what the screen cannot show is clipped.
    pub fn from_linear(linear: [f64; 3]) -> Self {
        Self(linear.map(|c| {
            let c = c.clamp(0.0, 1.0);
            let encoded = if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        }))
    }

    /// Relative luminance, 0 black … 1 white.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Contrast ratio, 1 … 21, the same in both directions.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour laid over another, as a layer of that opacity is: 0 leaves the other, 1 hides it.
    #[must_use]
    pub fn over(self, behind: Self, opacity: f64) -> Self {
        let mix = |(on, below): (u8, u8)| {
            let (on, below) = (f64::from(on), f64::from(below));
            (below + (on - below) * opacity.clamp(0.0, 1.0)).round() as u8
        };
        let ([r, g, b], below) = (self.0, behind.0);
        Self([mix((r, below[0])), mix((g, below[1])), mix((b, below[2]))])
    }

    /// Of two colours the one that is easier to read on `self`.
    #[must_use]
    pub fn easier_to_read(self, one: Self, other: Self) -> Self {
        if self.contrast(one) >= self.contrast(other) { one } else { other }
    }
}

impl OkLab {
    /// From lightness, chroma and hue in degrees.
    pub fn from_hue(lightness: f64, chroma: f64, hue_degrees: f64) -> Self {
        let (sin, cos) = sin_cos(hue_degrees);
        Self { lightness, a: chroma * cos, b: chroma * sin }
    }

    /// Difference seen, 0 … about 1.
    pub fn distance(self, other: Self) -> f64 {
        let (l, a, b) = (self.lightness - other.lightness, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }

    /// The colour `t` of the way to `other`.
    #[must_use]
    pub fn mix(self, other: Self, t: f64) -> Self {
        let mix = |from: f64, to: f64| from + (to - from) * t;
        Self {
            lightness: mix(self.lightness, other.lightness),
            a: mix(self.a, other.a),
            b: mix(self.b, other.b),
        }
    }
}

/// Sine and cosine of an angle in degrees, to 1e-12.
///
/// The library's own, exact for angles of any size, cost the page's program 8 KB, a third of what drawing costs.
pub(super) fn sin_cos(degrees: f64) -> (f64, f64) {
    let quarter = (degrees / 90.0).round();
    let x = (degrees - 90.0 * quarter).to_radians();
    // Taylor around 0; |x| ≤ π/4.
    let series = |first: i32| {
        let mut term = if first == 0 { 1.0 } else { x };
        let mut sum = term;
        for n in (first + 1..first + 15).step_by(2) {
            term *= -x * x / f64::from(n * (n + 1));
            sum += term;
        }
        sum
    };
    let (cos, sin) = (series(0), series(1));
    match quarter.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

impl From<Rgb> for OkLab {
    fn from(rgb: Rgb) -> Self {
        let [r, g, b] = rgb.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Self {
            lightness: 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            a: 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            b: 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        }
    }
}

impl From<OkLab> for Rgb {
    fn from(lab: OkLab) -> Self {
        let OkLab { lightness, a, b } = lab;
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        Rgb::from_linear([
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_laid_over_another_lies_between_them() {
        let (black, white) = (Rgb::hex(0), Rgb::hex(0x00ff_ffff));
        assert_eq!([0.0, 0.2, 1.0].map(|opacity| black.over(white, opacity).0[0]), [255, 204, 0]);
        assert_eq!(black.over(white, 7.0), black);
    }

    #[test]
    fn black_on_white_has_contrast_21() {
        let (black, white) = (Rgb::hex(0), Rgb::hex(0x00ff_ffff));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-12);
        assert_eq!(Rgb::hex(0x0022_2222).easier_to_read(black, white), white);
    }

    #[test]
    fn white_has_lightness_one_and_no_chroma() {
        let white = OkLab::from(Rgb::hex(0x00ff_ffff));
        assert!((white.lightness - 1.0).abs() < 1e-6 && white.a.abs() < 1e-6 && white.b.abs() < 1e-6);
    }

    #[test]
    fn every_grey_and_many_colours_survive_the_way_to_oklab_and_back() {
        for i in 0..=255_u32 {
            for colour in [i * 0x01_0101, i << 16 | 0x40, i * 7919 % 0x0100_0000] {
                assert_eq!(Rgb::from(OkLab::from(Rgb::hex(colour))), Rgb::hex(colour));
            }
        }
    }

    #[test]
    fn sine_and_cosine_are_the_librarys() {
        for degrees in -360..=720 {
            let degrees = f64::from(degrees) + 0.25;
            let (sin, cos) = sin_cos(degrees);
            let exact = degrees.to_radians().sin_cos();
            assert!((sin - exact.0).abs() < 1e-12 && (cos - exact.1).abs() < 1e-12, "{degrees}");
        }
    }

    #[test]
    fn css_is_six_hexadecimal_digits() {
        assert_eq!(Rgb::hex(0x0000_0aff).css(), "#000aff");
    }
}
