//! Raw cells that were dropped or damaged, and those of the training images, which no run records, computed from the
//! epoch's weights.
//!
//! The same forward pass as when the epoch was recorded, on the stored images; the cells go to their
//! place in the run. Asked for by the page when a query needs them, between runs.

use burn::tensor::Device;

use crate::cube::{CubeError, RunReader};
use crate::protocol::FromTrainer;
use crate::protocol::compute::NeedsCells;
use crate::storage::ByteStore;
use crate::trainer::error::TrainError;
use crate::trainer::host::Host;
use crate::trainer::model::Network;
use crate::trainer::record::{EpochPlace, Recorder};
use crate::trainer::{checkpoint, chunks};

/// Computes the cells of all layers at a recorded epoch, and stores them. Emits `Recording`
/// after each layer.
///
/// # Errors
/// When the run has no such images, the epoch is not recorded, its weights are not stored or do not fit the network, and what the
/// device or the store says.
pub async fn recompute<H: Host, S: ByteStore + Clone>(
    store: &S,
    run: &str,
    cells: NeedsCells,
    host: &mut H,
    device: &Device,
) -> Result<(), TrainError> {
    let NeedsCells { epoch, probe_set } = cells;
    let run = RunReader::open(store.clone(), run).await?.of(probe_set)?;
    let planned = &run.header().planned_epochs[..run.recorded()];
    let epoch_index = planned.iter().position(|&recorded| recorded == epoch);
    let epoch_index = epoch_index.ok_or(CubeError::NoCheckpoint(epoch))?;
    let spec = run.header().spec();
    let weights = checkpoint::decode(&run.checkpoint(epoch).await?)?.into_iter().collect();
    let network = Network::new(&spec, &weights, device)?;
    let probe = run.probe().await?;
    let layers = spec.recorded_layers(&run.header().config.parts)?;
    let recorder =
        Recorder { probe: &probe, layers: &layers, per_chunk: chunks::images_per_chunk(&spec)?, device };
    let place = EpochPlace { epoch, epoch_index };
    let learning_rate = run.header().config.learning_rate;
    recorder
        .each_layer(&network, place, learning_rate, host, async |layer, cells, host| {
            run.restore_cells(epoch_index, layer, cells).await?;
            host.emit(FromTrainer::Recording { epoch, layer, layers: layers.len() });
            Ok(())
        })
        .await
}
