//! A layer as a tile: the map of the picked channel (or the strongest), and beside it the next strongest at a third of its
//! size. Composed at the screen's own resolution, so that cells of a map keep sharp edges.

use crate::app::figures::maps::MapPicture;
use crate::app::session::query::Maps;
use crate::plot::color::Rgb;
use crate::plot::palette::{self, Mode};

/// Between maps, CSS pixels.
const GAP: f64 = 2.0;
/// Rows of small maps beside the large one.
const ROWS: usize = 3;
/// Most columns of them.
const MOST_COLUMNS: usize = 3;
/// Share of the values below the top of the scale: one bright cell must not darken all maps.
const TOP_SHARE: f64 = 0.997;
/// Lifts what is weak: values are shown to this power.
const LIFT: f64 = 0.8;

/// What lies between nothing and the strongest response of a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inks {
    /// No response.
    pub none: Rgb,
    /// The strongest.
    pub full: Rgb,
    /// Around a map.
    pub frame: Rgb,
}

impl Inks {
    /// Ink on paper, or light on dark.
    pub fn of(mode: Mode) -> Self {
        let [none, full] = palette::map_ends(mode);
        Self { none, full, frame: palette::colours(mode).grid }
    }

    fn at(self, share: f64) -> Rgb {
        let share = share.clamp(0.0, 1.0).powf(LIFT);
        let mix =
            |low: u8, high: u8| (f64::from(low) + (f64::from(high) - f64::from(low)) * share).round() as u8;
        let (Rgb(low), Rgb(high)) = (self.none, self.full);
        Rgb([mix(low[0], high[0]), mix(low[1], high[1]), mix(low[2], high[2])])
    }
}

/// The channels of the image by how strongly they respond on average, the strongest first; `first` comes before them.
pub fn strongest(maps: &Maps, first: Option<usize>) -> Vec<usize> {
    let mean = |channel: usize| {
        let map = maps.map(0, channel);
        map.iter().map(|&value| f64::from(value)).sum::<f64>() / map.len().max(1) as f64
    };
    let means: Vec<f64> = (0..maps.channels).map(mean).collect();
    let mut channels: Vec<usize> = (0..maps.channels).collect();
    crate::ordering::sort_by(&mut channels, |&a, &b| means[b].total_cmp(&means[a]).then(a.cmp(&b)));
    if let Some(first) = first.filter(|&first| first < maps.channels) {
        channels.retain(|&channel| channel != first);
        channels.insert(0, first);
    }
    channels
}

/// What full ink stands for, in all maps of the layer at this epoch.
pub fn top(maps: &Maps) -> f64 {
    let mut values: Vec<f32> = maps.values.iter().copied().filter(|value| value.is_finite()).collect();
    let Some(last) = values.len().checked_sub(1) else { return 1.0 };
    let place = ((last as f64) * TOP_SHARE).round() as usize;
    let (_, &mut top, _) = values.select_nth_unstable_by(place, f32::total_cmp);
    if top > 0.0 { f64::from(top) } else { 1.0 }
}

/// A map in ink: one pixel a value. A vector, such as a dense layer's, is folded into a square.
pub fn in_ink(values: &[f32], width: usize, top: f64, inks: Inks) -> MapPicture {
    let width = if width == values.len() { (width as f64).sqrt().ceil() as usize } else { width }.max(1);
    let height = values.len().div_ceil(width);
    let pixel = |place: usize| match values.get(place) {
        Some(&value) if value.is_finite() => {
            let Rgb([r, g, b]) = inks.at(f64::from(value) / top);
            [r, g, b, 255]
        }
        _ => [0; 4],
    };
    MapPicture { width, height, rgba: (0..width * height).flat_map(pixel).collect() }
}

/// The input: grey images in ink, colour images in their colours.
pub fn input(maps: &Maps, image: usize, inks: Inks) -> MapPicture {
    if maps.channels == 3 {
        return crate::app::figures::maps::of_input(maps, image);
    }
    in_ink(maps.map(image, 0), maps.width, 255.0, inks)
}

/// Where the maps of a tile lie, CSS pixels: the large one, and how many columns of small ones have room.
pub fn columns(width: f64, height: f64) -> usize {
    let small = (height - GAP * (ROWS - 1) as f64) / ROWS as f64;
    let left = (width - height + 0.5).max(0.0);
    ((left / (small + GAP)) as usize).min(MOST_COLUMNS)
}

