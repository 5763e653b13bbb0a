//! What becomes of a run whose graphics processor is lost: it goes on on the CPU, by itself.
//!
//! A worker cannot open WebGPU a second time (burn refuses), so the CPU takes over from the last
//! recorded epoch. What fails on the CPU fails for good.

use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::device::Accelerator;
use crate::trainer::error::TrainError;
use crate::trainer::host::Host;
use crate::trainer::resume::{ContinueOrder, is_missing, resume};
use crate::trainer::run::{RunEnd, run};
use crate::training::config::Backend;

use super::run::RunOrder;

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Go on from the last recorded epoch on the CPU.
    ContinueOnCpu,
    /// Nothing: the run has failed.
    GiveUp,
}

/// Decides after `error` on `backend`.
pub fn recovery(backend: Backend, error: &TrainError) -> Recovery {
    let of_device = match error {
        TrainError::Device(_) => true,
        TrainError::Fault(fault) => fault.code == "webgpu_failed",
        _ => false,
    };
    if of_device && backend == Backend::Webgpu { Recovery::ContinueOnCpu } else { Recovery::GiveUp }
}

/// Trains a new run to its end, whatever becomes of the graphics processor.
///
/// # Errors
/// As [`run`].
pub async fn run_to_end<H: Host, S: ByteStore + Clone>(
    order: &RunOrder,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    match run(order, host, store.clone(), accelerator).await {
        Err(error) if recovery(accelerator.backend, &error) == Recovery::ContinueOnCpu => {
            let cpu = cpu_after(error, host);
            let rest =
                ContinueOrder { run: order.run.clone(), data_url: order.data_url.clone(), epochs: None };
            match resume(&rest, host, store.clone(), &cpu).await {
                // Lost before the run was there.
                Err(error) if is_missing(&error) => run(order, host, store, &cpu).await,
                end => end,
            }
        }
        end => end,
    }
}

/// Continues a run to its end, whatever becomes of the graphics processor.
///
/// # Errors
/// As [`resume`].
pub async fn resume_to_end<H: Host, S: ByteStore + Clone>(
    order: &ContinueOrder,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    match resume(order, host, store.clone(), accelerator).await {
        Err(error) if recovery(accelerator.backend, &error) == Recovery::ContinueOnCpu => {
            let cpu = cpu_after(error, host);
            resume(order, host, store, &cpu).await
        }
        end => end,
    }
}

/// Says that the device is lost and what takes its place.
fn cpu_after<H: Host>(error: TrainError, host: &mut H) -> Accelerator {
    let why = error.into_fault().why;
    host.emit(FromTrainer::DeviceLost {
        fault: Fault::new(
            "device_lost",
            "The graphics processor was lost while training.",
            why,
            "Training goes on by itself on the CPU, from the last recorded epoch. Nothing recorded is lost.",
        ),
    });
    Accelerator::cpu("CPU (wasm SIMD): the graphics processor was lost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::NetworkError;

    fn lost() -> TrainError {
        TrainError::Fault(Fault::new("webgpu_failed", "a", "b", "c"))
    }

    #[test]
    fn a_lost_graphics_processor_is_replaced_by_the_cpu() {
        assert_eq!(recovery(Backend::Webgpu, &lost()), Recovery::ContinueOnCpu);
    }

    #[test]
    fn the_cpu_has_no_replacement() {
        assert_eq!(recovery(Backend::Cpu, &lost()), Recovery::GiveUp);
    }

    #[test]
    fn what_would_fail_on_the_cpu_too_is_not_tried_there() {
        for error in [
            TrainError::from(NetworkError::NoOutput),
            TrainError::from(Fault::new("data_missing", "a", "b", "c")),
            TrainError::Diverged { epoch: 1, what: "the loss is NaN".to_owned(), learning_rate: 1.0 },
        ] {
            assert_eq!(recovery(Backend::Webgpu, &error), Recovery::GiveUp);
        }
    }
}
