//! Looking at the network of a recorded epoch, between runs: [`project`] a channel back to the input, [`mute`]
//! channels and see what it costs.
//!
//! The network comes from the stored checkpoint, the images from the stored probe set (or the dataset); what is
//! found goes to the page as messages and is not stored.

pub mod mute;
pub mod project;

use burn::tensor::Device;

use crate::cube::{LayerHeader, RunReader};
use crate::network::NetworkSpec;
use crate::protocol::Fault;
use crate::storage::ByteStore;
use crate::trainer::checkpoint;
use crate::trainer::error::TrainError;
use crate::trainer::model::Network;

/// A stored run with the network of one of its epochs.
struct Examined<S> {
    reader: RunReader<S>,
    spec: NetworkSpec,
    network: Network,
}

impl<S: ByteStore> Examined<S> {
    async fn open(store: S, run: &str, epoch: u32, device: &Device) -> Result<Self, TrainError> {
        let reader = RunReader::open(store, run).await?;
        let spec = reader.header().spec();
        let weights = checkpoint::decode(&reader.checkpoint(epoch).await?)?.into_iter().collect();
        let network = Network::new(&spec, &weights, device)?;
        Ok(Self { reader, spec, network })
    }

    /// The network's own layer, 0 = the input, whose output layer `layer` of the run is; `None` for a part of a layer.
    fn network_layer(&self, layer: usize) -> Option<usize> {
        if layer == 0 { Some(0) } else { self.reader.header().network_layer(layer) }
    }

    /// Channels of layer `layer`, or units of a dense one; 0 is the input, `None` past the last layer.
    fn n_features(&self, layer: usize) -> Option<usize> {
        let header = self.reader.header();
        match layer.checked_sub(1) {
            None => Some(header.input.channels),
            Some(index) => header.layers.get(index).map(LayerHeader::n_features),
        }
    }
}

/// As the page shows it: what was to be done, and why it could not be.
pub fn fault_of(error: TrainError, what: &str) -> Fault {
    let fault = error.into_fault();
    match fault.code.as_str() {
        "storage" | "storage_full" | "checkpoint" | "model" => Fault::new(
            "unreadable_run",
            what,
            format!("The run's weights or images could not be read: {}.", fault.why),
            "Choose another epoch; if all of them fail, import the run's file again or train it anew.",
        ),
        _ => fault,
    }
}

fn no_such_feature(layer: usize, n_layers: usize) -> Fault {
    Fault::new(
        "no_such_channel",
        "There is no such channel.",
        format!("Layer {layer} of {n_layers} does not have it, or it cannot be looked at in this way."),
        "Choose a layer and a channel of the run that is open.",
    )
}
