//! The charts of curves over epochs: loss, accuracy, label entropies, inter-sample entropy.

use leptos::prelude::*;

use super::class_picker::PickedClass;
use super::curve_panel::CurvePanel;
use super::epoch_axis::{scale, with_cursor};
use super::titled;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::label::Label;
use crate::app::figures::learning::Learning;
use crate::app::figures::titles::Titled;
use crate::app::figures::{CurveChart, inter_sample, stabilisation};
use crate::app::session::OpenRun;
use crate::app::session::editor::outline::grouped;
use crate::app::session::layer::SpreadOf;
use crate::app::widgets::dynamic::text;

/// What `figure` makes over epochs, on the chosen axis.
fn marked(figure: impl Fn() -> Option<CurveChart> + Send + Sync + 'static) -> Memo<Option<CurveChart>> {
    let conductor = conductor();
    let scale = scale(conductor);
    let chart = Memo::new(move |_| figure().map(|chart| chart.along(scale.get())));
    Memo::new(move |_| with_cursor(conductor, scale, chart))
}

fn said(text: &str) -> Signal<String> {
    Signal::stored(text.to_owned())
}

fn learning(conductor: Conductor, which: Learning) -> Memo<Option<CurveChart>> {
    marked(move || conductor.live(|live| conductor.open(|run| which.chart(run, live, None))))
}

/// Loss of both sets.
#[component]
pub fn LossView() -> impl IntoView {
    let chart = learning(conductor(), Learning::Loss);
    view! {
        <CurvePanel name="loss" title="Loss" notation=titled(|| Some(Titled::Learning(Learning::Loss)))
            chart=chart promise="the loss falling, epoch by epoch"
            tolerance=Learning::Loss.tolerance()
            lead="How surprised the network is by the right answer:"
            about=said("mean cross-entropy in nats. The training curve is the running mean over an epoch's batches, while the \
                network changes; the test curve is measured after the epoch. Epoch 0 is the untrained network.")/>
    }
}

/// Accuracy of both sets.
#[component]
pub fn AccuracyView() -> impl IntoView {
    let chart = learning(conductor(), Learning::Accuracy);
    view! {
        <CurvePanel name="accuracy" title="Accuracy" notation=titled(|| Some(Titled::Learning(Learning::Accuracy))) chart=chart
            tolerance=Learning::Accuracy.tolerance()
            promise="the share of images whose label is found"
            lead="How often the network is right:"
            about=said("share of images whose label it finds. The training curve is the running mean over an epoch's batches, while \
                the network changes; the test curve is measured after the epoch. Epoch 0 is the untrained network.")/>
    }
}

/// One of the two label entropies.
#[component]
pub fn LabelView(
    /// Which.
    label: Label,
) -> impl IntoView {
    let conductor = conductor();
    let chart = marked(move || conductor.open(|run| label.chart_with_noise(run)));
    let (name, title, lead, about) = match label {
        Label::GivenPrediction => (
            "label-given-prediction",
            "H(label | prediction)",
            "The doubt an answer leaves:",
            "bits still unknown about the true label once the network has said i. Low means high precision. ∞: \
             nothing was called i at those epochs, so nothing can be said.",
        ),
        Label::GivenLabel => (
            "prediction-given-label",
            "H(prediction | label)",
            "Disagreement within a class:",
            "how varied the answers are for images of class i. 0 means always the same answer, right or wrong.",
        ),
    };
    let about = text(move || {
        let images = |run: &OpenRun| {
            let confusion = &run.epochs.last()?.confusion;
            Some(format!(" N = {} test images.", grouped(confusion.total())))
        };
        format!("{about}{}", conductor.open(images).flatten().unwrap_or_default())
    });
    let promise = "how sure each class is, in bits";
    view! { <CurvePanel name=name title=title notation=titled(move || Some(Titled::Label(label))) lead=lead about=about promise=promise
    chart=chart tolerance=stabilisation::BITS/> }
}

/// Inter-sample entropy, one curve per layer.
#[component]
pub fn InterSampleView() -> impl IntoView {
    let conductor = conductor();
    let picked = PickedClass::new();
    let class = move || picked.class();
    let chart = marked(move || {
        let class = class();
        conductor.results(|results| conductor.open(|run| inter_sample::chart(run, results, class, None)))
    });
    let about = text(move || {
        let scale = |run: &OpenRun| inter_sample::scale_in_words(run, class());
        conductor.open(scale).unwrap_or_else(|| "One curve per layer, in bits.".into())
    });
    let controls = picked.picker("inter-class");
    view! {
        <CurvePanel
            name="inter-sample"
            title="Inter-sample entropy of each layer"
            notation=titled(move || Some(Titled::InterSample(SpreadOf::Test, class())))
            lead="Spread of the images: high = all equally far apart, low = clusters."
            about=about
            promise="how the images spread out, layer by layer"
            chart=chart
            wide=true
            controls=controls
        />
    }
}
