//! The layer view through the page: its numbers are those of the query language, by mouse, by keyboard, by link.

use crate::hands;
use crate::layer_page::{self as layer, LONG, Matrix, choose, key, press, slide, text, tooltip};
use crate::site::{SOON, Site};
use serde_json::Value;
use xtask::browser::Page;
use xtask::problem::Result;

/// Layers 2 and 3 are the second convolution and its pooling: 16 channels each.
const LINK: &str = "view=layer&pair=2,3";
const CHANNELS: usize = 16;

/// A short run on strokes, shown in the layer view.
fn opened(site: &Site) -> Result<Page<'_>> {
    layer::shown(site, layer::STROKES, LINK)
}

/// I between layers 2 and 3 at an epoch.
fn capacity(page: Page<'_>, epoch: u32) -> Result<Matrix> {
    let matrix = layer::capacity(page, 2, 3, epoch)?;
    assert_eq!((matrix.rows, matrix.columns), (CHANNELS, CHANNELS));
    Ok(matrix)
}

#[test]
fn the_heatmap_says_what_the_query_language_says_and_keeps_it_when_sorted() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let bits = capacity(page, 2)?;
    let mean = bits.mean();
    page.wait_for(
        &format!(
            "document.querySelector('#capacity .about').textContent.includes('{mean:.3} bit on average')"
        ),
        SOON,
    )?;

    key(page, "ArrowRight")?;
    key(page, "ArrowRight")?;
    key(page, "ArrowDown")?;
    let said = tooltip(page)?;
    assert_eq!((said.a, said.b), (1, 1), "the first press shows the cursor, the next two move it");
    assert!((said.bits - bits.at(1, 1)).abs() < 1e-4, "{} and {}", said.bits, bits.at(1, 1));

    choose(page, "sort-rows", "mean-desc")?;
    choose(page, "sort-columns", "max-asc")?;
    page.wait_for(
        "location.search.includes('rows=mean-desc') && location.search.includes('columns=max-asc')",
        SOON,
    )?;
    // Rows are channels of the second layer, columns of the first.
    let row_mean = |b: usize| (0..CHANNELS).map(|a| bits.at(a, b)).sum::<f64>();
    let best_row = (0..CHANNELS).max_by(|&a, &b| row_mean(a).total_cmp(&row_mean(b))).unwrap_or(0);
    let column_top = |a: usize| bits.row(a).iter().copied().fold(f64::MIN, f64::max);
    let least_column = (0..CHANNELS).min_by(|&a, &b| column_top(a).total_cmp(&column_top(b))).unwrap_or(0);
    key(page, "Escape")?;
    key(page, "ArrowRight")?;
    let layer::Said { a, b, bits: shown, .. } = tooltip(page)?;
    assert!((row_mean(b) - row_mean(best_row)).abs() < 1e-9, "row {b} instead of {best_row}");
    assert!((column_top(a) - column_top(least_column)).abs() < 1e-9, "column {a} instead of {least_column}");
    assert!((shown - bits.at(a, b)).abs() < 1e-4);
    Ok(())
}

#[test]
fn the_first_layer_lies_across_and_the_second_down() -> Result<()> {
    let site = Site::at("/")?;
    // The input has one channel, the first convolution sixteen.
    let page = layer::shown(&site, layer::STROKES, "view=layer&pair=0,1")?;
    let size = "(({ width, height }) => `${width} × ${height}`)(document.querySelector('#capacity .heatmap > canvas'))";
    page.wait_for(&format!("{size} === '1 × 16'"), LONG)?;
    assert!(text(page, "#capacity .columns-label")?.contains("0 input"));
    assert!(text(page, "#capacity .rows")?.contains("1 conv1"));
    for name in ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight"] {
        key(page, name)?;
    }
    let said = tooltip(page)?;
    assert_eq!((said.a, said.b), (0, 2), "down goes through the second layer; there is one column");
    key(page, "Enter")?;
    page.wait_for("location.search.includes('cell=0.0-1.2')", SOON)?;
    Ok(())
}

