use std::ops::ControlFlow;

use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::cube::archive::zip::ZipPlan;
use crate::cube::archive::{Piece, ZipError, to_bytes};
use crate::cube::catalogue::PairArray;
use crate::cube::codec::shard_index;
use crate::cube::gzip::gzip;
use crate::cube::testing::{header, recorded};
use crate::storage::memory::MemoryStore;
use crate::storage::{StorageError, walk};

const IMPORTED: &str = "run-strokes-20260102030405";

/// The archive of the small run with two epochs.
async fn small_archive() -> Vec<u8> {
    let (store, mut writer) = recorded(2).await;
    let run = RunReader::open(store.clone(), "r").await.unwrap();
    run.store_capacity(PairArray::Capacity, 1, 0, 1, &[0.5, f32::NAN, 1.0]).await.unwrap();
    writer.seal().await.unwrap();
    to_bytes(&RunReader::open(store, "r").await.unwrap()).await.unwrap()
}

/// Entries of an archive.
async fn entries(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let archive = Archive::open(bytes, "runs/archive").await.unwrap();
    let mut entries = Vec::new();
    for (name, _) in archive.entries() {
        let bytes = archive.read(&format!("runs/archive/{name}")).await.unwrap().unwrap();
        entries.push((name.to_owned(), bytes));
    }
    entries
}

fn zipped(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipPlan::default();
    for (name, bytes) in entries {
        zip.add_bytes(name, bytes);
    }
    let bytes = zip.finish().into_iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes,
        Piece::File { path, .. } => panic!("{path} is not in memory"),
    });
    bytes.collect::<Vec<_>>().concat()
}

async fn import(bytes: Vec<u8>, store: &MemoryStore) -> Result<String, CubeError> {
    RunFile::open(bytes).await?.copy_to(store, async |_, _| ControlFlow::Continue(())).await
}

/// Why an archive is refused; what was in the store before is there still, and nothing else.
fn refusal(bytes: Vec<u8>) -> CubeError {
    block_on(async {
        let (store, _) = recorded(1).await;
        let before = walk(&store, "runs").await.unwrap();
        let error = import(bytes, &store).await.expect_err("it was taken in");
        assert_eq!(walk(&store, "runs").await.unwrap(), before);
        error
    })
}

/// Why the small archive is refused after a change to one of its entries.
fn refusal_of(name: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let mut entries = block_on(async { entries(small_archive().await).await });
    let entry = entries.iter_mut().find(|(found, _)| found == name);
    change(&mut entry.unwrap_or_else(|| panic!("{name} is not in the archive")).1);
    refusal(zipped(&entries)).to_string()
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    *bytes = text.replace(from, to).into_bytes();
}

