//! Feature maps under each other: which channels, on which scale, as which pixels.

use super::capacity::describe;
use crate::app::session::layer::{Channel, ChannelPair, FeatureMaps, LayerState};
use crate::app::session::{LayerPair, OpenRun, Results};
use crate::plot::raster::{ValueRange, colour_image, feature_map};

/// Channels whose maps stand under each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Over it.
    pub title: String,
    /// From the top.
    pub channels: Vec<Channel>,
    /// The cell they come from; none for a group.
    pub pair: Option<ChannelPair>,
    /// Whether it stays when another cell is picked.
    pub pinned: bool,
}

/// The group, the picked cell, then what is pinned.
pub fn stacks(run: &OpenRun, state: &LayerState) -> Vec<Stack> {
    let mut stacks = Vec::new();
    if let Some(first) = state.group.first() {
        stacks.push(Stack {
            title: format!("Similar filters of layer {} {}", first.layer, run.layer_name(first.layer)),
            channels: state.group.clone(),
            pair: None,
            pinned: false,
        });
    }
    let of_pair = |pair: ChannelPair, pinned: bool| {
        let ChannelPair { a, b } = pair;
        let name =
            |channel: Channel| format!("{} · channel {}", run.layer_name(channel.layer), channel.channel);
        let channels = if a == b { vec![a] } else { vec![a, b] };
        Stack { title: format!("{} and {}", name(a), name(b)), channels, pair: Some(pair), pinned }
    };
    let pins = &state.look.pins;
    stacks.extend(state.look.cell.filter(|cell| !pins.contains(cell)).map(|cell| of_pair(cell, false)));
    stacks.extend(pins.iter().map(|&pin| of_pair(pin, true)));
    stacks
}

/// What is known of a pair at an epoch, on one line; empty while it is not measured.
pub fn known_of(results: &Results, epoch_index: usize, ChannelPair { a, b }: ChannelPair) -> String {
    let pair = LayerPair { a: a.layer, b: b.layer };
    let capacity = results.capacity(epoch_index, pair);
    let lines = capacity.map(|capacity| describe(capacity, pair, a.channel, b.channel)).unwrap_or_default();
    // The first line says which channels.
    lines.get(1..).map(|lines| lines.join(" · ")).unwrap_or_default()
}

/// One scale for all maps on screen, so that brightness can be compared; `None` while there is no map.
pub fn range(maps: &FeatureMaps, epoch: u32, stacks: &[Stack], images: &[usize]) -> Option<ValueRange> {
    let channels = stacks.iter().flat_map(|stack| &stack.channels);
    let shown =
        channels.flat_map(|&channel| images.iter().filter_map(move |&image| maps.map(epoch, channel, image)));
    ValueRange::of(shown.flatten().map(|&value| f64::from(value)))
}

/// Pixels of one map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// RGBA, row-major.
    pub rgba: Vec<u8>,
}

/// A channel's map for an image, black for the low end of `range`, white for the high one.
pub fn picture(
    run: &OpenRun,
    maps: &FeatureMaps,
    epoch: u32,
    channel: Channel,
    image: usize,
    range: ValueRange,
) -> Option<Picture> {
    let shape = run.shape_of(channel.layer);
    let rgba = feature_map(maps.map(epoch, channel, image)?, shape.height, shape.width, range).ok()?;
    Some(Picture { width: shape.width, height: shape.height, rgba })
}

/// The image itself, in colour where it has three channels.
pub fn input_picture(run: &OpenRun, maps: &FeatureMaps, image: usize) -> Option<Picture> {
    let shape = run.shape_of(0);
    let mut values = Vec::with_capacity(shape.len());
    for channel in 0..shape.channels {
        values.extend_from_slice(maps.map(0, Channel { layer: 0, channel }, image)?);
    }
    let range = ValueRange::of(values.iter().map(|&value| f64::from(value)))?;
    let rgba = colour_image(&values, shape.channels, shape.height, shape.width, range).ok()?;
    Some(Picture { width: shape.width, height: shape.height, rgba })
}