#[test]
fn epochs_stand_in_a_row_on_one_scale_and_a_press_goes_to_one() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let small = "[...document.querySelectorAll('#capacity-row .small-heat:not(.waiting)')]";
    page.wait_for(&format!("{small}.length === 3"), LONG)?;
    let first = capacity(page, 0)?;
    let said = text(page, "#capacity-row .small-heat")?;
    assert!(said.contains("epoch 0") && said.contains(&format!("mean {:.4}", first.mean())), "{said}");
    page.eval(&format!("({small}[0].click(), 1)"), SOON)?;
    page.wait_for("location.search.includes('epoch=0')", SOON)?;
    page.wait_for(&format!("{small}[0].getAttribute('aria-pressed') === 'true'"), SOON)?;
    let typed = |value: &str| {
        format!(
            "(() => {{ const line = document.getElementById('epoch-row'); line.value = '{value}'; \
             line.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); return 1; }})()"
        )
    };
    page.eval(&typed("0, 9"), SOON)?;
    page.wait_for(
        "document.getElementById('epoch-row-error').textContent.includes('Epoch 9 is not recorded')",
        SOON,
    )?;
    page.eval(&typed("0,2"), SOON)?;
    page.wait_for(&format!("{small}.length === 2"), LONG)?;
    page.wait_for("location.search.includes('epoch_row=0,2')", SOON)?;
    Ok(())
}

#[test]
fn whole_layers_are_compared_and_a_cell_picks_their_pair() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    page.wait_for("document.querySelector('.measuring').textContent === ''", LONG)?;
    let bits = layer::asked(page, "I(dCNN(-, -, *, 2); dCNN(-, -, *, 2))")?;
    assert_eq!((bits.rows, bits.columns), (9, 9));
    let rows = "[...document.querySelectorAll('#layer-capacity tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))";
    page.eval("(document.querySelector('#layer-capacity details').open = true, 1)", SOON)?;
    let rows = page.wait_for(&format!("(({rows}).length === 45 ? ({rows}) : null)"), LONG)?;
    for row in rows.as_array().into_iter().flatten() {
        let layer =
            |at: usize| row[at].as_str().and_then(|name| name.split(' ').next()?.parse::<usize>().ok());
        let (Some(a), Some(b)) = (layer(0), layer(1)) else { panic!("{row}") };
        let expected = format!("{:.4}", bits.at(a, b));
        assert_eq!(row[2].as_str(), Some(expected.as_str()), "layers {a} and {b}");
        assert!(bits.at(a, b) <= bits.at(a, a).min(bits.at(b, b)) + 1e-6, "never above H");
    }
    let open = layer::asked(page, "H(dCNN(-, 2..3, *, 2) | dCNN(-, 5..6, *, 2))")?;
    assert!((open.at(0, 1) - (bits.at(2, 2) - bits.at(2, 6))).abs() < 1e-5);

    let to_the_cell = ["Home", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"];
    hands::press(page, "#layer-capacity .heatmap", &to_the_cell)?;
    page.wait_for("location.search.includes('pair=1,3')", SOON)?;
    layer::wait_text(page, "#layer-capacity-epochs .about", "a = 1 conv1, b = 3 pool1")?;
    layer::segment(page, "whole-measure", "rows-given-columns")?;
    page.wait_for("location.search.includes('whole=rows-given-columns')", SOON)?;
    Ok(())
}

#[test]
fn a_convolution_shares_most_with_its_own_pooled_channel() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let bits = capacity(page, 2)?;
    let live: Vec<usize> = (0..CHANNELS).filter(|&a| bits.at(a, a) > 0.0).collect();
    let own = live.iter().filter(|&&a| bits.row(a).iter().all(|other| *other <= bits.at(a, a))).count();
    assert!(live.len() >= CHANNELS / 2, "{} of {CHANNELS} channels live", live.len());
    assert!(own * 10 >= live.len() * 9, "{own} of {} have their maximum on the diagonal", live.len());
    Ok(())
}

