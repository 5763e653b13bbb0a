use pollster::block_on;

use super::*;
use crate::cube::testing::{cells, checkpoint, confusion, header, metrics, probe, recorded};
use crate::storage::memory::MemoryStore;

async fn open(store: &MemoryStore) -> RunReader<MemoryStore> {
    RunReader::open(store.clone(), "r").await.unwrap()
}

#[test]
fn what_was_written_is_read() {
    block_on(async {
        let (store, _) = recorded(3).await;
        let run = open(&store).await;
        assert_eq!(run.header(), &header());
        assert_eq!(run.probe().await.unwrap(), probe());
        for epoch_index in 0..3 {
            for layer in 1..=2 {
                let written: Vec<f32> = cells(epoch_index, layer).iter().map(|cell| cell.to_f32()).collect();
                let read = run.layer_cells(epoch_index, layer).await.unwrap();
                assert_eq!((read.images, read.shape), (4, header().layers[layer - 1].shape()));
                assert_eq!(read.values, written);
            }
            let epoch = epoch_index as u32;
            assert_eq!(run.checkpoint(epoch).await.unwrap(), checkpoint(epoch));
        }
        run.verify().await.unwrap();
    });
}

#[test]
fn metrics_and_confusion_matrices_come_back_by_epoch() {
    block_on(async {
        let (store, _) = recorded(3).await;
        let epochs = open(&store).await.epochs().await.unwrap();
        for (epoch, (read, counts)) in (0..3).zip(&epochs) {
            // NaN is not equal to itself, its text is.
            assert_eq!(format!("{read:?}"), format!("{:?}", metrics(epoch)));
            assert_eq!(counts, &confusion(epoch));
        }
    });
}

#[test]
fn a_channel_is_a_part_of_its_layer() {
    block_on(async {
        let (store, _) = recorded(2).await;
        let run = open(&store).await;
        for layer in 0..=2 {
            let cells = run.layer_cells(1, layer).await.unwrap();
            for channel in 0..cells.shape.channels {
                assert_eq!(run.channel_cells(1, layer, channel).await.unwrap(), cells.channel(channel));
            }
        }
        assert_eq!(run.layer_cells(0, 0).await.unwrap().values[..3], [0.0, 10.0, 20.0]);
    });
}

/// Two colour channels of two pixels, three images: channels come first in cells, images in samples.
#[test]
fn input_cells_are_channel_major() {
    let shape = ImageShape { channels: 2, height: 1, width: 2 };
    let probe = Samples { shape, images: (0..12).collect(), labels: vec![0; 3] };
    assert_eq!(pixels(&probe, 0).collect::<Vec<_>>(), [0.0, 1.0, 4.0, 5.0, 8.0, 9.0]);
    assert_eq!(pixels(&probe, 1).collect::<Vec<_>>(), [2.0, 3.0, 6.0, 7.0, 10.0, 11.0]);
}

#[test]
fn a_channel_is_read_without_the_bytes_of_the_others() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let path = "runs/r/layers/01/activations/c/0/0/0/0/0";
        let mut shard = store.read(path).await.unwrap().unwrap();
        shard[20] ^= 0xff;
        store.write(path, &[&shard]).await.unwrap();
        let run = open(&store).await;
        let damaged = run.channel_cells(0, 1, 0).await;
        assert!(matches!(damaged, Err(CubeError::CellsDamaged { channel: Some(0), .. })), "{damaged:?}");
        assert_eq!(run.channel_cells(0, 1, 2).await.unwrap()[..2], [48.0 / 64.0, 49.0 / 64.0]);
    });
}

#[test]
fn what_is_not_there_is_named() {
    block_on(async {
        let (store, _) = recorded(2).await;
        store.remove("runs/r/layers/01/activations/c/1").await.unwrap();
        store.remove("runs/r/training/untrained/c").await.unwrap();
        store.remove("runs/r/training/untrained_train/c").await.unwrap();
        let run = open(&store).await;
        assert_eq!(
            run.layer_cells(1, 1).await,
            Err(CubeError::CellsDropped { epoch: 1, layer: 1, probe_set: ProbeSet::Test })
        );
        assert_eq!(
            run.channel_cells(1, 1, 0).await,
            Err(CubeError::CellsDropped { epoch: 1, layer: 1, probe_set: ProbeSet::Test })
        );
        let not_recorded = Err(CubeError::NotRecorded { epoch_index: 2, recorded: 2 });
        assert_eq!(run.layer_cells(2, 1).await, not_recorded);
        assert_eq!(run.layer_cells(0, 3).await, Err(CubeError::NoSuchLayer { layer: 3, last: 2 }));
        let no_channel = CubeError::NoSuchChannel { layer: 1, channel: 3, channels: 3 };
        assert_eq!(run.channel_cells(0, 1, 3).await, Err(no_channel));
        assert_eq!(run.checkpoint(2).await, Err(CubeError::NoCheckpoint(2)));
        let untrained = run.epochs().await.unwrap()[0].0;
        assert!(untrained.test_loss.is_nan() && untrained.train_loss.is_nan());
        assert!(untrained.train_accuracy.is_nan(), "older versions did not measure it");
        assert!((untrained.test_accuracy - 30.0 / 33.0).abs() < 1e-6, "from the confusion matrix");
        let missing = RunReader::open(store, "s").await.unwrap_err();
        assert_eq!(missing, CubeError::NoSuchRun("s".into()));
    });
}

