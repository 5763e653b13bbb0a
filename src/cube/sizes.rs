//! How much each run takes, kept so that runs can be listed without visiting their hundreds of files.
//!
//! A size is of a run with so many recorded epochs; when there are more, or raw cells were dropped, it is measured
//! again. Measures that are added later are small beside the cells and do not count.

use super::{CubeError, RunReader};
use crate::storage::ByteStore;

/// Where the sizes stand, from the root of the store: a line a run, `bytes epochs identifier`.
const SIZES: &str = "sizes.txt";
/// A larger file is not one of ours.
const MAX_SIZES: u64 = 1 << 20;

/// What a run took when it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSize {
    /// Identifier of the run.
    pub run: String,
    /// Epochs it had recorded.
    pub recorded: usize,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// The sizes that were measured before; a damaged file is none.
pub async fn known_sizes<S: ByteStore>(store: &S) -> Vec<KnownSize> {
    if !matches!(store.size(SIZES).await, Ok(Some(size)) if size <= MAX_SIZES) {
        return Vec::new();
    }
    let Ok(Some(bytes)) = store.read(SIZES).await else { return Vec::new() };
    String::from_utf8_lossy(&bytes).lines().filter_map(parsed).collect()
}

fn parsed(line: &str) -> Option<KnownSize> {
    let (bytes, rest) = line.split_once(' ')?;
    let (recorded, run) = rest.split_once(' ')?;
    Some(KnownSize { run: run.to_owned(), recorded: recorded.parse().ok()?, bytes: bytes.parse().ok()? })
}

/// Measures a run, in bytes, and keeps what it found; what is known of runs that are gone is forgotten.
///
/// # Errors
/// [`CubeError::NoSuchRun`], and what the store says.
pub async fn measure_size<S: ByteStore>(store: &S, run: &str) -> Result<u64, CubeError> {
    let reader = RunReader::open(store, run).await?;
    let bytes = reader.bytes().await?;
    let mut known = known_sizes(store).await;
    let stored = store.list(super::RUNS).await?;
    known.retain(|size| size.run != run && stored.iter().any(|entry| entry.name == size.run));
    known.push(KnownSize { run: run.to_owned(), recorded: reader.recorded(), bytes });
    let line = |size: &KnownSize| format!("{} {} {}\n", size.bytes, size.recorded, size.run);
    let lines: Vec<String> = known.iter().map(line).collect();
    // Another tab may be writing it: then it is measured another time.
    let _ = store.write(SIZES, &[lines.concat().as_bytes()]).await;
    Ok(bytes)
}

/// Forgets all sizes: files have gone.
pub(super) async fn forget_sizes<S: ByteStore>(store: &S) {
    // What cannot be forgotten now is corrected when a run gets its next epoch.
    let _ = store.remove(SIZES).await;
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::remove_run;
    use crate::cube::testing::recorded;

    #[test]
    fn a_size_is_kept_until_its_run_is_gone() {
        block_on(async {
            let (store, _) = recorded(2).await;
            assert_eq!(known_sizes(&store).await, []);
            let bytes = measure_size(&store, "r").await.unwrap();
            assert!(bytes > 0);
            let known = [KnownSize { run: "r".into(), recorded: 2, bytes }];
            assert_eq!(known_sizes(&store).await, known);
            store.write(SIZES, &[b"12 1 gone\nx\n7 one r\n3 2 two words\n"]).await.unwrap();
            let read = known_sizes(&store).await;
            assert_eq!(read.iter().map(|size| size.run.as_str()).collect::<Vec<_>>(), ["gone", "two words"]);
            measure_size(&store, "r").await.unwrap();
            assert_eq!(known_sizes(&store).await, known);
            remove_run(store.clone(), "r").await.unwrap();
            assert!(measure_size(&store, "r").await.is_err());
        });
    }
}