#[test]
fn of_an_import_that_is_cancelled_nothing_is_left() {
    block_on(async {
        let (store, _) = recorded(1).await;
        let before = walk(&store, "runs").await.unwrap();
        let mut files = 0;
        let halfway = async |_, _| {
            files += 1;
            if files > 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let file = RunFile::open(small_archive().await).await.unwrap();
        assert_eq!(file.copy_to(&store, halfway).await, Err(CubeError::Cancelled));
        assert_eq!(walk(&store, "runs").await.unwrap(), before);
    });
}

#[test]
fn an_imported_run_has_the_same_bytes() {
    block_on(async {
        let archive = small_archive().await;
        let store = MemoryStore::new();
        let mut told = Vec::new();
        let file = RunFile::open(archive.clone()).await.unwrap();
        let progress = async |done, total| {
            told.push((done, total));
            ControlFlow::Continue(())
        };
        let run = file.copy_to(&store, progress).await.unwrap();
        assert_eq!(run, IMPORTED);
        let total = told[0].1;
        assert!(told.is_sorted() && *told.last().unwrap() == (total, total));
        let copy = RunReader::open(store.clone(), &run).await.unwrap();
        copy.verify().await.unwrap();
        assert_eq!(copy.header(), file.header());
        assert!(copy.capacity(PairArray::Capacity, 1, 0, 1).await.unwrap().unwrap()[1].is_nan());
        assert_eq!(to_bytes(&copy).await.unwrap(), archive);
        for (name, bytes) in entries(archive).await {
            assert_eq!(store.read(&format!("runs/{run}/{name}")).await.unwrap().unwrap(), bytes, "{name}");
        }
    });
}

#[test]
fn a_run_that_is_there_already_comes_in_under_a_new_identifier_and_name() {
    block_on(async {
        let store = MemoryStore::new();
        let archive = small_archive().await;
        assert_eq!(RunFile::open(archive.clone()).await.unwrap().stored(&store).await.unwrap(), None);
        let first = import(archive.clone(), &store).await.unwrap();
        let second = import(archive.clone(), &store).await.unwrap();
        assert_eq!([&first[..], &second[..]], [IMPORTED, "run-strokes-20260102030405-2"]);
        let names = [first.clone(), second].map(|run| block_on(RunReader::open(&store, &run)).unwrap());
        assert_eq!(names.map(|run| run.header().name.clone()), ["a small run", "a small run (2)"]);
        let stored = RunFile::open(archive).await.unwrap().stored(&store).await.unwrap();
        assert_eq!(stored, Some(first));
    });
}

#[test]
fn an_import_cut_off_anywhere_leaves_no_run_and_a_full_disk_leaves_nothing() {
    block_on(async {
        let archive = small_archive().await;
        for changes in 0.. {
            let (store, _) = recorded(1).await;
            store.set_changes_left(Some(changes));
            if import(archive.clone(), &store).await.is_ok() {
                assert!(changes > 20, "the store was cut off at {changes} places only");
                break;
            }
            let opened = RunReader::open(store, IMPORTED).await.err();
            assert!(opened.is_some(), "half an import opens");
        }
        let (store, _) = recorded(1).await;
        let before = store.paths();
        store.set_space_left(Some(1500));
        let full = import(archive, &store).await.unwrap_err();
        assert!(matches!(full, CubeError::Storage(StorageError::Full(_))), "{full}");
        assert_eq!(store.paths(), before);
    });
}

#[test]
fn a_file_that_is_no_archive_is_refused() {
    assert_eq!(refusal(Vec::new()), ZipError::Magic.into());
    assert_eq!(refusal(b"\x1f\x8b gzip, not zip".to_vec()), ZipError::Magic.into());
    let empty = refusal(zipped(&[]));
    assert!(empty.to_string().contains("not a run file"), "{empty}");
}

#[test]
fn an_archive_cut_short_anywhere_is_refused() {
    let archive = block_on(small_archive());
    for len in (4..archive.len()).step_by(97).chain([archive.len() - 1]) {
        assert_eq!(refusal(archive[..len].to_vec()), ZipError::Truncated.into());
    }
}

#[test]
fn names_that_leave_the_archive_or_come_twice_are_refused() {
    for name in ["../evil", "/etc/passwd", "a/../../b", "a\\b", "C:/x", "a//b", "a/."] {
        let refused = refusal(zipped(&[(name.to_owned(), vec![1])]));
        assert_eq!(refused, ZipError::Path(name.to_owned()).into());
    }
    let twice = [("a".to_owned(), vec![1]), ("a".to_owned(), vec![2])];
    assert_eq!(refusal(zipped(&twice)), ZipError::Duplicate("a".to_owned()).into());
}

/// Where the directory header of an entry begins.
fn directory_header(archive: &[u8], name: &str) -> usize {
    let is_header = |at: &usize| {
        archive[*at..].starts_with(b"PK\x01\x02") && archive[at + 46..].starts_with(name.as_bytes())
    };
    (0..archive.len() - 46).find(is_header).unwrap()
}

#[test]
fn an_archive_that_lies_about_sizes_is_refused() {
    let archive = block_on(small_archive());
    let at = directory_header(&archive, "input/labels/c/0");
    let name = || "input/labels/c/0".to_owned();
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut archive = archive.clone();
        change(&mut archive);
        refusal(archive)
    };
    let size = |size: u32| {
        move |archive: &mut Vec<u8>| {
            archive[at + 20..at + 24].copy_from_slice(&size.to_le_bytes());
            archive[at + 24..at + 28].copy_from_slice(&size.to_le_bytes());
        }
    };
    assert_eq!(changed(&size(4_000_000_000)), ZipError::Size(name()).into(), "more than the file holds");
    assert_eq!(changed(&size(10_000)), ZipError::Size(name()).into(), "into the next entry");
    assert!(changed(&size(3)).to_string().contains("size that the archive declares"), "less than there is");
    let unpacked = changed(&|archive| archive[at + 24..at + 28].copy_from_slice(&5_u32.to_le_bytes()));
    assert_eq!(unpacked, ZipError::Size(name()).into());
    let deflated = changed(&|archive| archive[at + 10] = 8);
    assert_eq!(deflated, ZipError::Packed(name()).into());
    let no_zip64 = changed(&size(u32::MAX));
    assert_eq!(no_zip64, ZipError::Size(name()).into());
}

