//! What is in a run: its groups and arrays with their shapes, chunks and codecs, from the header
//! alone, and the Zarr v3 documents that describe them.
//!
//! The only place that knows the layout; writer, reader and archive ask here. Pure: touches no store.

use serde_json::{Value, json};

use super::header::PAIR_SCHEDULE;
use super::layout::{ArrayLayout, Axis, Coding, Element, each, whole};
use super::{Estimate, RunHeader};
use crate::dataset::ImageShape;

/// A document of the hierarchy: its path in the run and its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// `…/zarr.json`
    pub path: String,
    /// JSON.
    pub content: Value,
}

impl Document {
    /// The content as it is stored.
    pub fn bytes(&self) -> Vec<u8> {
        format!("{:#}\n", self.content).into_bytes()
    }
}

/// Two layers whose channel capacity is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerPair {
    /// Rows of the matrix.
    pub a: usize,
    /// Columns of the matrix.
    pub b: usize,
}

impl LayerPair {
    /// `<ll>-<mm>`.
    pub fn name(self) -> String {
        format!("{:02}-{:02}", self.a, self.b)
    }

    /// The pair that a folder is named after.
    pub fn parse(name: &str) -> Option<Self> {
        let (a, b) = name.split_once('-')?;
        let pair = Self { a: a.parse().ok()?, b: b.parse().ok()? };
        (pair.name() == name).then_some(pair)
    }
}

/// What is stored of a pair of layers' channels, float32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairArray {
    /// `[T, C_a, C_b]`: I over the sampled pairs of images.
    Capacity,
    /// `[T, C_a, C_b]`: the same with one layer's images in another order.
    Null,
    /// `[T, 2, C_a, C_b]`: what the Miller–Madow correction takes off I, and off its null.
    Excess,
    /// `[T, 4, C_a, C_b]`: over all pairs of images: I, its null, what the correction takes off I, off its null.
    Exact,
}

impl PairArray {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Capacity, Self::Null, Self::Excess, Self::Exact];

    const fn group(self) -> &'static str {
        match self {
            Self::Capacity => CAPACITY,
            Self::Null => "capacity_null",
            Self::Excess => "capacity_excess",
            Self::Exact => "capacity_exact",
        }
    }

    /// Matrices of a chunk, where there are several.
    const fn matrices(self) -> Option<usize> {
        match self {
            Self::Capacity | Self::Null => None,
            Self::Excess => Some(2),
            Self::Exact => Some(4),
        }
    }
}

/// Path of a checkpoint in a run.
pub fn checkpoint_path(epoch: u32) -> String {
    format!("checkpoints/{epoch:04}.safetensors")
}

/// Path of the optimizer's state after an epoch, as safetensors; only that of the last recorded epoch is
/// kept. Readers of format 1 ignore it.
pub fn optimizer_path(epoch: u32) -> String {
    format!("{CHECKPOINTS}/optimizer-{epoch:04}.safetensors")
}

/// Folder of the checkpoints.
pub const CHECKPOINTS: &str = "checkpoints";

/// Path of the root document in a run.
pub const ROOT: &str = "zarr.json";

/// The arrays of a run whose axis T has a given length.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue<'a> {
    header: &'a RunHeader,
    /// T.
    n_epochs: usize,
}

impl<'a> Catalogue<'a> {
    /// Of a run with a sane header ([`RunHeader::check`]) whose first `n_epochs` planned epochs count.
    pub fn new(header: &'a RunHeader, n_epochs: usize) -> Self {
        Self { header, n_epochs }
    }

    /// Of a run with all the planned epochs.
    pub fn planned(header: &'a RunHeader) -> Self {
        Self::new(header, header.planned_epochs.len())
    }

    /// E: trained epochs up to the last recorded one.
    fn n_trained(&self) -> usize {
        let last = self.n_epochs.checked_sub(1).and_then(|index| self.header.planned_epochs.get(index));
        last.map_or(0, |&epoch| epoch as usize)
    }

