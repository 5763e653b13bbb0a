//! Why a setting was not taken, in words for whoever gave it.

use super::SETTINGS;
use crate::network::NotationError;

/// Why a setting was not taken; the configuration is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Nobody knows this name.
    #[error("There is no setting named {name:?}. The settings are {}.", SETTINGS.join(", "))]
    UnknownName {
        /// As given.
        name: String,
    },
    /// The text is no network.
    #[error("The layers cannot be read: {0}.")]
    BadLayers(NotationError),
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
