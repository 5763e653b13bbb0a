//! The origin-private file system as a byte store.
//!
//! Reading goes through `File` slices, so any number of workers may read a closed file at once;
//! writing goes through sync access handles, which only workers have and which Safari has for longest.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, AsyncIterator, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemRemoveOptions,
    FileSystemSyncAccessHandle, StorageManager,
};

use super::storage_manager::ask_storage;
use super::{navigator, property, reason};
use crate::ordering::sort_by;
use crate::storage::{ByteStore, Entry, Space, StorageError, StoredFile};

/// Folders that are remembered at a time; the browser keeps something for each.
const MOST_FOLDERS: usize = 512;

/// The root of this site's private files.
#[derive(Clone)]
pub struct Opfs {
    root: FileSystemDirectoryHandle,
    /// Folders found before, by path; `None` where they are not remembered.
    folders: Option<Rc<RefCell<BTreeMap<String, FileSystemDirectoryHandle>>>>,
}

impl Opfs {
    /// Opens the file system; fails where the browser has none or refuses it (private windows, insecure pages).
    ///
    /// # Errors
    /// What the browser gives as its reason.
    pub async fn open() -> Result<Self, StorageError> {
        let absent =
            |reason: &str| StorageError::Platform { path: "/".to_owned(), reason: reason.to_owned() };
        let storage = navigator().and_then(|navigator| property(&navigator, "storage")).ok_or_else(|| {
            absent("this browser gives the page no storage (is it opened over http or https?)")
        })?;
        property(&storage, "getDirectory")
            .ok_or_else(|| absent("this browser has no origin-private file system"))?;
        let root = JsFuture::from(storage.unchecked_into::<StorageManager>().get_directory())
            .await
            .map_err(|error| absent(&reason(&error)))?;
        Ok(Self { root: root.unchecked_into(), folders: None })
    }

    /// The same for one task or one run: every step to a folder takes the browser a millisecond, and a run's files lie
    /// deep. Others may remove a folder meanwhile; what was in it is then missing, which it is.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self { folders: Some(Rc::default()), ..self }
    }

    /// The file as the browser's own object, for building a Blob without reading it.
    ///
    /// # Errors
    /// A bad path, and what the browser gives as its reason.
    pub async fn file(&self, path: &str) -> Result<Option<File>, StorageError> {
        let (folders, name) = split(path)?;
        let Some(folder) = self.folder(path, &folders, false).await? else { return Ok(None) };
        let Some(handle) = found(path, JsFuture::from(folder.get_file_handle(name)).await)? else {
            return Ok(None);
        };
        let file = JsFuture::from(handle.unchecked_into::<FileSystemFileHandle>().get_file()).await;
        Ok(found(path, file)?.map(JsCast::unchecked_into))
    }

    /// Walks down the folders, making them when `create` is set; `None` when one is missing.
    async fn folder(
        &self,
        path: &str,
        names: &[&str],
        create: bool,
    ) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(create);
        if let Some(mut folders) = self.folders.as_ref().map(|folders| folders.borrow_mut())
            && folders.len() >= MOST_FOLDERS
        {
            folders.clear();
        }
        let (mut folder, mut walked) = self.remembered(names);
        while let Some(name) = names.get(walked) {
            let next = JsFuture::from(folder.get_directory_handle_with_options(name, &options)).await;
            match found(path, next)? {
                Some(next) => folder = next.unchecked_into(),
                None => return Ok(None),
            }
            walked += 1;
            if let Some(folders) = &self.folders {
                folders.borrow_mut().insert(names[..walked].join("/"), folder.clone());
            }
        }
        Ok(Some(folder))
    }

    /// The deepest folder on the way that is remembered, and how many steps lead to it.
    fn remembered(&self, names: &[&str]) -> (FileSystemDirectoryHandle, usize) {
        let folders = self.folders.as_ref().map(|folders| folders.borrow());
        let known = |steps: usize| Some((folders.as_ref()?.get(&names[..steps].join("/"))?.clone(), steps));
        (1..=names.len()).rev().find_map(known).unwrap_or_else(|| (self.root.clone(), 0))
    }
}

