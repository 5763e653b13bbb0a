//! What the network of a recorded epoch can no longer do when some channels of a layer are zeroed.
//!
//! Zeroed after the activation, as everything that follows sees them; nothing is trained again. Evaluated on the
//! run's test set, drawn again from its dataset; where that cannot be had any more, on the stored probe set.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Examined, no_such_feature};
use crate::cube::RunReader;
use crate::dataset::{ImageShape, Samples};
use crate::protocol::FromTrainer;
use crate::protocol::examine::{EvaluatedOn, MuteEffect, MuteOrder, Performance};
use crate::storage::ByteStore;
use crate::trainer::chunks;
use crate::trainer::data;
use crate::trainer::error::TrainError;
use crate::trainer::evaluate::{Evaluation, evaluate_by};
use crate::trainer::host::Host;
use crate::trainer::model::{Mode, Network};
use crate::trainer::signal::Signal;

/// Images to evaluate a run's networks on; kept between orders, because a dataset takes seconds to read.
#[derive(Clone, Debug)]
pub struct TestImages {
    run: String,
    on: EvaluatedOn,
    samples: Samples,
}

impl TestImages {
    /// Whether they are those of `run`.
    pub fn are_of(&self, run: &str) -> bool {
        self.run == run
    }

    /// Whether they are the test set, and not what stands in for it.
    pub fn are_the_test_set(&self) -> bool {
        self.on == EvaluatedOn::TestSet
    }

    /// The test set of a stored run if its dataset is still the one it was trained on, else its probe set.
    ///
    /// # Errors
    /// What the store says of the run itself.
    pub async fn read<H: Host, S: ByteStore + Clone>(
        run: &str,
        data_url: &str,
        store: &S,
        host: &mut H,
    ) -> Result<Self, TrainError> {
        let reader = RunReader::open(store.clone(), run).await?;
        let probe = reader.probe().await?;
        let config = &reader.header().config;
        let loaded = data::load(config, data_url, host, store).await;
        let split = loaded.and_then(|dataset| data::split(&dataset, config));
        let why = match split {
            Ok(split) if split.probe == probe => {
                return Ok(Self { run: run.to_owned(), on: EvaluatedOn::TestSet, samples: split.test });
            }
            Ok(_) => format!("the images of {} are not those it was trained on", reader.header().dataset),
            Err(fault) => format!("{} {}", fault.what, fault.why),
        };
        Ok(Self { run: run.to_owned(), on: EvaluatedOn::ProbeSet { why }, samples: probe })
    }
}

/// Evaluates the network as it is and with the features muted; emits `Examining` with `ticket` on the way.
///
/// # Errors
/// `no_such_channel`, and what the device and the store say.
pub async fn mute<H: Host, S: ByteStore>(
    ticket: u64,
    order: &MuteOrder,
    images: &TestImages,
    store: S,
    host: &mut H,
    device: &Device,
) -> Result<MuteEffect, TrainError> {
    let examined = Examined::open(store, &order.run, order.epoch, device).await?;
    let header = examined.reader.header();
    // Without the class probabilities there is nothing to evaluate.
    let n_features = examined.n_features(order.layer).filter(|_| order.layer < header.n_layers());
    if n_features.is_none_or(|count| order.features.iter().any(|&feature| feature >= count)) {
        return Err(no_such_feature(order.layer, header.n_layers()).into());
    }
    let layer = examined.network_layer(order.layer);
    let layer = layer.ok_or_else(|| no_such_feature(order.layer, header.n_layers()))?;
    let shape = header.shape_at(order.layer).unwrap_or(header.input);
    let is_dense = order.layer > 0 && header.layers[order.layer - 1].is_dense();
    let factors = factors(shape, is_dense, &order.features, device);
    let network = &examined.network;
    let per_chunk = chunks::images_per_chunk(&examined.spec)?;
    let (samples, n_classes) = (&images.samples, header.n_classes());
    let of = 2 * samples.len();
    let tell = |host: &mut H, done| host.emit(FromTrainer::Examining { ticket, done, of });

    let whole = |images| network.logits(images, Mode::Evaluation);
    let before = evaluate_by(whole, samples, n_classes, per_chunk, device, host, tell).await?;
    let muted = |images| muted_logits(network, images, layer, factors.clone());
    let tell = |host: &mut H, done| tell(host, samples.len() + done);
    let after = evaluate_by(muted, samples, n_classes, per_chunk, device, host, tell).await?;
    let performance = |Evaluation { loss, confusion }| Performance { loss, confusion };
    Ok(MuteEffect { on: images.on.clone(), before: performance(before), after: performance(after) })
}

/// Class scores `[n, classes]` of images `[n, C, H, W]` with the output of layer `layer` times `factors`.
fn muted_logits(network: &Network, images: Tensor<4>, layer: usize, factors: Tensor<4>) -> Tensor<2> {
    let mut signal = Signal::new(images);
    for _ in 0..layer {
        network.advance(&mut signal);
    }
    signal.scale(factors);
    network.logits_after(signal, Mode::Evaluation)
}

/// 0 for the muted features, else 1: `[1, C, 1, 1]`, of a dense layer `[1, 1, 1, units]`.
fn factors(shape: ImageShape, is_dense: bool, muted: &[usize], device: &Device) -> Tensor<4> {
    let count = if is_dense { shape.width } else { shape.channels };
    let factors = (0..count).map(|feature| f32::from(!muted.contains(&feature))).collect();
    let shape = if is_dense { [1, 1, 1, count] } else { [1, count, 1, 1] };
    Tensor::from_data(TensorData::new::<f32, _>(factors, shape), device)
}
