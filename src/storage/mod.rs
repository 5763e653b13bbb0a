//! Where bytes are kept: a tree of named files, behind one trait.
//!
//! OPFS in the browser (`browser::opfs`), memory in tests. Knows nothing of what the bytes mean.

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

/// A tree of files addressed by `/`-separated relative paths.
///
/// Files are written once, then closed; readers may read a closed file while others are written.
#[allow(async_fn_in_trait, reason = "every store is used on one thread; no Send bound is wanted")]
pub trait ByteStore {
    /// The whole file, or `None` when there is none.
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError>;

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
}
