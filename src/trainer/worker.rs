//! The trainer in its worker: greets, takes one run at a time, answers until the page closes it.
//!
//! Names the browser; everything it calls also runs natively.

mod alarms;
mod examine;
mod own_data;
mod worker_host;

use crate::browser::opfs::Opfs;
use crate::browser::{adapter, locks, port, turn};
use crate::cube::RunReader;
use crate::protocol::compute::NeedsCells;
use crate::protocol::{Fault, FromTrainer, PROTOCOL, ToTrainer};
use crate::trainer::device::{Accelerator, choose};
use crate::trainer::error::TrainError;
use crate::trainer::examine::mute::TestImages;
use crate::trainer::recompute::recompute;
use crate::trainer::recovery::{resume_to_end, run_to_end};
use crate::trainer::resume::ContinueOrder;
use crate::trainer::run::{RunEnd, RunOrder};
use crate::training::config::{Backend, BackendChoice};
use own_data::OwnData;
use worker_host::WorkerHost;

/// Serves the page for as long as the worker lives.
pub async fn serve() {
    alarms::install();
    let inbox = port::inbox::<ToTrainer>();
    let mut host = WorkerHost::new(inbox);
    let mut worker = Worker { webgpu: None, test_images: None };
    let mut own_data = OwnData::default();
    port::post(&FromTrainer::Ready { protocol: PROTOCOL });
    loop {
        match host.next().await {
            ToTrainer::Start { run, name, created, data_url, config } => {
                let order = RunOrder { run, name, created, data_url, config };
                let end = worker.train(&order, &mut host).await;
                tell_end(order.run, end);
            }
            ToTrainer::Continue { run, data_url, epochs, backend } => {
                let order = ContinueOrder { run, data_url, epochs };
                let end = worker.resume(&order, backend, &mut host).await;
                tell_end(order.run, end);
            }
            ToTrainer::Recompute { run, cells } => {
                let fault = worker.recompute(&run, cells, &mut host).await.err();
                port::post(&FromTrainer::Recomputed { run, cells, fault });
            }
            ToTrainer::OfferData { files } => own_data.offer(files),
            ToTrainer::ImportData { name, form } => own_data.import(&name, form).await,
            ToTrainer::KeepData { created, copies } => own_data.keep(&created, copies).await,
            ToTrainer::DropData => own_data = OwnData::default(),
            ToTrainer::Project { ticket, order } => examine::project(ticket, &order, &mut host).await,
            ToTrainer::Mute { ticket, order } => worker.mute(ticket, &order, &mut host).await,
            // Nothing to act on between runs.
            ToTrainer::Pause | ToTrainer::Resume | ToTrainer::Stop | ToTrainer::Step => {}
        }
    }
}

fn tell_end(run: String, end: Result<RunEnd, Fault>) {
    port::post(&match end {
        Ok(end) => FromTrainer::Ended { run, stopped: end == RunEnd::Stopped },
        Err(fault) => FromTrainer::Failed { fault },
    });
}

/// What a worker keeps between runs.
struct Worker {
    /// The GPU, once opened: a second initialisation fails.
    webgpu: Option<Accelerator>,
    /// Of the run whose channels were muted last.
    test_images: Option<TestImages>,
}

impl Worker {
    async fn train(&mut self, order: &RunOrder, host: &mut WorkerHost) -> Result<RunEnd, Fault> {
        alarms::clear();
        let (store, _writing) = storage(&order.run, 1).await?;
        let accelerator = self.accelerator(order.config.backend).await?;
        run_to_end(order, host, store, &accelerator).await.map_err(TrainError::into_fault)
    }

    async fn resume(
        &mut self,
        order: &ContinueOrder,
        backend: BackendChoice,
        host: &mut WorkerHost,
    ) -> Result<RunEnd, Fault> {
        alarms::clear();
        // The worker that wrote it may have died just now.
        let (store, _writing) = storage(&order.run, LOCK_TRIALS).await?;
        let accelerator = self.accelerator(backend).await?;
        resume_to_end(order, host, store, &accelerator).await.map_err(TrainError::into_fault)
    }

    /// On the backend that the run's own settings choose, so that the cells are those that were dropped.
    async fn recompute(&mut self, run: &str, cells: NeedsCells, host: &mut WorkerHost) -> Result<(), Fault> {
        alarms::clear();
        let store = opfs().await?;
        let reader = RunReader::open(store.clone(), run)
            .await
            .map_err(|error| TrainError::from(error).into_fault())?;
        let accelerator = self.accelerator(reader.header().config.backend).await?;
        let done = recompute(&store, run, cells, host, &accelerator.device).await;
        done.map_err(TrainError::into_fault)
    }

    async fn accelerator(&mut self, choice: BackendChoice) -> Result<Accelerator, Fault> {
        // Where the CPU is asked for, WebGPU is not even looked at: some browsers log or crash.
        let decision = match choice {
            BackendChoice::Cpu => choose(choice, &adapter_not_asked_for())?,
            BackendChoice::Auto | BackendChoice::Webgpu => choose(choice, &adapter::probe().await)?,
        };
        if let (Backend::Webgpu, Some(open)) = (decision.backend, &self.webgpu) {
            return Ok(Accelerator { description: decision.device, ..open.clone() });
        }
        if decision.backend == Backend::Webgpu {
            port::post(&FromTrainer::Preparing { stage: "Opening the graphics processor".to_owned() });
        }
        let opened = Accelerator::open(decision).await?;
        if opened.backend == Backend::Webgpu {
            self.webgpu = Some(opened.clone());
        }
        Ok(opened)
    }
}

async fn opfs() -> Result<Opfs, Fault> {
    let store = Opfs::open().await.map_err(|error| Fault::no_opfs(error.to_string()))?;
    Ok(store.remembering())
}

fn written_elsewhere(run: &str) -> Fault {
    Fault::new(
        "run_in_use",
        format!("The run {run} cannot be trained here."),
        "Another tab is training it.",
        "Go on in that tab, or close it and try again.",
    )
}

/// How often a lock that is held is tried again, and after how many milliseconds.
const LOCK_TRIALS: u32 = 20;
const LOCK_PAUSE_MS: f64 = 100.0;

/// Where the run is recorded, and the lock of the one who writes it.
async fn storage(run: &str, trials: u32) -> Result<(Opfs, locks::Lock), Fault> {
    let store = opfs().await?;
    for trial in 0..trials {
        if trial > 0 {
            turn::sleep(LOCK_PAUSE_MS).await;
        }
        if let Some(lock) = locks::acquire(&locks::of_run(run)).await {
            return Ok((store, lock));
        }
    }
    Err(written_elsewhere(run))
}

fn adapter_not_asked_for() -> crate::training::device::Adapter {
    crate::training::device::Adapter::Absent { reason: "not looked for".to_owned() }
}
