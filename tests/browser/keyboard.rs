//! The whole query view by real keys: the focus reaches every widget, each has a name, and what is picked and what
//! comes of it is said.

use crate::runs;
use crate::site::{SOON, Site};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=6&test_per_class=20&epochs=2&probe=20&batch=10&backend=cpu";
const LINE: &str = "document.querySelector('#query')";
/// What a screen reader says of what is picked, of the query and of the answer.
const PICKED: &str = "document.querySelector('.query-line > [role=status]').textContent";
const STATUS: &str = "document.querySelector('#query-status').textContent";
const ANSWER: &str = "document.querySelector('.query-answer > [role=status]').textContent";
/// The first of the chips that pick classes: all together.
const CLASSES: &str = ".chips[aria-label=Classes] .chip";
/// Roles of what can be used.
const WIDGETS: [&str; 12] = [
    "button",
    "combobox",
    "textbox",
    "slider",
    "radio",
    "checkbox",
    "switch",
    "link",
    "listbox",
    "option",
    "spinbutton",
    "DisclosureTriangle",
];

/// Numbers the widgets of the query view that the focus should reach; of a group of radio buttons it reaches one.
const EXPECTED: &str = "(() => { const view = document.querySelector('.query-view'); \
    const all = [...view.querySelectorAll('a[href], button, input, select, summary, textarea, [tabindex=\"0\"]')]; \
    const groups = new Set(); \
    const usable = all.filter((element) => { \
      if (element.disabled || element.tabIndex < 0 || !element.checkVisibility()) return false; \
      if (element.type !== 'radio') return true; \
      if (groups.has(element.name)) return false; \
      groups.add(element.name); return true; }); \
    usable.forEach((element, number) => { element.dataset.expected = number; }); \
    return usable.length; })()";

/// The number of what has the focus; of a radio button that of its group.
const FOCUSED: &str = "(() => { let element = document.activeElement; \
    if (element.type === 'radio') element = document.querySelector(`[name='${element.name}'][data-expected]`) ?? element; \
    return [element.dataset.expected ?? null, element.closest('.query-view') !== null, \
      element.outerHTML.slice(0, 120)]; })()";

/// Waits until nothing on the page is replaced any more: what is on its way, such as feature maps and the sizes of runs,
/// takes the focus from what it replaces.
fn rests(page: Page<'_>) -> Result<()> {
    let rests = "new Promise((done) => { let timer; \
        const again = () => { clearTimeout(timer); timer = setTimeout(() => { changes.disconnect(); done(1); }, 700); }; \
        const changes = new MutationObserver(again); \
        changes.observe(document.body, { subtree: true, childList: true }); again(); })";
    page.eval(rests, LONG).map(|_| ())
}

/// Presses Tab until an element that this selects has the focus.
fn tab_to(page: Page<'_>, selector: &str) -> Result<()> {
    for _ in 0..200 {
        page.press("Tab")?;
        if page.eval(&format!("document.activeElement.matches({selector:?})"), SOON)? == Value::Bool(true) {
            return Ok(());
        }
    }
    panic!("Tab does not reach {selector}");
}

/// Waits, and says where everything stands when that is in vain.
fn wait_for(page: Page<'_>, condition: &str) -> Result<()> {
    page.wait_for(condition, SOON).map(|_| ()).map_err(|problem| {
        let all = format!(
            "[document.activeElement.outerHTML.slice(0, 120), {LINE}.value, {PICKED}, {STATUS}, {ANSWER}]"
        );
        let now = page.eval(&all, SOON).map_or_else(|error| error.to_string(), |now| now.to_string());
        Problem::new(format!("{problem}; focus, line, picked, status, answer: {now}"))
    })
}

fn says(page: Page<'_>, where_: &str, what: &str) -> Result<()> {
    wait_for(page, &format!("{where_}.includes({what:?})"))
}

fn asks(page: Page<'_>, query: &str) -> Result<()> {
    wait_for(page, &format!("{LINE}.value === {query:?}"))
}

