//! The cells of a layer at an epoch as they are stored: a shard with an inner chunk a channel.

use half::f16;

use crate::cube::codec::{CodecError, InnerChunk, decode};
use crate::cube::gzip::gunzip;
use crate::cube::{CubeError, ProbeSet};

/// A shard whose index has been read.
pub(super) struct Shard {
    pub(super) path: String,
    pub(super) epoch: u32,
    pub(super) layer: usize,
    pub(super) probe_set: ProbeSet,
    /// Bytes in front of the index.
    pub(super) data_len: usize,
    /// Bytes of an unpacked inner chunk.
    pub(super) chunk_bytes: usize,
    /// One a channel.
    pub(super) chunks: Vec<Option<InnerChunk>>,
}

impl Shard {
    /// The gzip stream's own checksum tells whether they are what was written.
    pub(super) fn unpack(&self, channel: usize, bytes: &[u8]) -> Result<Vec<f32>, CubeError> {
        let bytes = gunzip(bytes, self.chunk_bytes).map_err(|error| self.damaged(Some(channel), error))?;
        Ok(decode(&bytes, |bytes| f16::from_le_bytes(bytes).to_f32()))
    }

    pub(super) fn damaged(&self, channel: Option<usize>, error: CodecError) -> CubeError {
        let Self { epoch, layer, probe_set, .. } = *self;
        CubeError::CellsDamaged { epoch, layer, probe_set, channel, reason: error.to_string() }
    }
}
