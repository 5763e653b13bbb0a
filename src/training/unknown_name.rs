//! Why a word was not taken for one of the words that settings have.

/// A text that is none of an enum's public names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown name {0:?}")]
pub struct UnknownName(pub String);