    fn shape_at(&self, layer: usize) -> ImageShape {
        self.header.shape_at(layer).unwrap_or(self.header.input)
    }

    /// `input/images`, uint8 `[X, C, H, W]`, one chunk.
    pub fn images(&self) -> ArrayLayout {
        let ImageShape { channels, height, width } = self.header.input;
        let x = whole("image", self.header.probe_images);
        let axes = vec![x, whole("channel", channels), whole("row", height), whole("column", width)];
        ArrayLayout::new("input/images", Element::Uint8, Coding::Gzip, axes)
    }

    /// `input/labels`, uint8 `[X]`, one chunk.
    pub fn labels(&self) -> ArrayLayout {
        let axes = vec![whole("image", self.header.probe_images)];
        ArrayLayout::new("input/labels", Element::Uint8, Coding::Plain, axes)
    }

    /// `training/images`, uint8 `[N, C, H, W]`, one chunk: the training set, where the run keeps it.
    pub fn training_images(&self) -> ArrayLayout {
        let mut axes = self.images().axes;
        axes[0] = whole("image", self.header.training_images);
        ArrayLayout::new("training/images", Element::Uint8, Coding::Gzip, axes)
    }

    /// `training/labels`, uint8 `[N]`, one chunk.
    pub fn training_labels(&self) -> ArrayLayout {
        let axes = vec![whole("image", self.header.training_images)];
        ArrayLayout::new("training/labels", Element::Uint8, Coding::Plain, axes)
    }

