//! The hypercube of a run as a block, with what the query picks of it.

use std::borrow::Cow;

use crate::app::session::OpenRun;
use crate::app::session::query::picks::{among, listed};
use crate::app::session::query::{Picks, QueryView};
use crate::cube::ProbeSet;
use crate::ordering::sort_by;
use crate::plot::hypercube::{Highlight, Labels, Span};
use crate::query::{Contents, Images, RunShape, Selector, WhichSlice};

/// Share of an axis that the thinnest part takes, so that it can be seen.
const LEAST: f64 = 0.07;
/// Separate groups of images that are drawn by themselves; more become one.
const MOST_GROUPS: usize = 12;

/// A block and what is picked of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockFigure {
    /// Channels of each layer, the input first.
    pub channels: Vec<usize>,
    /// What is picked.
    pub highlights: Vec<Highlight>,
    /// At the axes.
    pub labels: Labels,
}

/// The slabs of the query's slices.
pub fn slabs(view: &QueryView, run: &OpenRun) -> BlockFigure {
    let channels = channels(run);
    let highlights = match (&view.shape, view.contents()) {
        (Some(shape), contents @ [_, ..]) => {
            let shape = shape.of(view.picks.probe_set).unwrap_or(Cow::Borrowed(shape));
            contents.iter().flat_map(|contents| of_slice(contents, &shape)).collect()
        }
        _ => of_picks(&view.picks, channels.len()),
    };
    BlockFigure { channels, highlights, labels: labels(&view.picks, run) }
}

/// The slab of the first slice's layer, the plate of its channel through all layers, and where they cross.
pub fn crossing(view: &QueryView, run: &OpenRun) -> BlockFigure {
    let channels = channels(run);
    let layer = first_layer(&view.picks, channels.len());
    let whole = |slab, is_faint| Highlight { slab, channels: Span::ALL, images: Span::ALL, is_faint };
    let highlights = match picked_channel(&view.picks) {
        None => vec![whole(layer, false)],
        Some(channel) => {
            let plate = |(slab, &n): (usize, &usize)| {
                (channel < n).then(|| Highlight {
                    slab,
                    channels: Span::of(&[channel], n, LEAST),
                    images: Span::ALL,
                    is_faint: slab != layer,
                })
            };
            let plates = channels.iter().enumerate().filter_map(plate);
            std::iter::once(whole(layer, true)).chain(plates).collect()
        }
    };
    BlockFigure { highlights, labels: labels(&view.picks, run), channels }
}

/// The layer of the first slice, of `n_layers`; the first of several.
pub fn first_layer(picks: &Picks, n_layers: usize) -> usize {
    let first = listed(&picks.slab(WhichSlice::First).layers).first().map_or(1, |&layer| layer as usize);
    first.min(n_layers.saturating_sub(1))
}

/// The channel of the first slice, when it is one.
pub fn picked_channel(picks: &Picks) -> Option<usize> {
    match picks.a.channels {
        Selector::Index(channel) => Some(channel as usize),
        _ => None,
    }
}

fn channels(run: &OpenRun) -> Vec<usize> {
    (0..=run.header.n_layers())
        .filter_map(|layer| run.header.shape_at(layer).map(|shape| shape.channels))
        .collect()
}

fn of_slice(contents: &Contents, shape: &RunShape) -> Vec<Highlight> {
    let groups = groups(&contents.images, shape);
    let of_layer = |&slab: &usize| {
        let n = shape.n_channels(slab);
        let there: Vec<usize> = contents.channels.iter().copied().filter(|&channel| channel < n).collect();
        let channels = Span::of(&there, n, LEAST);
        groups
            .iter()
            .map(move |&images| Highlight { slab, channels, images, is_faint: false })
            .collect::<Vec<_>>()
    };
    contents.layers.iter().flat_map(of_layer).collect()
}

/// What can be drawn of a query that cannot be answered, or not yet: its layers.
fn of_picks(picks: &Picks, n_layers: usize) -> Vec<Highlight> {
    let slices: &[WhichSlice] = match (picks.has_slice(), picks.has_two_slices()) {
        (false, _) => &[],
        (true, false) => &[WhichSlice::First],
        (true, true) => &[WhichSlice::First, WhichSlice::Second],
    };
    let layers = slices.iter().flat_map(|&slice| among(&picks.slab(slice).layers, n_layers));
    layers
        .map(|slab| Highlight {
            slab: slab as usize,
            channels: Span::ALL,
            images: Span::ALL,
            is_faint: false,
        })
        .collect()
}

/// Where images lie along X when they are sorted by class: neighbours together, the last group nearest.
fn groups(images: &[usize], shape: &RunShape) -> Vec<Span> {
    let n = shape.n_images();
    let mut order: Vec<usize> = (0..n).collect();
    sort_by(&mut order, |&a, &b| shape.labels[a].cmp(&shape.labels[b]));
    let mut is_picked = vec![false; n];
    for &image in images {
        if let Some(picked) = is_picked.get_mut(image) {
            *picked = true;
        }
    }
    let mut runs: Vec<[usize; 2]> = Vec::new();
    for (rank, _) in order.iter().enumerate().filter(|&(_, &image)| is_picked[image]) {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == rank => *last = rank,
            _ => runs.push([rank, rank]),
        }
    }
    if runs.len() > MOST_GROUPS {
        let ends = [runs[0][0], runs[runs.len() - 1][1]];
        runs = vec![ends];
    }
    // Nearer images are drawn over those behind them.
    runs.iter().rev().map(|run| Span::of(run, n, LEAST)).collect()
}

