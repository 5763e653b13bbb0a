//! What this machine can do, for the preflight line and for the choice of defaults.

use wasm_bindgen::JsValue;

use crate::browser::storage_manager::ask_storage;
use crate::browser::{adapter, navigator, opfs, property};
use crate::training::device::Adapter;

/// What was found; every field is an observation, none a guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Capabilities {
    /// WebGPU.
    pub webgpu: Adapter,
    /// Where runs are kept.
    pub storage: Keeping,
    /// Logical processors.
    pub cores: usize,
}

/// Where runs are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Keeping {
    /// Why browser storage cannot be used; `None` when it can.
    pub problem: Option<String>,
    /// Bytes this site may store.
    pub quota: Option<f64>,
    /// Bytes it stores.
    pub usage: Option<f64>,
    /// Whether the browser promised to keep them.
    pub persisted: Option<bool>,
}

/// Looks at the machine; never fails.
pub async fn capabilities() -> Capabilities {
    Capabilities { webgpu: adapter::probe().await, storage: keeping().await, cores: cores() }
}

/// Looks at storage; never fails.
pub async fn keeping() -> Keeping {
    let estimate = ask_storage("estimate").await.unwrap_or(JsValue::UNDEFINED);
    let number = |name| property(&estimate, name).and_then(|value| value.as_f64());
    Keeping {
        problem: opfs::Opfs::open().await.err().map(|error| error.to_string()),
        quota: number("quota"),
        usage: number("usage"),
        persisted: ask_storage("persisted").await.and_then(|value| value.as_bool()),
    }
}

/// Asks the browser to keep what is stored; `None` when it cannot be asked.
pub async fn persist() -> Option<bool> {
    ask_storage("persist").await.and_then(|value| value.as_bool())
}

/// Logical processors, at least 1.
pub fn cores() -> usize {
    navigator()
        .and_then(|navigator| property(&navigator, "hardwareConcurrency")?.as_f64())
        .map_or(1, |cores| (cores as usize).max(1))
}
