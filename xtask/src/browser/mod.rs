//! A real browser for the end-to-end tests, steered over the `WebDriver` protocol.
//!
//! The protocol is JSON over HTTP on this machine, so it needs no client library. Every browser
//! has a fresh profile and a hard limit on its life: a hung one is killed with all it started.

mod driver;
mod keyboard;
mod page;
mod tabs;
mod wire;

pub use crate::tools::chromium::Chromium;
pub use driver::{Browser, Options};
pub use page::{ConsoleEntry, Page, Screen, Theme};
pub use tabs::Tab;

use crate::problem::{Problem, Result};

/// The Chromium that `cargo xtask test` would use.
///
/// # Errors
/// No Chromium with a chromedriver is on this machine.
pub fn chromium() -> Result<Chromium> {
    crate::tools::chromium::find().ok_or_else(|| {
        Problem::new("no Chromium with chromedriver was found").remedy("run `cargo xtask test`")
    })
}