#[test]
fn a_directory_too_large_for_a_run_is_refused() {
    let mut archive = vec![0; MAX_DIRECTORY_TEST];
    archive[..4].copy_from_slice(b"PK\x03\x04");
    let len = archive.len() as u32 - 4;
    let mut end = b"PK\x05\x06\0\0\0\0\0\0\0\0".to_vec();
    end.extend([len, 4].map(u32::to_le_bytes).concat());
    end.extend([0, 0]);
    archive.extend(end);
    assert_eq!(refusal(archive), ZipError::TooLarge(u64::from(len)).into());
}

const MAX_DIRECTORY_TEST: usize = (32 << 20) + 100;

#[test]
fn a_flipped_bit_is_found_by_the_archives_checksum() {
    let mut archive = block_on(small_archive());
    let at = archive.windows(24).position(|bytes| bytes == b"training/confusion/c/0/0").unwrap();
    archive[at + 30] ^= 1;
    assert!(refusal(archive).to_string().contains("checksum"));
}

#[test]
fn another_format_missing_arrays_and_other_shapes_are_refused() {
    let other = refusal_of("zarr.json", |bytes| replace(bytes, "\"format\": 1", "\"format\": 2"));
    assert!(other.contains("format 2"), "{other}");
    let shape = refusal_of("layers/01/activations/zarr.json", |bytes| replace(bytes, "float16", "float32"));
    assert!(shape.contains("data_type"), "{shape}");
    let header = refusal_of("zarr.json", |bytes| replace(bytes, "\"channels\": 3", "\"channels\": 5"));
    assert!(header.starts_with("layers/01/activations/zarr.json: chunk_grid"), "{header}");
    for missing in ["layers/01/activations/zarr.json", "input/images/c/0/0/0/0", "input/labels/zarr.json"] {
        let mut entries = block_on(async { entries(small_archive().await).await });
        entries.retain(|(name, _)| name != missing);
        let why = refusal(zipped(&entries)).to_string();
        assert!(why.contains("missing") || why.contains("no data"), "{missing}: {why}");
    }
}

