//! The training loop of the browser, run natively on the CPU backend and a store in memory.
#![cfg(all(feature = "trainer", not(target_arch = "wasm32")))]

mod control;
mod learning;
mod mnist;
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod recording;
mod scripted;
