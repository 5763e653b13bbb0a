//! What is left to do when the page's own program panics: say so, and offer a way back.
//!
//! After a panic nothing of the program may run again, so the way back is a plain link, and the
//! message is built from document nodes alone.

use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

/// Shows a message with a link that reloads the page when the program panics.
pub fn install() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        // Nothing is left that could tell of a failure to tell.
        let _ = show(&panic.to_string());
    }));
}

fn show(details: &str) -> Result<(), JsValue> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return Ok(()) };
    let Some(body) = document.body() else { return Ok(()) };
    if document.get_element_by_id("crash").is_some() {
        return Ok(());
    }
    let notice = element(&document, "div", "")?;
    notice.set_id("crash");
    notice.set_class_name("crash");
    notice.set_attribute("role", "alert")?;
    notice.append_child(&*element(&document, "h2", "The page stopped working.")?)?;
    let why = "This is a fault in the program, not in what you did. Runs that were recorded are safe in this browser's storage.";
    notice.append_child(&*element(&document, "p", why)?)?;
    let reload = element(&document, "a", "Reload the page")?;
    reload.set_class_name("button primary");
    reload.set_attribute("href", &document.location().map_or(Ok(String::new()), |at| at.href())?)?;
    notice.append_child(&reload)?;
    let more = element(&document, "details", "")?;
    more.append_child(&*element(&document, "summary", "What the program said")?)?;
    more.append_child(&*element(&document, "pre", details)?)?;
    notice.append_child(&more)?;
    body.prepend_with_node_1(&notice)?;
    Ok(())
}

fn element(document: &Document, tag: &str, text: &str) -> Result<Element, JsValue> {
    let element = document.create_element(tag)?;
    element.set_text_content(Some(text));
    Ok(element)
}
