//! The address bar and the colours: read when the page opens, kept in step with the session.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use crate::app::conductor::Conductor;
use crate::app::link::{self, Link, ThemeChoice};
use crate::app::session::own_data::Deployed;
use crate::app::session::{Editor, EditorEvent, Event, QueryView, Selection, View};
use crate::protocol::Fault;

/// Where `public/theme.js` looks before the page is painted.
const THEME_KEY: &str = "cnnslicer:theme";
/// Multiplications and additions a second.
const SPEED_KEY: &str = "cnnslicer:speed";
const PAUSE_BEFORE_WRITING: Duration = Duration::from_millis(300);

/// The link that the page was opened with, and what is wrong with it.
pub fn read() -> (Link, Vec<Fault>) {
    let (mut link, mut faults) = link::parse(&window().location().search().unwrap_or_default());
    if let Some(file) = link.run.take_if(|run| link::is_run_file(run)) {
        match on_this_host(&file) {
            Some(url) => link.run = Some(url),
            None => {
                faults.push(link::bad_parameter("run", &file, "an address on the same host as this page"));
            }
        }
    }
    (link, faults)
}

/// The public datasets that the page was deployed with, as the build wrote them; `None` for a development
/// build, which does not say.
pub fn deployed_datasets() -> Option<Vec<Deployed>> {
    let meta = document().query_selector("meta[name='cnnslicer:datasets']").ok()??;
    let names = meta.get_attribute("content").filter(|names| names != "?")?;
    Some(names.split_whitespace().map(Deployed::from).collect())
}

/// A run file's address in full, for workers have another base address.
fn on_this_host(file: &str) -> Option<String> {
    let base = document().base_uri().ok().flatten()?;
    let url = web_sys::Url::new_with_base(file, &base).ok()?;
    (url.origin() == window().location().origin().ok()?).then(|| url.href())
}

/// The colours chosen and the colours that follow from it.
#[derive(Clone, Copy)]
pub struct Theme {
    /// As chosen.
    pub choice: RwSignal<ThemeChoice>,
    system_is_dark: RwSignal<bool>,
}

impl Theme {
    /// As the link says, else as chosen at the last visit, else as the system says.
    pub fn new(link: &Link) -> Self {
        let stored = || storage()?.get_item(THEME_KEY).ok().flatten();
        let choice = link.theme.or_else(|| ThemeChoice::from_name(&stored()?)).unwrap_or_default();
        let theme = Self { choice: RwSignal::new(choice), system_is_dark: RwSignal::new(false) };
        theme.follow_system();
        Effect::new(move || {
            let name = theme.choice.get().name();
            if let Some(root) = document().document_element() {
                // A page without its colours still works.
                let _ = root.set_attribute("data-theme", name);
            }
            if let Some(storage) = storage() {
                // The choice is then forgotten at the next visit, no more.
                let _ = storage.set_item(THEME_KEY, name);
            }
        });
        theme
    }

    /// Whether charts are drawn light on dark.
    pub fn is_dark(self) -> bool {
        match self.choice.get() {
            ThemeChoice::Auto => self.system_is_dark.get(),
            ThemeChoice::Dark => true,
            ThemeChoice::Light => false,
        }
    }

    fn follow_system(self) {
        let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else { return };
        self.system_is_dark.set(query.matches());
        let watched = query.clone();
        let on_change = Closure::<dyn Fn()>::new(move || self.system_is_dark.set(watched.matches()));
        query.set_onchange(Some(on_change.as_ref().unchecked_ref()));
        // Lives as long as the page.
        on_change.forget();
    }
}

/// Brings back how fast the last run was at an earlier visit, and remembers it from now on.
pub fn remember_speed(conductor: Conductor) {
    let stored = || storage()?.get_item(SPEED_KEY).ok().flatten()?.parse().ok();
    if let Some(speed) = stored() {
        conductor.apply(Event::Editor(EditorEvent::Speed(speed)));
    }
    let speed = Memo::new(move |_| conductor.editor(Editor::speed));
    Effect::new(move || {
        if let (Some(speed), Some(storage)) = (speed.get(), storage()) {
            // The next visit then guesses, no more.
            let _ = storage.set_item(SPEED_KEY, &speed.to_string());
        }
    });
}

/// Keeps the address bar at a link that brings the present state back.
pub fn keep_in_step(conductor: Conductor, theme: Theme) {
    let query = Memo::new(move |_| present(conductor, theme).to_query());
    let pending: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    let is_written = StoredValue::new(false);
    let was_written = move || is_written.try_update_value(|is_written| std::mem::replace(is_written, true));
    Effect::new(move || {
        let query = query.get();
        if let Some(timer) = pending.get_value() {
            timer.clear();
        }
        let later = move || write(&query, was_written() == Some(true));
        pending.set_value(set_timeout_with_handle(later, PAUSE_BEFORE_WRITING).ok());
    });
    follow_history(conductor, pending);
}

/// Back and forward: what the address then says is looked at.
fn follow_history(conductor: Conductor, pending: StoredValue<Option<TimeoutHandle>>) {
    let on_step = Closure::<dyn Fn()>::new(move || {
        // What was about to be written is of where the user no longer is.
        if let Some(timer) = pending.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let (link, _) = link::parse(&window().location().search().unwrap_or_default());
        conductor.apply(Event::Revisited(link));
    });
    window().set_onpopstate(Some(on_step.as_ref().unchecked_ref()));
    // Lives as long as the page.
    on_step.forget();
}

fn present(conductor: Conductor, theme: Theme) -> Link {
    let usual = Selection::default();
    let selection = conductor.selection(Clone::clone);
    let run = conductor.open(|run| (run.run.clone(), run.epoch_number(selection.epoch_index)));
    let (run, epoch) = run.unzip();
    let theme = Some(theme.choice.get()).filter(|&choice| choice != ThemeChoice::Auto);
    Link {
        config: conductor.draft(|draft| draft.is_chosen.then(|| draft.config.clone())),
        autostart: false,
        run: run.or_else(|| conductor.run_list(|run_list| run_list.opening.clone())),
        view: selection.view,
        epoch: selection.pending_epoch.or(epoch.flatten().filter(|_| !selection.following)),
        image: Some(selection.image).filter(|&image| image != usual.image),
        layer: Some(selection.layer).filter(|&layer| layer != usual.layer),
        channel: Some(selection.channel).filter(|&channel| channel != usual.channel),
        beside: selection.beside,
        entropy_scale: selection.entropy_scale,
        pair: Some(selection.pair).filter(|&pair| pair != usual.pair),
        axis: selection.axis,
        query: (selection.view == View::Query).then(|| conductor.query(QueryView::linked_text)),
        compare: conductor.compare(|compare| compare.chosen().into_iter().map(str::to_owned).collect()),
        theme,
        layer_look: conductor.layer(|layer| layer.look.clone()),
    }
}

/// Another view or query is a new step of the history, unless the page has just been opened.
fn write(query: &str, may_step: bool) {
    let location = window().location();
    let before = location.search().unwrap_or_default();
    if before.trim_start_matches('?') == query {
        return;
    }
    let is_step = may_step && link::is_step(&link::parse(&before).0, &link::parse(query).0);
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let url = if query.is_empty() { format!("{path}{hash}") } else { format!("{path}?{query}{hash}") };
    if let Ok(history) = window().history() {
        // Some browsers refuse when asked too often; the next change writes again.
        let _ = if is_step {
            history.push_state_with_url(&JsValue::NULL, "", Some(&url))
        } else {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&url))
        };
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
