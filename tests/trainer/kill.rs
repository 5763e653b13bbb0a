//! Workers killed at any moment: within an epoch, while the test set is looked at, while cells are written.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cnnslicer::cube::RunReader;
use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::checkpoint;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::host::{Command, FetchProblem, Host};
use cnnslicer::trainer::resume::{ContinueOrder, resume_on};
use cnnslicer::trainer::run::{RunEnd, RunOrder, run_on};
use cnnslicer::training::config::RecordPolicy;

use crate::scripted::{Scripted, bars, order};

/// A host that never comes back from its `last` turn.
struct Mortal {
    inner: Scripted,
    turns: usize,
    last: usize,
}

impl Mortal {
    fn until(last: usize) -> Self {
        Self { inner: Scripted::new(&[]), turns: 0, last }
    }
}

impl Host for Mortal {
    fn now_ms(&self) -> f64 {
        self.inner.now_ms()
    }
    async fn turn(&mut self) {
        self.turns += 1;
        if self.turns == self.last {
            std::future::pending::<()>().await;
        }
    }
    fn poll(&mut self) -> Option<Command> {
        None
    }
    async fn command(&mut self) -> Command {
        self.inner.command().await
    }
    fn emit(&mut self, message: FromTrainer) {
        self.inner.emit(message);
    }
    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        self.inner.fetch(url).await
    }
    fn device_fault(&mut self) -> Option<Fault> {
        None
    }
}

/// Trains until the end, or until the worker is killed in its `last` turn; what is in storage then, and the
/// turns there were.
fn train(order: &RunOrder, last: usize) -> (MemoryStore, usize) {
    let (store, cpu, dataset) = (MemoryStore::new(), Accelerator::cpu("CPU: a test"), bars());
    let mut host = Mortal::until(last);
    {
        let mut run = pin!(run_on(order, &dataset, &mut host, store.clone(), &cpu));
        let polled = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled.is_pending(), last < usize::MAX, "killed, or not");
        assert!(!matches!(polled, Poll::Ready(Err(_))));
    }
    (store, host.turns)
}

/// Continues what a killed worker left.
fn go_on(store: &MemoryStore) {
    let order = ContinueOrder { run: "r".to_owned(), data_url: String::new(), epochs: None };
    let (mut host, cpu) = (Scripted::new(&[]), Accelerator::cpu("CPU: a test"));
    let end = pollster::block_on(resume_on(&order, &bars(), &mut host, store.clone(), &cpu));
    assert_eq!(end.expect("it goes on"), RunEnd::Finished);
}

/// Metrics, confusion matrices, weights and cells of all epochs.
fn all_of(store: &MemoryStore) -> Vec<Vec<u32>> {
    pollster::block_on(async {
        let run = RunReader::open(store.clone(), "r").await.expect("it opens");
        let mut all = Vec::new();
        for (index, (metrics, confusion)) in run.epochs().await.expect("stored").into_iter().enumerate() {
            let values =
                [metrics.train_loss, metrics.test_loss, metrics.train_accuracy, metrics.test_accuracy];
            all.push(values.map(f32::to_bits).to_vec());
            all.push(confusion.counts().to_vec());
            let weights =
                checkpoint::decode(&run.checkpoint(metrics.epoch).await.expect("stored")).expect("ours");
            all.extend(
                weights.iter().map(|tensor| tensor.values.iter().map(|value| value.to_bits()).collect()),
            );
            for layer in 1..=run.header().n_layers() {
                let cells = run.layer_cells(index, layer).await.expect("stored");
                all.push(cells.values.iter().map(|value| value.to_bits()).collect());
            }
        }
        all
    })
}

#[test]
fn a_worker_killed_at_any_moment_costs_no_more_than_the_epoch_in_progress_and_no_bit() {
    for (record, tenths) in [(RecordPolicy::All, &[1, 3, 4, 6, 8][..]), (RecordPolicy::Every(2), &[5, 9])] {
        let mut order = order(3);
        order.config.record = record;
        let (straight, turns) = train(&order, usize::MAX);
        let expected = all_of(&straight);
        for at in tenths {
            let (store, _) = train(&order, 1 + at * (turns - 1) / 10);
            go_on(&store);
            assert!(all_of(&store) == expected, "{record}: killed at {at} tenths");
        }
    }
}
