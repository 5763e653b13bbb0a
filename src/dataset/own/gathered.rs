//! What files of any kind give before it is divided into a part to train on and one to test on.

use crate::dataset::Samples;

/// Images of all classes; `test` is empty when the files say nothing of parts.
#[derive(Debug)]
pub(super) struct Gathered {
    pub classes: Vec<String>,
    pub train: Samples,
    pub test: Samples,
    /// Files of the training and of the test images; none where images have no files of their own.
    pub names: [Vec<String>; 2],
}
