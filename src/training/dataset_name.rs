//! What a run trains on, by its public name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::unknown_name::UnknownName;
use crate::dataset::own::OwnId;

/// Which dataset a run trains on. Its text is what URLs and run files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DatasetName {
    /// `strokes`: built in, drawn from a seed.
    Strokes,
    /// `mnist`: from IDX files.
    Mnist,
    /// `fashion`: Fashion-MNIST, from IDX files.
    Fashion,
    /// `cifar10`: from the official binary archive.
    Cifar10,
    /// `own-<8 hexadecimal digits>`: images of the user, kept in this browser.
    Own(OwnId),
}

impl DatasetName {
    /// Every dataset that is the same for all users, in the order they are offered.
    pub const ALL: &[Self] = &[Self::Strokes, Self::Mnist, Self::Fashion, Self::Cifar10];

    /// The file beside the page, below `data/`, without which the dataset cannot be had; the first of them.
    pub const fn needed_file(self) -> Option<&'static str> {
        match self {
            Self::Strokes | Self::Own(_) => None,
            Self::Mnist => Some("mnist/train-images-idx3-ubyte.gz"),
            Self::Fashion => Some("fashion/train-images-idx3-ubyte.gz"),
            Self::Cifar10 => Some("cifar10/cifar-10-binary.tar.gz"),
        }
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strokes => f.write_str("strokes"),
            Self::Mnist => f.write_str("mnist"),
            Self::Fashion => f.write_str("fashion"),
            Self::Cifar10 => f.write_str("cifar10"),
            Self::Own(id) => id.fmt(f),
        }
    }
}

impl FromStr for DatasetName {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "strokes" => Ok(Self::Strokes),
            "mnist" => Ok(Self::Mnist),
            "fashion" => Ok(Self::Fashion),
            "cifar10" => Ok(Self::Cifar10),
            _ => OwnId::parse(text).map(Self::Own).ok_or_else(|| UnknownName(text.to_owned())),
        }
    }
}

impl TryFrom<String> for DatasetName {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

impl From<DatasetName> for String {
    fn from(name: DatasetName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written() {
        let own = DatasetName::Own(OwnId(0xa1));
        for name in DatasetName::ALL.iter().copied().chain([own]) {
            assert_eq!(name.to_string().parse(), Ok(name));
            let json = serde_json::to_string(&name).unwrap();
            assert_eq!(json, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<DatasetName>(&json).unwrap(), name);
            let bytes = postcard::to_allocvec(&name).unwrap();
            assert_eq!(postcard::from_bytes::<DatasetName>(&bytes).unwrap(), name);
        }
        assert_eq!(own.to_string(), "own-000000a1");
    }

    #[test]
    fn other_names_are_refused() {
        for text in ["", "own", "own-", "own-1", "own-000000A1", "own-000000a1x", "Mnist"] {
            assert!(text.parse::<DatasetName>().is_err(), "{text}");
        }
    }
}