/// What is said of a pixel.
pub fn describe_pixel(
    run: &OpenRun,
    maps: &FeatureMaps,
    epoch: u32,
    channel: Channel,
    image: usize,
    (row, column): (usize, usize),
) -> Vec<String> {
    let width = run.shape_of(channel.layer).width;
    let value = maps.map(epoch, channel, image).and_then(|map| map.get(row * width + column));
    let cell = format!("dCNN({image}, {}, {}, {epoch})", channel.layer, channel.channel);
    let value = value.map_or_else(|| "–".to_owned(), |value| super::exact(f64::from(*value)));
    vec![format!("{cell}: {value}"), format!("row {row}, column {column}")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::app::session::layer::{LayerEvent, MapsWanted};
    use crate::protocol::Answer;

    fn pair(text: &str) -> ChannelPair {
        ChannelPair::parse(text).unwrap()
    }

    /// Maps of channel 2 of layer 1 for image 0: values 0, 1, 2 …
    fn maps(run: &OpenRun) -> FeatureMaps {
        let mut maps = FeatureMaps::default();
        let channels = vec![Channel { layer: 1, channel: 2 }];
        let wanted = MapsWanted { channels, images: vec![0], epoch_index: 0, class: None };
        for task in maps.start_next(run, &wanted, 9) {
            let values = (0..28 * 28).map(|value| value as f32).collect();
            maps.answer(&task, &Answer::Slice { axes: Vec::new(), shape: vec![28, 28], values });
        }
        maps
    }

    #[test]
    fn a_picked_cell_stands_before_what_is_pinned_and_a_group_before_both() {
        let run = fixture::open_run("a", 1);
        let mut state = LayerState::default();
        state.apply(LayerEvent::Pin(pair("1.0-2.0")), Some(&run));
        state.apply(LayerEvent::Cell(Some(pair("1.3-2.5"))), Some(&run));
        state.apply(
            LayerEvent::Group(vec![Channel { layer: 1, channel: 7 }, Channel { layer: 1, channel: 9 }]),
            None,
        );
        let titles = |state: &LayerState| -> Vec<String> {
            stacks(&run, state).into_iter().map(|stack| stack.title).collect()
        };
        let expected = [
            "Similar filters of layer 1 conv1",
            "conv1 · channel 3 and pool1 · channel 5",
            "conv1 · channel 0 and pool1 · channel 0",
        ];
        assert_eq!(titles(&state), expected);
        state.apply(LayerEvent::Pin(pair("1.3-2.5")), Some(&run));
        assert_eq!(titles(&state).len(), 3, "pinned, it does not stand twice");
    }

    #[test]
    fn all_maps_have_one_scale_and_a_pixel_its_value() {
        let run = fixture::open_run("a", 1);
        let maps = maps(&run);
        let mut state = LayerState::default();
        state.apply(LayerEvent::Group(vec![Channel { layer: 1, channel: 2 }]), None);
        let stacks = stacks(&run, &state);
        let range = range(&maps, 0, &stacks, &[0, 1]).unwrap();
        assert_eq!(range, ValueRange { low: 0.0, high: 783.0 });
        let channel = Channel { layer: 1, channel: 2 };
        let picture = picture(&run, &maps, 0, channel, 0, range).unwrap();
        assert_eq!((picture.width, picture.rgba[0], picture.rgba[4 * 783]), (28, 0, 255));
        let lines = describe_pixel(&run, &maps, 0, channel, 0, (1, 2));
        assert_eq!(lines, ["dCNN(0, 1, 2, 0): 30.0000", "row 1, column 2"]);
        assert_eq!(input_picture(&run, &maps, 0).map(|picture| picture.rgba.len()), Some(4 * 784));
        assert_eq!(input_picture(&run, &maps, 1), None);
    }
}
