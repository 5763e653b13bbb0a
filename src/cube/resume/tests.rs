use crate::measure::{Measure, MeasureKey};
use pollster::block_on;

use super::*;
use crate::cube::catalogue::PairArray;
use crate::cube::testing::{cells, checkpoint, confusion, header, metrics, recorded, write_epoch};
use crate::cube::{RunReader, archive};
use crate::storage::StorageError;
use crate::storage::memory::MemoryStore;

/// The small run's header with these epochs planned.
fn planning(epochs: &[u32]) -> RunHeader {
    RunHeader { planned_epochs: epochs.to_vec(), ..header() }
}

async fn open(store: &MemoryStore) -> RunReader<MemoryStore> {
    RunReader::open(store.clone(), "r").await.unwrap()
}

/// That the first `n` epochs are there, to the last bit.
async fn check_recorded(store: &MemoryStore, n: usize) {
    let run = open(store).await;
    assert!(run.recorded() >= n, "{} of {n} epochs", run.recorded());
    let epochs = run.epochs().await.unwrap();
    for (index, (stored, matrix)) in epochs.iter().enumerate().take(n) {
        let epoch = index as u32;
        assert_eq!(*matrix, confusion(epoch));
        assert_eq!(stored.test_loss.to_bits(), metrics(epoch).test_loss.to_bits());
        assert_eq!(run.checkpoint(epoch).await.unwrap(), checkpoint(epoch));
        for layer in 1..=2 {
            let expected: Vec<f32> = cells(index, layer).into_iter().map(f32::from).collect();
            assert_eq!(run.layer_cells(index, layer).await.unwrap().values, expected);
        }
    }
}

#[test]
fn an_incomplete_run_goes_on_after_its_last_epoch() {
    block_on(async {
        let (store, mut cut_short) = recorded(1).await;
        cut_short.write_activations(1, 1, &cells(0, 1)).await.unwrap();
        drop(cut_short);
        let mut writer = RunWriter::reopen(store.clone(), "r", header()).await.unwrap();
        assert_eq!(writer.recorded(), 1);
        assert_eq!(store.size("runs/r/layers/01/activations/c/1/0/0/0/0").await, Ok(None), "half an epoch");
        write_epoch(&mut writer, 1).await.unwrap();
        write_epoch(&mut writer, 2).await.unwrap();
        writer.seal().await.unwrap();
        check_recorded(&store, 3).await;
        assert!(open(&store).await.header().complete);
    });
}

#[test]
fn a_finished_run_gets_more_epochs_and_keeps_its_measures() {
    block_on(async {
        let (store, mut writer) = recorded(3).await;
        let run = open(&store).await;
        run.store_capacity(PairArray::Capacity, 2, 0, 1, &[0.5; 3]).await.unwrap();
        run.store_values(&MeasureKey::of_layer(Measure::InterSample, 2, 1), &[1.0, 2.0, 3.0]).await.unwrap();
        writer.seal().await.unwrap();
        let mut writer = RunWriter::reopen(store.clone(), "r", planning(&[0, 1, 2, 3, 4])).await.unwrap();
        assert!(!open(&store).await.header().complete);
        write_epoch(&mut writer, 3).await.unwrap();
        let run = open(&store).await;
        assert_eq!(run.recorded(), 4);
        assert_eq!(run.capacity(PairArray::Capacity, 2, 0, 1).await.unwrap(), Some(vec![0.5; 3]));
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::InterSample, 2, 1)).await.unwrap(),
            Some(vec![1.0, 2.0, 3.0])
        );
        run.verify().await.unwrap();
        writer.seal().await.unwrap();
        check_recorded(&store, 4).await;
        open(&store).await.verify().await.unwrap();
    });
}

#[test]
fn a_run_stopped_early_can_be_planned_shorter_or_with_other_epochs() {
    block_on(async {
        let (store, _) = recorded(2).await;
        let mut writer = RunWriter::reopen(store.clone(), "r", planning(&[0, 1, 5])).await.unwrap();
        let refused = writer.commit_epoch(2, &metrics(2), &confusion(2)).await;
        assert!(matches!(refused, Err(CubeError::OutOfOrder { .. })), "{refused:?}");
        writer.commit_epoch(2, &metrics(5), &confusion(5)).await.unwrap();
        writer.seal().await.unwrap();
        assert_eq!(open(&store).await.epochs().await.unwrap()[2].0.epoch, 5);
    });
}

