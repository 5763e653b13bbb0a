//! One image: refused by its header, or made small.
//!
//! Making small is our own and not the browser's, so that the same file gives the same bytes in every
//! browser: each small pixel is the mean of the area that it covers, with parts of pixels weighted by
//! their share. The sides are scaled independently, without cropping.

use serde::{Deserialize, Serialize};

use super::{MAX_PIXELS, OwnError};
use crate::dataset::ImageShape;

/// What images are made into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// 28 × 28, one channel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    #[default]
    Grey28,
    /// 32 × 32, red, green and blue.
    Colour32,
}

impl Form {
    /// Shape of the small image.
    pub const fn shape(self) -> ImageShape {
        match self {
            Self::Grey28 => ImageShape { channels: 1, height: 28, width: 28 },
            Self::Colour32 => ImageShape { channels: 3, height: 32, width: 32 },
        }
    }
}

/// A decoded image: 4 bytes a pixel, red, green, blue, alpha (not premultiplied), row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `height · width · 4` bytes.
    pub rgba: Vec<u8>,
}

/// Refuses what is no image or has too many pixels, by its header alone; `name` is for errors.
pub(super) fn check_header(bytes: &[u8], name: &str) -> Result<(), OwnError> {
    let bad = |reason: &str| OwnError::BadImage { name: name.to_owned(), reason: reason.to_owned() };
    if bytes.is_empty() {
        return Err(bad("the file is empty"));
    }
    let size = imagesize::blob_size(bytes).map_err(|_| bad("its header is of no such file, or cut short"))?;
    let (width, height) = (size.width, size.height);
    if width == 0 || height == 0 {
        return Err(bad("it has no pixels"));
    }
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(OwnError::ImageTooLarge { name: name.to_owned(), width, height });
    }
    Ok(())
}

