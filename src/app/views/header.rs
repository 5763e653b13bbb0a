//! The head of the page: what this is, which charts are shown, and the colours.

use leptos::prelude::*;

use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::link::ThemeChoice;
use crate::app::session::{Event, View};
use crate::app::widgets::dynamic::text;
use crate::app::widgets::{Choice, Segmented};

/// Name, views and colours.
#[component]
pub fn Header(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    let conductor = conductor();
    let label = |view: View| match view {
        View::Overview => "All",
        View::Query => "Query",
        View::Training => "Training",
        View::Layer => "Layers",
        View::Channel => "Channels",
    };
    let views = View::ALL.map(|view| Choice::new(view.name(), label(view))).to_vec();
    let view = text(move || conductor.selection(|selection| selection.view.name().to_owned()));
    let on_view = Callback::new(move |name: String| {
        if let Some(view) = View::from_name(&name) {
            conductor.apply(Event::ViewPicked(view));
        }
    });
    let themes = [("auto", "Auto"), ("light", "Light"), ("dark", "Dark")];
    let themes = themes.map(|(value, label)| Choice::new(value, label)).to_vec();
    let on_theme = Callback::new(move |name: String| {
        if let Some(choice) = ThemeChoice::from_name(&name) {
            theme.choice.set(choice);
        }
    });
    let chosen = text(move || theme.choice.get().name().to_owned());
    view! {
        <header class="page-head">
            <div class="brand">
                <h1>"CNNSlicer"</h1>
                <p>"Train a small CNN in this page and see what each layer, channel and epoch does to the information in its input."</p>
            </div>
            <Segmented name="view" label="Charts" quiet=true choices=views value=view on_pick=on_view/>
            <Segmented name="theme" label="Colours" quiet=true choices=themes value=chosen on_pick=on_theme/>
        </header>
    }
    .into_any()
}
