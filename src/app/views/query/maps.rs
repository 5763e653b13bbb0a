//! Feature maps of the cube as pictures.

use leptos::prelude::*;

use crate::app::conductor::Conductor;
use crate::app::figures::maps::MapPicture;
use crate::app::session::previews::{MapsOf, ShownMaps};
use crate::app::widgets::Image;

/// A picture for a canvas.
pub fn image(picture: MapPicture) -> Image {
    Image { width: picture.width, height: picture.height, rgba: picture.rgba }
}

/// The maps that `of` names, once they are there; while the next ones are on their way, the last ones stay.
pub fn maps(
    conductor: Conductor,
    of: impl Fn() -> Option<MapsOf> + Send + Sync + 'static,
) -> Memo<Option<ShownMaps>> {
    Memo::new(move |before: Option<&Option<ShownMaps>>| {
        let of = of()?;
        conductor.query(|view| view.previews.or_last(of, before.cloned().flatten()))
    })
}

/// Whether the maps cannot be had.
pub fn has_failed(
    conductor: Conductor,
    of: impl Fn() -> Option<MapsOf> + Send + Sync + 'static,
) -> Memo<bool> {
    Memo::new(move |_| of().is_some_and(|of| conductor.query(|view| view.previews.has_failed(&of))))
}
