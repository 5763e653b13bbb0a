//! Feature maps as pictures: maps side by side, one value a pixel, all on one scale.

use crate::app::session::query::Maps;
use crate::plot::raster::{ValueRange, feature_map};

/// A picture and what it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapPicture {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// `4 · width · height` bytes; between the maps it is transparent.
    pub rgba: Vec<u8>,
}

/// Pixels between maps.
const GAP: usize = 1;
/// Values of a vector, such as a dense layer's, that stand side by side.
const VECTOR_ROW: usize = 16;

/// Smallest and largest value of some maps; 0 … 255 for the input's pixels.
pub fn range(maps: &Maps, is_input: bool) -> ValueRange {
    if is_input {
        return ValueRange { low: 0.0, high: 255.0 };
    }
    let found = ValueRange::of(maps.values.iter().map(|&value| f64::from(value)));
    found.unwrap_or(ValueRange { low: 0.0, high: 1.0 })
}

/// The channels of one image, `columns` side by side.
pub fn of_image(maps: &Maps, image: usize, columns: usize, range: ValueRange) -> MapPicture {
    let tiles: Vec<Tile> =
        (0..maps.channels).map(|channel| tile(maps.map(image, channel), maps.width, range)).collect();
    mosaic(&tiles, columns)
}

/// One map.
pub fn of_channel(maps: &Maps, image: usize, channel: usize, range: ValueRange) -> MapPicture {
    mosaic(&[tile(maps.map(image, channel), maps.width, range)], 1)
}

/// An image of the input as it looks: three channels are its colours.
pub fn of_input(maps: &Maps, image: usize) -> MapPicture {
    if maps.channels != 3 {
        return of_channel(maps, image, 0, ValueRange { low: 0.0, high: 255.0 });
    }
    let [red, green, blue] = [0, 1, 2].map(|channel| maps.map(image, channel));
    let rgba = red.iter().zip(green).zip(blue).flat_map(|((&r, &g), &b)| [r as u8, g as u8, b as u8, 255]);
    MapPicture { width: maps.width, height: maps.height, rgba: rgba.collect() }
}

struct Tile {
    width: usize,
    height: usize,
    rgba: Vec<u8>,
}

/// A map; a long vector is broken into rows.
fn tile(values: &[f32], width: usize, range: ValueRange) -> Tile {
    let is_vector = values.len() == width && width > VECTOR_ROW;
    let width = if is_vector { VECTOR_ROW } else { width.max(1) };
    let height = values.len().div_ceil(width);
    let mut padded = values.to_vec();
    padded.resize(width * height, f32::NAN);
    let rgba = feature_map(&padded, height, width, range).unwrap_or_default();
    Tile { width, height, rgba }
}

fn mosaic(tiles: &[Tile], columns: usize) -> MapPicture {
    let Some(first) = tiles.first() else { return MapPicture::default() };
    let columns = columns.clamp(1, tiles.len());
    let rows = tiles.len().div_ceil(columns);
    let (width, height) = (columns * (first.width + GAP) - GAP, rows * (first.height + GAP) - GAP);
    let mut rgba = vec![0; 4 * width * height];
    for (at, tile) in tiles.iter().enumerate() {
        let (x, y) = ((at % columns) * (first.width + GAP), (at / columns) * (first.height + GAP));
        for (row, pixels) in tile.rgba.chunks_exact(4 * tile.width).enumerate() {
            let start = 4 * ((y + row) * width + x);
            rgba[start..start + pixels.len()].copy_from_slice(pixels);
        }
    }
    MapPicture { width, height, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps(shape: [usize; 4]) -> Maps {
        let n: usize = shape.iter().product();
        Maps::new(&shape, (0..n).map(|value| value as f32).collect()).unwrap()
    }

    #[test]
    fn maps_stand_side_by_side_with_a_gap_between_them() {
        let maps = maps([1, 4, 2, 2]);
        let picture = of_image(&maps, 0, 2, range(&maps, false));
        assert_eq!((picture.width, picture.height), (5, 5));
        assert_eq!(picture.rgba[4 * 2 + 3], 0, "the gap is transparent");
        assert_eq!(picture.rgba[0], 0);
        assert_eq!(picture.rgba[picture.rgba.len() - 4], 255, "the largest value is white");
    }

    #[test]
    fn all_maps_have_one_scale() {
        let maps = maps([2, 1, 1, 2]);
        let range = range(&maps, false);
        assert_eq!(range, ValueRange { low: 0.0, high: 3.0 });
        assert_eq!(of_channel(&maps, 0, 0, range).rgba[4], 85);
    }

    #[test]
    fn colours_of_the_input_are_put_together() {
        let picture = of_input(&maps([1, 3, 1, 2]), 0);
        assert_eq!(picture.rgba, [0, 2, 4, 255, 1, 3, 5, 255]);
        assert_eq!(of_input(&maps([1, 1, 1, 2]), 0).rgba, [0, 0, 0, 255, 1, 1, 1, 255]);
    }

    #[test]
    fn a_long_vector_is_broken_into_rows() {
        let maps = maps([1, 1, 1, 20]);
        let picture = of_channel(&maps, 0, 0, range(&maps, false));
        assert_eq!((picture.width, picture.height), (16, 2));
        assert_eq!(picture.rgba[4 * 20 + 3], 0, "what is not there is transparent");
    }

    #[test]
    fn nothing_gives_no_picture() {
        let maps = Maps { images: 1, channels: 0, height: 2, width: 2, values: vec![] };
        assert_eq!(of_image(&maps, 0, 2, range(&maps, false)), MapPicture::default());
    }
}
