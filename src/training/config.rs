//! The settings of a run, as the start panel, the URL and the console give them.
//!
//! Text comes in by name through [`TrainingConfig::set`], which knows every range; what is in a
//! `TrainingConfig` that was built so can be trained. [`TrainingConfig::pairs`] gives it back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod check;
mod error;
mod images;

pub use self::error::ConfigError;
pub use self::images::{DATA_SEED, TEST_PER_CLASS};
pub use super::augmentation::Augmentation;
pub use super::dataset_name::DatasetName;
pub use super::rate::RateSchedule;
pub use super::recording::RecordPolicy;
use super::unknown_name::UnknownName;
use crate::dataset::ImageShape;
pub use crate::dataset::PerClass;
use crate::network::decimal;
pub use crate::network::{HiddenLayers, OpenedLayers, Width};
use crate::network::{NetworkSpec, presets};

/// Which preset network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelName {
    /// Two blocks of conv–conv–pool (16, 32 channels), dense 64, dense 10.
    #[serde(rename = "mnist-8")]
    Mnist8,
    /// Four blocks of conv–conv–pool (32, 64, 128, 128 channels) with batch norm, as in the paper.
    #[serde(rename = "cifar-13")]
    Cifar13,
    /// cifar-13 with identity skip connections.
    #[serde(rename = "residual")]
    Residual,
    /// The layers that [`TrainingConfig::layers`] lists.
    #[serde(rename = "custom")]
    Custom,
}

/// Which optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerName {
    /// Stochastic gradient descent with momentum 0.9.
    Sgd,
    /// Adam with β = (0.9, 0.999), ε = 1e-8 (PyTorch's defaults).
    Adam,
    /// Adam with decoupled weight decay.
    Adamw,
}

impl OptimizerName {
    /// Weight decay where none is set: PyTorch's defaults.
    pub const fn default_weight_decay(self) -> f64 {
        match self {
            Self::Sgd | Self::Adam => 0.0,
            Self::Adamw => 0.01,
        }
    }
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

/// The settings of a run. Parsing and ranges: `TrainingConfig::set(name, value)`.
///
/// Settings that a stored run does not name, because it is older than they are, have their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// Seed of weights, batch order, dropout and variations of the training images.
    pub seed: u64,
    /// Seed of the images: subsets, probe set, what Strokes draws. `None` in runs of older versions, which had
    /// one seed for everything: [`images_seed`](Self::images_seed) says which it is.
    #[serde(default)]
    pub data_seed: Option<u64>,
    /// Test images per class, as far as the dataset has them. `None` in runs of older versions, which had as
    /// many as were trained on, 20 to 200: [`test_images`](Self::test_images).
    #[serde(default)]
    pub test_per_class: Option<PerClass>,
    /// Images in the probe set, all classes together.
    pub probe: usize,
    /// Backend asked for.
    pub backend: BackendChoice,
    /// Multiplier of the hidden layers' channels.
    pub width: Width,
    /// Weight decay; `None` for the optimizer's own.
    pub weight_decay: Option<f64>,
    /// How the learning rate changes over the epochs.
    pub schedule: RateSchedule,
    /// How training images are varied.
    pub augment: Augmentation,
    /// Which epochs are recorded.
    pub record: RecordPolicy,
    /// Of the model `custom`: all layers but the class probabilities.
    pub layers: HiddenLayers,
    /// Layers whose parts are recorded as layers of their own.
    pub parts: OpenedLayers,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            dataset: DatasetName::Strokes,
            per_class: PerClass::Count(100),
            model: ModelName::Mnist8,
            epochs: 5,
            batch: 64,
            learning_rate: 1e-3,
            optimizer: OptimizerName::Adam,
            seed: 1,
            data_seed: Some(DATA_SEED),
            test_per_class: Some(TEST_PER_CLASS),
            probe: 500,
            backend: BackendChoice::Auto,
            width: Width::Full,
            weight_decay: None,
            schedule: RateSchedule::Constant,
            augment: Augmentation::Off,
            record: RecordPolicy::All,
            layers: HiddenLayers::default(),
            parts: OpenedLayers::None,
        }
    }
}

