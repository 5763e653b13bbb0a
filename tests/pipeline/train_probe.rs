//! Measures of the training images, whose cells are computed when they are asked for.

use cnnslicer::compute::ComputeError;
use cnnslicer::cube::{ProbeSet, RunHeader, RunReader, RunWriter};
use cnnslicer::dataset::Samples;
use cnnslicer::protocol::compute::NeedsCells;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::memory::MemoryStore;
use half::f16;
use pollster::block_on;

use super::{IMAGES, RUN, ask, conv_cells, header, needs, query, write_epoch};

fn samples(first: usize) -> Samples {
    let labels = (0..IMAGES).map(|image| (image % 2) as u8).collect();
    let images = (0..IMAGES * 4).map(|pixel| (first + pixel * 5) as u8).collect();
    Samples { shape: header().input, images, labels }
}

/// A run whose training images are the probe images, each pixel a little lighter.
async fn run() -> MemoryStore {
    let store = MemoryStore::new();
    let header = RunHeader { train_probe_images: IMAGES, ..header() };
    let mut writer = RunWriter::create(store.clone(), RUN, header, &samples(0)).await.unwrap();
    writer.write_train_probe(&samples(1)).await.unwrap();
    writer.write_checkpoint(0, b"weights").await.unwrap();
    write_epoch(&mut writer, &conv_cells()).await;
    store
}

fn refused(store: &MemoryStore, text: &str) -> ComputeError {
    ask(store, &Task::Query { run: RUN.to_owned(), text: text.to_owned() }).unwrap_err()
}

#[test]
fn cells_that_no_run_records_are_asked_for_and_then_measured() {
    let store = block_on(run());
    let text = "H(dCNN(train, 1, -, 0))";
    let cells = NeedsCells { epoch: 0, probe_set: ProbeSet::Train };
    assert_eq!(refused(&store, text).needs_cells(), Some(cells));
    assert_eq!(needs(&store, text).len(), 1);

    let reader = block_on(RunReader::open(store.clone(), RUN)).unwrap().of(ProbeSet::Train).unwrap();
    block_on(reader.restore_cells(0, 1, &conv_cells())).unwrap();
    let of_train = query(&store, text).1;
    // The same cells have the same measures, whosever they are.
    assert_eq!(of_train, query(&store, "H(dCNN(-, 1, -, 0))").1);
    assert_eq!(
        query(&store, "h(dCNN(train label=1, 1, 0, 0))").1,
        query(&store, "h(dCNN(label=1, 1, 0, 0))").1
    );
    assert_eq!(query(&store, "H(dCNN(train 0..4, 1, -, 0))").1, query(&store, "H(dCNN(0..4, 1, -, 0))").1);
    let with_itself = |x: &str| query(&store, &format!("I(dCNN({x}, 1, -, 0); dCNN({x}, 1, -, 0))")).1;
    assert_eq!(with_itself("train"), with_itself("-"));
    assert_eq!(needs(&store, text), [], "kept");
    let slice = Task::Slice { run: RUN.to_owned(), text: "dCNN(train 3, 1, 0, 0)".to_owned() };
    let Ok(Answer::Slice { values, .. }) = ask(&store, &slice) else { panic!("no cells") };
    assert_eq!(values, [9.0, 10.0, 11.0, 12.0]);
}

#[test]
fn measures_of_training_images_are_theirs_and_leave_the_others_alone() {
    let store = block_on(run());
    let reader = block_on(RunReader::open(store.clone(), RUN)).unwrap().of(ProbeSet::Train).unwrap();
    let halved: Vec<f16> = conv_cells().into_iter().map(|cell| f16::from_f32(cell.to_f32() / 2.0)).collect();
    let constant = vec![f16::ONE; halved.len()];
    block_on(reader.restore_cells(0, 1, &constant)).unwrap();
    let of_test = query(&store, "h(dCNN(-, 1, 0, 0))").1;
    assert_eq!(query(&store, "h(dCNN(train, 1, 0, 0))").1, [0.0]);
    assert_eq!(query(&store, "h(dCNN(-, 1, 0, 0))").1, of_test);
    assert!(of_test[0] > 0.0);
    // The input needs nothing computed.
    assert_eq!(query(&store, "H(dCNN(train, 0, -, 0))").0, [] as [usize; 0]);
}

#[test]
fn a_run_of_an_older_version_refuses_training_images_where_they_are_named() {
    let store = block_on(super::recorded(false));
    let error = refused(&store, "H(dCNN(train, 1, -, 0))");
    assert!(error.to_string().starts_with("Column 8: X: this run has no training images"), "{error}");
    assert_eq!(error.needs_cells(), None);
}
