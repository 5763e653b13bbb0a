//! Projections of a feature as rows of pictures, each with its scale.
//!
//! Signed pictures are grey (or, of colour images, mid-grey in each colour) at zero and have the same reach to both
//! sides, each picture its own: the methods differ in size by orders of magnitude.

use super::Numbers;
use crate::plot::raster::{ValueRange, colour_map, feature_map};
use crate::protocol::examine::{Picture, ProjectedImage};

/// The pictures of a row.
pub const COLUMNS: [&str; 6] = ["input", "feature map", "deconvnet", "gradient", "guided", "random weights"];

/// What each of them is, in a sentence.
pub const EXPLANATIONS: [&str; 6] = [
    "The probe image.",
    "The channel's output for it.",
    "The feature map carried back: unpooled, rectified, filtered with the same weights.",
    "How half the sum of the feature map's squares changes with each pixel.",
    "The gradient, with negative signals stopped on the way back.",
    "The deconvnet of the same network with random weights: what looks the same there was not learnt.",
];

/// A picture with its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaledPicture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One pixel a value.
    pub rgba: Vec<u8>,
    /// The values of black and white: `0 … 2.31`, `±0.04`.
    pub scale: String,
    /// For screen readers: which picture of which image, and its scale.
    pub label: String,
}

/// The pictures of one image in the order of [`COLUMNS`].
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRow {
    /// Number of the image and its class.
    pub head: String,
    /// As many as [`COLUMNS`].
    pub pictures: Vec<ScaledPicture>,
}

