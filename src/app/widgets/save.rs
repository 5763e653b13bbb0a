//! Saving what the page shows as a file, without any server.

use js_sys::Array;
use leptos::prelude::document;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, Url};

/// Pixels that an exported picture is at least wide.
const PICTURE_WIDTH: u32 = 640;

/// Offers `blob` as a download called `file_name`.
///
/// # Errors
/// What the browser says.
pub fn save_blob(blob: &Blob, file_name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(file_name);
    anchor.click();
    // The download holds the blob by now; Safari needs the address a moment longer.
    leptos::prelude::set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        std::time::Duration::from_mins(1),
    );
    Ok(())
}

/// Offers a text.
///
/// # Errors
/// What the browser says.
pub fn save_text(text: &str, kind: &str, file_name: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    save_blob(&blob, file_name)
}

/// Offers the picture on a canvas; a small one is enlarged by a whole factor, with sharp pixels.
///
/// # Errors
/// What the browser says.
pub fn save_picture(canvas: &HtmlCanvasElement, file_name: String) -> Result<(), JsValue> {
    save_pictures(std::slice::from_ref(canvas), file_name)
}

/// Offers the pictures on canvases as one, side by side; enlarged in the same way.
///
/// # Errors
/// What the browser says.
pub fn save_pictures(canvases: &[HtmlCanvasElement], file_name: String) -> Result<(), JsValue> {
    let width: u32 = canvases.iter().map(HtmlCanvasElement::width).sum();
    let height = canvases.iter().map(HtmlCanvasElement::height).max().unwrap_or(0);
    let factor = PICTURE_WIDTH.div_ceil(width.max(1)).max(1);
    let picture: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    picture.set_width(width * factor);
    picture.set_height(height * factor);
    let Some(context) = picture.get_context("2d")? else { return Ok(()) };
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.set_image_smoothing_enabled(false);
    let mut left = 0.0;
    for canvas in canvases {
        let (width, height) = (f64::from(canvas.width() * factor), f64::from(canvas.height() * factor));
        context.draw_image_with_html_canvas_element_and_dw_and_dh(canvas, left, 0.0, width, height)?;
        left += width;
    }
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        // Nothing to save where the browser could make no picture.
        blob.map(|blob| save_blob(&blob, &file_name));
    });
    picture.to_blob(done.unchecked_ref())
}
