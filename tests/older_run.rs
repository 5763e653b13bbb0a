//! A run file of an older version opens for good: `tests/fixtures/run_of_older_version.zip` was written by the version
//! before pairs of images had a version and channels a state (commit aea5650), from its pipeline test's synthetic run.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use cnnslicer::measure::{Measure, MeasureKey};
use cnnslicer::protocol::compute::Measured;
use std::ops::ControlFlow;

use cnnslicer::compute::answer;
use cnnslicer::cube::archive::RunFile;
use cnnslicer::cube::{Estimate, RunReader};
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::memory::MemoryStore;
use pollster::block_on;

const FILE: &[u8] = include_bytes!("fixtures/run_of_older_version.zip");

fn imported() -> (MemoryStore, String) {
    let store = MemoryStore::new();
    let run = block_on(async {
        let file = RunFile::open(FILE.to_vec()).await.unwrap();
        file.copy_to(&store, async |_, _| ControlFlow::Continue(())).await.unwrap()
    });
    (store, run)
}

#[test]
fn a_run_file_of_an_older_version_is_taken_in_and_given_out() {
    let (store, run) = imported();
    let reader = block_on(RunReader::open(store, &run)).unwrap();
    assert_eq!((reader.recorded(), reader.header().layers.len()), (1, 2));
    assert_eq!(reader.header().config.data_seed, None, "its images were drawn with its seed");
    block_on(reader.verify()).unwrap();
    let again = block_on(cnnslicer::cube::archive::to_bytes(&reader)).unwrap();
    assert!(block_on(RunFile::open(again)).is_ok());
}

#[test]
fn its_capacities_are_measured_again_and_its_channels_have_a_state() {
    let (store, run) = imported();
    let stored = format!("runs/{run}/capacity/01-02/c/0/0/0");
    let before = block_on(cnnslicer::storage::ByteStore::read(&store, &stored)).unwrap();
    assert!(before.is_some(), "the older version had measured them");
    let capacity = Task::Measure {
        run: run.clone(),
        key: MeasureKey::of_layers(Measure::Capacity, 0, 1, 2).over(Estimate::Sampled),
    };
    assert!(matches!(block_on(answer(&capacity, &store)), Ok(Answer::Measured(Measured::ChannelPairs(_)))));
    assert_eq!(block_on(cnnslicer::storage::ByteStore::read(&store, &stored)).unwrap(), before, "left alone");
    let intra = Task::Measure { run, key: MeasureKey::of_layer(Measure::ChannelState, 0, 1) };
    match block_on(answer(&intra, &store)) {
        Ok(Answer::Measured(Measured::Values(states))) => assert_eq!(states.values.len(), 3),
        other => panic!("{other:?}"),
    }
}