#[test]
fn the_root_document_that_was_checked_is_the_one_that_is_stored() {
    block_on(async {
        let mut entries = entries(small_archive().await).await;
        let root = entries.iter_mut().find(|(name, _)| name == ROOT).unwrap();
        let sound = std::mem::replace(&mut root.1, b"{ damaged".to_vec());
        entries.push((NEXT_ROOT.to_owned(), sound.clone()));
        let store = MemoryStore::new();
        let run = import(zipped(&entries), &store).await.unwrap();
        assert!(store.read(&format!("runs/{run}/{ROOT}")).await.unwrap().unwrap() == sound);
        assert_eq!(store.read(&format!("runs/{run}/{NEXT_ROOT}")).await.unwrap(), None);
        RunReader::open(store, &run).await.unwrap().verify().await.unwrap();
        // One that is sound is stored, whatever stands beside it.
        let next = entries.iter_mut().find(|(name, _)| name == NEXT_ROOT).unwrap();
        next.1 = b"{ damaged".to_vec();
        entries.iter_mut().find(|(name, _)| name == ROOT).unwrap().1.clone_from(&sound);
        let store = MemoryStore::new();
        let run = import(zipped(&entries), &store).await.unwrap();
        assert!(store.read(&format!("runs/{run}/{ROOT}")).await.unwrap().unwrap() == sound);
    });
}

#[test]
fn chunks_that_unpack_to_more_or_less_than_they_declare_are_refused() {
    let bomb = gzip(&vec![0; 1_000_000]);
    let images = refusal_of("input/images/c/0/0/0/0", |bytes| bytes.clone_from(&bomb));
    assert!(images.contains("too many"), "{images}");
    let small_bomb = gzip(&vec![0; 5000]);
    let images = refusal_of("input/images/c/0/0/0/0", |bytes| bytes.clone_from(&small_bomb));
    assert!(images.contains("does not unpack to 24 bytes"), "{images}");
    let shard = "layers/01/activations/c/1/0/0/0/0";
    let inner = refusal_of(shard, |bytes| *bytes = [bomb.clone(), shard_index([bomb.len(), 0, 0])].concat());
    assert!(inner.contains(shard), "{inner}");
    let inner = refusal_of(shard, |bytes| {
        *bytes = [small_bomb.clone(), shard_index([small_bomb.len(), 0, 0])].concat();
    });
    assert!(inner.contains("does not unpack to 48 bytes"), "{inner}");
    let short = refusal_of(shard, |bytes| bytes.truncate(10));
    assert!(short.contains("checksum"), "{short}");
    let plain = refusal_of("entropy/inter_sample/zarr.json", |bytes| bytes.truncate(10));
    assert!(plain.contains("entropy/inter_sample"), "{plain}");
}

#[test]
fn a_chunk_outside_its_array_is_refused_and_an_unknown_array_comes_along() {
    block_on(async {
        let mut entries = entries(small_archive().await).await;
        entries.push(("codes/01/zarr.json".to_owned(), b"{}".to_vec()));
        let store = MemoryStore::new();
        let run = import(zipped(&entries), &store).await.unwrap();
        let unknown = store.read(&format!("runs/{run}/codes/01/zarr.json")).await.unwrap();
        assert_eq!(unknown.unwrap(), b"{}");
        entries.push(("training/confusion/c/7/0/0".to_owned(), vec![0; 16]));
        let outside = import(zipped(&entries), &MemoryStore::new()).await.unwrap_err();
        assert!(outside.to_string().contains("outside its array"), "{outside}");
    });
}

#[test]
fn an_archive_cannot_be_written() {
    block_on(async {
        let archive = Archive::open(small_archive().await, "runs/archive").await.unwrap();
        assert!(archive.write("runs/archive/a", &[b"1"]).await.is_err());
        assert!(archive.remove("runs/archive/zarr.json").await.is_err());
        assert_eq!(archive.read("runs/archive/absent").await, Ok(None));
        assert!(archive.read_range("runs/archive/zarr.json", u64::MAX, 2).await.is_err());
        assert_eq!(header().format, 1);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_damage_makes_the_import_panic(at: Index, bits in 1_u8.., cut: Option<Index>) {
        let mut archive = block_on(small_archive());
        let at = at.index(archive.len());
        archive[at] ^= bits;
        if let Some(cut) = cut {
            archive.truncate(cut.index(archive.len()));
        }
        let store = MemoryStore::new();
        if block_on(import(archive, &store)).is_err() {
            prop_assert!(store.paths().is_empty());
        }
    }
}
