//! The training loop of the browser, run natively on the CPU backend and a store in memory.
#![cfg(all(feature = "trainer", not(target_arch = "wasm32")))]

mod control;
mod learning;
mod mnist;
mod recording;
mod scripted;