/// The tile as it is put on the screen, `width × height` CSS pixels of `scale` pixels each.
pub fn compose(pictures: &[MapPicture], (width, height): (f64, f64), scale: f64, inks: Inks) -> MapPicture {
    let pixels = |length: f64| (length * scale).round().max(0.0) as usize;
    let (wide, high) = (pixels(width), pixels(height));
    let mut sheet = MapPicture { width: wide, height: high, rgba: vec![0; 4 * wide * high] };
    let Some((large, rest)) = pictures.split_first() else { return sheet };
    put(&mut sheet, large, (0, 0), high.min(wide), inks);
    let small = (height - GAP * (ROWS - 1) as f64) / ROWS as f64;
    for (place, picture) in rest.iter().take(columns(width, height) * ROWS).enumerate() {
        let (column, row) = (place / ROWS, place % ROWS);
        let x = height + GAP + column as f64 * (small + GAP);
        let y = row as f64 * (small + GAP);
        put(&mut sheet, picture, (pixels(x), pixels(y)), pixels(small), inks);
    }
    sheet
}

/// Puts a map into a square of `side` pixels, each value a block, with a frame.
fn put(sheet: &mut MapPicture, picture: &MapPicture, (left, top): (usize, usize), side: usize, inks: Inks) {
    let longest = picture.width.max(picture.height);
    if longest == 0 || side < 3 {
        return;
    }
    let Rgb([r, g, b]) = inks.frame;
    for y in 0..side.min(sheet.height.saturating_sub(top)) {
        for x in 0..side.min(sheet.width.saturating_sub(left)) {
            let at = 4 * ((top + y) * sheet.width + left + x);
            let is_frame = x == 0 || y == 0 || x + 1 == side || y + 1 == side;
            let (column, row) = (x * longest / side, y * longest / side);
            let pixel = if is_frame {
                [r, g, b, 255]
            } else if column < picture.width && row < picture.height {
                let from = 4 * (row * picture.width + column);
                [0, 1, 2, 3].map(|part| picture.rgba[from + part])
            } else {
                [0; 4]
            };
            sheet.rgba[at..at + 4].copy_from_slice(&pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps(channels: usize, values: Vec<f32>) -> Maps {
        Maps::new(&[1, channels, 1, values.len() / channels], values).unwrap()
    }

    #[test]
    fn channels_come_by_their_mean_response_and_the_picked_one_first() {
        let maps = maps(3, vec![1.0, 1.0, 5.0, 5.0, 3.0, 3.0]);
        assert_eq!(strongest(&maps, None), [1, 2, 0]);
        assert_eq!(strongest(&maps, Some(0)), [0, 1, 2]);
        assert_eq!(strongest(&maps, Some(9)), [1, 2, 0]);
    }

    #[test]
    fn the_scale_is_that_of_nearly_all_values_and_never_zero() {
        let mut values = vec![1.0; 999];
        values.push(1000.0);
        for values in [values, vec![0.0; 4], vec![f32::NAN; 4]] {
            assert!((top(&maps(1, values)) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn no_response_is_paper_and_the_strongest_is_ink() {
        let inks = Inks::of(Mode::Light);
        let picture = in_ink(&[0.0, 2.0, 9.0, f32::NAN], 2, 2.0, inks);
        assert_eq!(picture.rgba[..8], [255, 255, 255, 255, 20, 30, 44, 255]);
        assert_eq!(picture.rgba[8..12], [20, 30, 44, 255], "beyond the scale it stays at its end");
        assert_eq!(picture.rgba[15], 0, "what is no number is transparent");
    }

    #[test]
    fn a_vector_is_folded_into_a_square() {
        let picture = in_ink(&[1.0; 64], 64, 1.0, Inks::of(Mode::Dark));
        assert_eq!((picture.width, picture.height), (8, 8));
        let picture = in_ink(&[1.0; 10], 10, 1.0, Inks::of(Mode::Dark));
        assert_eq!((picture.width, picture.height), (4, 3));
    }

    #[test]
    fn small_maps_stand_beside_the_large_one_where_there_is_room() {
        assert_eq!([80.0, 84.0, 113.5, 142.0, 900.0].map(|width| columns(width, 84.0)), [0, 0, 1, 2, 3]);
    }

    #[test]
    fn a_tile_has_the_pixels_of_its_box_and_nothing_is_put_outside() {
        let inks = Inks::of(Mode::Light);
        let map = in_ink(&[1.0; 16], 4, 1.0, inks);
        for (width, height, scale) in
            [(130.0, 84.0, 2.0), (60.0, 60.0, 1.0), (34.0, 34.0, 1.25), (2.0, 84.0, 1.0)]
        {
            let tile = compose(&vec![map.clone(); 12], (width, height), scale, inks);
            assert_eq!(tile.rgba.len(), 4 * tile.width * tile.height);
            assert_eq!(tile.width, (width * scale).round() as usize);
        }
        let tile = compose(std::slice::from_ref(&map), (84.0, 84.0), 1.0, inks);
        assert_eq!(tile.rgba[4 * (40 * 84 + 40)..][..4], [20, 30, 44, 255]);
        assert_eq!(tile.rgba[..3], inks.frame.0);
    }
}
