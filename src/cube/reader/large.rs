//! A run of gigabytes opens by its documents and metrics alone.

use std::cell::Cell;

use pollster::block_on;

use crate::cube::catalogue::Catalogue;
use crate::cube::testing::{checkpoint, confusion, header, metrics};
use crate::cube::{LayerHeader, RunHeader, RunReader, RunWriter};
use crate::dataset::{ImageShape, Samples};
use crate::storage::memory::MemoryStore;
use crate::storage::{ByteStore, Entry, Space, StorageError, StoredFile};

const EPOCHS: u32 = 70;
const IMAGES: usize = 1000;

/// A store whose files of cells claim to be as large as uncompressed cells are; it counts what is read of all files.
#[derive(Default)]
struct Counting {
    store: MemoryStore,
    reads: Cell<usize>,
    bytes: Cell<u64>,
}

impl Counting {
    fn count(&self, bytes: u64) {
        self.reads.set(self.reads.get() + 1);
        self.bytes.set(self.bytes.get() + bytes);
    }
}

/// Bytes of a layer's cells at an epoch; `None` for other files.
fn claimed(path: &str) -> Option<u64> {
    let (_, layer) = path.split_once("layers/").filter(|_| path.contains("/activations/c/"))?;
    let layer: usize = layer.get(..2)?.parse().ok()?;
    Some((large().shape_at(layer)?.len() * IMAGES * 2) as u64)
}

impl ByteStore for Counting {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let read = self.store.read(path).await?;
        self.count(claimed(path).unwrap_or(read.as_ref().map_or(0, Vec::len) as u64));
        Ok(read)
    }

    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        self.count(len as u64);
        self.store.read_range(path, offset, len).await
    }

    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        let size = self.store.size(path).await?;
        Ok(size.map(|size| claimed(path).unwrap_or(size)))
    }

    async fn write(&self, path: &str, parts: &[&[u8]]) -> Result<(), StorageError> {
        self.store.write(path, parts).await
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError> {
        self.store.list(path).await
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        self.store.remove(path).await
    }

    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
        let sized = |file: StoredFile| StoredFile { size: claimed(&file.path).unwrap_or(file.size), ..file };
        Ok(self.store.files(folder).await?.into_iter().map(sized).collect())
    }

    async fn space(&self) -> Option<Space> {
        self.store.space().await
    }
}

fn large() -> RunHeader {
    let layer = |index, channels, side| LayerHeader {
        index,
        name: format!("conv{index}"),
        kind: "conv".to_owned(),
        channels,
        height: side,
        width: side,
    };
    RunHeader {
        layers: vec![layer(1, 32, 28), layer(2, 64, 14), layer(3, 1, 2)],
        input: ImageShape { channels: 1, height: 28, width: 28 },
        probe_images: IMAGES,
        planned_epochs: (0..EPOCHS).collect(),
        ..header()
    }
}

#[test]
fn a_run_of_five_gigabytes_opens_by_reading_some_kilobytes() {
    block_on(async {
        let (store, header) = (Counting::default(), large());
        let images = vec![0; IMAGES * header.input.len()];
        let probe = Samples { shape: header.input, images, labels: vec![0; IMAGES] };
        let mut writer = RunWriter::create(&store, "r", header.clone(), &probe).await.unwrap();
        for epoch in 0..EPOCHS {
            for layer in 1..=header.n_layers() {
                let cells = Catalogue::planned(&header).activations(layer);
                let path = format!("runs/r/{}", cells.chunk_path(&[epoch as usize]));
                store.write(&path, &[b"cells"]).await.unwrap();
            }
            writer.write_checkpoint(epoch, &checkpoint(epoch)).await.unwrap();
            writer.commit_epoch(epoch as usize, &metrics(epoch), &confusion(epoch)).await.unwrap();
        }
        store.reads.set(0);
        store.bytes.set(0);

        let run = RunReader::open(&store, "r").await.unwrap();
        assert_eq!(run.epochs().await.unwrap().len(), EPOCHS as usize);
        let (reads, bytes) = (store.reads.get(), store.bytes.get());
        let all = run.bytes().await.unwrap();
        println!("{all} bytes open by {reads} reads of {bytes} bytes");
        assert!(all > 5_000_000_000, "{all}");
        assert!(bytes < 64_000, "{bytes} bytes read");
        assert!(reads < 4 * EPOCHS as usize, "{reads} reads");

        let raw = run.raw_epochs("r").await.unwrap();
        assert_eq!(raw.len(), EPOCHS as usize);
        assert_eq!(store.bytes.get(), bytes, "sizes are looked up, not read");
    });
}
