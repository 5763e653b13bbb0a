//! Projections of a feature as rows of pictures, each with its scale.
//!
//! Signed pictures are grey (or, of colour images, mid-grey in each colour) at zero and have the same reach to both
//! sides, each picture its own: the methods differ in size by orders of magnitude. Where two features stand side by
//! side, all pictures of a method have one scale.

use super::projection_detail::{Detail, entropy, methods};
use super::{Numbers, exact, exact_or_dash};
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
    /// How much detail it has; empty of a feature map, which is no picture of the input's size.
    pub detail: String,
}

/// The pictures of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRow {
    /// Number of the image and its class.
    pub head: String,
    /// Of each feature that has them already: as many as [`COLUMNS`], in that order.
    pub sides: Vec<Vec<ScaledPicture>>,
}

/// What one feature keeps of the images.
#[derive(Clone, Debug, PartialEq)]
pub struct Side<'a> {
    /// Its name.
    pub feature: String,
    /// In the order in which they came.
    pub images: &'a [ProjectedImage],
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
    fn range<'a>(self, values: impl Iterator<Item = &'a f32>) -> ValueRange {
        let found = ValueRange::of(values.map(|&value| f64::from(value)));
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

/// A row per image of the first of one or two features, in the order in which they came.
pub fn rows(sides: &[Side<'_>], classes: &[String]) -> Vec<PictureRow> {
    let shared: Vec<ValueRange> = (0..COLUMNS.len()).map(|column| range_of_column(sides, column)).collect();
    let is_alone = sides.len() < 2;
    let of_side = |side: &Side<'_>, image: &ProjectedImage| -> Vec<ScaledPicture> {
        let head = head(image, classes);
        let scaled = |(column, (picture, scale)): (usize, (&Picture, Scale))| {
            let range = if is_alone { scale.range(picture.values.iter()) } else { shared[column] };
            let what = format!("{} of {}, {head}", COLUMNS[column], side.feature);
            scaled(picture, (scale, range), &what, detail(column, picture, &image.input))
        };
        pictures(image).into_iter().enumerate().map(scaled).collect()
    };
    let row = |image: &ProjectedImage| {
        let own = |side: &Side<'_>| {
            let found = side.images.iter().find(|other| other.image == image.image)?;
            Some(of_side(side, found))
        };
        PictureRow { head: head(image, classes), sides: sides.iter().filter_map(own).collect() }
    };
    sides.first().map(|first| first.images.iter().map(row).collect()).unwrap_or_default()
}

