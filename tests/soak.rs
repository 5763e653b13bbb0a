//! Memory stays flat however long a run trains: live bytes after many epochs are those after a few.
//!
//! `CNNSLICER_SOAK_EPOCHS` makes it longer. Alone in its program: the allocator counts everybody.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail where it stands")]
#![cfg(all(feature = "trainer", not(target_arch = "wasm32")))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use cnnslicer::cube::ProbeSet;
use cnnslicer::protocol::compute::NeedsCells;
use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::host::{Command, FetchProblem, Host};
use cnnslicer::trainer::recompute::recompute;
use cnnslicer::trainer::run::{RunEnd, run_on};
use cnnslicer::training::config::{ModelName, RecordPolicy, Width};

#[allow(dead_code, reason = "what the other tests of the trainer use of it")]
#[path = "trainer/scripted.rs"]
mod scripted;

/// Bytes allocated and not freed.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
struct Counted;

// SAFETY: every call is handed on to the system's allocator as it came; counting changes nothing of it.
unsafe impl GlobalAlloc for Counted {
    // SAFETY: the caller keeps `GlobalAlloc`'s promises, and they are handed on.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    // SAFETY: the caller keeps `GlobalAlloc`'s promises, and they are handed on.
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// Notes the live bytes at the end of every epoch, and forgets all else.
struct Watching(Vec<usize>);

impl Host for Watching {
    fn now_ms(&self) -> f64 {
        0.0
    }
    async fn turn(&mut self) {}
    fn poll(&mut self) -> Option<Command> {
        None
    }
    async fn command(&mut self) -> Command {
        Command::Stop
    }
    fn emit(&mut self, message: FromTrainer) {
        match message {
            FromTrainer::Progress(progress) if progress.batch == progress.batches => {
                self.0.push(LIVE.load(Ordering::Relaxed));
            }
            _ => {}
        }
    }
    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        Err(FetchProblem { url: url.to_owned(), status: None, reason: String::new() })
    }
    fn device_fault(&mut self) -> Option<Fault> {
        None
    }
}

/// Growth from the fifth value on, per value. The store in memory takes some hundred bytes an epoch for its losses.
fn growth(live: &[usize]) -> f64 {
    let settled = &live[5..];
    (settled[settled.len() - 1] as f64 - settled[0] as f64) / (settled.len() - 1) as f64
}

/// Less than any tensor of the networks here that could be forgotten once an epoch.
const MOST_PER_EPOCH: f64 = 4096.0;

#[test]
fn memory_is_flat_over_many_epochs_and_recordings() {
    let asked = std::env::var("CNNSLICER_SOAK_EPOCHS").ok().and_then(|epochs| epochs.parse().ok());
    for (model, epochs, dataset) in [
        (ModelName::Mnist8, asked.unwrap_or(40), scripted::bars()),
        (ModelName::Residual, asked.unwrap_or(12), scripted::tripled_bars()),
    ] {
        let mut order = scripted::order(epochs);
        (order.config.model, order.config.width) = (model, Width::Quarter);
        order.config.record = RecordPolicy::Every(1000);
        let mut host = Watching(Vec::with_capacity(epochs as usize));
        let (store, cpu) = (MemoryStore::new(), Accelerator::cpu("CPU: a test"));
        let run = run_on(&order, &dataset, &mut host, store.clone(), &cpu);
        assert_eq!(pollster::block_on(run).expect("it trains"), RunEnd::Finished);
        let trained = growth(&host.0);
        println!("{model}: {trained:.0} bytes more an epoch over {epochs} epochs");
        assert!(trained < MOST_PER_EPOCH, "{:?}", host.0);

        // The recorder: the same cells into the same places.
        let mut recorded = Vec::with_capacity(20);
        for _ in 0..20 {
            let again = recompute(
                &store,
                "r",
                NeedsCells { epoch: epochs, probe_set: ProbeSet::Test },
                &mut host,
                &cpu.device,
            );
            pollster::block_on(again).expect("it records");
            recorded.push(LIVE.load(Ordering::Relaxed));
        }
        let grown = growth(&recorded);
        println!("{model}: {grown:.0} bytes more a recording");
        assert!(grown < MOST_PER_EPOCH, "{recorded:?}");
    }
}
