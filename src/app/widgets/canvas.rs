//! A canvas that fits its box at the screen's resolution and draws at most once per animation frame.
//!
//! What moves often, as a line at the chosen epoch does, is drawn over a picture that was kept: the picture itself is
//! drawn anew only when its own data change.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData};

use super::frames::draw_soon;
use super::sized::watch_size;

/// Where to draw: a canvas whose backing store is `width · scale` × `height · scale` pixels.
pub struct Surface<'a> {
    /// Already sized and not cleared.
    pub canvas: &'a HtmlCanvasElement,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub scale: f64,
}

/// What is drawn over the picture without drawing that anew.
pub struct Over {
    /// Reads what it depends on.
    pub track: Box<dyn Fn()>,
    /// Draws it; tracks nothing.
    pub draw: Box<dyn Fn(&Surface)>,
}

/// Draws `data` whenever it or the size of the box changes; the box is sized by CSS.
#[component]
pub fn Canvas<T>(
    /// What is drawn.
    data: Memo<T>,
    /// Draws it; reads nothing else.
    draw: impl Fn(&T, &Surface) + 'static,
    /// Drawn over it.
    #[prop(optional)]
    over: Option<Over>,
    /// What a screen reader says.
    label: Signal<String>,
) -> impl IntoView
where
    T: PartialEq + Send + Sync + 'static,
{
    // A canvas that was taken off the page in the meantime draws nothing.
    let draw = move |surface: &Surface| {
        data.try_with_untracked(|data| draw(data, surface));
    };
    canvas(Box::new(move || data.with(|_| ())), Box::new(draw), over, label)
}

/// The same for all kinds of data.
fn canvas(
    track: Box<dyn Fn()>,
    draw: Box<dyn Fn(&Surface)>,
    over: Option<Over>,
    label: Signal<String>,
) -> AnyView {
    let node = NodeRef::<html::Canvas>::new();
    let size = Rc::new(Cell::new((0.0, 0.0)));
    let (is_waiting, is_stale) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(true)));
    let over = over.map(|Over { track, draw }| (track, Rc::new(draw)));
    let draw_over = over.as_ref().map(|(_, draw)| Rc::clone(draw));
    let paint: Rc<dyn Fn()> = Rc::new({
        let (size, is_waiting, is_stale) = (Rc::clone(&size), Rc::clone(&is_waiting), Rc::clone(&is_stale));
        let kept = RefCell::new(None);
        move || {
            is_waiting.set(false);
            let Some(Some(canvas)) = node.try_get_untracked() else { return };
            let Some(surface) = fit(&canvas, size.get()) else { return };
            let Some(over) = &draw_over else { return draw(&surface) };
            if is_stale.replace(false) || !put_back(&canvas, kept.borrow().as_ref()) {
                draw(&surface);
                *kept.borrow_mut() = copy_of(&canvas);
            }
            over(&surface);
        }
    });
    let redraw: Rc<dyn Fn()> = Rc::new(move || {
        if !is_waiting.replace(true) {
            draw_soon(Rc::clone(&paint));
        }
    });
    let anew: Rc<dyn Fn()> = Rc::new({
        let redraw = Rc::clone(&redraw);
        move || {
            is_stale.set(true);
            redraw();
        }
    });
    let on_data = Rc::clone(&anew);
    Effect::new(move || {
        track();
        on_data();
    });
    if let Some((track, _)) = over {
        Effect::new(move || {
            track();
            redraw();
        });
    }
    let on_size = move |width, height| {
        size.set((width, height));
        anew();
    };
    watch_size(move || node.get().map(Element::from), Rc::new(on_size));
    // What is said elsewhere is not said twice.
    let hidden = Memo::new(move |_| label.with(String::is_empty).to_string());
    let role =
        Memo::new(move |_| if label.with(String::is_empty) { "presentation" } else { "img" }.to_owned());
    view! { <canvas node_ref=node role=role aria-label=label aria-hidden=hidden></canvas> }.into_any()
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    Some(canvas.get_context("2d").ok()??.unchecked_into())
}

/// The picture on a canvas, kept beside it; `None` where the browser gives no room for that.
fn copy_of(canvas: &HtmlCanvasElement) -> Option<HtmlCanvasElement> {
    let copy: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    copy.set_width(canvas.width());
    copy.set_height(canvas.height());
    context(&copy)?.draw_image_with_html_canvas_element(canvas, 0.0, 0.0).ok()?;
    Some(copy)
}

/// Whether the picture that was kept is on the canvas again.
fn put_back(canvas: &HtmlCanvasElement, kept: Option<&HtmlCanvasElement>) -> bool {
    let fits = |kept: &&HtmlCanvasElement| kept.width() == canvas.width() && kept.height() == canvas.height();
    let put =
        |kept: &HtmlCanvasElement| context(canvas)?.draw_image_with_html_canvas_element(kept, 0.0, 0.0).ok();
    kept.filter(fits).and_then(put).is_some()
}

/// Puts pixels of the screen's own size into the upper left corner of a canvas.
pub fn put_pixels(surface: &Surface, width: usize, height: usize, rgba: &[u8]) {
    let Some(context) = context(surface.canvas) else { return };
    if let Ok(pixels) =
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width as u32, height as u32)
    {
        // A picture that cannot be put leaves the words around it.
        let _ = context.put_image_data(&pixels, 0.0, 0.0);
    }
}

/// Draws a vertical line, a CSS pixel wide.
pub fn vertical_line(surface: &Surface, x: f64, (top, bottom): (f64, f64), colour: &str) {
    let Some(context) = context(surface.canvas) else { return };
    let pixel = |length: f64| (length * surface.scale).round();
    let width = pixel(1.0).max(1.0);
    context.set_fill_style_str(colour);
    context.fill_rect((x * surface.scale - width / 2.0).round(), pixel(top), width, pixel(bottom - top));
}

/// Gives the canvas as many pixels as its box of `size` CSS pixels has on the screen; `None` while it has no box.
fn fit(canvas: &HtmlCanvasElement, (width, height): (f64, f64)) -> Option<Surface<'_>> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let scale = window().device_pixel_ratio().max(1.0);
    let pixels = |length: f64| (length * scale).round() as u32;
    if canvas.width() != pixels(width) {
        canvas.set_width(pixels(width));
    }
    if canvas.height() != pixels(height) {
        canvas.set_height(pixels(height));
    }
    Some(Surface { canvas, width, height, scale })
}
