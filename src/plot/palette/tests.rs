//! What the palette promises: contrast, distinctness for everyone, and agreement with the page's style sheet.

use std::collections::BTreeMap;

use super::*;

const MODES: [Mode; 2] = [Mode::Light, Mode::Dark];
const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Machado, Oliveira & Fernandes 2009, severity 1.0, on linear light: protanopia, deuteranopia, tritanopia.
const VISIONS: [[[f64; 3]; 3]; 3] = [
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
    [
        [1.255_528, -0.076_749, -0.178_779],
        [-0.078_411, 0.930_809, 0.147_602],
        [0.004_733, 0.691_367, 0.303_900],
    ],
];

fn seen(colour: Rgb, vision: &[[f64; 3]; 3]) -> OkLab {
    let light = colour.linear();
    let channel = |row: &[f64; 3]| row.iter().zip(light).map(|(weight, c)| weight * c).sum();
    Rgb::from_linear([channel(&vision[0]), channel(&vision[1]), channel(&vision[2])]).into()
}

fn smallest_distance(colours: &[OkLab]) -> f64 {
    let pairs = colours.iter().enumerate().flat_map(|(i, a)| colours[..i].iter().map(|b| a.distance(*b)));
    pairs.fold(f64::MAX, f64::min)
}

#[test]
fn every_line_has_contrast_three_on_panel_and_page() {
    for mode in MODES {
        let Colours { background, page, .. } = colours(mode);
        let layers = (0..14).map(|layer_idx| layer(mode, layer_idx, 14));
        for colour in classes(mode).into_iter().chain(layers).chain([all_classes(mode)]) {
            for behind in [background, page] {
                let contrast = colour.contrast(behind);
                assert!(contrast >= 3.0, "{mode:?} {} on {}: {contrast:.2}", colour.css(), behind.css());
            }
        }
    }
}

#[test]
fn text_has_contrast_four_and_a_half_against_the_panel() {
    for mode in MODES {
        let of = colours(mode);
        for behind in [of.background, of.page, of.sunken] {
            assert!(of.text.contrast(behind) > 12.0 && of.text2.contrast(behind) > 6.0);
            assert!(of.muted.contrast(behind) >= 4.5, "{mode:?} {}", behind.css());
        }
        for behind in [of.background, of.page] {
            assert!(of.accent.contrast(behind) >= 4.5 && of.error.contrast(behind) >= 4.5);
            assert!(of.axis.contrast(behind) >= 3.0 && of.spread_edge.contrast(behind) >= 3.0);
        }
        assert!(of.core_ink.contrast(of.core) >= 4.5 && of.core.contrast(of.spread) >= 3.0);
    }
}

#[test]
fn classes_are_told_apart_with_any_colour_vision() {
    for mode in MODES {
        let inks = classes(mode);
        let normal: Vec<OkLab> = inks.iter().map(|&colour| colour.into()).collect();
        assert!(smallest_distance(&normal) > LEAST_DISTANCE, "{mode:?}: {}", smallest_distance(&normal));
        for vision in &VISIONS {
            let seen: Vec<OkLab> = inks.iter().map(|&colour| seen(colour, vision)).collect();
            assert!(smallest_distance(&seen) > LEAST_DISTANCE, "{mode:?}: {}", smallest_distance(&seen));
        }
    }
}

/// Just noticeable is about 0.02 in `OKLab`; thin lines need several times that.
const LEAST_DISTANCE: f64 = 0.075;

#[test]
fn neighbouring_layers_differ() {
    for mode in MODES {
        let layers: Vec<OkLab> = (0..9).map(|layer_idx| layer(mode, layer_idx, 9).into()).collect();
        assert!(smallest_distance(&layers) > 0.03);
    }
}

/// The custom properties of each block that opens with `selector`.
fn properties(selector: &str) -> BTreeMap<&'static str, &'static str> {
    let start = TOKENS.find(selector).unwrap_or_else(|| panic!("no block {selector}")) + selector.len();
    let end = start + TOKENS[start..].find('}').expect("an end");
    let lines = TOKENS[start..end].lines().filter_map(|line| line.trim().strip_suffix(';'));
    lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim())).collect()
}

fn expected(mode: Mode) -> BTreeMap<String, String> {
    let of = colours(mode);
    let fixed = [
        ("--surface", of.background),
        ("--bg", of.page),
        ("--sunk", of.sunken),
        ("--ink", of.text),
        ("--ink2", of.text2),
        ("--ink3", of.muted),
        ("--line2", of.frame),
        ("--edge", of.axis),
        ("--line", of.grid),
        ("--marker", of.marker),
        ("--accent", of.accent),
        ("--core", of.core),
        ("--core-ink", of.core_ink),
        ("--spread", of.spread),
        ("--spread-edge", of.spread_edge),
        ("--err", of.error),
        ("--class-all", all_classes(mode)),
    ];
    let classes = classes(mode).into_iter().enumerate();
    let classes = classes.map(|(class_idx, colour)| (format!("--class-{class_idx}"), colour.css()));
    fixed.into_iter().map(|(name, colour)| (name.to_owned(), colour.css())).chain(classes).collect()
}

#[test]
fn the_style_sheet_has_the_same_colours() {
    for (mode, selector) in [(Mode::Light, ":root {"), (Mode::Dark, ":root[data-theme=\"dark\"] {")] {
        let properties = properties(selector);
        for (name, colour) in expected(mode) {
            assert_eq!(properties.get(name.as_str()), Some(&colour.as_str()), "{mode:?} {name}");
        }
    }
}

#[test]
fn dark_by_choice_and_dark_by_system_are_the_same() {
    let by_system = properties(":root:not([data-theme=\"light\"]) {");
    assert!(by_system.len() > 20);
    assert_eq!(by_system, properties(":root[data-theme=\"dark\"] {"));
}

#[test]
fn the_style_sheet_has_the_same_font() {
    let font = properties(":root {")["--sans"];
    assert_eq!(font, crate::plot::theme::FONT);
}
