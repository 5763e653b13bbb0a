//! One Zarr array: its axes and chunks, how a chunk becomes a file, and the document that says so.
//!
//! Pure; which arrays a run has is said by [`super::catalogue`].

use serde_json::{Value, json};

use super::gzip;

/// Type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Pixels and labels.
    Uint8,
    /// Distance codes and states of channels; 255, which no code is, where not stored.
    Code,
    /// Epoch numbers and counts.
    Uint32,
    /// Cells.
    Float16,
    /// Metrics and measures.
    Float32,
}

impl Element {
    /// Zarr's name.
    const fn name(self) -> &'static str {
        match self {
            Self::Uint8 | Self::Code => "uint8",
            Self::Uint32 => "uint32",
            Self::Float16 => "float16",
            Self::Float32 => "float32",
        }
    }

    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Self::Uint8 | Self::Code => 1,
            Self::Float16 => 2,
            Self::Uint32 | Self::Float32 => 4,
        }
    }

    /// What an absent chunk reads as.
    fn fill_value(self) -> Value {
        match self {
            Self::Uint8 | Self::Uint32 => json!(0),
            Self::Code => json!(u8::MAX),
            Self::Float16 | Self::Float32 => json!("NaN"),
        }
    }
}

/// One axis of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// `epoch`, `image`, `channel`, …
    pub name: &'static str,
    /// Length of the array along it.
    pub len: usize,
    /// Length of a chunk along it.
    pub chunk: usize,
}

/// An axis that one chunk spans.
pub(super) const fn whole(name: &'static str, len: usize) -> Axis {
    Axis { name, len, chunk: len }
}

/// An axis with a chunk for every index.
pub(super) const fn each(name: &'static str, len: usize) -> Axis {
    Axis { name, len, chunk: 1 }
}

/// How a chunk becomes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Little-endian bytes: a chunk in full is known by its size.
    Plain,
    /// The same, gzipped.
    Gzip,
    /// A shard with a gzipped inner chunk for every channel.
    ShardPerChannel,
}

/// One array of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayLayout {
    /// Folder of the array in the run.
    pub path: String,
    /// Type of its elements.
    pub element: Element,
    /// Its axes, the slowest first.
    pub axes: Vec<Axis>,
    /// How its chunks are stored.
    pub coding: Coding,
    /// `bit`, `nat` or empty.
    pub unit: &'static str,
}

impl ArrayLayout {
    pub(super) fn new(path: impl Into<String>, element: Element, coding: Coding, axes: Vec<Axis>) -> Self {
        Self { path: path.into(), element, axes, coding, unit: "" }
    }

    pub(super) fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// File of the chunk that begins the given number of chunks along each axis; axes left out count
    /// as 0.
    pub fn chunk_path(&self, index: &[usize]) -> String {
        let parts = (0..self.axes.len()).map(|axis| index.get(axis).copied().unwrap_or(0).to_string());
        format!("{}/c/{}", self.path, parts.collect::<Vec<_>>().join("/"))
    }

    /// Bytes of a chunk before compression; of a shard, of one inner chunk.
    pub fn chunk_bytes(&self) -> usize {
        self.inner_chunk().iter().product::<usize>() * self.element.size()
    }

    /// Whether a chunk file of the array, named from the array's folder on, lies inside its shape.
    pub fn holds_chunk(&self, file: &str) -> bool {
        let Some(key) = file.strip_prefix("c/") else { return false };
        let index: Vec<&str> = key.split('/').collect();
        let inside = |(part, axis): (&&str, &Axis)| {
            part.parse::<usize>().is_ok_and(|i| i < axis.len.div_ceil(axis.chunk) && i.to_string() == **part)
        };
        index.len() == self.axes.len() && index.iter().zip(&self.axes).all(inside)
    }

    fn inner_chunk(&self) -> Vec<usize> {
        let by_channel = self.coding == Coding::ShardPerChannel;
        self.axes.iter().map(|a| if by_channel && a.name == "channel" { 1 } else { a.chunk }).collect()
    }

    /// The array's `zarr.json`.
    pub fn document(&self) -> Value {
        let shape: Vec<usize> = self.axes.iter().map(|axis| axis.len).collect();
        let chunk_shape: Vec<usize> = self.axes.iter().map(|axis| axis.chunk).collect();
        let names: Vec<&str> = self.axes.iter().map(|axis| axis.name).collect();
        json!({
            "zarr_format": 3,
            "node_type": "array",
            "shape": shape,
            "data_type": self.element.name(),
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk_shape}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": self.element.fill_value(),
            "codecs": self.codecs(),
            "dimension_names": names,
            "attributes": if self.unit.is_empty() { json!({}) } else { json!({"unit": self.unit}) },
        })
    }

    fn codecs(&self) -> Value {
        let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
        let gzip = json!({"name": "gzip", "configuration": {"level": gzip::LEVEL}});
        match self.coding {
            Coding::Plain => json!([bytes]),
            Coding::Gzip => json!([bytes, gzip]),
            Coding::ShardPerChannel => json!([{"name": "sharding_indexed", "configuration": {
                "chunk_shape": self.inner_chunk(),
                "codecs": [bytes, gzip],
                "index_codecs": [bytes, {"name": "crc32c"}],
                "index_location": "end",
            }}]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs_of_three() -> ArrayLayout {
        let axes = vec![Axis { name: "epoch", len: 4, chunk: 3 }];
        ArrayLayout::new("a", Element::Uint32, Coding::Plain, axes)
    }

    #[test]
    fn a_chunk_is_named_by_its_place_in_the_grid() {
        let axes = vec![each("epoch", 2), whole("class", 3)];
        let layout = ArrayLayout::new("a/b", Element::Float32, Coding::Plain, axes);
        assert_eq!(layout.chunk_path(&[1]), "a/b/c/1/0");
        assert_eq!(layout.chunk_bytes(), 12);
    }

    #[test]
    fn a_chunk_that_reaches_over_the_edge_is_whole() {
        assert_eq!(epochs_of_three().chunk_bytes(), 12);
        assert!(epochs_of_three().holds_chunk("c/1"));
        assert!(!epochs_of_three().holds_chunk("c/2"));
    }

    #[test]
    fn only_chunks_inside_the_shape_are_held() {
        let axes = vec![each("epoch", 2), each("layer", 3), whole("class", 3)];
        let layout = ArrayLayout::new("a", Element::Float32, Coding::Plain, axes);
        assert!(layout.holds_chunk("c/1/2/0"));
        for file in
            ["c/2/0/0", "c/0/3/0", "c/0/0", "c/0/0/0/0", "c/00/0/0", "c/-1/0/0", "zarr.json", "c/x/0/0"]
        {
            assert!(!layout.holds_chunk(file), "{file}");
        }
    }
}
