//! The page: one session, changed only through events; widgets that know no domain; views that join both.
//!
//! `session` and `link` are pure and tested natively. `conductor` carries out what the session decides,
//! `console` is `window.cnnslicer`. The main thread holds results, never activations, and computes nothing.

pub mod figures;
pub mod inspector;
pub mod instrument;
pub mod link;
pub mod overview;
pub mod session;
pub mod shortcuts;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod address;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod conductor;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod console;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod crash;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod json;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod mount;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod pool;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod widgets;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod spawn;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod views;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub use mount::mount;
