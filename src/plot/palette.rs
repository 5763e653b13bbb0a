//! The colours of data and of charts, light and dark; `style/tokens.css` repeats them for the page.
//!
//! The same thing has the same colour in every chart: a class, all classes, a layer, train and test. The ten class
//! colours are Petroff's hues, moved until each has 3:1 contrast on both surfaces of its theme and the smallest distance
//! between any two is largest in `OKLab`, seen normally and with deuteranopia, protanopia and tritanopia (Machado,
//! Oliveira & Fernandes 2009). Colour is never alone: lines end in the digit of their class.

use super::color::{OkLab, Rgb};

/// The page's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Colours of everything that is not data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Behind the chart (the page's panels and bars).
    pub background: Rgb,
    /// Behind the panels.
    pub page: Rgb,
    /// Tracks, empty cells.
    pub sunken: Rgb,
    /// Titles and values.
    pub text: Rgb,
    /// What explains them.
    pub text2: Rgb,
    /// Axis labels and ticks.
    pub muted: Rgb,
    /// Around pictures and matrices.
    pub frame: Rgb,
    /// Axis lines, edges of controls.
    pub axis: Rgb,
    /// Grid lines, behind the data.
    pub grid: Rgb,
    /// The chosen epoch.
    pub marker: Rgb,
    /// Actions, the selection, the test set.
    pub accent: Rgb,
    /// What a layer tells about the label; right answers.
    pub core: Rgb,
    /// Text on it.
    pub core_ink: Rgb,
    /// Spread of the images.
    pub spread: Rgb,
    /// Around it, and bars in the margin.
    pub spread_edge: Rgb,
    /// Wrong answers.
    pub error: Rgb,
}

/// Number of class colours; the eleventh class begins again with the first.
pub const N_CLASSES: usize = 10;

const CLASSES_LIGHT: [Rgb; N_CLASSES] = rgb(&[
    0x000c_3ca3,
    0x00d1_6c00,
    0x008c_0123,
    0x005a_6f83,
    0x0091_4fc0,
    0x0092_5348,
    0x00d3_0000,
    0x0092_8e64,
    0x0053_4459,
    0x002c_9aad,
]);
const CLASSES_DARK: [Rgb; N_CLASSES] = rgb(&[
    0x0050_b3fe,
    0x00f4_b816,
    0x00f0_1000,
    0x00ac_b8a7,
    0x0094_48f7,
    0x00aa_605a,
    0x00f9_7f58,
    0x00f1_e8b4,
    0x006f_8e9d,
    0x0080_ecfe,
]);

const fn rgb(hex: &[u32; N_CLASSES]) -> [Rgb; N_CLASSES] {
    let mut colours = [Rgb([0; 3]); N_CLASSES];
    let mut i = 0;
    while i < N_CLASSES {
        colours[i] = Rgb::hex(hex[i]);
        i += 1;
    }
    colours
}

/// The colour of a class, by its index.
pub fn class(mode: Mode, class_idx: usize) -> Rgb {
    classes(mode)[class_idx % N_CLASSES]
}

/// The colours of the classes, by index.
pub fn classes(mode: Mode) -> [Rgb; N_CLASSES] {
    match mode {
        Mode::Light => CLASSES_LIGHT,
        Mode::Dark => CLASSES_DARK,
    }
}

/// The colour of all classes together: the text's.
pub fn all_classes(mode: Mode) -> Rgb {
    colours(mode).text
}

/// The colour of layer `layer_idx` of `n_layers`: the input palest on light (deepest on dark), then ever stronger.
pub fn layer(mode: Mode, layer_idx: usize, n_layers: usize) -> Rgb {
    let t = layer_idx as f64 / n_layers.saturating_sub(1).max(1) as f64;
    let (first, last) = match mode {
        Mode::Light => (0.63, 0.30),
        Mode::Dark => (0.56, 0.93),
    };
    // From orange through magenta and violet to blue; on dark the other way round in lightness.
    let hue = 55.0 - 165.0 * t;
    Rgb::from(OkLab::from_hue(first + (last - first) * t, 0.13 - 0.03 * t, hue))
}

