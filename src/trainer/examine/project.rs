//! One channel of a recorded epoch, projected back to some probe images.
//!
//! On the CPU whatever the run was trained on: a handful of images takes less time there than opening a
//! graphics processor.

use burn::tensor::{Device, ExecutionError, Tensor};

use super::{Examined, no_such_feature};
use crate::dataset::{ImageShape, Samples};
use crate::network::{NamedTensor, NetworkError, NetworkSpec, initial_weights};
use crate::protocol::examine::{MAX_PROJECTED, Picture, ProjectedImage, ProjectionOrder};
use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::batches;
use crate::trainer::deconvnet::{Rule, Trace};
use crate::trainer::error::TrainError;
use crate::trainer::host::Host;
use crate::trainer::model::Network;

/// Most values of a picture that is sent: messages stay small.
const MAX_VALUES: usize = 3 << 14;

/// Projects image after image; emits `Projected` for each, with `ticket`.
///
/// # Errors
/// `no_such_channel`, `no_such_image`, `too_large`, and what the store says.
pub async fn project<H: Host, S: ByteStore>(
    ticket: u64,
    order: &ProjectionOrder,
    store: S,
    host: &mut H,
) -> Result<(), TrainError> {
    let device = Device::flex();
    let examined = Examined::open(store, &order.run, order.epoch, &device).await?;
    let probe = examined.reader.probe().await?;
    check(order, &examined, &probe)?;
    let layer = examined.network_layer(order.layer);
    let layer = layer.ok_or_else(|| no_such_feature(order.layer, examined.reader.header().n_layers()))?;
    let weights = control_weights(&examined.spec, examined.reader.header().seed)?;
    let control = Network::new(&examined.spec, &weights.into_iter().collect(), &device)?;
    for &image in &order.images {
        let pixels = batches::images_tensor(&probe, &[image], &device);
        let trace = Trace::new(&examined.network, &examined.spec, pixels.clone(), layer).await?;
        let random = Trace::new(&control, &examined.spec, pixels.clone(), layer).await?;
        let start = trace.feature(order.feature);
        let back = async |rule| picture(trace.project(rule, start.clone())).await;
        let projected = ProjectedImage {
            image,
            label: usize::from(probe.labels[image]),
            input: picture(pixels).await?,
            feature_map: feature_map(&examined, order, trace.output()).await?,
            deconvnet: back(Rule::Deconvnet).await?,
            gradient: back(Rule::Gradient).await?,
            guided: back(Rule::Guided).await?,
            control: picture(random.project(Rule::Deconvnet, random.feature(order.feature))).await?,
        };
        host.emit(FromTrainer::Projected { ticket, image: Box::new(projected) });
        host.turn().await;
    }
    Ok(())
}

/// Random weights for the same network, other ones than a run of this seed begins with.
///
/// # Errors
/// When the network is impossible.
pub fn control_weights(spec: &NetworkSpec, seed: u64) -> Result<Vec<NamedTensor>, NetworkError> {
    initial_weights(spec, !seed)
}

fn check<S: ByteStore>(
    order: &ProjectionOrder,
    examined: &Examined<S>,
    probe: &Samples,
) -> Result<(), Fault> {
    let header = examined.reader.header();
    let n_features = examined.n_features(order.layer).filter(|_| order.layer > 0);
    if n_features.is_none_or(|count| order.feature >= count) {
        return Err(no_such_feature(order.layer, header.n_layers()));
    }
    if order.images.len() > MAX_PROJECTED || order.images.iter().any(|&image| image >= probe.len()) {
        return Err(Fault::new(
            "no_such_image",
            "These images cannot be projected.",
            format!(
                "There are {} probe images, 0 first, and at most {MAX_PROJECTED} at a time.",
                probe.len()
            ),
            "Choose other images.",
        ));
    }
    let map = header.shape_at(order.layer).map_or(0, |shape| shape.height * shape.width);
    if header.input.len().max(map) > MAX_VALUES {
        return Err(Fault::new(
            "too_large",
            "These images are too large to be projected here.",
            format!("They have {} values each, at most {MAX_VALUES} are shown.", header.input.len()),
            "Train on smaller images to look at channels in this way.",
        ));
    }
    Ok(())
}

/// The feature's part of the layer's output `[1, C, H, W]`.
async fn feature_map<S: ByteStore>(
    examined: &Examined<S>,
    order: &ProjectionOrder,
    output: Tensor<4>,
) -> Result<Picture, ExecutionError> {
    let is_dense = examined.reader.header().layers[order.layer - 1].is_dense();
    picture(output.narrow(if is_dense { 3 } else { 1 }, order.feature, 1)).await
}

/// `[1, C, H, W]` off the device.
async fn picture(tensor: Tensor<4>) -> Result<Picture, ExecutionError> {
    let [_, channels, height, width] = tensor.dims();
    let values = tensor.into_data_async().await?.iter::<f32>().collect();
    Ok(Picture::new(ImageShape { channels, height, width }, values))
}
