//! Information between whole layers: one pass over a layer gives its distances, which are kept in the run; any pair of
//! layers follows from those.

use crate::compute::ComputeError;
use crate::compute::measures::{failed, kept, rounded, sample_major};
use crate::compute::parts::{all, chosen, question};
use crate::cube::RunReader;
use crate::entropy::{ImageOrder, LayerCapacity, LayerCodes, layer_codes};
use crate::query::{ImageSet, Need};
use crate::storage::ByteStore;

/// Part of the name under which distances are kept; raised when they are measured otherwise.
const CODES: &[u8] = b"codes 1";

/// Distances of the layers of one epoch over the same images.
#[derive(Default)]
pub(super) struct LayerDistances {
    of: Option<(usize, ImageSet)>,
    codes: Vec<(usize, LayerCodes)>,
}

impl LayerDistances {
    /// `[4]` bits, as [`Need::LayerInformation`] says; kept in the run.
    ///
    /// # Errors
    /// What the store, the run's files and the estimators refuse.
    pub(super) async fn information<S: ByteStore>(
        &mut self,
        run: &RunReader<S>,
        (epoch_index, layer_a, layer_b): (usize, usize, usize),
        images: &ImageSet,
    ) -> Result<Vec<f32>, ComputeError> {
        let need = Need::LayerInformation { epoch_index, layer_a, layer_b, images: images.clone() };
        let name = question(&need)?;
        if let Some(values) = run.answer(&name).await?.filter(|values| values.len() == 4) {
            return Ok(values);
        }
        let a = self.codes(run, epoch_index, layer_a, images).await?;
        let b = self.codes(run, epoch_index, layer_b, images).await?;
        let (a, b) = (&self.codes[a].1, &self.codes[b].1);
        let found = LayerCapacity::from_codes(a, b, number_of(run, images));
        let found = found.map_err(|error| failed(run, epoch_index, layer_b, error))?;
        let (measured, null) = (found.measured.information(0, 0), found.null.information(0, 0));
        let bits = [measured.capacity(), measured.a_given_b(), measured.b_given_a(), null.capacity()];
        let values = rounded(&bits);
        kept(run.store_answer(&name, &values).await)?;
        Ok(values)
    }

    /// The place of a layer's codes, which are read or measured now if they are not there yet.
    async fn codes<S: ByteStore>(
        &mut self,
        run: &RunReader<S>,
        epoch_index: usize,
        layer: usize,
        images: &ImageSet,
    ) -> Result<usize, ComputeError> {
        if self.of.as_ref() != Some(&(epoch_index, images.clone())) {
            self.codes.clear();
            self.of = Some((epoch_index, images.clone()));
        }
        if let Some(place) = self.codes.iter().position(|(other, _)| *other == layer) {
            return Ok(place);
        }
        let own =
            Need::LayerInformation { epoch_index, layer_a: layer, layer_b: layer, images: images.clone() };
        let name = [&question(&own)?, CODES].concat();
        let (n, bins) = (number_of(run, images), run.header().settings.bins);
        let stored = run.kept_bytes(&name).await?;
        let stored =
            stored.and_then(|stored| LayerCodes::from_stored(stored, n * n.saturating_sub(1) / 2, bins).ok());
        let codes = if let Some(codes) = stored.filter(|codes| codes.channels() == 1) {
            codes
        } else {
            let cells = run.layer_cells(epoch_index, layer).await?;
            let outputs = match images {
                ImageSet::All => sample_major(&cells),
                ImageSet::These(images) => sample_major(&chosen(&cells, images, &all(cells.shape.channels))),
            };
            drop(cells);
            let codes = layer_codes(&outputs, &order_of(run, images).await?, bins);
            let codes = codes.map_err(|error| failed(run, epoch_index, layer, error))?;
            kept(run.keep_bytes(&name, codes.as_bytes()).await)?;
            codes
        };
        self.codes.push((layer, codes));
        Ok(self.codes.len() - 1)
    }
}

/// The probe images, or these of them, in the order that pairs are made in.
async fn order_of<S: ByteStore>(run: &RunReader<S>, images: &ImageSet) -> Result<ImageOrder, ComputeError> {
    let probe = run.probe().await?;
    let order =
        ImageOrder::by_content(&probe.images, &probe.labels).map_err(|error| failed(run, 0, 0, error))?;
    Ok(match images {
        ImageSet::All => order,
        ImageSet::These(images) => order.of_these(images),
    })
}

fn number_of<S: ByteStore>(run: &RunReader<S>, images: &ImageSet) -> usize {
    match images {
        ImageSet::All => run.header().probe_images,
        ImageSet::These(images) => images.len(),
    }
}
