//! Feature maps of a few channels and images for the layer view: which are there, which are asked for next.
//!
//! They come as slices of the hypercube. Only what is on screen is held, up to a bound; nothing is computed here.

use crate::ordering::sort_by;
use std::collections::BTreeMap;

use crate::app::session::{OpenRun, layer::Channel};
use crate::protocol::{Answer, Task};

/// Values held, of all maps together; past it the maps of other epochs are forgotten.
const MAX_VALUES: usize = 4 << 20;

/// The maps of the open run by what they are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureMaps {
    known: BTreeMap<Key, Vec<f32>>,
    by_class: BTreeMap<usize, Vec<usize>>,
    requests: Vec<Request>,
    failed: Vec<Task>,
}

/// One feature map. The input does not change over epochs: its epoch is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    epoch: u32,
    channel: Channel,
    image: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Images {
    These(Vec<usize>),
    OfClass(usize),
}

/// A slice that was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Request {
    task: Task,
    epoch: u32,
    layer: usize,
    channels: Vec<usize>,
    images: Images,
}

/// What is on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapsWanted {
    /// Channels whose maps are shown.
    pub channels: Vec<Channel>,
    /// Of these images.
    pub images: Vec<usize>,
    /// At the epoch with this index.
    pub epoch_index: usize,
    /// The class whose images are offered to choose from.
    pub class: Option<usize>,
}

impl FeatureMaps {
    /// The map of a channel for an image at an epoch, row-major as high and wide as the layer.
    pub fn map(&self, epoch: u32, channel: Channel, image: usize) -> Option<&[f32]> {
        self.known.get(&Key { epoch: epoch_of(channel.layer, epoch), channel, image }).map(Vec::as_slice)
    }

    /// The images of a class in the probe set, once they are known.
    pub fn images_of(&self, class: usize) -> Option<&[usize]> {
        self.by_class.get(&class).map(Vec::as_slice)
    }

    /// The class of an image, as far as it is known.
    pub fn class_of(&self, image: usize) -> Option<usize> {
        self.by_class.iter().find(|(_, images)| images.contains(&image)).map(|(class, _)| *class)
    }

    /// Slices handed out and not answered yet.
    pub fn in_flight(&self) -> usize {
        self.requests.len()
    }

    /// Whether the last try to get some map failed.
    pub fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Tries failed slices again when they are wanted next.
    pub fn retry_failed(&mut self) {
        self.failed.clear();
    }

    /// Whether this slice was asked for here.
    pub fn awaits(&self, task: &Task) -> bool {
        self.requests.iter().any(|request| request.task == *task)
    }

    /// Keeps what a slice gave.
    pub fn answer(&mut self, task: &Task, answer: &Answer) {
        let Some(place) = self.requests.iter().position(|request| request.task == *task) else { return };
        let request = self.requests.remove(place);
        let Answer::Slice { axes, values, .. } = answer else { return self.failed.push(request.task) };
        let images = match request.images {
            Images::These(images) => images,
            Images::OfClass(class) => {
                let of_images = axes.iter().find(|axis| axis.name == "image");
                let images = of_images.map(|axis| axis.coordinates.clone()).unwrap_or_default();
                self.by_class.insert(class, images.clone());
                images
            }
        };
        let n_maps = images.len() * request.channels.len();
        if n_maps == 0 || values.len() % n_maps != 0 {
            return self.failed.push(request.task);
        }
        self.make_room(values.len(), request.epoch);
        let names =
            images.iter().flat_map(|&image| request.channels.iter().map(move |&channel| (image, channel)));
        for ((image, channel), map) in names.zip(values.chunks(values.len() / n_maps)) {
            let channel = Channel { layer: request.layer, channel };
            self.known.insert(Key { epoch: request.epoch, channel, image }, map.to_vec());
        }
    }

    fn is_coming(&self, epoch: u32, channel: Channel, image: usize) -> bool {
        self.requests.iter().any(|request| {
            let has_image = matches!(&request.images, Images::These(images) if images.contains(&image));
            let is_there = request.epoch == epoch_of(channel.layer, epoch) && request.layer == channel.layer;
            is_there && has_image && request.channels.contains(&channel.channel)
        })
    }

