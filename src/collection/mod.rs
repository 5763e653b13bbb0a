//! The user's own datasets, kept in storage: written once, read by runs, listed, deleted.
//!
//! `datasets/<id>/` holds `dataset.json` (a [`Record`], written last: without it there is no dataset) and,
//! for each part, `<part>-images` (IDX, `[n, C, H, W]` bytes) and `<part>-labels` (IDX, `[n]` bytes). The
//! trainer writes and reads them; compute workers list and delete. What is damaged is refused by its file.

use serde::{Deserialize, Serialize};

use crate::dataset::own::{OwnId, Summary};
use crate::dataset::{Dataset, ImageShape, Samples};
use crate::storage::{ByteStore, StorageError, walk};

#[cfg(test)]
mod tests;

/// The folder of all datasets.
const FOLDER: &str = "datasets";
const RECORD: &str = "dataset.json";
const FORMAT: u32 = 1;
const PARTS: [&str; 2] = ["train", "test"];

/// What `dataset.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1
    pub format: u32,
    /// ISO 8601 UTC.
    pub created: String,
    /// Name, shape, classes and their counts.
    pub summary: Summary,
    /// As [`Copied::in_both`]; 0 also in datasets of older versions, which did not look.
    #[serde(default)]
    pub in_both: usize,
    /// As [`Copied::left_out`].
    #[serde(default)]
    pub left_out: usize,
}

/// What is remembered of images that were there more than once when a dataset was taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Test images that were training images too, in the user's files.
    pub in_both: usize,
    /// Copies that were left out.
    pub left_out: usize,
}

/// A dataset in storage, whether or not it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its folder: what [`remove`] takes.
    pub folder: String,
    /// What it is; `None` when it was written in part only, or is damaged.
    pub record: Option<Record>,
    /// Bytes in storage.
    pub bytes: u64,
}

/// Why a dataset cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectionError {
    /// Not in this browser.
    #[error("There is no dataset {id} in this browser.")]
    Missing {
        /// Identifier.
        id: OwnId,
    },
    /// Another format, or no record at all.
    #[error("{file} is not the record of a dataset ({reason}).")]
    BadRecord {
        /// Path.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file of values is not as the record says.
    #[error("{file} is damaged: it holds {found}; expected were {expected}.")]
    Damaged {
        /// Path.
        file: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: String,
    },
    /// The store could not do it.
    #[error("Storage failed: {0}.")]
    Storage(#[from] StorageError),
}

impl CollectionError {
    /// Stable name of the kind of error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "own_missing",
            Self::BadRecord { .. } => "own_bad_record",
            Self::Damaged { .. } => "own_damaged",
            Self::Storage(StorageError::Full(_)) => "storage_full",
            Self::Storage(_) => "storage_failed",
        }
    }
}

/// Keeps a dataset; one that is there already is written anew. After a failure nothing is left of it.
///
/// # Errors
/// What the store says.
pub async fn keep<S: ByteStore>(
    store: &S,
    dataset: &Dataset,
    created: &str,
    copied: Copied,
) -> Result<OwnId, CollectionError> {
    let Copied { in_both, left_out } = copied;
    let summary = Summary::of(dataset);
    let id = summary.id;
    let record = Record { format: FORMAT, created: created.to_owned(), summary, in_both, left_out };
    // First without a record: a dataset that is half replaced is none.
    store.remove(&path(id, RECORD)).await?;
    let written = write(store, id, dataset, &record).await;
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = store.remove(&folder(id)).await;
    }
    written.map(|()| id)
}

async fn write<S: ByteStore>(
    store: &S,
    id: OwnId,
    dataset: &Dataset,
    record: &Record,
) -> Result<(), CollectionError> {
    for (part, samples) in PARTS.into_iter().zip([&dataset.train, &dataset.test]) {
        let images = images_header(samples.len(), samples.shape);
        store.write(&path(id, &format!("{part}-images")), &[&images, &samples.images]).await?;
        let labels = labels_header(samples.len());
        store.write(&path(id, &format!("{part}-labels")), &[&labels, &samples.labels]).await?;
    }
    let file = path(id, RECORD);
    let json = serde_json::to_vec_pretty(record)
        .map_err(|error| CollectionError::BadRecord { file: file.clone(), reason: error.to_string() })?;
    Ok(store.write(&file, &[&json]).await?)
}

/// A dataset with all its images.
///
/// # Errors
/// When it is not there, is damaged, or the store fails.
pub async fn read<S: ByteStore>(store: &S, id: OwnId) -> Result<Dataset, CollectionError> {
    let Record { summary, .. } = record(store, id).await?.ok_or(CollectionError::Missing { id })?;
    let count =
        |part: usize| -> usize { summary.classes.iter().map(|class| [class.train, class.test][part]).sum() };
    let classes = summary.classes.len();
    let train = samples(store, id, PARTS[0], (count(0), summary.shape, classes)).await?;
    let test = samples(store, id, PARTS[1], (count(1), summary.shape, classes)).await?;
    let names = summary.classes.into_iter().map(|class| class.name).collect();
    Ok(Dataset { name: summary.name, classes: names, train, test })
}

