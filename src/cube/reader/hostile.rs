//! Whatever is in storage, reading it gives an answer or an error: no panic, no memory taken for what
//! a file merely claims.

use crate::measure::{Measure, MeasureKey};
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::cube::archive;
use crate::cube::catalogue::PairArray;
use crate::cube::testing::recorded;
use crate::storage::memory::MemoryStore;

/// Reads everything there is to read; what it gives does not matter.
async fn read_all(store: &MemoryStore) {
    let Ok(run) = RunReader::open(store.clone(), "r").await else { return };
    let _ = (run.epochs().await, run.probe().await, run.bytes().await, run.verify().await);
    for epoch_index in 0..run.recorded() {
        for layer in 0..=run.header().n_layers() {
            let _ = run.layer_cells(epoch_index, layer).await;
            let _ = run.channel_cells(epoch_index, layer, 1).await;
            let _ = run.stored(&MeasureKey::of_layer(Measure::InterSample, epoch_index, layer)).await;
            let _ = run.stored(&MeasureKey::of_layer(Measure::IntraSample, epoch_index, layer)).await;
            let _ = run.capacity(PairArray::Capacity, epoch_index, 0, layer).await;
        }
    }
    let _ = archive::to_bytes(&run).await;
}

/// A change to a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Truncate(Index),
    Append(Vec<u8>),
    Replace(Vec<u8>),
    Remove,
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), 1_u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        2 => any::<Index>().prop_map(Damage::Truncate),
        1 => any::<Vec<u8>>().prop_map(Damage::Append),
        1 => any::<Vec<u8>>().prop_map(Damage::Replace),
        1 => Just(Damage::Remove),
    ]
}

async fn inflict(store: &MemoryStore, file: Index, damage: &Damage) {
    let paths = store.paths();
    let path = &paths[file.index(paths.len())];
    let mut bytes = store.read(path).await.unwrap().unwrap();
    match damage {
        Damage::Flip(_, _) | Damage::Truncate(_) if bytes.is_empty() => {}
        Damage::Flip(at, bits) => {
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
        }
        Damage::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Append(more) => bytes.extend(more),
        Damage::Replace(other) => bytes.clone_from(other),
        Damage::Remove => return store.remove(path).await.unwrap(),
    }
    store.write(path, &[&bytes]).await.unwrap();
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damages in proptest::collection::vec((any::<Index>(), damage()), 1..6)) {
        block_on(async {
            let (store, _) = recorded(2).await;
            for (file, damage) in &damages {
                inflict(&store, *file, damage).await;
            }
            read_all(&store).await;
        });
    }

    /// Any number in the root document becomes any other one.
    #[test]
    fn lies_in_the_header_never_panic(which in any::<Index>(), number in prop_oneof![
        any::<u64>().prop_map(|n| n.to_string()), (0_u32..70_000).prop_map(|n| n.to_string()),
        Just("-1".to_owned()), Just("1e300".to_owned()), Just("[]".to_owned()),
    ]) {
        block_on(async {
            let (store, _) = recorded(2).await;
            let path = "runs/r/zarr.json";
            let root = String::from_utf8(store.read(path).await.unwrap().unwrap()).unwrap();
            let numbers: Vec<(usize, &str)> =
                root.match_indices(": ").map(|(at, _)| (at + 2, &root[at + 2..]))
                    .filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
                    .map(|(at, rest)| (at, &rest[..rest.find([',', '\n']).unwrap()])).collect();
            let (at, old) = numbers[which.index(numbers.len())];
            let changed = [&root[..at], &number, &root[at + old.len()..]].concat();
            store.write(path, &[changed.as_bytes()]).await.unwrap();
            read_all(&store).await;
        });
    }
}

/// The header promises 512 MiB of cells; the file has a hundred bytes.
#[test]
fn a_small_file_under_a_large_shape_is_refused_cheaply() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let path = "runs/r/zarr.json";
        let root = String::from_utf8(store.read(path).await.unwrap().unwrap()).unwrap();
        let root = root.replace("\"probe_images\": 4", "\"probe_images\": 40000000");
        store.write(path, &[root.as_bytes()]).await.unwrap();
        let error = RunReader::open(store.clone(), "r").await.unwrap_err();
        assert!(error.to_string().contains("cells"), "{error}");
        let root = root.replace("40000000", "4000000");
        store.write(path, &[root.as_bytes()]).await.unwrap();
        let run = RunReader::open(store, "r").await.unwrap();
        assert!(matches!(run.layer_cells(0, 1).await, Err(CubeError::CellsDamaged { .. })));
        assert!(matches!(run.probe().await, Err(CubeError::Format { .. })));
    });
}
