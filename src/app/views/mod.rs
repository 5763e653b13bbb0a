//! What is on the page: each view reads parts of the session, hands texts and numbers to widgets and
//! plots, and sends events. Nothing is computed here.

pub mod epoch_bar;
pub mod header;
pub mod notices;
pub mod preflight;
pub mod progress;
pub mod runs;
pub mod start_panel;
