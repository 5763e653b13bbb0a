//! Why a setting was not taken, in words for whoever gave it.

use super::SETTINGS;

/// Why a setting was not taken; the configuration is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Nobody knows this name.
    #[error("There is no setting named {name:?}. The settings are {}.", SETTINGS.join(", "))]
    UnknownName {
        /// As given.
        name: String,
    },
    /// The value is out of range or not of the right kind.
    #[error("{name}={value:?} is not possible; {name} can be {allowed}.")]
    BadValue {
        /// The setting.
        name: String,
        /// As given.
        value: String,
        /// In words.
        allowed: String,
    },
}