#[test]
fn the_focus_reaches_every_widget_and_each_has_a_name() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SMALL, "view=query")?;
    page.wait_for("document.querySelectorAll('.query-view .gallery .thumb').length > 0", LONG)?;
    rests(page)?;
    says(page, ANSWER, ": ")?;
    rests(page)?;
    let expected = page.eval(EXPECTED, SOON)?.as_u64().unwrap_or(0);
    assert!(expected > 40, "{expected} widgets");
    let mut reached = BTreeSet::new();
    page.eval(
        "(document.querySelector('main').tabIndex = -1, document.querySelector('main').focus(), 0)",
        SOON,
    )?;
    let (mut was_inside, mut path) = (false, Vec::new());
    for _ in 0..3 * expected {
        page.press("Tab")?;
        let focused = page.eval(FOCUSED, SOON)?;
        let is_inside = focused[1] == Value::Bool(true);
        if was_inside && !is_inside {
            break;
        }
        was_inside |= is_inside;
        reached.extend(focused[0].as_str().map(str::to_owned));
        path.push(focused[2].clone());
    }
    let missed: Vec<u64> = (0..expected).filter(|number| !reached.contains(&number.to_string())).collect();
    let of = format!(
        "{missed:?}.map((number) => document.querySelector(`[data-expected='${{number}}']`)?.outerHTML.slice(0, 200))"
    );
    assert!(missed.is_empty(), "Tab does not reach {}", page.eval(&of, SOON)?);

    let tree = page.cdp("Accessibility.getFullAXTree", &serde_json::json!({}))?;
    let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let widgets: Vec<&Value> = nodes
        .iter()
        .filter(|node| node["ignored"] != Value::Bool(true) && WIDGETS.contains(&role(node).as_str()))
        .collect();
    assert!(widgets.len() as u64 >= expected, "{} widgets in the tree", widgets.len());
    let nameless: Vec<String> = widgets
        .iter()
        .filter(|node| node["name"]["value"].as_str().is_none_or(|name| name.trim().is_empty()))
        .map(|node| format!("{} {}", role(node), node["properties"]))
        .collect();
    assert!(nameless.is_empty(), "without a name: {nameless:?}");
    println!("{expected} widgets reached by Tab, {} with names in the tree", widgets.len());
    Ok(())
}

#[test]
fn keys_alone_pick_on_every_axis_and_what_is_picked_and_answered_is_said() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SMALL, "view=query")?;
    page.wait_for("document.querySelectorAll('.query-view .gallery .thumb').length > 0", LONG)?;
    rests(page)?;

    // The line: completed, wrong, right.
    tab_to(page, "#query")?;
    page.press("Control+a")?;
    page.type_text("accuracy(9)")?;
    says(page, STATUS, "epoch 9 is not recorded")?;
    page.press("Control+a")?;
    page.type_text("H(dCNN(-, 1, -, 2))")?;
    page.press("Enter")?;
    says(page, ANSWER, "H(dCNN(-, 1, -, 2)) = ")?;
    says(page, PICKED, "L = 1 conv1")?;

    // L in the overview: arrows move the focus, Enter picks, Shift adds a second.
    tab_to(page, "[data-layer=\"0\"]")?;
    for _ in 0..3 {
        page.press("ArrowRight")?;
    }
    page.press("Enter")?;
    asks(page, "H(dCNN(-, 3, -, 2))")?;
    says(page, PICKED, "L = 3")?;
    says(page, ANSWER, "H(dCNN(-, 3, -, 2)) = ")?;
    page.press("ArrowRight")?;
    page.press("Shift+Enter")?;
    asks(page, "H(dCNN(-, {3,4}, -, 2))")?;
    says(page, ANSWER, "H(dCNN(-, {3,4}, -, 2)): ")?;

    // L in the block, then L and C where they cross.
    tab_to(page, ".block-box")?;
    page.press("ArrowLeft")?;
    says(page, PICKED, "L = 2")?;
    tab_to(page, ".block-box")?;
    page.press("ArrowUp")?;
    says(page, PICKED, "C = 0")?;
    page.press("Escape")?;
    says(page, PICKED, "C = all")?;

    // X by class and by image, T by the slider and over all epochs.
    tab_to(page, CLASSES)?;
    page.press("Tab")?;
    page.press("Tab")?;
    page.press("Space")?;
    says(page, PICKED, "X: label = 0")?;
    tab_to(page, ".gallery .thumb")?;
    page.press("Space")?;
    says(page, PICKED, "X = ")?;
    tab_to(page, CLASSES)?;
    page.press("Space")?;
    says(page, PICKED, "X = all")?;
    tab_to(page, ".play-slider input")?;
    page.press("ArrowLeft")?;
    says(page, PICKED, "epoch 1")?;
    tab_to(page, "[name=query-epochs]")?;
    page.press("ArrowRight")?;
    says(page, PICKED, "all epochs")?;

    // The measure, live answers off, and the button.
    tab_to(page, "[name=live]")?;
    page.press("Space")?;
    tab_to(page, "#query")?;
    page.press("Control+a")?;
    page.type_text("loss(-)")?;
    tab_to(page, "button[type=submit]")?;
    let before = page.eval(ANSWER, SOON)?;
    assert!(!before.as_str().is_some_and(|said| said.starts_with("loss(-)")), "{before}: not live");
    page.press("Enter")?;
    says(page, ANSWER, "loss(-): 3 × epoch")?;
    Ok(())
}