#[test]
fn enter_shows_the_feature_maps_with_their_values_and_pins_stay() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    key(page, "ArrowRight")?;
    key(page, "Enter")?;
    let tiles = "document.querySelectorAll('#feature-maps .map-tile:not(.waiting)').length";
    page.wait_for(&format!("{tiles} === 8"), LONG)?;
    page.wait_for("location.search.includes('cell=2.0-3.0')", SOON)?;

    // One map large: the pixel under the cursor is the cell of the hypercube.
    page.eval("(document.querySelector('#feature-maps .map-tile').click(), 1)", SOON)?;
    page.wait_for("document.querySelectorAll('#feature-maps .zoom .heatmap').length === 2", SOON)?;
    let to_the_pixel = ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"];
    hands::press(page, "#feature-maps .zoom .heatmap", &to_the_pixel)?;
    let said = hands::text_with(page, "#feature-maps .zoom .tooltip", "row 1, column 3", SOON)?;
    let cell = page.eval("(await cnnslicer.slice('dCNN(0, 2, 0, 2)')).values[1 * 28 + 3]", LONG)?;
    let value = cell.as_f64().unwrap_or(f64::NAN);
    assert!(said.contains(&format!("dCNN(0, 2, 0, 2): {value:.4}")), "{value} and {said}");

    press(page, "#feature-maps", "Pin to compare")?;
    key(page, "ArrowDown")?;
    key(page, "ArrowDown")?;
    key(page, "Enter")?;
    page.wait_for("document.querySelectorAll('#feature-maps .stack').length === 2", SOON)?;
    page.wait_for(&format!("{tiles} === 16"), LONG)?;
    page.wait_for("location.search.includes('pins=2.0-3.0')", SOON)?;
    // The address follows a moment later.
    page.wait_for("!location.search.includes('cell=2.0-3.0')", SOON)?;

    // The link brings all of it back.
    page.reload()?;
    page.wait_for(&format!("{tiles} === 16"), LONG)?;
    Ok(())
}

#[test]
fn the_slider_and_the_difference_follow_the_epoch() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let (first, last) = (capacity(page, 0)?, capacity(page, 2)?);
    page.eval("(document.querySelector('[name=capacity-scale][value=fixed]').click(), 1)", SOON)?;
    choose(page, "capacity-against", "0")?;
    page.wait_for("document.querySelector('.capacity-scale').textContent.includes('-2.5 bit')", LONG)?;
    key(page, "ArrowRight")?;
    let change = format!("{:+.4} bit since epoch 0", last.at(0, 0) - first.at(0, 0));
    layer::wait_text(page, "#capacity .tooltip", &change)?;

    slide(page, "epoch", 0)?;
    let wanted = format!("{:.3} bit on average", first.mean());
    page.wait_for(
        &format!("document.querySelector('#capacity .about').textContent.includes('{wanted}')"),
        LONG,
    )?;
    let legend = text(page, ".capacity-scale")?;
    assert!(legend.contains("the same scale at every epoch and layer"), "{legend}");
    Ok(())
}

#[test]
fn deeper_layers_stand_in_a_row_and_similar_filters_are_listed() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    page.wait_for(
        "document.querySelectorAll('#capacity-depth .small-heat:not(.waiting)').length === 6",
        LONG,
    )?;
    let third = text(page, "#capacity-depth .small-heat")?;
    let bits = capacity(page, 2)?;
    let mean = bits.mean();
    assert!(third.contains(&format!("mean {mean:.3}")), "{mean} is not in {third}");

    // At the lowest threshold nearly all are alike; the list says which, and shows their maps.
    slide(page, "similar-threshold", 5)?;
    page.wait_for("document.querySelector('#similar-filters .group') !== null", LONG)?;
    let group = text(page, "#similar-filters .group")?;
    let members = group.split("channels ").nth(1).unwrap_or_default().split(", ").count();
    page.eval("(document.querySelector('#similar-filters .group').click(), 1)", SOON)?;
    let tiles = "document.querySelectorAll('#feature-maps .map-tile:not(.waiting)').length";
    page.wait_for(&format!("{tiles} === {}", 4 * members), LONG)?;
    let own = page.eval("cnnslicer.query('I(dCNN(-, 2, -, 2); dCNN(-, 2, -, 2))')", LONG)?;
    let value = |a: usize, b: usize| own["values"][a][b].as_f64().unwrap_or(0.0);
    let channels: Vec<usize> = group
        .split("channels ")
        .nth(1)
        .unwrap_or_default()
        .split(", ")
        .filter_map(|c| c.trim().parse().ok())
        .collect();
    for &a in &channels {
        for &b in &channels {
            let share = value(a, b) / value(a, a).max(value(b, b));
            assert!(share >= 0.05 - 1e-6, "{a} and {b} share {share}");
        }
    }
    assert_eq!(own["unit"], Value::from("bit"));
    Ok(())
}