fn pictures(image: &ProjectedImage) -> [(&Picture, Scale); 6] {
    [
        (&image.input, Scale::Pixels),
        (&image.feature_map, Scale::FromZero),
        (&image.deconvnet, Scale::Signed),
        (&image.gradient, Scale::Signed),
        (&image.guided, Scale::Signed),
        (&image.control, Scale::Signed),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    /// 0 … 1
    Pixels,
    /// From the least value or 0 to the largest value or 0.
    FromZero,
    /// The same reach to both sides.
    Signed,
}

impl Scale {
    fn range(self, values: &[f32]) -> ValueRange {
        let found = ValueRange::of(values.iter().map(|&value| f64::from(value)));
        let ValueRange { low, high } = found.unwrap_or(ValueRange { low: 0.0, high: 0.0 });
        match self {
            Self::Pixels => ValueRange { low: 0.0, high: 1.0 },
            Self::FromZero => ValueRange { low: low.min(0.0), high: high.max(0.0) },
            Self::Signed => {
                let reach = low.abs().max(high.abs());
                ValueRange { low: -reach, high: reach }
            }
        }
    }

    fn words(self, range: ValueRange) -> String {
        let is_flat = range.high - range.low <= 0.0;
        match self {
            _ if is_flat => "all 0".to_owned(),
            Self::Signed => format!("±{}", short(range.high)),
            _ => format!("{} … {}", short(range.low), short(range.high)),
        }
    }
}

/// The rows of the table, in the order in which the images came.
pub fn rows(images: &[ProjectedImage], feature: &str, classes: &[String]) -> Vec<PictureRow> {
    images
        .iter()
        .map(|image| {
            let head = head(image, classes);
            let scaled = |(column, (picture, scale)): (&str, (&Picture, Scale))| {
                scaled(picture, scale, &format!("{column} of {feature}, {head}"))
            };
            let pictures = COLUMNS.into_iter().zip(pictures(image)).map(scaled).collect();
            PictureRow { head, pictures }
        })
        .collect()
}

fn head(image: &ProjectedImage, classes: &[String]) -> String {
    let class = classes.get(image.label).map_or("?", String::as_str);
    format!("image {} ({class})", image.image)
}

fn scaled(picture: &Picture, scale: Scale, what: &str) -> ScaledPicture {
    let range = scale.range(&picture.values);
    let words = scale.words(range);
    // Grey is zero where there is nothing else.
    let drawn = if range.high > range.low { range } else { ValueRange { low: -1.0, high: 1.0 } };
    ScaledPicture {
        width: picture.width,
        height: picture.height,
        rgba: rgba(picture, drawn),
        label: format!("{what}: {words}"),
        scale: words,
    }
}

fn rgba(picture: &Picture, range: ValueRange) -> Vec<u8> {
    let Picture { channels, height, width, values } = picture;
    let planes: Vec<&[f32]> = values.chunks_exact((height * width).max(1)).collect();
    let pixels = match (channels, planes.as_slice()) {
        (3, &[red, green, blue]) => colour_map([red, green, blue], *height, *width, range),
        (_, [first, ..]) => feature_map(first, *height, *width, range),
        _ => Ok(Vec::new()),
    };
    // A picture that is none stays empty.
    pixels.unwrap_or_default()
}

/// The largest value of each picture by magnitude.
pub fn numbers(images: &[ProjectedImage], classes: &[String]) -> Numbers {
    let class = |image: &ProjectedImage| classes.get(image.label).map_or_else(String::new, Clone::clone);
    let largest = |picture: &Picture| {
        let values = picture.values.iter().map(|&value| f64::from(value));
        short(values.fold(0.0, |best: f64, value| if value.abs() > best.abs() { value } else { best }))
    };
    let row = |image: &ProjectedImage| {
        let values = pictures(image).into_iter().skip(1).map(|(picture, _)| largest(picture));
        [image.image.to_string(), class(image)].into_iter().chain(values).collect()
    };
    let columns = COLUMNS.into_iter().skip(1).map(|column| format!("{column}: largest value"));
    Numbers {
        columns: ["image".to_owned(), "class".to_owned()].into_iter().chain(columns).collect(),
        rows: images.iter().map(row).collect(),
    }
}

/// Three digits, with a power of ten where that is shorter to read.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if size <= 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e4).contains(&size) {
        format!("{value:.1e}")
    } else {
        let decimals = (2 - size.log10().floor() as i32).clamp(0, 5) as usize;
        format!("{value:.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(channels: usize, values: &[f32]) -> Picture {
        Picture { channels, height: 1, width: values.len() / channels, values: values.to_vec() }
    }

    fn image() -> ProjectedImage {
        ProjectedImage {
            image: 17,
            label: 1,
            input: picture(1, &[0.0, 1.0]),
            feature_map: picture(1, &[0.5, 2.0]),
            deconvnet: picture(1, &[-0.25, 0.125]),
            gradient: picture(1, &[0.0, 0.0]),
            guided: picture(3, &[1.0, 0.0, -1.0]),
            control: picture(1, &[2e-5, 0.0]),
        }
    }

    fn grey(picture: &ScaledPicture) -> Vec<u8> {
        picture.rgba.chunks(4).map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn zero_is_grey_in_signed_pictures_and_black_in_others() {
        let rows = rows(&[image()], "channel 3", &["no".into(), "yes".into()]);
        let [input, map, deconvnet, gradient, guided, _] = rows[0].pictures.as_slice() else { panic!() };
        assert_eq!((grey(input), grey(map)), (vec![0, 255], vec![64, 255]));
        assert_eq!(grey(deconvnet), [0, 191]);
        assert_eq!(grey(gradient), [128, 128]);
        assert_eq!(guided.rgba, [255, 128, 0, 255]);
    }

    #[test]
    fn every_picture_has_its_scale_and_says_what_it_is() {
        let rows = rows(&[image()], "channel 3", &["no".into(), "yes".into()]);
        let scales: Vec<&str> = rows[0].pictures.iter().map(|picture| picture.scale.as_str()).collect();
        assert_eq!(scales, ["0 … 1.00", "0 … 2.00", "±0.250", "all 0", "±1.00", "±2.0e-5"]);
        assert_eq!(rows[0].head, "image 17 (yes)");
        assert_eq!(rows[0].pictures[2].label, "deconvnet of channel 3, image 17 (yes): ±0.250");
    }

    #[test]
    fn the_numbers_are_the_largest_of_each_picture_with_their_sign() {
        let numbers = numbers(&[image()], &["no".into(), "yes".into()]);
        assert_eq!(numbers.columns.len(), numbers.rows[0].len());
        assert_eq!(numbers.rows[0], ["17", "yes", "2.00", "-0.250", "0", "1.00", "2.0e-5"]);
    }

    #[test]
    fn numbers_have_three_digits() {
        let texts = [0.0, 1.0, -12.34, 1234.5, 0.012_34, 1e-7, 45_678.0].map(short);
        assert_eq!(texts, ["0", "1.00", "-12.3", "1234", "0.0123", "1.0e-7", "4.6e4"]);
    }
}
