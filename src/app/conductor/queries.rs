//! A query of many atomic results, split over the workers, told how far it is, and called off.

use futures_channel::mpsc;
use leptos::prelude::*;

use super::Conductor;
use crate::app::pool::Priority;
use crate::app::spawn::spawn;
use crate::measure::MeasureKey;
use crate::protocol::{Fault, Task};

impl Conductor {
    /// Computes all of these, each wherever a worker is free; the first failure calls the others off.
    pub(super) async fn satisfy(
        self,
        run: &str,
        needs: Vec<MeasureKey>,
        priority: Priority,
    ) -> Result<(), Fault> {
        let pool = self.inner.with_value(|inner| inner.pool.clone());
        let task = |key| Task::Measure { run: run.to_owned(), key };
        let tasks: Vec<Task> = needs.into_iter().map(task).collect();
        let n_tasks = tasks.len();
        let (sender, mut receiver) = mpsc::unbounded();
        for task in tasks.clone() {
            let sender = sender.clone();
            spawn(async move {
                // Whoever asked may have gone.
                let _ = sender.unbounded_send(self.run_whole(task, priority).await);
            });
        }
        drop(sender);
        self.inner.update_value(|inner| inner.splits.push(tasks.clone()));
        let mut satisfied = Ok(());
        for done in 1..=n_tasks {
            pool.query_progress.set(Some((done - 1) as f32 / n_tasks as f32));
            if let Ok(Err(fault)) = receiver.recv().await {
                satisfied = Err(fault);
                for task in &tasks {
                    pool.cancel(task);
                }
                break;
            }
        }
        self.inner.update_value(|inner| inner.splits.retain(|other| *other != tasks));
        pool.query_progress.set(None);
        satisfied
    }

    /// Calls off what waits of the queries under way; what was computed of them is kept.
    pub fn cancel_queries(self) {
        let (pool, splits) = self.inner.with_value(|inner| (inner.pool.clone(), inner.splits.clone()));
        for task in splits.iter().flatten() {
            pool.cancel(task);
        }
    }

    /// Share done of the query under way that was split over the workers.
    pub fn query_progress(self) -> Option<f32> {
        self.inner.with_value(|inner| inner.pool.query_progress).get()
    }
}