/// Names of all settings, in the order of [`TrainingConfig::pairs`].
pub const SETTINGS: [&str; 19] = [
    "dataset",
    "per_class",
    "model",
    "epochs",
    "batch",
    "lr",
    "optimizer",
    "seed",
    "data_seed",
    "test_per_class",
    "probe",
    "backend",
    "width",
    "weight_decay",
    "schedule",
    "augment",
    "record",
    "layers",
    "parts",
];

impl TrainingConfig {
    /// Takes one setting by its public name; white space around the value does not matter.
    ///
    /// # Errors
    /// When the name or the value cannot be used; the error says what is allowed.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        let text = value.trim();
        let parsed = match name {
            "dataset" => put(&mut self.dataset, text.parse().ok()),
            "per_class" => put(&mut self.per_class, per_class(text)),
            "model" => put(&mut self.model, text.parse().ok()),
            "epochs" => put(&mut self.epochs, whole(text, 1, 1000)),
            "batch" => put(&mut self.batch, whole(text, 1, 1024)),
            "lr" => put(&mut self.learning_rate, learning_rate(text)),
            "optimizer" => put(&mut self.optimizer, text.parse().ok()),
            "seed" => put(&mut self.seed, whole(text, 0, MAX_SEED)),
            "data_seed" => put(&mut self.data_seed, whole(text, 0, MAX_SEED).map(Some)),
            "test_per_class" => put(&mut self.test_per_class, per_class(text).map(Some)),
            "probe" => put(&mut self.probe, whole(text, 10, 5000)),
            "backend" => put(&mut self.backend, text.parse().ok()),
            "width" => put(&mut self.width, text.parse().ok()),
            "weight_decay" if text == "auto" => put(&mut self.weight_decay, Some(None)),
            "weight_decay" => put(&mut self.weight_decay, weight_decay(text).map(Some)),
            "schedule" => put(&mut self.schedule, text.parse().ok()),
            "augment" => put(&mut self.augment, text.parse().ok()),
            "record" => put(&mut self.record, RecordPolicy::parse(text)),
            "parts" => put(&mut self.parts, text.parse().ok()),
            "layers" => put(&mut self.layers, Some(text.parse().map_err(ConfigError::BadLayers)?)),
            _ => return Err(ConfigError::UnknownName { name: name.into() }),
        };
        parsed.ok_or_else(|| refusal(name, text))
    }

    /// Every setting with its value as text: what [`TrainingConfig::set`] takes.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.dataset.to_string(),
            self.per_class.to_string(),
            self.model.to_string(),
            self.epochs.to_string(),
            self.batch.to_string(),
            self.learning_rate.to_string(),
            self.optimizer.to_string(),
            self.seed.to_string(),
            self.images_seed().to_string(),
            self.test_images().to_string(),
            self.probe.to_string(),
            self.backend.to_string(),
            self.width.to_string(),
            self.weight_decay.map_or_else(|| "auto".to_owned(), |decay| decay.to_string()),
            self.schedule.to_string(),
            self.augment.to_string(),
            self.record.to_string(),
            self.layers.to_string(),
            self.parts.to_string(),
        ];
        SETTINGS.into_iter().zip(values).collect()
    }

    /// The settings that differ from the default ones: what a link needs to hold.
    pub fn changed_pairs(&self) -> Vec<(&'static str, String)> {
        let defaults = Self::default().pairs();
        self.pairs().into_iter().filter(|pair| !defaults.contains(pair)).collect()
    }

    /// The network that model and width stand for, on images of this shape.
    pub fn network(&self, input: ImageShape, classes: usize) -> NetworkSpec {
        self.unscaled_network(input, classes).scaled(self.width)
    }

    /// The network that the model stands for at its full width.
    pub fn unscaled_network(&self, input: ImageShape, classes: usize) -> NetworkSpec {
        match self.model {
            ModelName::Mnist8 => presets::mnist_8(input, classes),
            ModelName::Cifar13 => presets::cifar_13(input, classes),
            ModelName::Residual => presets::residual(input, classes),
            ModelName::Custom => {
                NetworkSpec::with_hidden(ModelName::Custom.as_str(), input, &self.layers, classes)
            }
        }
    }

    /// The weight decay in use.
    pub fn effective_weight_decay(&self) -> f64 {
        self.weight_decay.unwrap_or(self.optimizer.default_weight_decay())
    }
}