#[test]
fn another_run_cannot_be_continued() {
    block_on(async {
        let (store, _) = recorded(2).await;
        let refused = async |change: fn(&mut RunHeader)| {
            let mut other = header();
            change(&mut other);
            RunWriter::reopen(store.clone(), "r", other).await.unwrap_err()
        };
        assert_eq!(refused(|h| h.seed = 8).await, CubeError::CannotContinue("seed"));
        assert_eq!(refused(|h| h.layers[0].channels = 4).await, CubeError::CannotContinue("network"));
        let epochs = CubeError::CannotContinue("list of recorded epochs");
        assert_eq!(refused(|h| h.planned_epochs = vec![0, 2]).await, epochs);
        assert!(matches!(refused(|h| h.planned_epochs = vec![0, 1, 10_000]).await, CubeError::Format { .. }));
        let absent = RunWriter::reopen(store.clone(), "absent", header()).await.unwrap_err();
        assert_eq!(absent, CubeError::NoSuchRun("absent".to_owned()));
        check_recorded(&store, 2).await;
    });
}

#[test]
fn only_the_newest_optimizer_state_is_kept_and_it_fits_the_last_recorded_epoch() {
    block_on(async {
        let (store, mut writer) = recorded(0).await;
        assert_eq!(open(&store).await.optimizer().await.unwrap(), None);
        for epoch in 0..2 {
            writer.write_optimizer(epoch, &[epoch as u8]).await.unwrap();
            write_epoch(&mut writer, epoch as usize).await.unwrap();
        }
        writer.write_optimizer(2, &[2]).await.unwrap();
        let states = || store.paths().iter().filter(|path| path.contains("optimizer")).count();
        assert_eq!((open(&store).await.optimizer().await.unwrap(), states()), (Some(vec![1]), 2));
        RunWriter::reopen(store.clone(), "r", header()).await.unwrap();
        assert_eq!((open(&store).await.optimizer().await.unwrap(), states()), (Some(vec![1]), 1));
    });
}

/// Continues a run of two epochs until the store is cut off, or to the end.
async fn continue_run(store: &MemoryStore) -> Result<(), CubeError> {
    let mut writer = RunWriter::reopen(store.clone(), "r", planning(&[0, 1, 2, 3])).await?;
    for index in writer.recorded()..4 {
        writer.write_optimizer(index as u32, &[index as u8]).await?;
        write_epoch(&mut writer, index).await?;
    }
    writer.seal().await
}

/// Wherever a continued run is cut off, what was recorded is there, it opens, exports, and goes on.
#[test]
fn a_run_cut_off_at_any_write_loses_nothing_that_was_recorded() {
    block_on(async {
        for was_sealed in [false, true] {
            let mut cuts = 0;
            for changes in 0.. {
                let (store, mut writer) = recorded(2).await;
                writer.write_activations(2, 1, &cells(0, 1)).await.unwrap();
                if was_sealed {
                    writer.seal().await.unwrap();
                }
                store.set_changes_left(Some(changes));
                let Err(error) = continue_run(&store).await else { break };
                assert!(matches!(error, CubeError::Storage(StorageError::Platform { .. })), "{error}");
                cuts += 1;
                store.set_changes_left(None);
                check_recorded(&store, 2).await;
                let run = open(&store).await;
                let recorded = run.recorded();
                archive::to_bytes(&run).await.unwrap();
                if let Some(state) = run.optimizer().await.unwrap() {
                    assert_eq!(state, [recorded as u8 - 1], "a state of another epoch");
                }
                continue_run(&store).await.unwrap();
                check_recorded(&store, 4).await;
                open(&store).await.verify().await.unwrap();
            }
            assert!(cuts > 40, "the store was cut off at {cuts} places only");
        }
    });
}

#[test]
fn an_epoch_that_was_not_planned_can_be_the_last_one() {
    block_on(async {
        let (store, mut writer) = recorded(1).await;
        writer.plan_last(1).await.unwrap();
        write_epoch(&mut writer, 1).await.unwrap();
        writer.seal().await.unwrap();
        check_recorded(&store, 2).await;
        assert_eq!(open(&store).await.header().planned_epochs, [0, 1]);
        let again = writer.plan_last(1).await;
        assert!(matches!(again, Err(CubeError::OutOfOrder { .. })), "{again:?}");
    });
}