fn labels(picks: &Picks, run: &OpenRun) -> Labels {
    if !picks.has_slice() {
        return Labels { layers: "L".into(), channels: "C".into(), images: "X".into() };
    }
    let named = |layers: &Selector| match layers {
        Selector::Index(layer) => format!("{layer} {}", run.layer_name(*layer as usize)),
        Selector::All => "all".to_owned(),
        other => other.to_string(),
    };
    let channels = |channels: &Selector| match channels {
        Selector::All => "all".to_owned(),
        other => other.to_string(),
    };
    let both = |a: String, b: String| if picks.has_two_slices() { format!("{a}; {b}") } else { a };
    Labels {
        layers: format!("L = {}", both(named(&picks.a.layers), named(&picks.b.layers))),
        channels: format!("C = {}", both(channels(&picks.a.channels), channels(&picks.b.channels))),
        images: match (&picks.images, picks.probe_set) {
            (Images::Picked(Selector::All), ProbeSet::Test) => "X = all".to_owned(),
            (Images::Picked(Selector::All), ProbeSet::Train) => "X = training images".to_owned(),
            (Images::Picked(images), ProbeSet::Test) => format!("X = {images}"),
            (Images::Picked(images), ProbeSet::Train) => format!("X = training images {images}"),
            (Images::Labelled(classes), ProbeSet::Test) => format!("X: label = {classes}"),
            (Images::Labelled(classes), ProbeSet::Train) => format!("X: training images, label = {classes}"),
        },
    }
}

/// What is picked on all axes, in a sentence.
pub fn selection_in_words(picks: &Picks, run: &OpenRun) -> String {
    let epochs = match &picks.epochs {
        Selector::All => "all epochs".to_owned(),
        Selector::Index(epoch) => format!("epoch {epoch}"),
        other => format!("epochs {other}"),
    };
    if !picks.has_slice() {
        return format!("{}, {epochs}", picks.words());
    }
    let Labels { layers, channels, images } = labels(picks, run);
    format!("{}: {images}, {layers}, {channels}, {epochs}", picks.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::app::session::query::check;
    use crate::query::parse;

    fn view(text: &str) -> QueryView {
        let labels = (0..500_u16).map(|image| (image % 10) as u8).collect();
        let shape = RunShape::new(&fixture::header(), labels, vec![0, 1]);
        let mut view = QueryView::default();
        view.text = text.into();
        view.picks.take(&parse(text).unwrap());
        view.check = check::of(text, Some(&shape));
        view.shape = Some(shape);
        view
    }

    fn run() -> OpenRun {
        fixture::open_run("a", 2)
    }

    #[test]
    fn a_class_is_one_part_of_the_images_and_two_apart_are_two() {
        let one = slabs(&view("h(dCNN(label=3, 1, -, 0))"), &run());
        assert_eq!(one.highlights.len(), 1);
        let Span { from, to } = one.highlights[0].images;
        assert!((from - 0.3).abs() < 1e-9 && (to - 0.4).abs() < 1e-9);
        assert_eq!(slabs(&view("h(dCNN(label={1,5}, 1, -, 0))"), &run()).highlights.len(), 2);
        assert_eq!(slabs(&view("h(dCNN(label={4,5}, 1, -, 0))"), &run()).highlights.len(), 1);
    }

    #[test]
    fn a_comparison_has_a_slab_for_each_slice() {
        let both = slabs(&view("I(dCNN(-, 1, 3, 0); dCNN(-, 2, -, 0))"), &run());
        assert_eq!(both.highlights.iter().map(|one| one.slab).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(both.labels.layers, "L = 1 conv1; 2 pool1");
        assert_eq!(both.labels.channels, "C = 3; all");
    }

    #[test]
    fn layer_and_channel_cross_in_one_solid_part() {
        let figure = crossing(&view("h(dCNN(-, 1, 3, 0))"), &run());
        let solid: Vec<usize> =
            figure.highlights.iter().filter(|one| !one.is_faint).map(|one| one.slab).collect();
        assert_eq!(solid, [1]);
        // Layer 1 as a whole, and the channel in layers 1 and 2; the input and the probabilities have but one.
        assert_eq!(figure.highlights.len(), 3);
        assert_eq!(crossing(&view("h(dCNN(-, 1, -, 0))"), &run()).highlights.len(), 1);
    }

    #[test]
    fn without_an_answer_the_layers_are_still_shown() {
        let mut view = view("H(dCNN(-, -, -, 0))");
        view.check = check::Check::Unknown;
        assert_eq!(slabs(&view, &run()).highlights.len(), 4);
        view.picks.take(&parse("loss(-)").unwrap());
        assert!(slabs(&view, &run()).highlights.is_empty());
    }

    #[test]
    fn scattered_images_become_one_group() {
        let shape = view("loss(-)").shape.unwrap();
        let scattered: Vec<usize> = (0..500).step_by(2).filter(|image| image % 20 < 10).collect();
        assert!(groups(&scattered, &shape).len() <= MOST_GROUPS);
        assert!(groups(&[], &shape).is_empty());
    }

    #[test]
    fn the_selection_is_said_in_words() {
        let words = |text| selection_in_words(&view(text).picks, &run());
        assert_eq!(
            words("h(dCNN(label=3, 1, 5, 0))"),
            "intra-sample entropy of channels: X: label = 3, L = 1 conv1, C = 5, epoch 0"
        );
        assert_eq!(words("accuracy(-)"), "share of the test set predicted right, all epochs");
    }
}