/// One part, of `count` images of a shape in so many classes.
async fn samples<S: ByteStore>(
    store: &S,
    id: OwnId,
    part: &str,
    (count, shape, classes): (usize, ImageShape, usize),
) -> Result<Samples, CollectionError> {
    let file = path(id, &format!("{part}-labels"));
    let labels = values(store, &file, &labels_header(count), count).await?;
    if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= classes) {
        let (found, expected) = (format!("the label {label}"), format!("labels below {classes}"));
        return Err(CollectionError::Damaged { file, found, expected });
    }
    let file = path(id, &format!("{part}-images"));
    let images =
        values(store, &file, &images_header(count, shape), count.saturating_mul(shape.len())).await?;
    Ok(Samples { shape, images, labels })
}

/// What follows the header in a file that begins with `header` and holds `len` bytes more.
async fn values<S: ByteStore>(
    store: &S,
    file: &str,
    header: &[u8],
    len: usize,
) -> Result<Vec<u8>, CollectionError> {
    let damaged =
        |found: String, expected: String| CollectionError::Damaged { file: file.to_owned(), found, expected };
    let expected = len.saturating_add(header.len()) as u64;
    match store.size(file).await? {
        Some(size) if size == expected => {}
        size => {
            let found = format!("{} bytes", size.unwrap_or(0));
            return Err(damaged(found, format!("{expected} bytes")));
        }
    }
    if store.read_range(file, 0, header.len()).await? != header {
        return Err(damaged("another header".to_owned(), "the IDX header of its size".to_owned()));
    }
    Ok(store.read_range(file, header.len() as u64, len).await?)
}

/// All datasets, sorted by identifier, also those that cannot be read.
///
/// # Errors
/// What the store says.
pub async fn list<S: ByteStore>(store: &S) -> Result<Vec<Kept>, CollectionError> {
    let mut all = Vec::new();
    for entry in store.list(FOLDER).await?.into_iter().filter(|entry| entry.is_folder) {
        let record = match OwnId::parse(&entry.name) {
            // One that cannot be read is listed, so that it can be deleted.
            Some(id) => record(store, id).await.ok().flatten(),
            None => None,
        };
        let files = walk(store, &format!("{FOLDER}/{}", entry.name)).await?;
        let bytes = files.iter().map(|file| file.size).sum();
        all.push(Kept { folder: entry.name, record, bytes });
    }
    Ok(all)
}

/// Deletes a dataset with all in it; nothing happens when there is none.
///
/// # Errors
/// What the store says; a bad path for what is no name of a folder.
pub async fn remove<S: ByteStore>(store: &S, folder: &str) -> Result<(), CollectionError> {
    if folder.contains('/') {
        return Err(StorageError::BadPath(folder.to_owned()).into());
    }
    // The record goes first: a dataset that is half deleted is none.
    store.remove(&format!("{FOLDER}/{folder}/{RECORD}")).await?;
    Ok(store.remove(&format!("{FOLDER}/{folder}")).await?)
}

async fn record<S: ByteStore>(store: &S, id: OwnId) -> Result<Option<Record>, CollectionError> {
    let file = path(id, RECORD);
    let Some(bytes) = store.read(&file).await? else { return Ok(None) };
    let bad = |reason: String| CollectionError::BadRecord { file: file.clone(), reason };
    let record: Record = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
    let Summary { id: own, shape, classes, .. } = &record.summary;
    if record.format != FORMAT {
        return Err(bad(format!("its format is {}, expected was {FORMAT}", record.format)));
    }
    if *own != id || shape.is_empty() || classes.is_empty() {
        return Err(bad("its identifier, shape or classes are not those of a dataset".to_owned()));
    }
    Ok(Some(record))
}

fn folder(id: OwnId) -> String {
    format!("{FOLDER}/{id}")
}

fn path(id: OwnId, file: &str) -> String {
    format!("{FOLDER}/{id}/{file}")
}

fn images_header(count: usize, shape: ImageShape) -> Vec<u8> {
    idx_header(&[count, shape.channels, shape.height, shape.width])
}

fn labels_header(count: usize) -> Vec<u8> {
    idx_header(&[count])
}

/// IDX: bytes along these axes. Lengths beyond 32 bits do not occur: imports are limited.
fn idx_header(axes: &[usize]) -> Vec<u8> {
    let lengths = axes.iter().flat_map(|&length| (length as u32).to_be_bytes());
    [0, 0, 8, axes.len() as u8].into_iter().chain(lengths).collect()
}
