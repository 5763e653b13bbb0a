//! Writes one epoch of the hypercube: every layer's output for the probe set, the weights, the metrics.
//!
//! Layer by layer: the outputs of the layer before stay on the device, chunk by chunk, and are dropped
//! when no later layer needs them; the host holds the float16 cells of one layer. The epoch is committed last, so a
//! run cut short never shows half an epoch.

use std::borrow::Cow;
use std::ops::Range;

use burn::tensor::{Device, ExecutionError};
use half::f16;

use crate::cube::RunWriter;
use crate::dataset::{ImageShape, Samples};
use crate::network::{LayerPart, RecordedLayer};
use crate::protocol::FromTrainer;
use crate::storage::ByteStore;
use crate::trainer::chunks;
use crate::trainer::error::TrainError;
use crate::trainer::host::Host;
use crate::trainer::model::Network;
use crate::trainer::signal::Signal;

/// Where in the hypercube an epoch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochPlace {
    /// Epoch, 0 before training.
    pub epoch: u32,
    /// Index on axis T.
    pub epoch_index: usize,
}

/// What is recorded, and how.
#[derive(Clone, Copy, Debug)]
pub struct Recorder<'a> {
    /// The images held fixed over the run.
    pub probe: &'a Samples,
    /// Layers 1 … |L| of the run, parts of the network's layers among them.
    pub layers: &'a [RecordedLayer],
    /// Images in a chunk.
    pub per_chunk: usize,
    /// The device, without autodiff.
    pub device: &'a Device,
}

/// Cells that do not fit into float16, infinite or not numbers: index of the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OutOfRange;

impl Recorder<'_> {
    /// Runs the probe set through `network` (without autodiff) and writes all layers' cells.
    ///
    /// # Errors
    /// `Diverged` when a cell is not finite in float16; nothing of the layer is written then. Otherwise
    /// what the device or the store says.
    pub async fn write_activations<H: Host, S: ByteStore>(
        &self,
        network: &Network,
        place: EpochPlace,
        learning_rate: f64,
        writer: &mut RunWriter<S>,
        host: &mut H,
    ) -> Result<(), TrainError> {
        let layers = self.layers.len();
        self.each_layer(network, place, learning_rate, host, async |layer, cells, host| {
            writer.write_activations(place.epoch_index, layer, cells).await?;
            host.emit(FromTrainer::Recording { epoch: place.epoch, layer, layers });
            Ok(())
        })
        .await
    }

    /// Runs the probe set through `network` and gives `take` each layer's cells, `[C, X, H·W]`.
    ///
    /// # Errors
    /// `Diverged` when a cell is not finite in float16, what the device says, and what `take` says.
    pub async fn each_layer<H: Host>(
        &self,
        network: &Network,
        place: EpochPlace,
        learning_rate: f64,
        host: &mut H,
        mut take: impl AsyncFnMut(usize, &[f16], &mut H) -> Result<(), TrainError>,
    ) -> Result<(), TrainError> {
        let ranges = chunks::ranges(self.probe.len(), self.per_chunk);
        let mut signals: Vec<(Range<usize>, Signal)> = ranges
            .map(|range| {
                let chunk = chunks::upload(self.probe, range, self.per_chunk, self.device);
                (chunk.range, Signal::new(chunk.images))
            })
            .collect();
        for (layer, recorded) in (1..).zip(self.layers) {
            let cells = self.layer_cells(network, recorded, &mut signals, host).await?;
            let cells = cells.map_err(|OutOfRange| TrainError::Diverged {
                epoch: place.epoch,
                what: format!("an output of layer {layer} is beyond what float16 can hold"),
                learning_rate,
            })?;
            take(layer, &cells, host).await?;
        }
        Ok(())
    }

    /// Moves every chunk one layer on, if the whole layer is recorded and not a part of it, and gives the
    /// cells, `[C, X, H·W]`.
    async fn layer_cells<H: Host>(
        &self,
        network: &Network,
        recorded: &RecordedLayer,
        signals: &mut [(Range<usize>, Signal)],
        host: &mut H,
    ) -> Result<Result<Vec<f16>, OutOfRange>, ExecutionError> {
        let shape = recorded.shape;
        let mut cells = vec![f16::ZERO; shape.len() * self.probe.len()];
        let mut finite = true;
        for (range, signal) in signals {
            let output = match recorded.part {
                LayerPart::Whole => {
                    network.advance(signal);
                    signal.output()
                }
                part => network.part(signal, part),
            };
            let values = output.into_data_async().await?;
            // Both backends compute in f32: nothing is copied.
            let values = values.as_slice::<f32>().map_or_else(|_| values.iter().collect(), Cow::Borrowed);
            finite &= place_cells(&values, range.clone(), shape, self.probe.len(), &mut cells);
            host.turn().await;
        }
        Ok(if finite { Ok(cells) } else { Err(OutOfRange) })
    }
}

/// Puts the outputs `[n, C, H, W]` of the images in `range` at their place in `cells` `[C, X, H·W]`,
/// and says whether all of them are finite in float16. Padding beyond the range is left out.
fn place_cells(
    values: &[f32],
    range: Range<usize>,
    shape: ImageShape,
    n_images: usize,
    cells: &mut [f16],
) -> bool {
    let map_len = shape.height * shape.width;
    let mut finite = true;
    for (image, image_values) in range.zip(values.chunks_exact(shape.len())) {
        for (channel, map) in image_values.chunks_exact(map_len).enumerate() {
            let start = (channel * n_images + image) * map_len;
            for (cell, value) in cells[start..start + map_len].iter_mut().zip(map) {
                *cell = f16::from_f32(*value);
                finite &= cell.is_finite();
            }
        }
    }
    finite
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ImageShape = ImageShape { channels: 2, height: 1, width: 2 };

    #[test]
    fn cells_lie_channel_by_channel_then_image_by_image() {
        let mut cells = vec![f16::ZERO; 8];
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert!(place_cells(&values, 0..2, SHAPE, 2, &mut cells));
        let cells: Vec<f32> = cells.into_iter().map(f16::to_f32).collect();
        assert_eq!(cells, [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, 8.0]);
    }

    #[test]
    fn padding_beyond_the_range_is_left_out() {
        let mut cells = vec![f16::ZERO; 8];
        let values = [1.0, 2.0, 3.0, 4.0, 9.0, 9.0, 9.0, 9.0];
        assert!(place_cells(&values, 1..2, SHAPE, 2, &mut cells));
        let cells: Vec<f32> = cells.into_iter().map(f16::to_f32).collect();
        assert_eq!(cells, [0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 4.0]);
    }

    #[test]
    fn what_float16_cannot_hold_is_noticed() {
        for value in [f32::NAN, f32::INFINITY, 70_000.0, -70_000.0] {
            let mut cells = vec![f16::ZERO; 4];
            assert!(!place_cells(&[0.0, value, 0.0, 0.0], 0..1, SHAPE, 1, &mut cells), "{value}");
        }
    }
}
