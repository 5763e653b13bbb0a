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

/// What a file must hold, and the SHA-256 of the publisher's own copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A gzipped IDX file.
    Idx(Sum),
    /// Any other gzip archive; it is tested for unpacking to its end.
    Gzip(Sum),
}

/// A SHA-256 in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    /// Of the file as it is published.
    Packed(&'static str),
    /// Of its content: some hosts and tools repack it.
    Unpacked(&'static str),
}

const fn idx(name: &'static str, unpacked_sha256: &'static str) -> DataFile {
    DataFile { name, content: Content::Idx(Sum::Unpacked(unpacked_sha256)) }
}

const fn packed_idx(name: &'static str, sha256: &'static str) -> DataFile {
    DataFile { name, content: Content::Idx(Sum::Packed(sha256)) }
}

const fn archive(name: &'static str, sha256: &'static str) -> DataFile {
    DataFile { name, content: Content::Gzip(Sum::Packed(sha256)) }
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
        mirrors: &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ],
        files: &[
            packed_idx(
                "train-images-idx3-ubyte.gz",
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            packed_idx(
                "train-labels-idx1-ubyte.gz",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            packed_idx(
                "t10k-images-idx3-ubyte.gz",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            packed_idx(
                "t10k-labels-idx1-ubyte.gz",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ],
    },
    Dataset {
        name: "cifar10",
        mirrors: &["https://www.cs.toronto.edu/~kriz/"],
        files: &[archive(
            "cifar-10-binary.tar.gz",
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        )],
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
            .map(|file| match file.content {
                Content::Idx(Sum::Packed(sum) | Sum::Unpacked(sum))
                | Content::Gzip(Sum::Packed(sum) | Sum::Unpacked(sum)) => sum,
            })
            .collect();
        assert!(sums.iter().all(|sum| sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit())));
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 9);
    }
}
