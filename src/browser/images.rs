//! PNG, JPEG and WebP files → pixels, by the browser's own decoders. In workers only.
//!
//! Bound here and not through web-sys, whose features would be features of all programs.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{property, reason};
use crate::dataset::own::Bitmap;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = createImageBitmap)]
    fn create_image_bitmap(blob: &Blob, options: &Object) -> Result<Promise, JsValue>;

    type ImageBitmap;
    #[wasm_bindgen(method, getter)]
    fn width(this: &ImageBitmap) -> u32;
    #[wasm_bindgen(method, getter)]
    fn height(this: &ImageBitmap) -> u32;
    #[wasm_bindgen(method)]
    fn close(this: &ImageBitmap);

    type OffscreenCanvas;
    #[wasm_bindgen(constructor, catch)]
    fn new(width: u32, height: u32) -> Result<OffscreenCanvas, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getContext)]
    fn get_context(this: &OffscreenCanvas, kind: &str, options: &Object) -> Result<JsValue, JsValue>;

    type Context;
    #[wasm_bindgen(method, catch, js_name = drawImage)]
    fn draw_image(this: &Context, image: &ImageBitmap, x: f64, y: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = getImageData)]
    fn get_image_data(this: &Context, x: f64, y: f64, width: f64, height: f64) -> Result<JsValue, JsValue>;
}

/// Decodes a file; turned upright as its metadata say, colours as they are in the file.
///
/// # Errors
/// What the browser says.
pub async fn decode(file: &[u8]) -> Result<Bitmap, String> {
    pixels(file).await.map_err(|error| match reason(&error) {
        // Chromium's whole message for any damaged file.
        said if said.contains("could not be decoded") => "the browser cannot decode it".to_owned(),
        said => said,
    })
}

async fn pixels(file: &[u8]) -> Result<Bitmap, JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(file)))?;
    let options = options(&[("colorSpaceConversion", "none".into()), ("premultiplyAlpha", "none".into())])?;
    let image: ImageBitmap = JsFuture::from(create_image_bitmap(&blob, &options)?).await?.unchecked_into();
    let drawn = draw(&image);
    // Now, and not when the collector finds it: it may be a hundred megabytes.
    image.close();
    drawn
}

fn draw(image: &ImageBitmap) -> Result<Bitmap, JsValue> {
    let (width, height) = (image.width(), image.height());
    let canvas = OffscreenCanvas::new(width, height)?;
    let context: Context =
        canvas.get_context("2d", &options(&[("willReadFrequently", JsValue::TRUE)])?)?.unchecked_into();
    context.draw_image(image, 0.0, 0.0)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    let rgba = property(&data, "data").map(|data| data.unchecked_into::<Uint8ClampedArray>().to_vec());
    Ok(Bitmap { width: width as usize, height: height as usize, rgba: rgba.unwrap_or_default() })
}

fn options(pairs: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let options = Object::new();
    for (name, value) in pairs {
        Reflect::set(&options, &(*name).into(), value)?;
    }
    Ok(options)
}