    fn make_room(&mut self, values: usize, epoch: u32) {
        let held: usize = self.known.values().map(Vec::len).sum();
        if held + values > MAX_VALUES {
            self.known.retain(|key, _| key.epoch == epoch || key.channel.layer == 0);
        }
    }

    /// Remembers a failure, so that the slice is not asked for again and again.
    pub fn fail(&mut self, task: &Task) {
        let before = self.requests.len();
        self.requests.retain(|request| request.task != *task);
        // Other views ask for slices too.
        if self.requests.len() < before {
            self.failed.push(task.clone());
        }
    }

    /// Marks the most urgent slices as handed out, at most `free` of them, and gives them.
    pub fn start_next(&mut self, run: &OpenRun, wanted: &MapsWanted, free: usize) -> Vec<Task> {
        let lacking = self.lacking(run, wanted);
        let new: Vec<Request> = lacking
            .into_iter()
            .filter(|request| !self.awaits(&request.task) && !self.failed.contains(&request.task))
            .take(free)
            .collect();
        let tasks = new.iter().map(|request| request.task.clone()).collect();
        self.requests.extend(new);
        tasks
    }

    /// One slice per layer, the input first, then the images to choose from.
    fn lacking(&self, run: &OpenRun, wanted: &MapsWanted) -> Vec<Request> {
        if wanted.channels.is_empty() || wanted.images.is_empty() {
            return Vec::new();
        }
        let Some(epoch) = run.epoch_number(wanted.epoch_index) else { return Vec::new() };
        let inputs = (0..run.shape_of(0).channels).map(|channel| Channel { layer: 0, channel });
        let mut by_layer: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for channel in inputs.chain(wanted.channels.iter().copied()) {
            let is_known = |&image: &usize| {
                self.map(epoch, channel, image).is_some() || self.is_coming(epoch, channel, image)
            };
            let channels = by_layer.entry(channel.layer).or_default();
            if !wanted.images.iter().all(is_known) && !channels.contains(&channel.channel) {
                channels.push(channel.channel);
            }
        }
        let of_layers = by_layer.into_iter().filter(|(_, channels)| !channels.is_empty());
        let mut requests: Vec<Request> = of_layers
            .map(|(layer, channels)| {
                request(run, epoch, layer, channels, Images::These(wanted.images.clone()))
            })
            .collect();
        if let Some(class) = wanted.class.filter(|class| !self.by_class.contains_key(class)) {
            let channels = (0..run.shape_of(0).channels).collect();
            requests.push(request(run, epoch, 0, channels, Images::OfClass(class)));
        }
        requests
    }
}

/// In the query language a set comes sorted, and so do the answer's maps.
fn request(run: &OpenRun, epoch: u32, layer: usize, mut channels: Vec<usize>, images: Images) -> Request {
    sort_by(&mut channels, Ord::cmp);
    let images = match images {
        Images::These(mut images) => {
            sort_by(&mut images, Ord::cmp);
            images.dedup();
            Images::These(images)
        }
        of_class @ Images::OfClass(_) => of_class,
    };
    let x = match &images {
        Images::These(images) => set(images),
        Images::OfClass(class) => format!("label={class}"),
    };
    let epoch = epoch_of(layer, epoch);
    let text = format!("dCNN({x}, {layer}, {}, {epoch})", set(&channels));
    Request { task: Task::Slice { run: run.run.clone(), text }, epoch, layer, channels, images }
}

fn epoch_of(layer: usize, epoch: u32) -> u32 {
    if layer == 0 { 0 } else { epoch }
}

