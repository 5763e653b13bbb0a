//! The compute program: takes tasks one after another, answers each.

use wasm_bindgen::JsValue;

use crate::browser::opfs::Opfs;
use crate::browser::{port, turn};
use crate::compute::{answer, export};
use crate::protocol::{Answer, Fault, FromCompute, PROTOCOL, Task, ToCompute};

/// Greets the page and answers until the page ends the worker.
pub async fn serve() {
    let inbox = port::inbox::<ToCompute>();
    port::post(&FromCompute::Ready { protocol: PROTOCOL });
    loop {
        let ToCompute::Run { ticket, task } = inbox.next().await;
        let start = turn::now_ms();
        match done(&task).await {
            Ok((answer, attachment)) => {
                let cost_ms = turn::now_ms() - start;
                let reply = FromCompute::Done { ticket, answer: Box::new(answer), cost_ms };
                port::post_with(&reply, &attachment);
            }
            Err(fault) => port::post(&FromCompute::Failed { ticket, fault }),
        }
    }
}

async fn done(task: &Task) -> Result<(Answer, JsValue), Fault> {
    let store = Opfs::open().await.map_err(|error| {
        Fault::new(
            "no_storage",
            "The browser's storage cannot be used.",
            format!("{error}."),
            "Open the page in a normal (not private) window over https or localhost.",
        )
    })?;
    if let Task::Export { run } = task {
        return export::archive(&store, run).await.map_err(|error| error.fault(run));
    }
    let answer = answer(task, &store).await.map_err(|error| error.fault(task.run().unwrap_or("")))?;
    Ok((answer, JsValue::UNDEFINED))
}
