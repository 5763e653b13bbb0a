//! What goes wrong behind the loop's back: panics, and device errors that only the log tells.
//!
//! On wasm a shader that does not compile is reported to the log alone, some turns after it was used;
//! the loop asks for it whenever it has read from the device. A panic ends the worker; its fault goes
//! out first.

use std::cell::{Cell, RefCell};
use std::panic;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::browser::port;
use crate::protocol::{Fault, FromTrainer};

/// Lines of a log message that are shown: shader errors carry their whole source.
const SHOWN_LINES: usize = 3;

thread_local! {
    static DEVICE_ERROR: RefCell<Option<String>> = const { RefCell::new(None) };
    static DEVICE_IS_GONE: Cell<bool> = const { Cell::new(false) };
}

/// Catches panics and the log of the GPU libraries; call once per worker.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        port::post(&FromTrainer::Failed { fault: panic_fault(&info.to_string()) });
    }));
    // A logger that is there already is ours: the worker serves once.
    if log::set_logger(&DeviceLog).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

/// Forgets what an earlier run left.
pub fn clear() {
    DEVICE_ERROR.take();
}

/// The device is lost: what it still complains of, buffers that go with it, concerns nobody any more. A worker does not
/// get another.
pub fn device_is_gone() {
    DEVICE_IS_GONE.set(true);
}

/// The first error that the device reported since it was last asked.
pub fn take_device_fault() -> Option<Fault> {
    DEVICE_ERROR.take().filter(|_| !DEVICE_IS_GONE.get()).map(|error| {
        Fault::new(
            "webgpu_failed",
            "The graphics processor could not do what training needs.",
            error,
            "What was recorded is kept. Start again with the backend cpu.",
        )
    })
}

fn panic_fault(message: &str) -> Fault {
    let gpu = message.contains("wgpu") || message.contains("cubecl");
    let next_step = if gpu {
        "What was recorded is kept. Start again with the backend cpu."
    } else {
        "What was recorded is kept. Start again; if it happens again, try fewer images or another backend."
    };
    Fault::new("trainer_panicked", "The trainer stopped unexpectedly.", first_lines(message), next_step)
}

fn first_lines(message: &str) -> String {
    message.lines().take(SHOWN_LINES).collect::<Vec<_>>().join(" ")
}

/// Keeps errors for the loop and passes everything on to the console.
struct DeviceLog;

impl Log for DeviceLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        let message = format!("{}: {}", record.target(), record.args());
        if record.level() == Level::Error {
            web_sys::console::error_1(&message.as_str().into());
            DEVICE_ERROR.with_borrow_mut(|first| {
                first.get_or_insert_with(|| first_lines(&message));
            });
        } else {
            web_sys::console::warn_1(&message.as_str().into());
        }
    }

    fn flush(&self) {}
}
