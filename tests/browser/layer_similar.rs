//! Similar filters: the groups and their curve against a recomputation, and what muting a group costs.

use crate::layer_page::{LONG, Matrix, STROKES, capacity, press, shown, slide, text, wait_text};
use crate::site::{SOON, Site};
use xtask::browser::Page;
use xtask::problem::Result;

const EPOCHS: u32 = 2;

/// Layers 2 and 3 are the second convolution and its pooling: 16 channels each.
fn opened(site: &Site) -> Result<Page<'_>> {
    shown(site, STROKES, "view=layer&pair=2,3")
}

/// s(a, b) = I(a; b) / max(H(a), H(b)); NaN where a channel never differs.
fn shares(own: &Matrix) -> Matrix {
    let share = |at: usize| {
        let (a, b) = (at / own.columns, at % own.columns);
        let (h_a, h_b) = (own.at(a, a), own.at(b, b));
        if h_a.min(h_b) > 0.0 { own.at(a, b) / h_a.max(h_b) } else { f64::NAN }
    };
    Matrix { values: (0..own.values.len()).map(share).collect(), ..*own }
}

/// Most similar channels first, groups are joined while every two of the joined one share enough.
fn groups(shares: &Matrix, least: f64) -> Vec<Vec<usize>> {
    let n = shares.rows;
    let mut pairs: Vec<(usize, usize)> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    pairs.retain(|&(a, b)| shares.at(a, b) >= least);
    pairs.sort_by(|&(a, b), &(c, d)| shares.at(c, d).total_cmp(&shares.at(a, b)));
    let mut groups: Vec<Vec<usize>> = (0..n).map(|channel| vec![channel]).collect();
    for (a, b) in pairs {
        let place = |channel: usize| groups.iter().position(|group| group.contains(&channel)).unwrap_or(0);
        let (one, other) = (place(a), place(b));
        let fit = groups[one].iter().all(|&a| groups[other].iter().all(|&b| shares.at(a, b) >= least));
        if one != other && fit {
            let joined = groups[other].clone();
            groups[one].extend(joined);
            groups.remove(other);
        }
    }
    groups.retain(|group| group.len() > 1);
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort();
    groups
}

/// Channels of every group that the page lists.
fn listed(page: Page<'_>) -> Result<Vec<Vec<usize>>> {
    let read = "[...document.querySelectorAll('#similar-filters .group')].map((group) => group.textContent)";
    let said = page.eval(read, SOON)?;
    let numbers = |text: &str| -> Vec<usize> {
        let channels = text.split("channels ").nth(1).unwrap_or_default();
        channels.split(", ").filter_map(|channel| channel.trim().parse().ok()).collect()
    };
    let mut groups: Vec<Vec<usize>> =
        said.as_array().into_iter().flatten().filter_map(|group| group.as_str().map(numbers)).collect();
    groups.sort();
    Ok(groups)
}

/// Epoch, redundant, dead and constant filters as the table of the curve has them.
fn curve(page: Page<'_>) -> Result<Vec<[f64; 4]>> {
    let rows = "[...document.querySelectorAll('#redundant-filters tbody tr')].map((row) => [...row.children].map((cell) => Number(cell.textContent)))";
    let fold = "document.querySelector('#redundant-filters details')";
    page.wait_for(&format!("{fold} !== null"), LONG)?;
    page.eval(&format!("({fold}.open = true, 1)"), SOON)?;
    let rows = page.wait_for(&format!("(({rows}).length === {} ? ({rows}) : null)", EPOCHS + 1), LONG)?;
    let number = |row: &serde_json::Value, column: usize| row[column].as_f64().unwrap_or(f64::NAN);
    Ok(rows
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| [0, 1, 2, 3].map(|column| number(row, column)))
        .collect())
}

#[test]
fn groups_and_their_curve_are_those_of_the_queried_capacities() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let own = (0..=EPOCHS).map(|epoch| capacity(page, 2, 2, epoch)).collect::<Result<Vec<_>>>()?;
    for percent in [50, 20] {
        slide(page, "similar-threshold", percent)?;
        wait_text(page, "#similar-filters .about", &format!("at least {percent} %"))?;
        let least = percent as f64 / 100.0;
        let expected: Vec<Vec<Vec<usize>>> = own.iter().map(|own| groups(&shares(own), least)).collect();
        assert_eq!(listed(page)?, expected[EPOCHS as usize], "at {percent} %");
        let curve = curve(page)?;
        println!("at least {percent} % in common: epoch, redundant, dead, constant {curve:?}");
        for (epoch, [at, redundant, dead, constant]) in curve.into_iter().enumerate() {
            let count: usize = expected[epoch].iter().map(|group| group.len() - 1).sum();
            // A channel that is the same for every image, zero or not, has no entropy.
            let silent =
                (0..own[epoch].rows).filter(|&channel| own[epoch].at(channel, channel) <= 0.0).count();
            assert_eq!(
                [at, redundant, dead + constant],
                [epoch as f64, count as f64, silent as f64],
                "at {percent} %"
            );
        }
    }
    assert!(!listed(page)?.is_empty(), "some filters share a fifth of what they say");
    Ok(())
}

#[test]
fn one_press_mutes_a_group_and_says_what_that_costs() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    slide(page, "similar-threshold", 5)?;
    page.wait_for("document.querySelector('#similar-filters .group') !== null", LONG)?;
    let first = text(page, "#similar-filters .group")?;
    let members = first.split("channels ").nth(1).unwrap_or_default().trim().to_owned();
    let accuracy =
        page.eval("(await cnnslicer.query('accuracy(2)')).values", LONG)?.as_f64().unwrap_or(f64::NAN);
    press(page, "#similar-filters", "Mute this group")?;

    page.wait_for("location.search.includes('view=channel')", SOON)?;
    page.wait_for("document.querySelector('#mute .before-after') !== null", LONG)?;
    let about = text(page, "#mute .about")?;
    println!("{about}");
    let pressed = "[...document.querySelectorAll('#mute .feature[aria-pressed=true]')].map((button) => button.textContent).join(', ')";
    assert_eq!(page.eval(pressed, SOON)?, serde_json::json!(members));
    assert!(about.contains("channels of conv2"), "{about}");
    let before = format!("Accuracy {:.2} % → ", 100.0 * accuracy);
    assert!(about.contains(&before), "{before} is not in {about}");
    // The accuracy after it is that of the matrix after it.
    let cells = "[...document.querySelectorAll('#mute .cell-grid')[1].querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)))";
    let cells = page.eval(cells, SOON)?;
    let count = |row: usize, column: usize| cells[row][column].as_f64().unwrap_or(0.0);
    let all: f64 = (0..100).map(|at| count(at / 10, at % 10)).sum();
    let right: f64 = (0..10).map(|class| count(class, class)).sum();
    let after = format!("→ {:.2} % (", 100.0 * right / all);
    assert!(all > 0.0 && about.contains(&after), "{after} is not in {about}");
    // The panel is in view, below the other panels of that view.
    let top = "(() => { const { top, bottom } = document.getElementById('mute').getBoundingClientRect(); return top < innerHeight && bottom > 0; })()";
    page.wait_for(top, SOON)?;
    Ok(())
}
