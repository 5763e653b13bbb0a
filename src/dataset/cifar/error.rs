//! Why CIFAR files are refused.

use std::io;

/// Why a file of CIFAR-10 was refused, in full sentences that name the file, the fault and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CifarError {
    /// The file is no gzip file.
    #[error("{name} is not a gzip file{hint}; expected was the official cifar-10-binary.tar.gz.")]
    NotGzip {
        /// File name.
        name: String,
        /// What it may be instead.
        hint: &'static str,
    },
    /// The file ends too early.
    #[error("{name} is cut short: it ends in the middle of its data; expected was the whole file.")]
    Truncated {
        /// File name.
        name: String,
    },
    /// The gzip or tar layer is damaged.
    #[error("{name} is damaged ({reason}); expected was an intact file.")]
    Broken {
        /// File name.
        name: String,
        /// What the decoder said.
        reason: String,
    },
    /// The archive unpacks to more than can be meant.
    #[error("{name} unpacks to more than {most} bytes; the official archive unpacks to 184 million.")]
    TooLarge {
        /// File name.
        name: String,
        /// Most it may be.
        most: u64,
    },
    /// The archive lacks the train or the test part.
    #[error("{name} holds no {file}; expected were data_batch_1.bin to data_batch_5.bin and test_batch.bin.")]
    MissingBatch {
        /// File name.
        name: String,
        /// What was looked for.
        file: &'static str,
    },
    /// A batch without a record.
    #[error("{name} is empty; expected were records of 3073 bytes.")]
    Empty {
        /// File name.
        name: String,
    },
    /// The size is no multiple of a record's.
    #[error(
        "{name} holds {bytes} bytes up to its end, which is no whole number of records; expected were records \
         of 3073 bytes, 1 label and 3 × 32 × 32 pixels."
    )]
    WrongRecordSize {
        /// File name.
        name: String,
        /// Bytes there are.
        bytes: u64,
    },
    /// A label that is no class.
    #[error("{name}: label number {position} is {label}, expected was 0 to 9.")]
    LabelOutOfRange {
        /// File name.
        name: String,
        /// Position of the record, 0 first.
        position: u64,
        /// The label.
        label: u8,
    },
}

impl CifarError {
    /// Stable name of the kind of error, `cifar_truncated` and the like.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotGzip { .. } => "cifar_not_gzip",
            Self::Truncated { .. } => "cifar_truncated",
            Self::Broken { .. } => "cifar_broken",
            Self::TooLarge { .. } => "cifar_too_large",
            Self::MissingBatch { .. } => "cifar_missing_batch",
            Self::Empty { .. } => "cifar_empty",
            Self::WrongRecordSize { .. } => "cifar_wrong_record_size",
            Self::LabelOutOfRange { .. } => "cifar_label_out_of_range",
        }
    }

    /// From what a decoder said.
    pub(super) fn broken(name: &str, error: &io::Error) -> Self {
        let name = name.to_owned();
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { name },
            _ => Self::Broken { name, reason: error.to_string() },
        }
    }

    /// A server that answers every address with its start page is the usual reason for a wrong file.
    pub(super) fn not_gzip(name: &str, start: &[u8]) -> Self {
        let hint = match start.first() {
            None => " but empty",
            Some(b'<') => " but looks like an HTML page",
            Some(_) => "",
        };
        Self::NotGzip { name: name.to_owned(), hint }
    }
}
