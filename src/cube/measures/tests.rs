use pollster::block_on;

use super::*;
use crate::cube::testing::recorded;

#[test]
fn measures_are_none_until_stored_and_then_come_back() {
    block_on(async {
        let (store, _) = recorded(2).await;
        let run = RunReader::open(store, "r").await.unwrap();
        assert_eq!(run.stored(&MeasureKey::of_layer(Measure::InterSample, 1, 2)).await.unwrap(), None);
        assert_eq!(run.stored(&MeasureKey::of_layer(Measure::IntraSample, 1, 1)).await.unwrap(), None);
        assert_eq!(run.capacity(PairArray::Capacity, 1, 0, 1).await.unwrap(), None);
        run.store_values(&MeasureKey::of_layer(Measure::InterSample, 1, 2), &[1.0, 2.0, f32::INFINITY])
            .await
            .unwrap();
        run.store_values(&MeasureKey::of_layer(Measure::IntraSample, 1, 1), &[0.5; 9]).await.unwrap();
        run.store_capacity(PairArray::Capacity, 1, 0, 1, &[0.25, 0.5, 0.75]).await.unwrap();
        run.store_capacity(PairArray::Null, 1, 0, 1, &[0.0; 3]).await.unwrap();
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::InterSample, 1, 2)).await.unwrap(),
            Some(vec![1.0, 2.0, f32::INFINITY])
        );
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::IntraSample, 1, 1)).await.unwrap(),
            Some(vec![0.5; 9])
        );
        assert_eq!(run.capacity(PairArray::Capacity, 1, 0, 1).await.unwrap(), Some(vec![0.25, 0.5, 0.75]));
        assert_eq!(run.capacity(PairArray::Null, 1, 0, 1).await.unwrap(), Some(vec![0.0; 3]));
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::InterSample, 0, 2)).await.unwrap(),
            None,
            "another epoch"
        );
        assert_eq!(run.capacity(PairArray::Capacity, 1, 1, 0).await.unwrap(), None, "another pair");
        run.verify().await.unwrap();
    });
}

#[test]
fn distances_count_as_stored_once_all_of_them_are() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        let codes = vec![3; 3 * run.header().n_pairs()];
        let entropy = async || run.distance_entropy(Estimate::Sampled, 0, 1).await.unwrap();
        assert_eq!(entropy().await, None);
        store.set_space_left(Some(codes.len() / 2));
        assert!(run.store_distances(0, 1, &codes, &[1.0; 3]).await.is_err());
        assert_eq!(entropy().await, None);
        store.set_space_left(None);
        run.store_distances(0, 1, &codes, &[1.0; 3]).await.unwrap();
        assert_eq!(entropy().await, Some(vec![1.0; 3]));
        assert_eq!(run.distance_codes(0, 1).await.unwrap().as_ref(), Some(&codes));
        assert_eq!(run.distance_entropy(Estimate::Exact, 0, 1).await.unwrap(), None);
        run.store_distance_entropy(Estimate::Exact, 0, 1, &[2.0; 3]).await.unwrap();
        assert_eq!(run.distance_entropy(Estimate::Exact, 0, 1).await.unwrap(), Some(vec![2.0; 3]));
        let short = run.store_distances(0, 1, &codes[1..], &[1.0; 3]).await;
        assert!(matches!(short, Err(CubeError::Shape { .. })), "{short:?}");
        run.verify().await.unwrap();
    });
}

#[test]
fn what_an_older_version_measured_over_its_own_pairs_is_left_alone() {
    block_on(async {
        let (store, mut writer) = recorded(1).await;
        writer.seal().await.unwrap();
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        run.store_capacity(PairArray::Capacity, 0, 0, 1, &[9.0; 3]).await.unwrap();
        // The header of a run that was made before pairs were chosen as they are today.
        let root = store.read("runs/r/zarr.json").await.unwrap().unwrap();
        let mut root: serde_json::Value = serde_json::from_slice(&root).unwrap();
        let settings = &mut root["attributes"]["cnnslicer"]["settings"];
        settings.as_object_mut().unwrap().remove("pair_schedule");
        settings["pairs"] = serde_json::json!(20_000);
        store.write("runs/r/zarr.json", &[root.to_string().as_bytes()]).await.unwrap();
        let before = store.read("runs/r/capacity/00-01/c/0/0/0").await.unwrap();
        let old = RunReader::open(store.clone(), "r").await.unwrap();
        assert_eq!(old.capacity(PairArray::Capacity, 0, 0, 1).await.unwrap(), None);
        old.store_capacity(PairArray::Capacity, 0, 0, 1, &[1.0; 3]).await.unwrap();
        assert_eq!(old.capacity(PairArray::Capacity, 0, 0, 1).await.unwrap(), Some(vec![1.0; 3]));
        assert_eq!(store.read("runs/r/capacity/00-01/c/0/0/0").await.unwrap(), before);
        assert!(store.read("runs/r/capacity_v2/00-01/c/0/0/0").await.unwrap().is_some());
        for group in ["capacity_v2", "capacity_v2/00-01"] {
            assert!(store.read(&format!("runs/r/{group}/zarr.json")).await.unwrap().is_some(), "{group}");
        }
        old.verify().await.unwrap();
    });
}

