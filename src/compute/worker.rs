//! The compute program: takes tasks one after another, answers each.

use wasm_bindgen::JsValue;

use crate::browser::opfs::Opfs;
use crate::browser::port::Inbox;
use crate::browser::{locks, port, turn};
use crate::compute::{ComputeError, answer, export, import};
use crate::protocol::compute::NeedsCells;
use crate::protocol::{Answer, Fault, FromCompute, PROTOCOL, Task, ToCompute};

/// Greets the page and answers until the page ends the worker.
pub async fn serve() {
    let inbox = port::inbox::<ToCompute>();
    port::post(&FromCompute::Ready { protocol: PROTOCOL });
    loop {
        // What was to be cancelled may be done by now.
        let ToCompute::Run { ticket, task } = inbox.next().await else { continue };
        let start = turn::now_ms();
        match done(ticket, &task, &inbox).await {
            Ok((answer, attachment)) => {
                let cost_ms = turn::now_ms() - start;
                let reply = FromCompute::Done { ticket, answer: Box::new(answer), cost_ms };
                port::post_with(&reply, &attachment);
            }
            Err((fault, needs_cells)) => {
                port::post(&FromCompute::Failed { ticket, fault, needs_cells });
            }
        }
    }
}

/// The answer and its attachment; or the fault, and the raw cells that are missing.
async fn done(
    ticket: u64,
    task: &Task,
    inbox: &Inbox<ToCompute>,
) -> Result<(Answer, JsValue), (Fault, Option<NeedsCells>)> {
    let store = Opfs::open().await.map_err(|error| (Fault::no_opfs(error.to_string()), None))?.remembering();
    let run = task.run().unwrap_or("");
    let failed = |error: ComputeError| (error.fault(run), error.needs_cells());
    if let Task::Export { run } = task {
        return export::archive(&store, run).await.map_err(failed);
    }
    if let Task::Import { url, name, reuse } = task {
        let progress = |share| port::post(&FromCompute::Progress { ticket, share });
        // A worker has one task at a time: nothing else can come in meanwhile.
        let is_cancelled =
            || matches!(inbox.try_next(), Some(ToCompute::Cancel { ticket: of }) if of == ticket);
        let imported = import::import(&store, url, *reuse, progress, is_cancelled).await;
        let run = imported.map_err(|error| (error.import_fault(name), None))?;
        return Ok((Answer::Imported { run }, JsValue::UNDEFINED));
    }
    let written = match task {
        Task::ListRuns | Task::Remove { .. } => locks::held().await,
        _ => Vec::new(),
    };
    let is_written = |run: &str| written.iter().any(|lock| *lock == locks::of_run(run));
    if let Task::Remove { run } = task
        && is_written(run)
    {
        return Err(failed(ComputeError::InUse));
    }
    let mut answer = answer(task, &store).await.map_err(failed)?;
    if let Answer::Runs(runs) = &mut answer {
        for run in runs {
            run.is_written = is_written(&run.run);
        }
    }
    Ok((answer, JsValue::UNDEFINED))
}