/// The colour of channel `channel_idx` of `n_channels`: hues in the order of the index, all equally light, with dark text
/// on them.
pub fn channel(mode: Mode, channel_idx: usize, n_channels: usize) -> Rgb {
    let t = channel_idx as f64 / n_channels.max(1) as f64;
    let (lightness, chroma) = match mode {
        Mode::Light => (0.66, 0.115),
        Mode::Dark => (0.72, 0.10),
    };
    // From blue through violet and red to green: not once around, so that the ends differ.
    Rgb::from(OkLab::from_hue(lightness, chroma, 200.0 + 300.0 * t))
}

/// A feature map from no response to the strongest: ink on paper, or light on dark.
pub const fn map_ends(mode: Mode) -> [Rgb; 2] {
    match mode {
        Mode::Light => [Rgb::hex(0x00ff_ffff), Rgb::hex(0x0014_1e2c)],
        Mode::Dark => [Rgb::hex(0x000d_1117), Rgb::hex(0x00e8_eef4)],
    }
}

/// The colour of the training set (the test set has [`test`]).
pub fn train(mode: Mode) -> Rgb {
    colours(mode).muted
}

/// The colour of the test set.
pub fn test(mode: Mode) -> Rgb {
    colours(mode).accent
}

/// The colour of wrong answers in a confusion matrix: at full strength for the most frequent mistake.
pub fn confusion_error(mode: Mode) -> Rgb {
    match mode {
        Mode::Light => Rgb::hex(0x00c2_470d),
        Mode::Dark => Rgb::hex(0x00ff_8a4c),
    }
}

/// Colours of everything that is not data.
pub const fn colours(mode: Mode) -> Colours {
    match mode {
        Mode::Light => Colours {
            background: Rgb::hex(0x00ff_ffff),
            page: Rgb::hex(0x00f7_f6f2),
            sunken: Rgb::hex(0x00ef_ede6),
            text: Rgb::hex(0x001b_2430),
            text2: Rgb::hex(0x0046_525f),
            muted: Rgb::hex(0x0061_6c79),
            frame: Rgb::hex(0x00c8_c4b8),
            axis: Rgb::hex(0x008d_8a80),
            grid: Rgb::hex(0x00e3_e0d7),
            marker: Rgb::hex(0x001b_2430),
            accent: Rgb::hex(0x000a_6b66),
            core: Rgb::hex(0x000f_7d77),
            core_ink: Rgb::hex(0x00ff_ffff),
            spread: Rgb::hex(0x00dc_d8cc),
            spread_edge: Rgb::hex(0x008d_8877),
            error: Rgb::hex(0x00b5_420a),
        },
        Mode::Dark => Colours {
            background: Rgb::hex(0x001a_1f28),
            page: Rgb::hex(0x0012_161d),
            sunken: Rgb::hex(0x000d_1117),
            text: Rgb::hex(0x00e8_ecf1),
            text2: Rgb::hex(0x00b3_bdc9),
            muted: Rgb::hex(0x008f_9aa8),
            frame: Rgb::hex(0x0041_4b59),
            axis: Rgb::hex(0x006c_7787),
            grid: Rgb::hex(0x0029_313d),
            marker: Rgb::hex(0x00e8_ecf1),
            accent: Rgb::hex(0x004c_c9bd),
            core: Rgb::hex(0x002a_a89d),
            core_ink: Rgb::hex(0x0004_1816),
            spread: Rgb::hex(0x0033_3d4a),
            spread_edge: Rgb::hex(0x0071_8090),
            error: Rgb::hex(0x00ff_9a5c),
        },
    }
}

#[cfg(test)]
mod tests;
