//! Which probe images of a class the network takes for another: what a cell of the confusion matrix counts, as far
//! as it is recorded. Predictions for the test set are counted and not kept one by one; for the probe set they are
//! the class probabilities of layer |L|.

use crate::app::session::OpenRun;

/// Most images that are shown.
pub const MOST: usize = 32;
/// Images side by side.
const PER_ROW: usize = 8;

/// The slice of the class probabilities of all probe images of class `actual`.
pub fn probabilities_slice(run: &OpenRun, actual: usize, epoch_index: usize) -> Option<String> {
    let epoch = run.epoch_number(epoch_index)?;
    Some(format!("dCNN(label={actual}, {}, 0, {epoch})", run.header.layers.len()))
}

/// The slice of these images themselves.
pub fn images_slice(run: &OpenRun, images: &[usize], epoch_index: usize) -> Option<String> {
    let epoch = run.epoch_number(epoch_index)?;
    let list: Vec<String> = images.iter().map(usize::to_string).collect();
    Some(format!("dCNN({{{}}}, 0, -, {epoch})", list.join(",")))
}

/// Of `images` with their probabilities, row-major `[images][n_classes]`, those for which `predicted` is the
/// likeliest class; the first of equal ones counts.
pub fn predicted_as(
    images: &[usize],
    probabilities: &[f32],
    n_classes: usize,
    predicted: usize,
) -> Vec<usize> {
    let likeliest = |row: &[f32]| {
        let larger = |best: usize, class: usize| if row[class] > row[best] { class } else { best };
        (1..row.len()).fold(0, larger)
    };
    let rows = images.iter().zip(probabilities.chunks_exact(n_classes.max(1)));
    rows.filter(|(_, row)| likeliest(row) == predicted).map(|(&image, _)| image).collect()
}

/// Images side by side as one picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    /// `4 · width · height` bytes; what lies between the images is transparent.
    pub rgba: Vec<u8>,
}

/// `values` 0 … 255, `[images][channels][height][width]`; one channel is grey, three are colours.
pub fn sheet(values: &[f32], channels: usize, height: usize, width: usize) -> Sheet {
    let len = channels * height * width;
    if len == 0 || values.len() < len {
        return Sheet::default();
    }
    let n = values.len() / len;
    let (columns, rows) = (n.min(PER_ROW), n.div_ceil(PER_ROW));
    let (sheet_width, sheet_height) = (columns * (width + 1) - 1, rows * (height + 1) - 1);
    let mut rgba = vec![0; 4 * sheet_width * sheet_height];
    for (index, image) in values.chunks_exact(len).enumerate() {
        let (left, top) = (index % PER_ROW * (width + 1), index / PER_ROW * (height + 1));
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let value = |channel: usize| {
                let channel = if channels == 3 { channel } else { 0 };
                image[(channel * height + y) * width + x] as u8
            };
            let at = 4 * ((top + y) * sheet_width + left + x);
            rgba[at..at + 4].copy_from_slice(&[value(0), value(1), value(2), 255]);
        }
    }
    Sheet { width: sheet_width, height: sheet_height, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn the_slices_are_written_in_the_papers_notation() {
        let run = fixture::open_run("a", 3);
        assert_eq!(probabilities_slice(&run, 4, 2).as_deref(), Some("dCNN(label=4, 3, 0, 2)"));
        assert_eq!(images_slice(&run, &[3, 17], 1).as_deref(), Some("dCNN({3,17}, 0, -, 1)"));
        assert_eq!(images_slice(&run, &[3], 7), None);
    }

    #[test]
    fn images_are_found_by_their_likeliest_class() {
        let probabilities = [0.2, 0.5, 0.3, 0.6, 0.2, 0.2, 0.4, 0.4, 0.2];
        assert_eq!(predicted_as(&[7, 8, 9], &probabilities, 3, 0), [8, 9], "the first of equal ones");
        assert_eq!(predicted_as(&[7, 8, 9], &probabilities, 3, 1), [7]);
        assert!(predicted_as(&[7, 8, 9], &probabilities, 3, 2).is_empty());
    }

    #[test]
    fn images_stand_side_by_side_with_a_gap() {
        let values: Vec<f32> = vec![10.0; 9];
        let grey = sheet(&values, 1, 1, 1);
        assert_eq!((grey.width, grey.height), (15, 3));
        assert_eq!((&grey.rgba[..4], &grey.rgba[4..8]), (&[10, 10, 10, 255][..], &[0; 4][..]));
        let colour = sheet(&[1.0, 2.0, 3.0], 3, 1, 1);
        assert_eq!(colour.rgba, [1, 2, 3, 255]);
        assert_eq!(sheet(&[], 1, 28, 28), Sheet::default());
    }
}