/// The image in another form, `[C, H, W]` row-major; transparent parts are seen before white.
pub(super) fn shrink(bitmap: &Bitmap, form: Form) -> Vec<u8> {
    let shape = form.shape();
    let columns = spans(bitmap.width, shape.width);
    let rows = spans(bitmap.height, shape.height);
    let mut small = vec![0; shape.len()];
    let plane = shape.height * shape.width;
    for (y, row) in rows.iter().enumerate() {
        for (x, column) in columns.iter().enumerate() {
            let colour = mean(bitmap, row, column);
            let at = y * shape.width + x;
            match form {
                Form::Grey28 => {
                    let [red, green, blue] = colour;
                    small[at] = (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8;
                }
                Form::Colour32 => {
                    for (channel, value) in colour.into_iter().enumerate() {
                        small[channel * plane + at] = value.round() as u8;
                    }
                }
            }
        }
    }
    small
}

/// Pixels along one axis that a small pixel covers, each with its share of it.
struct Span {
    first: usize,
    /// Adds up to one.
    shares: Vec<f64>,
}

fn spans(source: usize, target: usize) -> Vec<Span> {
    let scale = source as f64 / target as f64;
    let span = |index: usize| {
        let (start, end) = (index as f64 * scale, (index + 1) as f64 * scale);
        let (first, last) = (start.floor() as usize, (end.ceil() as usize).min(source));
        let share = |pixel: usize| ((pixel + 1) as f64).min(end) - (pixel as f64).max(start);
        Span { first, shares: (first..last).map(|pixel| (share(pixel) / scale).max(0.0)).collect() }
    };
    (0..target).map(span).collect()
}

/// Mean red, green and blue, 0 … 255, of an area.
fn mean(bitmap: &Bitmap, rows: &Span, columns: &Span) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (y, row_share) in rows.shares.iter().enumerate() {
        let start = ((rows.first + y) * bitmap.width + columns.first) * 4;
        let pixels = bitmap.rgba[start..].chunks_exact(4);
        for (pixel, column_share) in pixels.zip(&columns.shares) {
            let alpha = f64::from(pixel[3]) / 255.0;
            let weight = row_share * column_share;
            for (sum, &value) in sums.iter_mut().zip(pixel) {
                *sum += weight * (f64::from(value) * alpha + 255.0 * (1.0 - alpha));
            }
        }
    }
    sums.map(|sum| sum.clamp(0.0, 255.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::png_header;
    use super::*;

    fn bitmap(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 4]) -> Bitmap {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Bitmap { width, height, rgba: pixels.flat_map(|(x, y)| pixel(x, y)).collect() }
    }

    #[test]
    fn one_colour_stays_that_colour_at_any_size() {
        for (width, height) in [(1, 1), (28, 28), (100, 37), (640, 480)] {
            let small = shrink(&bitmap(width, height, |_, _| [10, 20, 30, 255]), Form::Colour32);
            assert_eq!(small[..1024], [10; 1024], "{width}×{height}");
            assert_eq!(small[1024..2048], [20; 1024]);
            assert_eq!(small[2048..], [30; 1024]);
        }
    }

    #[test]
    fn an_image_of_the_right_size_keeps_its_pixels() {
        let source = bitmap(32, 32, |x, y| [x as u8, y as u8, (x * y / 8) as u8, 255]);
        let small = shrink(&source, Form::Colour32);
        assert_eq!(small[5 * 32 + 7], 7);
        assert_eq!(small[1024 + 5 * 32 + 7], 5);
        assert_eq!(small[2048 + 5 * 32 + 7], 4);
    }

    #[test]
    fn a_small_pixel_is_the_mean_of_its_area() {
        // Columns of a 56 wide image alternate between 0 and 200.
        let source = bitmap(56, 56, |x, _| {
            [200 * (x % 2) as u8; 3]
                .map(|v| v)
                .iter()
                .copied()
                .chain([255])
                .collect::<Vec<_>>()
                .try_into()
                .unwrap()
        });
        assert_eq!(shrink(&source, Form::Grey28), [100; 784]);
    }

    #[test]
    fn parts_of_pixels_count_by_their_share() {
        // 42 → 28: a small pixel covers one and a half; the first is 2/3 · 0 + 1/3 · 90.
        let source = bitmap(42, 28, |x, _| if x % 3 == 1 { [90, 90, 90, 255] } else { [0, 0, 0, 255] });
        let small = shrink(&source, Form::Grey28);
        assert_eq!(small[..4], [30, 30, 30, 30]);
    }

    #[test]
    fn transparent_parts_are_white() {
        assert_eq!(shrink(&bitmap(28, 28, |_, _| [0, 0, 0, 0]), Form::Grey28), [255; 784]);
    }

    #[test]
    fn a_huge_image_is_refused_by_its_header_alone() {
        let error = check_header(&png_header(20_000, 20_000), "big.png").unwrap_err();
        assert_eq!(error, OwnError::ImageTooLarge { name: "big.png".into(), width: 20_000, height: 20_000 });
        assert_eq!(check_header(&png_header(4000, 8000), "large.png"), Ok(()));
    }

    #[test]
    fn huge_jpeg_and_webp_images_are_refused_too() {
        // Start of image, a frame header of 20,000 × 20,000 (SOF0).
        let jpeg =
            [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x4e, 0x20, 0x4e, 0x20, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1];
        // An extended WebP file: its canvas of 16,383 × 16,383 stands as 24-bit numbers less one.
        let canvas = [0xfe, 0x3f, 0, 0xfe, 0x3f, 0];
        let webp = [&b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"[..], &canvas].concat();
        for (name, bytes) in [("x.jpg", jpeg.to_vec()), ("x.webp", webp)] {
            let refused = check_header(&bytes, name);
            assert!(matches!(refused, Err(OwnError::ImageTooLarge { .. })), "{name}: {refused:?}");
        }
    }

    #[test]
    fn what_is_no_image_is_refused_by_name() {
        for bytes in [&b""[..], b"<html>", b"GIF89a\x01\0\x01\0", &png_header(5, 5)[..12], &png_header(0, 5)]
        {
            let refused = check_header(bytes, "x.png");
            assert!(matches!(refused, Err(OwnError::BadImage { .. })), "{bytes:?}: {refused:?}");
        }
    }
}
