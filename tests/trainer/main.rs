//! The training loop of the browser, run natively on the CPU backend and a store in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::double_ended_iterator_last,
    clippy::redundant_closure,
    clippy::redundant_closure_for_method_calls,
    reason = "a test may fail where it stands"
)]
#![cfg(all(feature = "trainer", not(target_arch = "wasm32")))]

mod control;
mod kill;
mod learning;
mod mnist;
mod muted;
mod projected;
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod recording;
mod resume;
mod rebuilt;
mod scripted;
