//! How much each run takes, kept so that runs can be listed without visiting their hundreds of files.
//!
//! A size is of a run with so many recorded epochs: when there are more, only theirs is added; when raw cells were
//! dropped or computed again, it is forgotten and all is measured anew. Measures that are added later are small
//! beside the cells and do not count.

use super::catalogue::checkpoint_path;
use super::{CubeError, ProbeSet, RunReader};
use crate::storage::{ByteStore, closed_size};

/// Where the sizes stand, from the root of the store: a line a run, `bytes raw_bytes raw_epochs recorded identifier`.
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
    /// Epochs of which it had the raw cells.
    pub raw_epochs: usize,
    /// Bytes of those.
    pub raw_bytes: u64,
    /// Bytes of all its files.
    pub bytes: u64,
}

impl KnownSize {
    /// Whether it is of this run with so many recorded epochs.
    pub fn is_of(&self, run: &str, recorded: usize) -> bool {
        self.run == run && self.recorded == recorded
    }

    fn parsed(line: &str) -> Option<Self> {
        // The identifier last: it is the user's when a run was imported.
        let mut words = line.splitn(5, ' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let (bytes, raw_bytes, raw_epochs, recorded) = (number()?, number()?, number()?, number()?);
        Some(Self {
            run: words.next()?.to_owned(),
            recorded: usize::try_from(recorded).ok()?,
            raw_epochs: usize::try_from(raw_epochs).ok()?,
            raw_bytes,
            bytes,
        })
    }

    fn line(&self) -> String {
        format!("{} {} {} {} {}\n", self.bytes, self.raw_bytes, self.raw_epochs, self.recorded, self.run)
    }
}

/// The sizes that were measured before; a damaged file is none.
pub async fn known_sizes<S: ByteStore>(store: &S) -> Vec<KnownSize> {
    let Ok(Some(bytes)) = store.read_within(SIZES, MAX_SIZES).await else { return Vec::new() };
    String::from_utf8_lossy(&bytes).lines().filter_map(KnownSize::parsed).collect()
}

/// Measures a run, or what it has grown by since it was measured, and keeps what it found; what is known of runs that
/// are gone is forgotten.
///
/// # Errors
/// [`CubeError::NoSuchRun`], and what the store says.
pub async fn measure_size<S: ByteStore + Clone>(store: &S, run: &str) -> Result<KnownSize, CubeError> {
    let reader = RunReader::open(store.clone(), run).await?;
    let mut known = known_sizes(store).await;
    let before = known.iter().find(|size| size.run == run && size.recorded <= reader.recorded()).cloned();
    let size = match before {
        Some(before) => reader.grown(before).await?,
        None => reader.measured(run).await?,
    };
    let stored = store.list(super::RUNS).await?;
    known.retain(|other| other.run != run && stored.iter().any(|entry| entry.name == other.run));
    known.push(size.clone());
    keep(store, &known).await;
    Ok(size)
}

/// Forgets the sizes of these runs: files have gone or come back.
pub(super) async fn forget_sizes<S: ByteStore>(store: &S, runs: impl Fn(&str) -> bool) {
    let mut known = known_sizes(store).await;
    let before = known.len();
    known.retain(|size| !runs(&size.run));
    if known.len() < before {
        keep(store, &known).await;
    }
}

async fn keep<S: ByteStore>(store: &S, known: &[KnownSize]) {
    let lines: Vec<String> = known.iter().map(KnownSize::line).collect();
    // Another tab may be writing it: then it is measured another time.
    let _ = store.write(SIZES, &[lines.concat().as_bytes()]).await;
}

impl<S: ByteStore + Clone> RunReader<S> {
    async fn measured(&self, run: &str) -> Result<KnownSize, CubeError> {
        let raw = self.raw_epochs(run).await?;
        let of_training = match self.of(ProbeSet::Train) {
            Ok(train) => train.raw_epochs(run).await?,
            Err(_) => Vec::new(),
        };
        Ok(KnownSize {
            run: run.to_owned(),
            recorded: self.recorded(),
            raw_epochs: raw.len(),
            raw_bytes: raw.iter().chain(&of_training).map(|epoch| epoch.bytes).sum(),
            bytes: self.bytes().await?,
        })
    }

    /// With the epochs that were recorded since.
    async fn grown(&self, mut size: KnownSize) -> Result<KnownSize, CubeError> {
        let layers = || 0..=self.header().n_layers();
        let catalogue = self.catalogue();
        let codes = || layers().map(|layer| catalogue.distance_codes(layer));
        for epoch_index in size.recorded..self.recorded() {
            let cells = self.sizes(layers().skip(1).map(|layer| self.cells_path(epoch_index, layer))).await?;
            let epoch = self.recorded_epoch(epoch_index)?;
            let others = codes().map(|layout| self.path(&layout.chunk_path(&[epoch_index])));
            let others = self.sizes(others.chain([self.path(&checkpoint_path(epoch))])).await?;
            size.bytes += cells.iter().chain(&others).flatten().sum::<u64>();
            if let Some(bytes) = cells.into_iter().sum::<Option<u64>>() {
                size.raw_epochs += 1;
                size.raw_bytes += bytes;
            }
        }
        size.recorded = self.recorded();
        Ok(size)
    }

    /// Bytes of each file, from the root of the store; `None` where there is none.
    async fn sizes(&self, files: impl Iterator<Item = String>) -> Result<Vec<Option<u64>>, CubeError> {
        let mut sizes = Vec::new();
        for file in files {
            sizes.push(closed_size(&self.store, &file).await?);
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::remove_run;
    use crate::cube::testing::{recorded, write_epoch};

    #[test]
    fn a_size_is_kept_until_its_run_is_gone() {
        block_on(async {
            let (store, _) = recorded(2).await;
            assert_eq!(known_sizes(&store).await, []);
            let size = measure_size(&store, "r").await.unwrap();
            assert_eq!((size.recorded, size.raw_epochs), (2, 2));
            assert!(0 < size.raw_bytes && size.raw_bytes < size.bytes);
            assert_eq!(known_sizes(&store).await, std::slice::from_ref(&size));
            store.write(SIZES, &[b"12 5 1 1 gone\nx\n7 0 one r\n7 5 r\n3 2 1 1 two words\n"]).await.unwrap();
            let read = known_sizes(&store).await;
            assert_eq!(read.iter().map(|size| size.run.as_str()).collect::<Vec<_>>(), ["gone", "two words"]);
            measure_size(&store, "r").await.unwrap();
            assert_eq!(known_sizes(&store).await, [size]);
            remove_run(store.clone(), "r").await.unwrap();
            assert!(measure_size(&store, "r").await.is_err());
        });
    }

    #[test]
    fn a_run_that_has_grown_is_measured_as_if_anew() {
        block_on(async {
            let (store, mut writer) = recorded(1).await;
            let first = measure_size(&store, "r").await.unwrap();
            write_epoch(&mut writer, 1).await.unwrap();
            let grown = measure_size(&store, "r").await.unwrap();
            forget_sizes(&store, |run| run == "r").await;
            assert_eq!(known_sizes(&store).await, []);
            let anew = measure_size(&store, "r").await.unwrap();
            assert_eq!((grown.raw_epochs, grown.raw_bytes), (anew.raw_epochs, anew.raw_bytes));
            assert!(
                first.bytes < grown.bytes && grown.bytes <= anew.bytes,
                "metrics are not counted: {grown:?}"
            );
        });
    }
}
