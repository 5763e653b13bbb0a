//! How a run is trained: its settings, its metrics per epoch, and the state machine of a run.

pub mod augmentation;
pub mod config;
pub mod dataset_name;
pub mod device;
pub mod metrics;
pub mod preset;
pub mod rate;
pub mod recording;
pub mod schedule;
pub mod subject;
pub mod unknown_name;

pub use config::TrainingConfig;
pub use metrics::EpochMetrics;
pub use preset::Preset;
pub use subject::Subject;