impl ByteStore for Opfs {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(file) = self.file(path).await? else { return Ok(None) };
        bytes_of(path, &file).await.map(Some)
    }

    async fn read_within(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(file) = self.file(path).await? else { return Ok(None) };
        let size = file.size() as u64;
        if size > limit {
            return Err(StorageError::TooLarge { path: path.to_owned(), size });
        }
        bytes_of(path, &file).await.map(Some)
    }

    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        let file = self.file(path).await?.ok_or_else(|| StorageError::Missing(path.to_owned()))?;
        let part = file
            .slice_with_f64_and_f64(offset as f64, offset as f64 + len as f64)
            .map_err(|error| failed(path, &error))?;
        let bytes = bytes_of(path, &part).await?;
        if bytes.len() == len {
            return Ok(bytes);
        }
        let reason = format!("ends {} bytes before byte {}", len - bytes.len(), offset + len as u64);
        Err(StorageError::Platform { path: path.to_owned(), reason })
    }

    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        Ok(self.file(path).await?.map(|file| file.size() as u64))
    }

    async fn write(&self, path: &str, parts: &[&[u8]]) -> Result<(), StorageError> {
        let (folders, name) = split(path)?;
        let missing = || StorageError::Missing(path.to_owned());
        let folder = self.folder(path, &folders, true).await?.ok_or_else(missing)?;
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = JsFuture::from(folder.get_file_handle_with_options(name, &options))
            .await
            .map_err(|error| failed(path, &error))?;
        let access =
            JsFuture::from(handle.unchecked_into::<FileSystemFileHandle>().create_sync_access_handle())
                .await
                .map_err(|error| failed(path, &error))?
                .unchecked_into::<FileSystemSyncAccessHandle>();
        let written = write_parts(path, &access, parts);
        access.close();
        written
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError> {
        let folders = if path.is_empty() { Vec::new() } else { parts(path)? };
        let Some(folder) = self.folder(path, &folders, false).await? else { return Ok(Vec::new()) };
        let mut entries: Vec<Entry> =
            children(path, &folder).await?.into_iter().map(|child| child.entry).collect();
        sort_by(&mut entries, |a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        let (folders, name) = split(path)?;
        let Some(folder) = self.folder(path, &folders, false).await? else { return Ok(()) };
        if let Some(folders) = &self.folders {
            let mut folders = folders.borrow_mut();
            // A file is no folder that is remembered; a folder that is removed is rare.
            if folders.contains_key(path) {
                folders.clear();
            }
        }
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        found(path, JsFuture::from(folder.remove_entry_with_options(name, &options)).await).map(|_| ())
    }

    /// By handles, and the files of a folder at once: a run has hundreds, and finding each from the root takes seconds.
    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
        let names = if folder.is_empty() { Vec::new() } else { parts(folder)? };
        let Some(top) = self.folder(folder, &names, false).await? else { return Ok(Vec::new()) };
        let (mut files, mut folders) = (Vec::new(), vec![(folder.to_owned(), top)]);
        while let Some((above, folder)) = folders.pop() {
            let (mut paths, asked) = (Vec::new(), Array::new());
            for Child { entry, handle } in children(&above, &folder).await? {
                let path = format!("{above}/{}", entry.name);
                if entry.is_folder {
                    folders.push((path, handle.unchecked_into()));
                } else {
                    paths.push(path);
                    asked.push(&handle.unchecked_into::<FileSystemFileHandle>().get_file());
                }
            }
            let told = JsFuture::from(js_sys::Promise::all_settled(&asked)).await;
            let told: Array = told.map_err(|error| failed(&above, &error))?.unchecked_into();
            for (path, told) in paths.into_iter().zip(told.iter()) {
                // A file that is gone or being written meanwhile is no part of anything.
                if let Some(file) = property(&told, "value") {
                    let size = file.unchecked_into::<File>().size() as u64;
                    files.push(StoredFile { path, size });
                }
            }
        }
        Ok(files)
    }

    async fn space(&self) -> Option<Space> {
        let estimate = ask_storage("estimate").await?;
        let number = |name| Some(property(&estimate, name)?.as_f64()? as u64);
        Some(Space { quota: number("quota")?, used: number("usage")? })
    }
}

/// What is in a folder, with its handle.
struct Child {
    entry: Entry,
    handle: JsValue,
}

async fn children(path: &str, folder: &FileSystemDirectoryHandle) -> Result<Vec<Child>, StorageError> {
    let values: AsyncIterator = folder.values().unchecked_into();
    let mut children = Vec::new();
    loop {
        let next: JsValue = values.next().map_err(|error| failed(path, &error))?.unchecked_into();
        let step = JsFuture::from(next.unchecked_into::<js_sys::Promise>()).await;
        let step = step.map_err(|error| failed(path, &error))?;
        let Some(handle) = property(&step, "value") else { return Ok(children) };
        let text = |name| property(&handle, name).and_then(|value| value.as_string()).unwrap_or_default();
        let entry = Entry { name: text("name"), is_folder: text("kind") == "directory" };
        children.push(Child { entry, handle });
    }
}

fn write_parts(path: &str, access: &FileSystemSyncAccessHandle, parts: &[&[u8]]) -> Result<(), StorageError> {
    access.truncate_with_u32(0).map_err(|error| failed(path, &error))?;
    let mut offset = 0usize;
    for part in parts {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(offset as f64);
        let written =
            access.write_with_u8_array_and_options(part, &options).map_err(|error| failed(path, &error))?;
        if written as usize != part.len() {
            // The platform wrote less than it was given: there was no room for the rest.
            return Err(StorageError::Full(path.to_owned()));
        }
        offset += part.len();
    }
    access.flush().map_err(|error| failed(path, &error))
}

async fn bytes_of(path: &str, blob: &web_sys::Blob) -> Result<Vec<u8>, StorageError> {
    let buffer = JsFuture::from(blob.array_buffer()).await.map_err(|error| failed(path, &error))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Parts of a path, refused when one is empty, `.` or `..`.
fn parts(path: &str) -> Result<Vec<&str>, StorageError> {
    let parts: Vec<&str> = path.split('/').collect();
    let bad =
        parts.iter().any(|part| part.is_empty() || *part == "." || *part == ".." || part.contains('\\'));
    if bad { Err(StorageError::BadPath(path.to_owned())) } else { Ok(parts) }
}

fn split(path: &str) -> Result<(Vec<&str>, &str), StorageError> {
    let mut folders = parts(path)?;
    let name = folders.pop().ok_or_else(|| StorageError::BadPath(path.to_owned()))?;
    Ok((folders, name))
}

/// Turns "not found" into `None`.
fn found(path: &str, outcome: Result<JsValue, JsValue>) -> Result<Option<JsValue>, StorageError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if name_of(&error) == "NotFoundError" => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

fn failed(path: &str, error: &JsValue) -> StorageError {
    let path = path.to_owned();
    match name_of(error).as_str() {
        "QuotaExceededError" => StorageError::Full(path),
        "NotFoundError" => StorageError::Missing(path),
        "NoModificationAllowedError" => StorageError::Locked(path),
        _ => StorageError::Platform { path, reason: reason(error) },
    }
}

fn name_of(error: &JsValue) -> String {
    property(error, "name").and_then(|name| name.as_string()).unwrap_or_default()
}
