//! Where bytes are kept: a tree of named files, behind one trait.
//!
//! OPFS in the browser (`browser::opfs`), memory in tests. Knows nothing of what the bytes mean.

use crate::ordering::sort_by;

pub mod memory;

/// Why a store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// No file at this path.
    #[error("no file at {0}")]
    Missing(String),
    /// The path is empty, absolute, or has an empty, `.` or `..` part.
    #[error("bad path {0:?}")]
    BadPath(String),
    /// The store is full.
    #[error("storage is full while writing {0}")]
    Full(String),
    /// The file is open for writing elsewhere.
    #[error("{0} is being written elsewhere")]
    Locked(String),
    /// The file is larger than what was to be read of it.
    #[error("{path}: {size} bytes are too many")]
    TooLarge {
        /// The path concerned.
        path: String,
        /// Bytes it has.
        size: u64,
    },
    /// Anything else the platform says.
    #[error("{path}: {reason}")]
    Platform {
        /// The path concerned.
        path: String,
        /// What the platform said.
        reason: String,
    },
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name within the folder.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Whether every store accepts this path: relative, `/`-separated, without empty, `.` or `..` parts.
///
/// # Errors
/// [`StorageError::BadPath`] otherwise.
pub fn check_path(path: &str) -> Result<(), StorageError> {
    if path.split('/').any(|part| matches!(part, "" | "." | "..") || part.contains(['\\', '\0'])) {
        return Err(StorageError::BadPath(path.to_owned()));
    }
    Ok(())
}

/// A tree of files addressed by `/`-separated relative paths (see [`check_path`]).
///
/// Files are written once, then closed; readers may read a closed file while others are written.
/// A write that fails, or that a crash cuts short, may leave a file with only its first bytes: what
/// has to survive that is judged by its size or checksum, not by its presence.
#[allow(async_fn_in_trait, reason = "every store is used on one thread; no Send bound is wanted")]
pub trait ByteStore {
    /// The whole file, or `None` when there is none.
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError>;

    /// The whole file unless it is larger than `limit` bytes (`TooLarge`), or `None` when there is none.
    async fn read_within(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StorageError> {
        match self.size(path).await? {
            Some(size) if size > limit => Err(StorageError::TooLarge { path: path.to_owned(), size }),
            Some(_) => self.read(path).await,
            None => Ok(None),
        }
    }

    /// `len` bytes from `offset`; `Missing` when there is no file, `Platform` when it is shorter.
    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError>;

    /// Size in bytes, or `None` when there is no file.
    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError>;

    /// Creates or replaces a file, making the folders on the way; `parts` are written one after another.
    async fn write(&self, path: &str, parts: &[&[u8]]) -> Result<(), StorageError>;

    /// Entries of a folder sorted by name; empty when there is no such folder.
    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError>;

    /// Removes a file or a folder with all in it; nothing happens when there is none.
    async fn remove(&self, path: &str) -> Result<(), StorageError>;

    /// All closed files in a folder and the folders below it, in any order; empty when there is no such folder.
    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError>;

    /// How much it holds and may hold; `None` where that is not known.
    async fn space(&self) -> Option<Space>;
}

/// How full a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes it may hold.
    pub quota: u64,
    /// Bytes it holds.
    pub used: u64,
}

impl<S: ByteStore> ByteStore for &S {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        (**self).read(path).await
    }

    async fn read_within(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StorageError> {
        (**self).read_within(path, limit).await
    }

    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        (**self).read_range(path, offset, len).await
    }

    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        (**self).size(path).await
    }

    async fn write(&self, path: &str, parts: &[&[u8]]) -> Result<(), StorageError> {
        (**self).write(path, parts).await
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError> {
        (**self).list(path).await
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        (**self).remove(path).await
    }

    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
        (**self).files(folder).await
    }

    async fn space(&self) -> Option<Space> {
        (**self).space().await
    }
}

/// Entries of `folder` among the files at these sorted paths, sorted by name.
pub fn children<'a>(paths: impl Iterator<Item = &'a str>, folder: &str) -> Vec<Entry> {
    let inside = paths.filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
    let mut entries: Vec<Entry> = inside
        .map(|rest| match rest.split_once('/') {
            Some((folder, _)) => Entry { name: folder.to_owned(), is_folder: true },
            None => Entry { name: rest.to_owned(), is_folder: false },
        })
        .collect();
    sort_by(&mut entries, |a, b| a.name.cmp(&b.name));
    entries.dedup();
    entries
}

/// A file with its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Path from the root of the store.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// Size of a file that is closed; `None` also while it is being written elsewhere, for until then it
/// is no part of anything.
///
/// # Errors
/// What the store says, except [`StorageError::Locked`].
pub async fn closed_size<S: ByteStore>(store: &S, path: &str) -> Result<Option<u64>, StorageError> {
    match store.size(path).await {
        Err(StorageError::Locked(_)) => Ok(None),
        size => size,
    }
}

/// [`ByteStore::files`] of a store that has no faster way than to list every folder.
///
/// # Errors
/// What the store says.
pub async fn files_by_listing<S: ByteStore>(
    store: &S,
    folder: &str,
) -> Result<Vec<StoredFile>, StorageError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in store.list(&folder).await? {
            let path = format!("{folder}/{}", entry.name);
            if entry.is_folder {
                folders.push(path);
            } else if let Some(size) = closed_size(store, &path).await? {
                files.push(StoredFile { path, size });
            }
        }
    }
    Ok(files)
}

/// All closed files in a folder and the folders below it, sorted by path; empty when there is no such
/// folder.
///
/// # Errors
/// What the store says.
pub async fn walk<S: ByteStore>(store: &S, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
    let mut files = store.files(folder).await?;
    sort_by(&mut files, |a, b| a.path.cmp(&b.path));
    Ok(files)
}
