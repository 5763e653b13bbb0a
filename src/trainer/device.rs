//! Which backend a run trains on, and why.
//!
//! The decision is pure and tested natively; [`Accelerator::open`] acts on it. A device is created
//! once per worker and cloned: a second initialisation of the same adapter fails.

use burn::tensor::Device;

use crate::protocol::Fault;
use crate::training::config::{Backend, BackendChoice};
use crate::training::device::Adapter;

/// A backend, and in words which one it is and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The backend.
    pub backend: Backend,
    /// For the page: the device and the reason.
    pub device: String,
}

/// Decides between WebGPU and the CPU: a real adapter wins unless the user said otherwise.
///
/// # Errors
/// `no_webgpu` when WebGPU is demanded and there is no adapter at all.
pub fn choose(choice: BackendChoice, adapter: &Adapter) -> Result<Decision, Fault> {
    let decision = |backend, device: String| Ok(Decision { backend, device });
    match (choice, adapter) {
        (BackendChoice::Cpu, _) => decision(Backend::Cpu, "CPU (wasm SIMD): asked for".to_owned()),
        (BackendChoice::Auto | BackendChoice::Webgpu, Adapter::Real { name }) => {
            decision(Backend::Webgpu, format!("WebGPU on {name}"))
        }
        (BackendChoice::Webgpu, Adapter::Fallback { name }) => {
            decision(Backend::Webgpu, format!("WebGPU on {name}: a software adapter, asked for"))
        }
        (BackendChoice::Auto, Adapter::Fallback { name }) => decision(
            Backend::Cpu,
            format!("CPU (wasm SIMD): the only WebGPU adapter, {name}, is software and slower"),
        ),
        (BackendChoice::Auto, Adapter::Absent { reason }) => {
            decision(Backend::Cpu, format!("CPU (wasm SIMD): {reason}"))
        }
        (BackendChoice::Webgpu, Adapter::Absent { reason }) => Err(Fault::new(
            "no_webgpu",
            "Training on WebGPU could not start.",
            format!("The backend was set to webgpu, but {reason}."),
            "Choose the backend auto or cpu, or open the page in a browser with WebGPU switched on.",
        )),
    }
}

/// A burn device that is ready, without autodiff, and what to say about it.
#[derive(Clone, Debug)]
pub struct Accelerator {
    /// The backend behind it.
    pub backend: Backend,
    /// For the page: the device and why it was chosen.
    pub description: String,
    /// The device; call `.autodiff()` on a clone to train.
    pub device: Device,
}

impl Accelerator {
    /// The CPU backend: always there, nothing to wait for.
    pub fn cpu(description: impl Into<String>) -> Self {
        Self { backend: Backend::Cpu, description: description.into(), device: Device::flex() }
    }

    /// Opens the device that was decided on. Call once per worker for WebGPU and keep the answer.
    ///
    /// # Errors
    /// `webgpu_failed` when the adapter was there but gave no device.
    #[cfg(target_arch = "wasm32")]
    pub async fn open(decision: Decision) -> Result<Self, Fault> {
        match decision.backend {
            Backend::Cpu => Ok(Self::cpu(decision.device)),
            Backend::Webgpu => {
                let device = Device::wgpu_options().init_async().await.map_err(|error| {
                    Fault::new(
                        "webgpu_failed",
                        format!("{} could not be opened.", decision.device),
                        error.to_string(),
                        "Reload the page to try again, or choose the backend cpu.",
                    )
                })?;
                Ok(Self { backend: Backend::Webgpu, description: decision.device, device })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> Adapter {
        Adapter::Real { name: "Radeon".to_owned() }
    }

    fn fallback() -> Adapter {
        Adapter::Fallback { name: "SwiftShader".to_owned() }
    }

    fn absent() -> Adapter {
        Adapter::Absent { reason: "this browser has no WebGPU".to_owned() }
    }

    fn backend(choice: BackendChoice, adapter: &Adapter) -> Backend {
        choose(choice, adapter).unwrap().backend
    }

    #[test]
    fn a_real_adapter_is_taken_unless_the_cpu_is_asked_for() {
        assert_eq!(backend(BackendChoice::Auto, &real()), Backend::Webgpu);
        assert_eq!(backend(BackendChoice::Webgpu, &real()), Backend::Webgpu);
        assert_eq!(backend(BackendChoice::Cpu, &real()), Backend::Cpu);
    }

    #[test]
    fn a_software_adapter_is_taken_only_when_forced() {
        assert_eq!(backend(BackendChoice::Auto, &fallback()), Backend::Cpu);
        assert_eq!(backend(BackendChoice::Webgpu, &fallback()), Backend::Webgpu);
    }

    #[test]
    fn no_adapter_means_the_cpu_or_a_fault_with_a_next_step() {
        assert_eq!(backend(BackendChoice::Auto, &absent()), Backend::Cpu);
        let fault = choose(BackendChoice::Webgpu, &absent()).unwrap_err();
        assert_eq!(fault.code, "no_webgpu");
        assert!(fault.why.contains("this browser has no WebGPU"));
        assert!(fault.next_step.contains("cpu"));
    }

    #[test]
    fn the_description_names_the_adapter() {
        assert!(choose(BackendChoice::Auto, &real()).unwrap().device.contains("Radeon"));
        assert!(choose(BackendChoice::Auto, &fallback()).unwrap().device.contains("SwiftShader"));
    }
}
