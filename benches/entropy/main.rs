//! The jobs of the speed table, one a process (natively) or a worker (in a browser); `cargo xtask bench` runs
//! both and puts numpy beside them. `benches/README.md` has the results.
//!
//! Natively: `entropy JOB REPETITIONS` prints one line of JSON.

#![allow(missing_docs, reason = "a program")]

mod inputs;
mod jobs;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    // `cargo bench` adds its own `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [job, repetitions] = arguments.as_slice() else {
        println!("usage: entropy JOB REPETITIONS; `cargo xtask bench` runs all jobs");
        return std::process::ExitCode::SUCCESS;
    };
    let start = std::time::Instant::now();
    let clock = || processor_seconds().unwrap_or_else(|| start.elapsed().as_secs_f64());
    match jobs::measure(job, repetitions.parse().unwrap_or(1), &clock) {
        Ok(measured) => {
            println!("{}", json(&measured, peak_bytes()));
            std::process::ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn json(measured: &jobs::Measured, peak_bytes: Option<u64>) -> String {
    let jobs::Measured { seconds, check } = measured;
    let peak = peak_bytes.map_or_else(|| "null".to_owned(), |bytes| bytes.to_string());
    format!("{{\"seconds\":{seconds},\"check\":{check},\"peak_bytes\":{peak}}}")
}

/// What this thread has had of a processor, where the system tells: what else runs then counts less.
#[cfg(not(target_arch = "wasm32"))]
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    status.split_whitespace().next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds * 1e-9)
}

/// The most memory this process has had, where the system tells.
#[cfg(not(target_arch = "wasm32"))]
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(target_arch = "wasm32")]
fn main() {}

/// The same line of JSON, for `page/worker.js`.
///
/// # Errors
/// What is wrong with a name that is no job.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn measure(job: &str, repetitions: usize) -> Result<String, String> {
    let clock = || cnnslicer::browser::turn::now_ms() / 1000.0;
    let measured = jobs::measure(job, repetitions, &clock)?;
    // Memory is never given back, so what there is now is the most there was.
    let pages = core::arch::wasm32::memory_size(0) as u64;
    Ok(json(&measured, Some(pages * 65536)))
}
