//! A store in memory, for tests and for building archives.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{ByteStore, Entry, Space, StorageError, StoredFile, check_path, children, files_by_listing};

/// Files in memory; a clone is the same store. It can be made to fail as a disk does: to run full, and
/// the file that did not fit keeps the bytes that did; to be cut off, as when a tab is closed; or to have
/// a file written by someone else.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    shared: Rc<RefCell<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    files: BTreeMap<String, Vec<u8>>,
    /// Bytes that may still be written.
    space_left: Option<usize>,
    /// Writes and removals that may still be made.
    changes_left: Option<isize>,
    locked: BTreeSet<String>,
    /// What it says it may hold.
    quota: Option<u64>,
}

impl MemoryStore {
    /// An empty store without a limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on only `bytes` more bytes can be written; `None` lifts the limit.
    pub fn set_space_left(&self, bytes: Option<usize>) {
        self.shared.borrow_mut().space_left = bytes;
    }

    /// From now on only `changes` more writes and removals are made: the one after them is cut short, a
    /// file in its middle, and all later ones do nothing. `None` lifts the limit.
    pub fn set_changes_left(&self, changes: Option<isize>) {
        self.shared.borrow_mut().changes_left = changes;
    }

    /// From now on the store says that it may hold `bytes`; nothing keeps it from holding more.
    pub fn set_quota(&self, bytes: u64) {
        self.shared.borrow_mut().quota = Some(bytes);
    }

    /// A locked file can be neither read nor written, nor asked for its size.
    pub fn set_locked(&self, path: &str, is_locked: bool) {
        let locked = &mut self.shared.borrow_mut().locked;
        if is_locked {
            locked.insert(path.to_owned())
        } else {
            locked.remove(path)
        };
    }

    /// The path must be sound and nobody writing there.
    fn check(&self, path: &str) -> Result<(), StorageError> {
        check_path(path)?;
        let is_locked = self.shared.borrow().locked.contains(path);
        if is_locked { Err(StorageError::Locked(path.to_owned())) } else { Ok(()) }
    }

    /// Paths of all files, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.shared.borrow().files.keys().cloned().collect()
    }
}

/// How much of a change comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Whole,
    Half,
    Nothing,
}

impl Shared {
    /// Whether a file stands where `path` needs a folder, or a folder where it needs a file.
    fn is_blocked(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let is_folder = self.files.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below));
        is_folder || path.match_indices('/').any(|(end, _)| self.files.contains_key(&path[..end]))
    }

    /// Counts a change to the store and says how much of it comes about.
    fn take_change(&mut self) -> Change {
        let Some(left) = &mut self.changes_left else { return Change::Whole };
        *left -= 1;
        match left {
            0.. => Change::Whole,
            -1 => Change::Half,
            _ => Change::Nothing,
        }
    }

    /// How many of `len` bytes still fit; they count as written.
    fn take_space(&mut self, len: usize) -> usize {
        let fits = self.space_left.map_or(len, |space| space.min(len));
        if let Some(space) = &mut self.space_left {
            *space -= fits;
        }
        fits
    }
}

impl ByteStore for MemoryStore {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.check(path)?;
        Ok(self.shared.borrow().files.get(path).cloned())
    }

    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        self.check(path)?;
        let shared = self.shared.borrow();
        let file = shared.files.get(path).ok_or_else(|| StorageError::Missing(path.to_owned()))?;
        let range = usize::try_from(offset).ok().and_then(|start| Some(start..start.checked_add(len)?));
        range.and_then(|range| file.get(range)).map(<[u8]>::to_vec).ok_or_else(|| StorageError::Platform {
            path: path.to_owned(),
            reason: format!("{len} bytes wanted from {offset}, but there are only {}", file.len()),
        })
    }

    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        self.check(path)?;
        Ok(self.shared.borrow().files.get(path).map(|file| file.len() as u64))
    }

    async fn write(&self, path: &str, parts: &[&[u8]]) -> Result<(), StorageError> {
        self.check(path)?;
        let mut shared = self.shared.borrow_mut();
        if shared.is_blocked(path) {
            let reason = "a file and a folder would have the same name".to_owned();
            return Err(StorageError::Platform { path: path.to_owned(), reason });
        }
        let mut file = parts.concat();
        let len = file.len();
        let change = shared.take_change();
        match change {
            Change::Whole => file.truncate(shared.take_space(len)),
            Change::Half => file.truncate(len / 2),
            Change::Nothing => return Err(cut_off(path)),
        }
        let is_full = file.len() < len;
        shared.files.insert(path.to_owned(), file);
        if change == Change::Half {
            return Err(cut_off(path));
        }
        if is_full { Err(StorageError::Full(path.to_owned())) } else { Ok(()) }
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError> {
        check_path(path)?;
        Ok(children(self.shared.borrow().files.keys().map(String::as_str), path))
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        check_path(path)?;
        let below = format!("{path}/");
        let mut shared = self.shared.borrow_mut();
        let mut removed: Vec<String> =
            shared.files.keys().filter(|file| *file == path || file.starts_with(&below)).cloned().collect();
        let change = shared.take_change();
        match change {
            Change::Whole => {}
            Change::Half => removed.truncate(removed.len() / 2),
            Change::Nothing => removed.clear(),
        }
        for file in &removed {
            shared.files.remove(file);
        }
        if change == Change::Whole { Ok(()) } else { Err(cut_off(path)) }
    }

    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
        files_by_listing(self, folder).await
    }

    async fn space(&self) -> Option<Space> {
        let shared = self.shared.borrow();
        let used = shared.files.values().map(|file| file.len() as u64).sum();
        shared.quota.map(|quota| Space { quota, used })
    }
}

