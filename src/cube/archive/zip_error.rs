//! What can be wrong with a zip archive that is to be a run.

/// Why a file is not an archive that can be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// The first bytes are not those of a zip.
    #[error("the file is not a zip archive (its first bytes are not PK\\3\\4)")]
    Magic,
    /// The directory at the end is not there.
    #[error("the archive is cut short or damaged: its directory is not where the end of the file says")]
    Truncated,
    /// More entries than a run can have.
    #[error("the archive's directory of {0} bytes is too large")]
    TooLarge(u64),
    /// An entry that is compressed or encrypted.
    #[error("{0} is compressed or encrypted; a run file has plain entries (zip -0)")]
    Packed(String),
    /// A name that leaves the archive or is no path.
    #[error("the entry name {0:?} is no path inside the archive")]
    Path(String),
    /// Two entries have one name.
    #[error("{0} is in the archive twice")]
    Duplicate(String),
    /// An entry whose bytes are not where, or not as many as, the directory says.
    #[error("{0} does not have the size that the archive declares")]
    Size(String),
    /// An entry whose bytes do not match their checksum.
    #[error("{0} is damaged: its bytes do not match the archive's checksum")]
    Checksum(String),
}
