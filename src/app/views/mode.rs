//! Whether charts are drawn light on dark, as the page is.

use leptos::prelude::*;

use crate::app::address::Theme;
use crate::plot::palette::Mode;

/// What charts are drawn for, now and whenever the page changes.
pub fn mode() -> impl Fn() -> Mode + Copy + Send + Sync + 'static {
    let theme: Theme = expect_context();
    move || if theme.is_dark() { Mode::Dark } else { Mode::Light }
}
