//! Answering tasks about stored runs: cells are read from the store, measured, and the measures kept.
//!
//! `answer` is a function of the task and the store and runs natively; `worker` is the program
//! around it. Never writes cells.

pub mod schedule;
