//! The channel view: what each filter keeps.

pub mod mute;
pub mod projection;

pub use mute::MutePanel;
pub use projection::ProjectionPanel;
