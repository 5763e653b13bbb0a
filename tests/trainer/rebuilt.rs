//! A recorded run rebuilt outside of Rust: numpy and the checkpoints give the recorded activations.

use std::path::Path;
use std::process::Command;

use cnnslicer::cube::archive;

use crate::scripted::{Scripted, order, play};

/// Needs a Python with `numpy`, `zarr` 3 and `safetensors`, named by `CNNSLICER_PYTHON`.
#[test]
fn numpy_gets_the_recorded_activations_from_the_checkpoints() {
    let Some(python) = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty()) else {
        eprintln!("skipped: CNNSLICER_PYTHON does not name a Python with numpy, zarr and safetensors");
        return;
    };
    let played = play(&order(2), Scripted::new(&[]));
    let archive = pollster::block_on(archive::to_bytes(&played.reader())).unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuilt.zarr.zip");
    std::fs::write(&file, archive).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/rebuild_run.py");
    let rebuild =
        |closeness: &str| Command::new(&python).arg(&script).arg(&file).arg(closeness).output().unwrap();
    let output = rebuild("1e-2");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.trim_end().ends_with("OK 24 layers compared"), "{out}");
    // So that the comparison is known to compare: float16 alone is off by more than this.
    assert!(!rebuild("1e-6").status.success());
}
