//! The settings of a run, as the start panel, the URL and the console give them.

use serde::{Deserialize, Serialize};

/// Which dataset a run trains on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatasetName {
    /// Built in, drawn from a seed.
    Strokes,
    /// MNIST from IDX files.
    Mnist,
}

/// Which preset network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelName {
    /// Two blocks of conv–conv–pool (16, 32 channels), dense 64, dense 10.
    #[serde(rename = "mnist-8")]
    Mnist8,
}

/// Which optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerName {
    /// Adam with β = (0.9, 0.999), ε = 1e-8 (PyTorch's defaults).
    Adam,
}

/// Which backend the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendChoice {
    /// WebGPU on a real adapter, else the CPU.
    Auto,
    /// WebGPU, a software adapter too.
    Webgpu,
    /// wasm SIMD.
    Cpu,
}

/// Which backend a run really uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// burn-wgpu.
    Webgpu,
    /// burn-flex with simd128.
    Cpu,
}

/// Samples per class in the training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PerClass {
    /// This many of each class.
    Count(usize),
    /// All there are.
    All,
}

/// The settings of a run. Parsing and ranges: `TrainingConfig::set(name, value)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// Dataset.
    pub dataset: DatasetName,
    /// Training images per class.
    pub per_class: PerClass,
    /// Network.
    pub model: ModelName,
    /// Epochs to train.
    pub epochs: u32,
    /// Images per batch.
    pub batch: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Optimizer.
    pub optimizer: OptimizerName,
    /// Seed of weights, subsets, batch order and dropout.
    pub seed: u64,
    /// Images in the probe set, all classes together.
    pub probe: usize,
    /// Backend asked for.
    pub backend: BackendChoice,
}
