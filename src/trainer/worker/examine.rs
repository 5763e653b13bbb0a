//! Projections and muted channels in the trainer's worker: orders in, messages out.

use crate::browser::port;
use crate::cube::RunReader;
use crate::protocol::examine::{MuteEffect, MuteOrder, ProjectionOrder};
use crate::protocol::{Fault, FromTrainer};
use crate::trainer::error::TrainError;
use crate::trainer::examine::mute::{TestImages, mute};
use crate::trainer::examine::{fault_of, project};
use crate::trainer::worker::worker_host::WorkerHost;
use crate::trainer::worker::{Worker, alarms, opfs};

/// Answers one order.
pub async fn project(ticket: u64, order: &ProjectionOrder, host: &mut WorkerHost) {
    let projected = match opfs().await {
        Ok(store) => project::project(ticket, order, store, host)
            .await
            .map_err(|error| fault_of(error, "The channel could not be projected.")),
        Err(fault) => Err(fault),
    };
    port::post(&FromTrainer::Examined { ticket, fault: projected.err() });
}

impl Worker {
    /// Answers one order, on the backend that the run's own settings choose.
    pub(super) async fn mute(&mut self, ticket: u64, order: &MuteOrder, host: &mut WorkerHost) {
        let effect = self.muted(ticket, order, host).await;
        let fault = match effect {
            Ok(effect) => {
                port::post(&FromTrainer::Muted { ticket, effect: Box::new(effect) });
                None
            }
            Err(fault) => Some(fault),
        };
        port::post(&FromTrainer::Examined { ticket, fault });
    }

    async fn muted(
        &mut self,
        ticket: u64,
        order: &MuteOrder,
        host: &mut WorkerHost,
    ) -> Result<MuteEffect, Fault> {
        alarms::clear();
        let named = |error: TrainError| fault_of(error, "The network could not be evaluated.");
        let store = opfs().await?;
        let reader = RunReader::open(store.clone(), &order.run).await.map_err(|error| named(error.into()))?;
        let images = match self.test_images.take().filter(|images| images.are_of(&order.run)) {
            Some(images) => images,
            None => TestImages::read(&order.run, &order.data_url, &store, host).await.map_err(named)?,
        };
        let accelerator = self.accelerator(reader.header().config.backend).await?;
        let effect = mute(ticket, order, &images, store, host, &accelerator.device).await.map_err(named)?;
        // What could not be had this time is tried again the next time.
        self.test_images = Some(images).filter(TestImages::are_the_test_set);
        Ok(effect)
    }
}
