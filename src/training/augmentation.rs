//! Variations of training images: a mirror image, a shift. Seeded, and drawn on the CPU.
//!
//! As He et al. 2015 ("Deep Residual Learning for Image Recognition", section 4.2) do it for CIFAR:
//! mirrored with probability 1/2, then a crop of the image padded with 4 black pixels on each side. Read
//! by the trainer when it makes up a batch; test and probe images are never varied.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageShape;
use crate::dataset::random::{Purpose, Random};

/// Most pixels of a shift in each direction.
const MAX_SHIFT: u32 = 4;

/// How training images are varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    /// Not at all.
    Off,
    /// Shifted by up to four pixels each way; right for digits too.
    Shift,
    /// Mirrored left to right at random, and shifted: for photographs.
    FlipShift,
}

/// What is done to one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variation {
    /// Whether left and right change places, before the shift.
    pub mirrored: bool,
    /// Rows that the image moves down.
    pub down: i32,
    /// Columns that it moves right.
    pub right: i32,
}

impl Augmentation {
    /// The variation of the image at `position` of the training set in `epoch`: depends on these and the
    /// seed only.
    pub fn draw(self, seed: u64, epoch: u32, position: usize) -> Variation {
        if self == Self::Off {
            return Variation::default();
        }
        let path = [u64::from(epoch), position as u64];
        let mut random = Random::new(seed, Purpose::Augmentation, &path);
        let mut shift = || random.below(2 * MAX_SHIFT + 1) as i32 - MAX_SHIFT as i32;
        let (down, right) = (shift(), shift());
        Variation { mirrored: self == Self::FlipShift && random.chance(0.5), down, right }
    }
}

impl Variation {
    /// The varied image of `pixels` `[C, H, W]`; what comes in from outside is black.
    pub fn apply(self, pixels: &[u8], shape: ImageShape) -> impl Iterator<Item = u8> {
        let ImageShape { channels, height, width } = shape;
        let rows = (0..channels).flat_map(move |channel| (0..height).map(move |row| (channel, row)));
        rows.flat_map(move |(channel, row)| {
            let from = source(row, self.down, height);
            (0..width).map(move |column| {
                let column = source(column, self.right, width);
                let column = if self.mirrored { column.map(|column| width - 1 - column) } else { column };
                from.zip(column).map_or(0, |(r, c)| pixels[(channel * height + r) * width + c])
            })
        })
    }
}

/// Where a pixel comes from along one axis; `None` from outside.
fn source(at: usize, moved: i32, len: usize) -> Option<usize> {
    at.checked_add_signed(-(moved as isize)).filter(|&from| from < len)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ImageShape = ImageShape { channels: 2, height: 2, width: 3 };
    const PIXELS: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    fn varied(mirrored: bool, down: i32, right: i32) -> Vec<u8> {
        Variation { mirrored, down, right }.apply(&PIXELS, SHAPE).collect()
    }

    #[test]
    fn nothing_done_leaves_the_image() {
        assert_eq!(varied(false, 0, 0), PIXELS);
        assert_eq!(Augmentation::Off.draw(1, 1, 1), Variation::default());
    }

    #[test]
    fn a_mirror_swaps_columns_in_every_channel() {
        assert_eq!(varied(true, 0, 0), [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    }

    #[test]
    fn a_shift_brings_in_black() {
        assert_eq!(varied(false, 1, 0), [0, 0, 0, 1, 2, 3, 0, 0, 0, 7, 8, 9]);
        assert_eq!(varied(false, 0, -1), [2, 3, 0, 5, 6, 0, 8, 9, 0, 11, 12, 0]);
        assert_eq!(varied(false, -4, 4), [0; 12]);
    }

    #[test]
    fn every_shift_comes_up_and_half_of_the_images_are_mirrored() {
        let drawn: Vec<Variation> = (0..4000).map(|at| Augmentation::FlipShift.draw(1, 1, at)).collect();
        let mirrored = drawn.iter().filter(|variation| variation.mirrored).count();
        // Standard deviation 32.
        assert!(mirrored.abs_diff(2000) < 160, "{mirrored}");
        for shift in -4..=4 {
            assert!(drawn.iter().any(|v| v.down == shift) && drawn.iter().any(|v| v.right == shift));
        }
        assert!(drawn.iter().all(|v| v.down.abs() <= 4 && v.right.abs() <= 4));
    }

    #[test]
    fn a_draw_depends_on_seed_epoch_and_image() {
        let draws =
            |seed, epoch| (0..20).map(|at| Augmentation::Shift.draw(seed, epoch, at)).collect::<Vec<_>>();
        assert_eq!(draws(1, 1), draws(1, 1));
        assert_ne!(draws(1, 1), draws(1, 2));
        assert_ne!(draws(1, 1), draws(2, 1));
        assert!(draws(1, 1).iter().all(|variation| !variation.mirrored));
    }
}