fn cut_off(path: &str) -> StorageError {
    StorageError::Platform { path: path.to_owned(), reason: "the store was cut off".to_owned() }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::storage::{StoredFile, closed_size, walk};

    fn names(entries: &[Entry]) -> Vec<(&str, bool)> {
        entries.iter().map(|entry| (entry.name.as_str(), entry.is_folder)).collect()
    }

    #[test]
    fn parts_are_written_one_after_another_and_ranges_read_back() {
        block_on(async {
            let store = MemoryStore::new();
            store.write("a/b", &[b"hello ", b"world"]).await.unwrap();
            assert_eq!(store.read("a/b").await.unwrap().unwrap(), b"hello world");
            assert_eq!(store.read_range("a/b", 6, 3).await.unwrap(), b"wor");
            assert_eq!(store.size("a/b").await.unwrap(), Some(11));
            assert_eq!(store.read("a/c").await.unwrap(), None);
            assert_eq!(store.size("a").await.unwrap(), None);
        });
    }

    #[test]
    fn a_range_past_the_end_or_in_no_file_is_an_error() {
        block_on(async {
            let store = MemoryStore::new();
            store.write("a", &[b"abc"]).await.unwrap();
            assert!(matches!(store.read_range("a", 1, 3).await, Err(StorageError::Platform { .. })));
            assert!(matches!(store.read_range("a", u64::MAX, 3).await, Err(StorageError::Platform { .. })));
            assert_eq!(store.read_range("b", 0, 1).await, Err(StorageError::Missing("b".into())));
        });
    }

    #[test]
    fn folders_list_sorted_and_go_with_all_in_them() {
        block_on(async {
            let store = MemoryStore::new();
            for path in ["r/b/2", "r/b/1/x", "r/a", "rr/z"] {
                store.write(path, &[b"12"]).await.unwrap();
            }
            assert_eq!(names(&store.list("r").await.unwrap()), [("a", false), ("b", true)]);
            assert_eq!(names(&store.list("r/b").await.unwrap()), [("1", true), ("2", false)]);
            let files = walk(&store, "r").await.unwrap();
            assert_eq!(files[1], StoredFile { path: "r/b/1/x".into(), size: 2 });
            store.remove("r").await.unwrap();
            assert_eq!(store.paths(), ["rr/z"]);
            assert!(store.list("r").await.unwrap().is_empty());
        });
    }

    #[test]
    fn paths_that_climb_or_are_empty_are_refused() {
        for path in ["", "/a", "a/", "a//b", "../a", "a/./b", "a\\b"] {
            assert_eq!(check_path(path), Err(StorageError::BadPath(path.into())));
        }
        assert_eq!(check_path("runs/a..b/c.0"), Ok(()));
    }

    #[test]
    fn a_file_cannot_be_a_folder_too() {
        block_on(async {
            let store = MemoryStore::new();
            store.write("a/b", &[b"1"]).await.unwrap();
            assert!(store.write("a", &[b"1"]).await.is_err());
            assert!(store.write("a/b/c", &[b"1"]).await.is_err());
        });
    }

    #[test]
    fn a_locked_file_says_so_until_it_is_closed() {
        block_on(async {
            let store = MemoryStore::new();
            store.write("a/b", &[b"abc"]).await.unwrap();
            store.set_locked("a/b", true);
            assert_eq!(store.read("a/b").await, Err(StorageError::Locked("a/b".into())));
            assert_eq!(closed_size(&store, "a/b").await, Ok(None));
            assert!(walk(&store, "a").await.unwrap().is_empty());
            store.set_locked("a/b", false);
            assert_eq!(closed_size(&store, "a/b").await, Ok(Some(3)));
        });
    }

    #[test]
    fn a_store_that_is_cut_off_keeps_half_a_file_and_changes_no_more() {
        block_on(async {
            let store = MemoryStore::new();
            store.set_changes_left(Some(1));
            store.write("a", &[b"abcd"]).await.unwrap();
            assert!(store.write("b", &[b"abcd"]).await.is_err());
            assert!(store.write("c", &[b"abcd"]).await.is_err());
            assert!(store.remove("a").await.is_err());
            assert_eq!(store.paths(), ["a", "b"]);
            assert_eq!(store.read("b").await.unwrap().unwrap(), b"ab");
            store.set_changes_left(None);
            store.remove("a").await.unwrap();
            assert_eq!(store.paths(), ["b"]);
        });
    }

    #[test]
    fn a_full_store_keeps_the_bytes_that_fitted() {
        block_on(async {
            let store = MemoryStore::new();
            store.set_space_left(Some(4));
            assert_eq!(store.write("a", &[b"abc", b"def"]).await, Err(StorageError::Full("a".into())));
            assert_eq!(store.read("a").await.unwrap().unwrap(), b"abcd");
            store.set_space_left(None);
            store.write("a", &[b"abcdef"]).await.unwrap();
        });
    }
}