/// The smallest learning rate: below it, weights in float32 stand still.
const LEAST_RATE: f64 = 1e-7;

/// The largest seed: 2^53 − 1, so that a seed survives JavaScript's numbers.
pub const MAX_SEED: u64 = (1 << 53) - 1;

/// Most images per class that can be asked for; a dataset may have fewer.
pub const MAX_PER_CLASS: usize = 100_000;

/// What a setting can be, in words; empty for an unknown name.
pub fn allowed(name: &str) -> String {
    match name {
        "dataset" => list(DatasetName::ALL),
        "per_class" | "test_per_class" => format!("a whole number from 1 to {MAX_PER_CLASS} or all"),
        "model" => list(ModelName::ALL),
        "epochs" => "a whole number from 1 to 1000".into(),
        "batch" => "a whole number from 1 to 1024".into(),
        "lr" => "a number from 1e-7 to 10".into(),
        "optimizer" => list(OptimizerName::ALL),
        "seed" | "data_seed" => format!("a whole number from 0 to {MAX_SEED}"),
        "probe" => "a whole number from 10 to 5000".into(),
        "backend" => list(BackendChoice::ALL),
        "width" => list(Width::ALL),
        "weight_decay" => "a number from 0 to 1 or auto".into(),
        "schedule" => list(RateSchedule::ALL),
        "augment" => list(Augmentation::ALL),
        "record" => "all or log or every:N with N from 1 to 1000".into(),
        "parts" => "none or all or layer numbers as in 1,4".into(),
        "layers" => "layers such as conv 16 3x3 bn relu; maxpool 2 dropout 0.25; dense 64 relu".into(),
        _ => String::new(),
    }
}

fn refusal(name: &str, value: &str) -> ConfigError {
    ConfigError::BadValue { name: name.to_owned(), value: value.to_owned(), allowed: allowed(name) }
}

fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

fn whole<T: FromStr + PartialOrd + Copy>(text: &str, least: T, most: T) -> Option<T> {
    text.parse().ok().filter(|number| *number >= least && *number <= most)
}

fn learning_rate(text: &str) -> Option<f64> {
    decimal::parse(text).filter(|rate| (LEAST_RATE..=10.0).contains(rate))
}

fn weight_decay(text: &str) -> Option<f64> {
    decimal::parse(text).filter(|decay| (0.0..=1.0).contains(decay))
}

fn per_class(text: &str) -> Option<PerClass> {
    if text == "all" { Some(PerClass::All) } else { whole(text, 1, MAX_PER_CLASS).map(PerClass::Count) }
}

fn list<T: fmt::Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

impl fmt::Display for PerClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

/// Gives an enum its public names, both ways; the same names that serde writes.
macro_rules! public_names {
    ($kind:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $kind {
            /// Every value, in the order they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The public name: in URLs, in run files, on the console.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $kind {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text { $($name => Ok(Self::$variant),)+ _ => Err(UnknownName(text.into())) }
            }
        }
    };
}

public_names!(ModelName { Mnist8 => "mnist-8", Cifar13 => "cifar-13", Residual => "residual", Custom => "custom" });
public_names!(OptimizerName { Sgd => "sgd", Adam => "adam", Adamw => "adamw" });
public_names!(Width { Quarter => "0.25", Half => "0.5", Full => "1" });
public_names!(RateSchedule { Constant => "constant", Step => "step", Cosine => "cosine" });
public_names!(Augmentation { Off => "off", Shift => "shift", FlipShift => "flip-shift" });
public_names!(BackendChoice { Auto => "auto", Webgpu => "webgpu", Cpu => "cpu" });
public_names!(Backend { Webgpu => "webgpu", Cpu => "cpu" });

#[cfg(test)]
mod tests;