fn set(indices: &[usize]) -> String {
    let indices: Vec<String> = indices.iter().map(usize::to_string).collect();
    format!("{{{}}}", indices.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::protocol::compute::AnswerAxis;

    fn wanted(channels: &[(usize, usize)], class: Option<usize>) -> MapsWanted {
        let channels = channels.iter().map(|&(layer, channel)| Channel { layer, channel }).collect();
        MapsWanted { channels, images: vec![9, 4], epoch_index: 1, class }
    }

    fn texts(tasks: &[Task]) -> Vec<&str> {
        let text = |task: &'_ Task| matches!(task, Task::Slice { .. });
        assert!(tasks.iter().all(text));
        tasks
            .iter()
            .map(|task| if let Task::Slice { text, .. } = task { text.as_str() } else { "" })
            .collect()
    }

    fn slice(images: &[usize], values: usize) -> Answer {
        let axis = AnswerAxis { name: "image".into(), coordinates: images.to_vec(), labels: Vec::new() };
        Answer::Slice {
            axes: vec![axis],
            shape: vec![values],
            values: (0..values).map(|v| v as f32).collect(),
        }
    }

    #[test]
    fn a_layer_is_one_slice_and_the_input_comes_first() {
        let run = fixture::open_run("a", 2);
        let mut maps = FeatureMaps::default();
        let tasks = maps.start_next(&run, &wanted(&[(2, 7), (1, 3), (2, 5), (2, 7)], Some(6)), 9);
        assert_eq!(
            texts(&tasks),
            [
                "dCNN({4,9}, 0, {0}, 0)",
                "dCNN({4,9}, 1, {3}, 1)",
                "dCNN({4,9}, 2, {5,7}, 1)",
                "dCNN(label=6, 0, {0}, 0)"
            ]
        );
        assert!(maps.start_next(&run, &wanted(&[(2, 7)], None), 9).is_empty(), "under way already");
    }

    #[test]
    fn the_maps_of_a_slice_stand_image_by_image() {
        let run = fixture::open_run("a", 2);
        let mut maps = FeatureMaps::default();
        let tasks = maps.start_next(&run, &wanted(&[(2, 7), (2, 5)], None), 9);
        maps.answer(&tasks[1], &slice(&[], 8));
        let map = |channel, image| maps.map(1, Channel { layer: 2, channel }, image);
        assert_eq!([map(5, 4), map(7, 4)], [Some(&[0.0, 1.0][..]), Some(&[2.0, 3.0][..])]);
        assert_eq!([map(5, 9), map(6, 9)], [Some(&[4.0, 5.0][..]), None]);
        assert_eq!(maps.in_flight(), 1, "the input is still to come");
    }

    #[test]
    fn the_images_of_a_class_are_as_the_answer_says() {
        let run = fixture::open_run("a", 2);
        let mut maps = FeatureMaps::default();
        let tasks = maps.start_next(&run, &wanted(&[(1, 0)], Some(3)), 9);
        maps.answer(&tasks[2], &slice(&[150, 151], 4));
        assert_eq!(maps.images_of(3), Some(&[150, 151][..]));
        assert_eq!((maps.class_of(151), maps.class_of(0)), (Some(3), None));
        let input = Channel { layer: 0, channel: 0 };
        assert_eq!(maps.map(1, input, 151), Some(&[2.0, 3.0][..]), "the same at every epoch");
    }

    #[test]
    fn nothing_is_asked_for_while_nothing_is_picked() {
        let run = fixture::open_run("a", 2);
        assert!(FeatureMaps::default().start_next(&run, &wanted(&[], Some(1)), 9).is_empty());
    }

    #[test]
    fn a_failed_slice_waits_until_a_retry() {
        let run = fixture::open_run("a", 2);
        let mut maps = FeatureMaps::default();
        let wanted = wanted(&[(1, 0)], None);
        for task in maps.start_next(&run, &wanted, 9) {
            maps.fail(&task);
        }
        assert!(maps.has_failed() && maps.start_next(&run, &wanted, 9).is_empty());
        maps.retry_failed();
        assert_eq!(maps.start_next(&run, &wanted, 1).len(), 1);
        let odd = Answer::Removed;
        let task = maps.requests[0].task.clone();
        maps.answer(&task, &odd);
        assert!(maps.has_failed(), "an answer of another kind is a failure");
    }
}