#[test]
fn a_root_document_cut_short_is_replaced_by_the_next_one() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let root = store.read("runs/r/zarr.json").await.unwrap().unwrap();
        store.write("runs/r/zarr.json", &[&root[..100]]).await.unwrap();
        assert!(matches!(RunReader::open(store.clone(), "r").await, Err(CubeError::Format { .. })));
        store.write("runs/r/zarr.json.next", &[&root]).await.unwrap();
        assert_eq!(open(&store).await.recorded(), 1);
    });
}

#[test]
fn another_format_number_is_refused_by_number() {
    block_on(async {
        let (store, _) = recorded(0).await;
        let root = store.read("runs/r/zarr.json").await.unwrap().unwrap();
        let root = String::from_utf8(root).unwrap().replace("\"format\": 1", "\"format\": 2");
        store.write("runs/r/zarr.json", &[root.as_bytes()]).await.unwrap();
        let refused = RunReader::open(store, "r").await.unwrap_err();
        assert_eq!(refused, CubeError::OtherFormat { found: 2 });
    });
}

#[test]
fn documents_that_disagree_with_the_header_are_found() {
    block_on(async {
        let changes = [
            ("input/images", "\"uint8\"", "\"int8\"", "data_type"),
            ("layers/02/activations", "\"gzip\"", "\"zstd\"", "codecs"),
            ("training/confusion", "3,", "4,", "shape"),
            ("training/loss", "\"NaN\"", "0", "fill_value"),
        ];
        for (array, from, to, field) in changes {
            let (store, _) = recorded(1).await;
            let path = format!("runs/r/{array}/zarr.json");
            let document = String::from_utf8(store.read(&path).await.unwrap().unwrap()).unwrap();
            assert!(document.contains(from), "{document}");
            store.write(&path, &[document.replacen(from, to, 9).as_bytes()]).await.unwrap();
            let error = open(&store).await.verify().await.unwrap_err();
            assert!(error.to_string().contains(field), "{error}");
        }
        let (store, _) = recorded(1).await;
        store.remove("runs/r/epochs/zarr.json").await.unwrap();
        let error = open(&store).await.verify().await.unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    });
}

#[test]
fn the_bytes_of_a_run_are_those_of_its_files() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let mut bytes = 0;
        for path in store.paths() {
            bytes += store.size(&path).await.unwrap().unwrap();
        }
        assert_eq!(open(&store).await.bytes().await.unwrap(), bytes);
        assert!(bytes > 1000);
    });
}

/// Whatever bit of a shard is flipped, and wherever it is cut: an error that names the cell, or the
/// values as they were; and the other channels are read as before.
#[test]
fn damaged_cells_are_named_and_never_become_numbers() {
    block_on(async {
        let path = "runs/r/layers/01/activations/c/0/0/0/0/0";
        let (store, _) = recorded(1).await;
        let good = store.read(path).await.unwrap().unwrap();
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        let expected = run.layer_cells(0, 1).await.unwrap();
        let mut named = [0; 3];
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            store.write(path, &[&bad]).await.unwrap();
            for (channel, errors) in named.iter_mut().enumerate() {
                match run.channel_cells(0, 1, channel).await {
                    Ok(values) => assert_eq!(values, expected.channel(channel), "byte {at}"),
                    Err(CubeError::CellsDamaged { epoch: 0, layer: 1, channel: Some(bad), .. }) => {
                        assert_eq!(bad, channel);
                        *errors += 1;
                    }
                    Err(CubeError::CellsDamaged { channel: None, .. }) => {}
                    Err(other) => panic!("byte {at}: {other}"),
                }
            }
            assert!(
                run.layer_cells(0, 1).await.is_ok_and(|cells| cells == expected)
                    || run.layer_cells(0, 1).await.is_err()
            );
            assert!(run.layer_cells(0, 2).await.is_ok(), "another layer");
        }
        assert!(named.iter().all(|&errors| errors > 10), "{named:?}");
        for len in 0..good.len() {
            store.write(path, &[&good[..len]]).await.unwrap();
            let cut = run.layer_cells(0, 1).await.unwrap_err();
            assert!(matches!(cut, CubeError::CellsDamaged { epoch: 0, layer: 1, .. }), "{cut}");
        }
        let damaged = run.layer_cells(0, 1).await.unwrap_err().to_string();
        assert!(damaged.starts_with("the cells of layer 1 at epoch 0 are damaged"), "{damaged}");
    });
}
