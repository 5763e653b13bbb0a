//! Which documents of a run are written only once something that they describe is stored: most runs are never asked about
//! it, and a browser takes its time for every small file.

use super::catalogue::MEASURES;
use super::probe_set::TRAIN_PROBE;

/// Folders whose documents are written when the first thing that they describe is stored.
pub(super) const ON_DEMAND: [&str; 2] = [TRAIN_PROBE, MEASURES];

/// Whether a document or an array at this path in the run is there only once something that it describes is stored: the
/// measures that older versions do not know, and all of the training images' but the folder itself, the images and the
/// labels.
pub(super) fn is_on_demand(path: &str) -> bool {
    if path.split('/').next() == Some(MEASURES) {
        return true;
    }
    let own = path.strip_prefix(TRAIN_PROBE).and_then(|path| path.strip_prefix('/'));
    own.is_some_and(|own| !["zarr.json", "images", "labels"].contains(&own.split('/').next().unwrap_or(own)))
}
