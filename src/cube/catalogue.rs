//! What is in a run: its groups and arrays with their shapes, chunks and codecs, from the header
//! alone, and the Zarr v3 documents that describe them.
//!
//! The only place that knows the layout; writer, reader and archive ask here. Pure: touches no store.

mod layer_pair;
mod measures;

use serde_json::{Value, json};

use super::header::PAIR_SCHEDULE;
use super::layout::{ArrayLayout, Axis, Coding, Element, each, whole};
use super::probe_set::TRAIN_PROBE;
use super::{Estimate, ProbeSet, RunHeader};
use crate::dataset::ImageShape;
use crate::measure::Measure;

pub use layer_pair::{CAPACITY, LayerPair, PairArray};

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

    /// What `part` gives for each set of images that the run has, those on X first.
    fn each_set<V>(&self, part: impl Fn(Catalogue<'_>) -> Vec<V>) -> Vec<V> {
        let mut all = part(*self);
        if self.header.probe_set == ProbeSet::Test
            && let Some(header) = self.header.of(ProbeSet::Train)
        {
            all.extend(part(Catalogue::new(&header, self.n_epochs)));
        }
        all
    }

    /// Where the run has what belongs to the images on X.
    fn on_x(&self, path: &str) -> String {
        self.header.probe_set.path(path)
    }

    /// Where the images on X themselves are.
    fn input(&self, array: &str) -> String {
        match self.header.probe_set {
            ProbeSet::Test => format!("input/{array}"),
            ProbeSet::Train => self.on_x(array),
        }
    }

    /// `input/images`, uint8 `[X, C, H, W]`, one chunk.
    pub fn images(&self) -> ArrayLayout {
        let ImageShape { channels, height, width } = self.header.input;
        let x = whole("image", self.header.probe_images);
        let axes = vec![x, whole("channel", channels), whole("row", height), whole("column", width)];
        ArrayLayout::new(self.input("images"), Element::Uint8, Coding::Gzip, axes)
    }

    /// `input/labels`, uint8 `[X]`, one chunk.
    pub fn labels(&self) -> ArrayLayout {
        let axes = vec![whole("image", self.header.probe_images)];
        ArrayLayout::new(self.input("labels"), Element::Uint8, Coding::Plain, axes)
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
        let path = self.on_x(&format!("layers/{layer:02}/activations"));
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

    /// A group of what is measured over pairs of images. Where the run holds such measures over pairs that were chosen
    /// in another way, ours stand beside them, in a folder of their own.
    pub fn pair_group(&self, group: &str) -> String {
        let is_todays = self.header.settings.has_todays_pairs();
        self.on_x(&if is_todays { group.to_owned() } else { format!("{group}_v{PAIR_SCHEDULE}") })
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
    fn pair_group_documents(&self) -> Vec<Document> {
        let distances = self.pair_group(DISTANCES);
        let within = ["codes", "entropy", "entropy_exact"].map(|folder| format!("{distances}/{folder}"));
        let paths = self.capacity_groups().into_iter().chain([distances]).chain(within);
        paths.map(|path| group(&path)).collect()
    }

    /// The groups that hold an array a pair of layers.
    fn capacity_groups(&self) -> [String; 4] {
        PairArray::ALL.map(|array| self.pair_group(array.group()))
    }

    /// The groups that hold an array a pair of layers, of every set of images.
    pub fn all_capacity_groups(&self) -> Vec<String> {
        self.each_set(|catalogue| catalogue.capacity_groups().to_vec())
    }

    /// One entry a class, then one for all classes together.
    fn class_axis(&self) -> Axis {
        whole("class", self.header.n_classes() + 1)
    }

    /// Every array that is in a run from its start, or comes to be when something of the training images is stored.
    pub fn arrays(&self) -> Vec<ArrayLayout> {
        let mut arrays = vec![
            self.epochs(),
            self.loss(),
            self.accuracy(),
            self.untrained(),
            self.untrained_train(),
            self.confusion(),
        ];
        arrays.extend(self.training_set());
        arrays.extend(self.each_set(|catalogue| catalogue.arrays_on_x()));
        arrays
    }

    /// The images on X, their cells, and what is measured of them.
    fn arrays_on_x(&self) -> Vec<ArrayLayout> {
        let mut arrays = vec![self.images(), self.labels(), self.inter_sample()];
        arrays.extend(Measure::all().filter_map(|measure| self.by_layer(measure)));
        arrays.extend((1..=self.header.n_layers()).map(|layer| self.activations(layer)));
        for layer in 0..=self.header.n_layers() {
            arrays.push(self.intra_sample(layer));
            arrays.push(self.channel_state(layer));
            arrays.push(self.distance_codes(layer));
            arrays.push(self.distance_entropy(Estimate::Sampled, layer));
            arrays.push(self.distance_entropy(Estimate::Exact, layer));
        }
        arrays
    }

    /// The arrays that exist once a capacity of these pairs is stored.
    pub fn capacity_arrays(&self, pairs: &[LayerPair]) -> Vec<ArrayLayout> {
        let of_pair =
            |catalogue: Catalogue<'_>, pair| PairArray::ALL.map(|array| catalogue.capacity(array, pair));
        self.each_set(|catalogue| pairs.iter().flat_map(|&pair| of_pair(catalogue, pair)).collect())
    }

    /// Every document of the hierarchy, the root's last.
    pub fn documents(&self, pairs: &[LayerPair]) -> Vec<Document> {
        let mut documents = vec![group("input"), group("training")];
        documents.extend(self.each_set(|catalogue| catalogue.group_documents()));
        let arrays = self.arrays().into_iter().chain(self.capacity_arrays(pairs));
        let array =
            |array: ArrayLayout| Document { path: document_path(&array.path), content: array.document() };
        documents.extend(arrays.map(array));
        documents.push(self.root());
        documents
    }

    /// The documents of the groups of what belongs to the images on X.
    pub fn group_documents(&self) -> Vec<Document> {
        let layers = (1..=self.header.n_layers()).map(|layer| format!("layers/{layer:02}"));
        let paths = GROUPS.into_iter().map(str::to_owned).chain(layers);
        let mut documents: Vec<Document> = paths.map(|path| group(&self.on_x(&path))).collect();
        documents.extend(self.pair_group_documents());
        if self.header.probe_set == ProbeSet::Train {
            documents.push(group(TRAIN_PROBE));
        }
        documents
    }

    /// The root's document, with the header as `attributes.cnnslicer`.
    pub fn root(&self) -> Document {
        Document { path: ROOT.to_owned(), content: group_document(&json!({"cnnslicer": self.header})) }
    }
}

/// Groups of what belongs to images besides the layers and what is measured over pairs of images.
const GROUPS: [&str; 5] = ["layers", "entropy", "entropy/intra_sample", STATE, MEASURES];

/// Group of the measures that older versions do not know.
pub const MEASURES: &str = "measures";

/// Group of the states of channels.
pub const STATE: &str = "entropy/state";

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