/// The one scale of a method's pictures.
fn range_of_column(sides: &[Side<'_>], column: usize) -> ValueRange {
    let images = || sides.iter().flat_map(|side| side.images);
    let scale = images().next().map_or(Scale::Pixels, |image| pictures(image)[column].1);
    scale.range(images().flat_map(|image| &pictures(image)[column].0.values))
}

fn detail(column: usize, picture: &Picture, input: &Picture) -> String {
    match column {
        0 => format!("h {}", exact_or_dash(entropy(input))),
        1 => String::new(),
        _ => Detail::new(picture, input).words(),
    }
}

fn head(image: &ProjectedImage, classes: &[String]) -> String {
    let class = classes.get(image.label).map_or("?", String::as_str);
    format!("image {} ({class})", image.image)
}

fn scaled(
    picture: &Picture,
    (scale, range): (Scale, ValueRange),
    what: &str,
    detail: String,
) -> ScaledPicture {
    let words = scale.words(range);
    // Grey is zero where there is nothing else.
    let drawn = if range.high > range.low { range } else { ValueRange { low: -1.0, high: 1.0 } };
    ScaledPicture {
        width: picture.width,
        height: picture.height,
        rgba: rgba(picture, drawn),
        label: format!("{what}: {words}"),
        scale: words,
        detail,
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

/// A row per image: the largest value of each picture by magnitude, then entropy and correlation with the input; of one
/// feature after the other.
pub fn numbers(sides: &[Side<'_>], classes: &[String]) -> Numbers {
    let Some(first) = sides.first() else { return Numbers::default() };
    let class = |image: &ProjectedImage| classes.get(image.label).map_or_else(String::new, Clone::clone);
    let row = |image: &ProjectedImage| {
        let values = sides.iter().flat_map(|side| {
            let found = side.images.iter().find(|other| other.image == image.image);
            found.map_or_else(|| vec!["–".to_owned(); NUMBERS], numbers_of)
        });
        [image.image.to_string(), class(image)].into_iter().chain(values).collect()
    };
    let names = sides.iter().flat_map(|side| {
        let whose = if sides.len() > 1 { format!("{}, ", side.feature) } else { String::new() };
        number_names().map(move |name| format!("{whose}{name}"))
    });
    Numbers {
        columns: ["image".to_owned(), "class".to_owned()].into_iter().chain(names).collect(),
        rows: first.images.iter().map(row).collect(),
    }
}

/// Numbers of an image: of five pictures the largest value, of four two more, and the input's entropy.
const NUMBERS: usize = 5 + 2 * 4 + 1;

fn number_names() -> impl Iterator<Item = String> {
    let largest = COLUMNS[1..].iter().map(|column| format!("{column}: largest value"));
    let detail =
        COLUMNS[2..].iter().flat_map(|column| [format!("{column}: h (bit)"), format!("{column}: r")]);
    largest.chain(["input: h (bit)".to_owned()]).chain(detail)
}

fn numbers_of(image: &ProjectedImage) -> Vec<String> {
    let largest = |(picture, _): (&Picture, Scale)| {
        let values = picture.values.iter().map(|&value| f64::from(value));
        short(values.fold(0.0, |best: f64, value| if value.abs() > best.abs() { value } else { best }))
    };
    let detail = methods(image).into_iter().flat_map(|(_, picture)| {
        let Detail { h, r } = Detail::new(picture, &image.input);
        [exact(h), exact(r)]
    });
    let largest = pictures(image).into_iter().skip(1).map(largest);
    largest.chain([exact(entropy(&image.input))]).chain(detail).collect()
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

    fn side(images: &[ProjectedImage]) -> Side<'_> {
        Side { feature: "channel 3".into(), images }
    }

    fn classes() -> [String; 2] {
        ["no".into(), "yes".into()]
    }

    #[test]
    fn zero_is_grey_in_signed_pictures_and_black_in_others() {
        let rows = rows(&[side(&[image()])], &classes());
        let [input, map, deconvnet, gradient, guided, _] = rows[0].sides[0].as_slice() else { panic!() };
        assert_eq!((grey(input), grey(map)), (vec![0, 255], vec![64, 255]));
        assert_eq!(grey(deconvnet), [0, 191]);
        assert_eq!(grey(gradient), [128, 128]);
        assert_eq!(guided.rgba, [255, 128, 0, 255]);
    }

    #[test]
    fn every_picture_has_its_scale_and_says_what_it_is() {
        let rows = rows(&[side(&[image()])], &classes());
        let scales: Vec<&str> = rows[0].sides[0].iter().map(|picture| picture.scale.as_str()).collect();
        assert_eq!(scales, ["0 … 1.00", "0 … 2.00", "±0.250", "all 0", "±1.00", "±2.0e-5"]);
        assert_eq!(rows[0].head, "image 17 (yes)");
        assert_eq!(rows[0].sides[0][2].label, "deconvnet of channel 3, image 17 (yes): ±0.250");
    }

    #[test]
    fn the_numbers_are_the_largest_of_each_picture_with_their_sign() {
        let numbers = numbers(&[side(&[image()])], &classes());
        assert_eq!(numbers.columns.len(), numbers.rows[0].len());
        assert_eq!(numbers.rows[0][..7], ["17", "yes", "2.00", "-0.250", "0", "1.00", "2.0e-5"]);
        assert_eq!(numbers.columns[7..10], ["input: h (bit)", "deconvnet: h (bit)", "deconvnet: r"]);
        assert_eq!(numbers.rows[0][7..12], ["1.0000", "1.0000", "1.0000", "0.0000", "–"]);
    }

    #[test]
    fn two_features_side_by_side_have_one_scale_a_method() {
        let louder = ProjectedImage { deconvnet: picture(1, &[1.0, -0.5]), ..image() };
        let (own, other) = ([image()], [louder]);
        let sides = [side(&own), Side { feature: "channel 5".into(), images: &other }];
        let row = &rows(&sides, &classes())[0];
        assert_eq!(row.sides.len(), 2);
        assert_eq!([0, 1].map(|side| row.sides[side][2].scale.as_str()), ["±1.00", "±1.00"]);
        assert_eq!(row.sides[1][2].label, "deconvnet of channel 5, image 17 (yes): ±1.00");
        assert_eq!(grey(&row.sides[0][2]), [96, 143], "a quarter and an eighth of what the other reaches");
        let numbers = numbers(&sides, &classes());
        assert_eq!(numbers.columns.len(), numbers.rows[0].len());
        assert_eq!(numbers.columns[2 + NUMBERS], "channel 5, feature map: largest value");
    }

    #[test]
    fn a_feature_that_is_still_projected_leaves_its_place_empty() {
        let own = [image()];
        let sides = [side(&own), Side { feature: "channel 5".into(), images: &[] }];
        assert_eq!(rows(&sides, &classes())[0].sides.len(), 1);
        let numbers = numbers(&sides, &classes());
        assert_eq!(numbers.columns.len(), numbers.rows[0].len());
    }

    #[test]
    fn a_picture_says_how_much_detail_it_has() {
        let rows = rows(&[side(&[image()])], &classes());
        let details: Vec<&str> = rows[0].sides[0].iter().map(|picture| picture.detail.as_str()).collect();
        assert_eq!(details[..4], ["h 1.00", "", "h 1.00, r 1.00", "h 0.00, r –"]);
    }

    #[test]
    fn numbers_have_three_digits() {
        let texts = [0.0, 1.0, -12.34, 1234.5, 0.012_34, 1e-7, 45_678.0].map(short);
        assert_eq!(texts, ["0", "1.00", "-12.3", "1234", "0.0123", "1.0e-7", "4.6e4"]);
    }
}
