//! The datasets: their files, where they come from, and what they must hold.

/// A dataset that the page can load from `data/<name>/` beside it.
#[derive(Debug)]
pub(super) struct Dataset {
    /// The folder, here and in `CNNSLICER_DATA`.
    pub(super) name: &'static str,
    /// Addresses that a file's name is appended to, tried in order; none where it is only copied.
    pub(super) mirrors: &'static [&'static str],
    pub(super) files: &'static [DataFile],
}

/// One file as its publisher names it.
#[derive(Debug)]
pub(super) struct DataFile {
    pub(super) name: &'static str,
    pub(super) content: Content,
}

/// What a file must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A gzipped IDX file. The checksum is of the content unpacked, because hosts and tools repack
    /// it; `None` where only the header is checked.
    Idx { unpacked_sha256: Option<&'static str> },
    /// Any other gzip archive; it is only tested for being one.
    Gzip,
}

const fn idx(name: &'static str, unpacked_sha256: &'static str) -> DataFile {
    DataFile { name, content: Content::Idx { unpacked_sha256: Some(unpacked_sha256) } }
}

const fn idx_unknown(name: &'static str) -> DataFile {
    DataFile { name, content: Content::Idx { unpacked_sha256: None } }
}

/// Every dataset, in the order of the page's list.
pub(super) const DATASETS: &[Dataset] = &[
    Dataset {
        name: "mnist",
        mirrors: &[
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ],
        files: &[
            idx(
                "train-images-idx3-ubyte.gz",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            idx(
                "train-labels-idx1-ubyte.gz",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            idx(
                "t10k-images-idx3-ubyte.gz",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            idx(
                "t10k-labels-idx1-ubyte.gz",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ],
    },
    Dataset {
        name: "fashion",
        mirrors: &[],
        files: &[
            idx_unknown("train-images-idx3-ubyte.gz"),
            idx_unknown("train-labels-idx1-ubyte.gz"),
            idx_unknown("t10k-images-idx3-ubyte.gz"),
            idx_unknown("t10k-labels-idx1-ubyte.gz"),
        ],
    },
    Dataset {
        name: "cifar10",
        mirrors: &[],
        files: &[DataFile { name: "cifar-10-binary.tar.gz", content: Content::Gzip }],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_checksum_is_64_hexadecimal_digits_and_stands_once() {
        let mut sums: Vec<_> = DATASETS
            .iter()
            .flat_map(|dataset| dataset.files)
            .filter_map(|file| match file.content {
                Content::Idx { unpacked_sha256 } => unpacked_sha256,
                Content::Gzip => None,
            })
            .collect();
        assert!(sums.iter().all(|sum| sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit())));
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 4);
    }
}