#[test]
fn the_input_has_measures_too() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store, "r").await.unwrap();
        run.store_values(&MeasureKey::of_layer(Measure::IntraSample, 0, 0), &[1.0; 3]).await.unwrap();
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::IntraSample, 0, 0)).await.unwrap(),
            Some(vec![1.0; 3])
        );
    });
}

#[test]
fn a_result_of_another_shape_or_for_nothing_recorded_is_refused() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store, "r").await.unwrap();
        let short = run.store_values(&MeasureKey::of_layer(Measure::InterSample, 0, 1), &[1.0; 2]).await;
        assert!(matches!(short, Err(CubeError::Shape { found: 2, expected: 3, .. })), "{short:?}");
        let early = run.store_values(&MeasureKey::of_layer(Measure::InterSample, 1, 1), &[1.0; 3]).await;
        assert_eq!(early, Err(CubeError::NotRecorded { epoch_index: 1, recorded: 1 }));
        let layer = run.capacity(PairArray::Capacity, 0, 1, 3).await;
        assert_eq!(layer, Err(CubeError::NoSuchLayer { layer: 3, last: 2 }));
    });
}

#[test]
fn a_result_cut_short_is_computed_again() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        store.set_space_left(Some(5));
        assert!(
            run.store_values(&MeasureKey::of_layer(Measure::InterSample, 0, 1), &[1.0; 3]).await.is_err()
        );
        assert_eq!(run.stored(&MeasureKey::of_layer(Measure::InterSample, 0, 1)).await.unwrap(), None);
        store.set_space_left(None);
        run.store_values(&MeasureKey::of_layer(Measure::InterSample, 0, 1), &[1.0; 3]).await.unwrap();
        assert_eq!(
            run.stored(&MeasureKey::of_layer(Measure::InterSample, 0, 1)).await.unwrap(),
            Some(vec![1.0; 3])
        );
    });
}

#[test]
fn a_result_that_is_being_written_is_not_there_yet() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        run.store_capacity(PairArray::Capacity, 0, 0, 1, &[1.0; 3]).await.unwrap();
        store.set_locked("runs/r/capacity/00-01/zarr.json", true);
        run.store_capacity(PairArray::Capacity, 0, 0, 1, &[1.0; 3]).await.unwrap();
        store.set_locked("runs/r/capacity/00-01/c/0/0/0", true);
        assert_eq!(run.capacity(PairArray::Capacity, 0, 0, 1).await.unwrap(), None);
    });
}

#[test]
fn an_array_that_comes_into_being_after_sealing_is_trimmed_too() {
    block_on(async {
        let (store, mut writer) = recorded(2).await;
        writer.seal().await.unwrap();
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        run.store_capacity(PairArray::Capacity, 0, 1, 2, &[0.0; 3]).await.unwrap();
        let bytes = store.read("runs/r/capacity/01-02/zarr.json").await.unwrap().unwrap();
        let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(document["shape"], serde_json::json!([2, 3, 1]));
    });
}

fn states(epoch_index: usize, layer: usize) -> MeasureKey {
    MeasureKey::of_layer(Measure::ChannelState, epoch_index, layer)
}

#[test]
fn states_are_none_until_stored_and_then_come_back() {
    block_on(async {
        let (store, _) = recorded(2).await;
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        assert_eq!(run.stored(&states(0, 1)).await.unwrap(), None);
        run.store_values(&states(0, 1), &[0.0, 2.0, 1.0]).await.unwrap();
        assert_eq!(run.stored(&states(0, 1)).await.unwrap(), Some(vec![0.0, 2.0, 1.0]));
        assert_eq!(run.stored(&states(1, 1)).await.unwrap(), None, "another epoch");
        run.verify().await.unwrap();
    });
}

#[test]
fn a_run_of_an_older_version_has_no_states_and_is_sound() {
    block_on(async {
        let (store, _) = recorded(1).await;
        store.remove("runs/r/entropy/state").await.unwrap();
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        run.verify().await.unwrap();
        run.store_values(&states(0, 1), &[0.0, 2.0, 1.0]).await.unwrap();
        assert!(store.size("runs/r/entropy/state/zarr.json").await.unwrap().is_some());
        run.verify().await.unwrap();
    });
}

#[test]
fn states_of_another_shape_or_for_nothing_recorded_are_refused() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let run = RunReader::open(store.clone(), "r").await.unwrap();
        let short = run.store_values(&states(0, 1), &[0.0, 1.0]).await;
        assert!(matches!(short, Err(CubeError::Shape { found: 2, expected: 3, .. })), "{short:?}");
        assert!(run.store_values(&states(1, 1), &[0.0; 3]).await.is_err());
        store.write("runs/r/entropy/state/01/c/0/0", &[&[0, 1]]).await.unwrap();
        assert_eq!(run.stored(&states(0, 1)).await.unwrap(), None, "cut short");
    });
}
