//! Information between whole layers: one pass over a layer gives its distances, which are kept in the run; any pair of
//! layers follows from those.

use crate::compute::ComputeError;
use crate::compute::measures::{bins, failed, kept, sample_major};
use crate::compute::parts::{all, chosen};
use crate::cube::{RunReader, name_of};
use crate::entropy::{ImageOrder, LayerCapacity, LayerCodes, layer_codes};
use crate::measure::{ImageSet, MeasureKey, Of};
use crate::storage::ByteStore;

/// Part of the name under which distances are kept; raised when they are measured otherwise.
const CODES: &[u8] = b"codes 1";

/// Distances of the layers of one epoch over the same images.
#[derive(Default)]
pub(super) struct LayerDistances {
    /// Of which epoch, images and settings.
    of: Option<MeasureKey>,
    codes: Vec<(usize, LayerCodes)>,
}

impl LayerDistances {
    /// `[4]` bits: what two layers tell about each other, what each leaves open, and what chance gives.
    ///
    /// # Errors
    /// What the store, the run's files and the estimators refuse.
    pub(super) async fn information<S: ByteStore>(
        &mut self,
        run: &RunReader<S>,
        key: &MeasureKey,
        (layer_a, layer_b): (usize, usize),
    ) -> Result<Vec<f64>, ComputeError> {
        let a = self.codes(run, key, layer_a).await?;
        let b = self.codes(run, key, layer_b).await?;
        let (a, b) = (&self.codes[a].1, &self.codes[b].1);
        let found = LayerCapacity::from_codes(a, b, key.images.len(run.header().probe_images));
        let found = found.map_err(|error| failed(run, key.epoch_index, layer_b, error))?;
        let (measured, null) = (found.measured.information(0, 0), found.null.information(0, 0));
        Ok(vec![measured.capacity(), measured.a_given_b(), measured.b_given_a(), null.capacity()])
    }

    /// The place of a layer's codes, which are read or measured now if they are not there yet.
    async fn codes<S: ByteStore>(
        &mut self,
        run: &RunReader<S>,
        key: &MeasureKey,
        layer: usize,
    ) -> Result<usize, ComputeError> {
        let own = MeasureKey { of: Of::Layers(layer, layer), ..key.clone() };
        let of = MeasureKey { of: Of::Predictions, ..key.clone() };
        if self.of.as_ref() != Some(&of) {
            self.codes.clear();
            self.of = Some(of);
        }
        if let Some(place) = self.codes.iter().position(|(other, _)| *other == layer) {
            return Ok(place);
        }
        let name = [&name_of(&own)?, CODES].concat();
        let (n, bins) = (key.images.len(run.header().probe_images), bins(run, &key.settings));
        let stored = run.kept_bytes(&name).await?;
        let stored =
            stored.and_then(|stored| LayerCodes::from_stored(stored, n * n.saturating_sub(1) / 2, bins).ok());
        let codes = if let Some(codes) = stored.filter(|codes| codes.channels() == 1) {
            codes
        } else {
            let cells = run.layer_cells(key.epoch_index, layer).await?;
            let outputs = match &key.images {
                ImageSet::All => sample_major(&cells),
                ImageSet::These(images) => sample_major(&chosen(&cells, images, &all(cells.shape.channels))),
            };
            drop(cells);
            let codes = layer_codes(&outputs, &order_of(run, &key.images).await?, bins);
            let codes = codes.map_err(|error| failed(run, key.epoch_index, layer, error))?;
            kept(run.keep_bytes(&name, codes.as_bytes()).await)?;
            codes
        };
        self.codes.push((layer, codes));
        Ok(self.codes.len() - 1)
    }
}

/// The probe images, or these of them, in the order that pairs are made in.
pub(super) async fn order_of<S: ByteStore>(
    run: &RunReader<S>,
    images: &ImageSet,
) -> Result<ImageOrder, ComputeError> {
    let probe = run.probe().await?;
    let order =
        ImageOrder::by_content(&probe.images, &probe.labels).map_err(|error| failed(run, 0, 0, error))?;
    Ok(match images {
        ImageSet::All => order,
        ImageSet::These(images) => order.of_these(images),
    })
}
