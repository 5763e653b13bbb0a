//! What a slice of the hypercube holds: which images, layers, channels and epochs, and how many cells.

use super::check_error::CheckError;
use super::cost::cell_bytes;
use super::notation::{CubeAxis, Images, Place, Slice};
use super::resolve::Resolver;
use super::run_shape::RunShape;
use super::selector::Selector;
use crate::ordering::sort_by;

/// The cells that a slice names, whatever is measured of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Indices in the probe set, ascending.
    pub images: Vec<usize>,
    /// Layers, 0 = the input, ascending.
    pub layers: Vec<usize>,
    /// Channels; with `-`, those of the widest of the layers.
    pub channels: Vec<usize>,
    /// Positions along T, ascending.
    pub epoch_indices: Vec<usize>,
    /// Numbers of those epochs.
    pub epochs: Vec<u32>,
    /// Cells in all, saturating.
    pub cells: u64,
    /// The same in bytes as recorded, before compression.
    pub bytes: u64,
}

/// Resolves the selectors of a slice; layers of different shapes may stand together, and no images too.
///
/// # Errors
/// [`CheckError::OutOfRange`], [`CheckError::NotRecorded`], [`CheckError::NoTrainImages`].
pub fn contents(slice: &Slice, shape: &RunShape) -> Result<Contents, CheckError> {
    let place = Place::first(CubeAxis::X);
    let shape = shape.of(slice.probe_set).ok_or(CheckError::NoTrainImages { place })?;
    let resolver = Resolver { shape: &shape, probe_set: slice.probe_set };
    let layers = resolver.layers(&slice.layers, Place::first(CubeAxis::L))?.axis.coordinates;
    let channels = resolver.channels(&slice.channels, &layers, "channel", Place::first(CubeAxis::C))?;
    let epochs = resolver.epochs(&slice.epochs, Place::first(CubeAxis::T))?;
    let images = images(&slice.images, resolver)?;
    let mut contents = Contents {
        images,
        layers,
        channels: channels.axis.coordinates,
        epochs: epochs.indices.iter().map(|&index| shape.epochs[index]).collect(),
        epoch_indices: epochs.indices,
        ..Contents::default()
    };
    let each = product(contents.images.len(), contents.epochs.len());
    for &layer in &contents.layers {
        let maps = match slice.channels {
            Selector::All => shape.n_channels(layer),
            _ => contents.channels.len(),
        };
        let area = shape.layers.get(layer).map_or(0, |layer| layer.shape.height * layer.shape.width);
        let cells = each.saturating_mul(product(maps, area));
        contents.cells = contents.cells.saturating_add(cells);
        contents.bytes = contents.bytes.saturating_add(cells.saturating_mul(cell_bytes(layer)));
    }
    Ok(contents)
}

fn images(images: &Images, resolver: Resolver<'_>) -> Result<Vec<usize>, CheckError> {
    let place = Place::first(CubeAxis::X);
    match images {
        Images::Picked(images) => resolver.images(images, place),
        Images::Labelled(classes) => {
            let classes = resolver.classes(classes, "class", place)?.axis.coordinates;
            let mut found: Vec<usize> =
                classes.into_iter().flat_map(|class| resolver.shape.images_of(class)).collect();
            sort_by(&mut found, Ord::cmp);
            Ok(found)
        }
    }
}

fn product(a: usize, b: usize) -> u64 {
    (a as u64).saturating_mul(b as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::notation::Query;
    use crate::query::parse;
    use crate::query::testing::shape;

    fn of(text: &str) -> Result<Contents, CheckError> {
        let Query::Cells(slice) = parse(text).unwrap() else { panic!("{text}") };
        contents(&slice, &shape())
    }

    #[test]
    fn every_axis_is_resolved_and_the_cells_are_counted() {
        let found = of("dCNN(label={0,2}, 1..2, {0,2}, 2..8)").unwrap();
        assert_eq!(found.images, [0, 2, 3, 6]);
        assert_eq!((found.layers, found.channels), (vec![1, 2], vec![0, 2]));
        assert_eq!((found.epoch_indices, found.epochs), (vec![2, 3, 4], vec![2, 4, 8]));
        assert_eq!((found.cells, found.bytes), (4 * 3 * 2 * 2 * 16, 2 * 4 * 3 * 2 * 2 * 16));
    }

    #[test]
    fn layers_of_different_shapes_are_counted_each_as_it_is() {
        let found = of("dCNN(0, -, -, 0)").unwrap();
        assert_eq!(found.cells, 16 + 3 * 16 + 3 * 16 + 2 * 4 + 4);
        assert_eq!(found.bytes, 16 + 2 * (found.cells - 16), "pixels of the input are bytes");
        assert_eq!(found.channels, [0, 1, 2]);
    }

    #[test]
    fn a_class_without_images_holds_nothing() {
        let found = of("dCNN(label=3, 1, -, 0)").unwrap();
        assert_eq!((found.images, found.cells), (vec![], 0));
    }

    #[test]
    fn training_images_are_theirs_by_number_and_by_class() {
        assert_eq!(of("dCNN(train, 1, 0, 0)").unwrap().images, [0, 1, 2, 3, 4]);
        assert_eq!(of("dCNN(train label={1,2}, 1, 0, 0)").unwrap().images, [3, 4]);
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        assert_eq!(of("dCNN(0, 9, -, 0)").unwrap_err().place().axis, CubeAxis::L);
        assert_eq!(of("dCNN(99, 1, -, 0)").unwrap_err().place().axis, CubeAxis::X);
        assert_eq!(of("dCNN(0, 1, -, 3)").unwrap_err().place().axis, CubeAxis::T);
    }
}
