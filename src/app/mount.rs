//! Puts the page together: the link is read, the session starts, views and console are attached.

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::app::address::{self, Theme};
use crate::app::conductor::Conductor;
use crate::app::session::{DataEvent, Event};
use crate::app::views::page::Page;
use crate::app::{console, crash};

/// Starts the page in place of the boot message (`id="boot"`), which index.html shows until now.
pub fn mount() {
    crash::install();
    let Some(body) = document().body() else { return };
    mount_to(body.unchecked_into(), || {
        let (link, faults) = address::read();
        let conductor = Conductor::new();
        provide_context(conductor);
        let theme = Theme::new(&link);
        let autostart = link.config.clone().filter(|_| link.autostart);
        conductor.apply(Event::Linked(link));
        for fault in faults {
            conductor.apply(Event::Noticed(fault));
        }
        if let Some(names) = address::deployed_datasets() {
            conductor.apply(Event::Data(DataEvent::Deployed(names)));
        }
        address::remember_speed(conductor);
        address::keep_in_step(conductor, theme);
        console::install(conductor);
        if let Some(config) = autostart {
            conductor.train(config);
        }
        view! { <Page theme=theme/> }
    })
    .forget();
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
