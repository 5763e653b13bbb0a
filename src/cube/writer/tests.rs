use pollster::block_on;

use super::*;
use crate::cube::RunReader;
use crate::cube::catalogue::PairArray;
use crate::cube::testing::{cells, confusion, header, metrics, probe, recorded, write_epoch};
use crate::storage::StorageError;
use crate::storage::memory::MemoryStore;

#[test]
fn the_confusion_matrix_is_what_makes_an_epoch_count() {
    block_on(async {
        let (store, mut writer) = recorded(1).await;
        let count = async || RunReader::open(store.clone(), "r").await.unwrap().recorded();
        for layer in 1..=2 {
            writer.write_activations(1, layer, &cells(1, layer)).await.unwrap();
        }
        assert_eq!(count().await, 1);
        writer.commit_epoch(1, &metrics(1), &confusion(1)).await.unwrap();
        assert_eq!((count().await, writer.recorded()), (2, 2));
        store.set_locked("runs/r/training/confusion/c/1/0/0", true);
        assert_eq!(count().await, 1, "while it is being written");
    });
}

#[test]
fn epochs_go_in_order_each_once() {
    block_on(async {
        let (_, mut writer) = recorded(1).await;
        for epoch_index in [0, 2] {
            let refused = writer.write_activations(epoch_index, 1, &cells(0, 1)).await;
            assert!(matches!(refused, Err(CubeError::OutOfOrder { .. })), "{refused:?}");
        }
        let refused = writer.commit_epoch(1, &metrics(2), &confusion(2)).await;
        assert!(matches!(refused, Err(CubeError::OutOfOrder { .. })), "{refused:?}");
        write_epoch(&mut writer, 1).await.unwrap();
        write_epoch(&mut writer, 2).await.unwrap();
        let error = write_epoch(&mut writer, 3).await.unwrap_err();
        assert!(error.to_string().contains("all 3 planned epochs are recorded"), "{error}");
    });
}

#[test]
fn values_of_another_shape_than_the_header_says_are_refused() {
    block_on(async {
        let (_, mut writer) = recorded(0).await;
        let short = writer.write_activations(0, 1, &cells(0, 2)).await;
        let what = "layers/01/activations".to_owned();
        assert_eq!(short, Err(CubeError::Shape { what, found: 8, expected: 72 }));
        let input = writer.write_activations(0, 0, &cells(0, 1)).await;
        assert_eq!(input, Err(CubeError::NoSuchLayer { layer: 0, last: 2 }));
        let classes = writer.commit_epoch(0, &metrics(0), &ConfusionMatrix::new(3)).await;
        assert!(matches!(classes, Err(CubeError::Shape { found: 9, expected: 4, .. })), "{classes:?}");
        let mut probe = probe();
        probe.images.pop();
        let pixels = RunWriter::create(MemoryStore::new(), "r", header(), &probe).await;
        assert!(matches!(pixels, Err(CubeError::Shape { found: 23, expected: 24, .. })));
    });
}

#[test]
fn a_run_is_not_overwritten_but_the_remains_of_a_failed_start_are() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let again = RunWriter::create(store.clone(), "r", header(), &probe()).await;
        assert!(matches!(again, Err(CubeError::RunExists(run)) if run == "r"));
        store.remove("runs/r/zarr.json").await.unwrap();
        RunWriter::create(store.clone(), "r", header(), &probe()).await.unwrap();
        assert_eq!(RunReader::open(store, "r").await.unwrap().recorded(), 0);
    });
}

#[test]
fn a_header_out_of_bounds_or_a_name_that_climbs_creates_nothing() {
    block_on(async {
        let store = MemoryStore::new();
        let mut bad = header();
        bad.layers[0].channels = 0;
        let refused = RunWriter::create(store.clone(), "r", bad, &probe()).await;
        assert!(matches!(refused, Err(CubeError::Format { .. })));
        for run in ["..", "a/b", ""] {
            let refused = RunWriter::create(store.clone(), run, header(), &probe()).await;
            assert!(matches!(refused, Err(CubeError::Storage(StorageError::BadPath(_)))), "{run:?}");
        }
        assert!(store.paths().is_empty());
    });
}

#[test]
fn sealing_trims_every_array_and_marks_the_run_complete() {
    block_on(async {
        let (store, mut writer) = recorded(2).await;
        let reader = RunReader::open(store.clone(), "r").await.unwrap();
        reader.store_capacity(PairArray::Capacity, 1, 0, 1, &[0.5; 3]).await.unwrap();
        writer.seal().await.unwrap();
        for (array, length) in [("layers/01/activations", 2), ("training/loss", 1), ("capacity/00-01", 2)] {
            let bytes = store.read(&format!("runs/r/{array}/zarr.json")).await.unwrap().unwrap();
            let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["shape"][0], length, "{array}");
        }
        let sealed = RunReader::open(store, "r").await.unwrap();
        assert!(sealed.header().complete && !reader.header().complete);
        assert_eq!(sealed.recorded(), 2);
        assert_eq!(sealed.capacity(PairArray::Capacity, 1, 0, 1).await.unwrap(), Some(vec![0.5; 3]));
        sealed.verify().await.unwrap();
    });
}

/// Wherever the disk runs full, what was committed before is there, and with space again the run
/// goes on.
#[test]
fn a_full_disk_loses_nothing_that_was_recorded() {
    block_on(async {
        let (full, mut writer) = recorded(1).await;
        let before = RunReader::open(full.clone(), "r").await.unwrap().bytes().await.unwrap();
        write_epoch(&mut writer, 1).await.unwrap();
        writer.seal().await.unwrap();
        let mut failures = 0_u64;
        for space in (0..).step_by(11) {
            let (store, mut writer) = recorded(1).await;
            store.set_space_left(Some(space));
            let written = async {
                write_epoch(&mut writer, 1).await?;
                writer.seal().await
            };
            let Err(error) = written.await else { break };
            assert!(matches!(error, CubeError::Storage(StorageError::Full(_))), "{error}");
            failures += 1;
            let reader = RunReader::open(store.clone(), "r").await.unwrap();
            assert!(!reader.header().complete || reader.recorded() == 2);
            assert_eq!(reader.recorded(), writer.recorded());
            assert_eq!(reader.epochs().await.unwrap()[0].1, confusion(0));
            assert_eq!(reader.layer_cells(0, 1).await.unwrap().values[..2], [0.0, 1.0 / 64.0]);
            store.set_space_left(None);
            if writer.recorded() == 1 {
                write_epoch(&mut writer, 1).await.unwrap();
            }
            writer.seal().await.unwrap();
            let reader = RunReader::open(store, "r").await.unwrap();
            assert!(reader.header().complete && reader.recorded() == 2);
        }
        assert!(failures * 11 > before / 2, "the disk never ran full: {failures}");
    });
}

#[test]
fn a_run_stopped_before_its_first_epoch_can_be_sealed() {
    block_on(async {
        let (store, mut writer) = recorded(0).await;
        writer.seal().await.unwrap();
        let reader = RunReader::open(store, "r").await.unwrap();
        assert_eq!((reader.recorded(), reader.header().complete), (0, true));
        assert!(reader.epochs().await.unwrap().is_empty());
    });
}