    /// `training/inter_sample`, float32 `[3]`, bits: inter-sample entropy of the whole training set with the
    /// Euclidean distance, its square, and byte arithmetic.
    pub fn training_inter_sample(&self) -> ArrayLayout {
        let axes = vec![each("distance", 3)];
        ArrayLayout::new("training/inter_sample", Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// The arrays of the training set.
    fn training_set(&self) -> Vec<ArrayLayout> {
        match self.header.training_images {
            0 => Vec::new(),
            _ => vec![self.training_images(), self.training_labels(), self.training_inter_sample()],
        }
    }

    /// `epochs`, uint32 `[T]`; one chunk that is as long as planned also when T is shorter.
    pub fn epochs(&self) -> ArrayLayout {
        let chunk = self.header.planned_epochs.len();
        let axes = vec![Axis { name: "epoch", len: self.n_epochs, chunk }];
        ArrayLayout::new("epochs", Element::Uint32, Coding::Plain, axes)
    }

    /// `layers/<ll>/activations`, float16 `[T, X, C, H, W]`, a shard per epoch; `layer` is 1 … |L|.
    pub fn activations(&self, layer: usize) -> ArrayLayout {
        let ImageShape { channels, height, width } = self.shape_at(layer);
        let axes = vec![
            each("epoch", self.n_epochs),
            whole("image", self.header.probe_images),
            whole("channel", channels),
            whole("row", height),
            whole("column", width),
        ];
        let path = format!("layers/{layer:02}/activations");
        ArrayLayout::new(path, Element::Float16, Coding::ShardPerChannel, axes)
    }

    /// `training/loss`, float32 `[E, 2]`, nats: train, test.
    pub fn loss(&self) -> ArrayLayout {
        let axes = vec![each("trained_epoch", self.n_trained()), whole("split", 2)];
        ArrayLayout::new("training/loss", Element::Float32, Coding::Plain, axes).in_unit("nat")
    }

    /// `training/accuracy`, float32 `[E, 2]`, shares: train, test.
    pub fn accuracy(&self) -> ArrayLayout {
        ArrayLayout { path: "training/accuracy".to_owned(), unit: "", ..self.loss() }
    }

    /// `training/untrained`, float32 `[2]`: test loss (nats) and test accuracy at epoch 0, for which
    /// loss and accuracy have no row.
    pub fn untrained(&self) -> ArrayLayout {
        let axes = vec![whole("metric", 2)];
        ArrayLayout::new("training/untrained", Element::Float32, Coding::Plain, axes)
    }

    /// `training/untrained_train`, float32 `[2]`: training loss (nats) and training accuracy of the network before
    /// training, on the training set or a sample of it.
    pub fn untrained_train(&self) -> ArrayLayout {
        ArrayLayout { path: "training/untrained_train".to_owned(), ..self.untrained() }
    }

    /// `training/confusion`, uint32 `[T, K, K]`: rows actual, columns predicted.
    pub fn confusion(&self) -> ArrayLayout {
        let classes = self.header.n_classes();
        let axes = vec![each("epoch", self.n_epochs), whole("actual", classes), whole("predicted", classes)];
        ArrayLayout::new("training/confusion", Element::Uint32, Coding::Plain, axes)
    }

    /// `entropy/inter_sample`, float32 `[T, L+1, K+1]`, bits; a chunk per epoch and layer.
    pub fn inter_sample(&self) -> ArrayLayout {
        let layer = each("layer", self.header.n_layers() + 1);
        let axes = vec![each("epoch", self.n_epochs), layer, self.class_axis()];
        ArrayLayout::new("entropy/inter_sample", Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// `entropy/intra_sample/<ll>`, float32 `[T, C, K+1]`, bits; `layer` is 0 … |L|.
    pub fn intra_sample(&self, layer: usize) -> ArrayLayout {
        let channel = whole("channel", self.shape_at(layer).channels);
        let axes = vec![each("epoch", self.n_epochs), channel, self.class_axis()];
        let path = format!("entropy/intra_sample/{layer:02}");
        ArrayLayout::new(path, Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// `entropy/state/<ll>`, uint8 `[T, C]`: 0 for a live channel, 1 for one that is the same for every probe image, 2
    /// for a dead one, all of whose cells are 0; `layer` is 0 … |L|.
    pub fn channel_state(&self, layer: usize) -> ArrayLayout {
        let channel = whole("channel", self.shape_at(layer).channels);
        let axes = vec![each("epoch", self.n_epochs), channel];
        ArrayLayout::new(format!("{STATE}/{layer:02}"), Element::Code, Coding::Plain, axes)
    }

    /// A group of what is measured over pairs of images. Where the run holds such measures over pairs that were chosen
    /// in another way, ours stand beside them, in a folder of their own.
    pub fn pair_group(&self, group: &str) -> String {
        let is_todays = self.header.settings.has_todays_pairs();
        if is_todays { group.to_owned() } else { format!("{group}_v{PAIR_SCHEDULE}") }
    }

    /// `capacity/<ll>-<mm>` and the like.
    pub fn capacity(&self, array: PairArray, pair: LayerPair) -> ArrayLayout {
        let mut axes = vec![each("epoch", self.n_epochs)];
        axes.extend(array.matrices().map(|n| whole("matrix", n)));
        axes.extend([
            whole("channel_a", self.shape_at(pair.a).channels),
            whole("channel_b", self.shape_at(pair.b).channels),
        ]);
        let path = format!("{}/{}", self.pair_group(array.group()), pair.name());
        ArrayLayout::new(path, Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// `distances/codes/<ll>`, uint8 `[T, C, P]`: for every channel the bins of the distances between its feature maps
    /// over P pairs of probe images; `layer` is 0 … |L|.
    pub fn distance_codes(&self, layer: usize) -> ArrayLayout {
        let axes = vec![
            each("epoch", self.n_epochs),
            whole("channel", self.shape_at(layer).channels),
            whole("pair", self.header.n_pairs()),
        ];
        let path = format!("{}/codes/{layer:02}", self.pair_group(DISTANCES));
        ArrayLayout::new(path, Element::Code, Coding::Plain, axes)
    }

    /// `distances/entropy/<ll>`, or `distances/entropy_exact/<ll>` for all pairs of images, float32 `[T, C]`, bits: of
    /// each channel's distance codes; `layer` is 0 … |L|.
    pub fn distance_entropy(&self, estimate: Estimate, layer: usize) -> ArrayLayout {
        let channel = whole("channel", self.shape_at(layer).channels);
        let folder = match estimate {
            Estimate::Sampled => "entropy",
            Estimate::Exact => "entropy_exact",
        };
        let path = format!("{}/{folder}/{layer:02}", self.pair_group(DISTANCES));
        let axes = vec![each("epoch", self.n_epochs), channel];
        ArrayLayout::new(path, Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// The documents of the groups of what is measured over pairs of images.
    pub fn pair_group_documents(&self) -> Vec<Document> {
        let distances = self.pair_group(DISTANCES);
        let within = ["codes", "entropy", "entropy_exact"].map(|folder| format!("{distances}/{folder}"));
        let paths = self.capacity_groups().into_iter().chain([distances]).chain(within);
        paths.map(|path| group(&path)).collect()
    }

    /// The groups that hold an array a pair of layers.
    pub fn capacity_groups(&self) -> [String; 4] {
        PairArray::ALL.map(|array| self.pair_group(array.group()))
    }

    /// One entry a class, then one for all classes together.
    fn class_axis(&self) -> Axis {
        whole("class", self.header.n_classes() + 1)
    }

    /// Every array that is in a run from its start.
    pub fn arrays(&self) -> Vec<ArrayLayout> {
        let mut arrays = vec![self.images(), self.labels(), self.epochs()];
        arrays.extend((1..=self.header.n_layers()).map(|layer| self.activations(layer)));
        arrays.extend([
            self.loss(),
            self.accuracy(),
            self.untrained(),
            self.untrained_train(),
            self.confusion(),
            self.inter_sample(),
        ]);
        for layer in 0..=self.header.n_layers() {
            arrays.push(self.intra_sample(layer));
            arrays.push(self.channel_state(layer));
            arrays.push(self.distance_codes(layer));
            arrays.push(self.distance_entropy(Estimate::Sampled, layer));
            arrays.push(self.distance_entropy(Estimate::Exact, layer));
        }
        arrays.extend(self.training_set());
        arrays
    }

    /// The arrays that exist once a capacity of these pairs is stored.
    pub fn capacity_arrays(&self, pairs: &[LayerPair]) -> Vec<ArrayLayout> {
        pairs.iter().flat_map(|&pair| PairArray::ALL.map(|array| self.capacity(array, pair))).collect()
    }

    /// Every document of the hierarchy, the root's last.
    pub fn documents(&self, pairs: &[LayerPair]) -> Vec<Document> {
        let layers = (1..=self.header.n_layers()).map(|layer| group(&format!("layers/{layer:02}")));
        let mut documents: Vec<Document> = GROUPS.iter().map(|path| group(path)).chain(layers).collect();
        documents.extend(self.pair_group_documents());
        let arrays = self.arrays().into_iter().chain(self.capacity_arrays(pairs));
        let array =
            |array: ArrayLayout| Document { path: document_path(&array.path), content: array.document() };
        documents.extend(arrays.map(array));
        documents.push(self.root());
        documents
    }

    /// The root's document, with the header as `attributes.cnnslicer`.
    pub fn root(&self) -> Document {
        Document { path: ROOT.to_owned(), content: group_document(&json!({"cnnslicer": self.header})) }
    }
}

/// Groups of every run besides its root, its layers and what is measured over pairs of images.
const GROUPS: [&str; 6] = ["input", "layers", "training", "entropy", "entropy/intra_sample", STATE];

/// Group of the states of channels.
pub const STATE: &str = "entropy/state";

/// Group of the channel capacities; what else is stored of pairs of layers has names that begin so.
pub const CAPACITY: &str = "capacity";

/// Group of what is kept of the distances between feature maps.
pub const DISTANCES: &str = "distances";

/// Document of the group or array at a path in the run.
pub fn document_path(path: &str) -> String {
    format!("{path}/{ROOT}")
}

fn group(path: &str) -> Document {
    Document { path: document_path(path), content: group_document(&json!({})) }
}

fn group_document(attributes: &Value) -> Value {
    json!({"zarr_format": 3, "node_type": "group", "attributes": attributes})
}

#[cfg(test)]
mod tests;
