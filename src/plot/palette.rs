//! The colours of data and of charts, light and dark; `style/tokens.css` repeats them for the page.
//!
//! The same thing has the same colour in every chart: a class, all classes, a layer, train and test. The ten class
//! colours were found by simulated annealing over `OKLab`: the largest smallest distance between any two, seen
//! normally and with deuteranopia, protanopia and tritanopia (Machado, Oliveira & Fernandes 2009), at 3:1 contrast or more.

use super::color::{OkLab, Rgb};
use super::theme::Colours;

/// The page's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Number of class colours; the eleventh class begins again with the first.
pub const N_CLASSES: usize = 10;

const CLASSES_LIGHT: [Rgb; N_CLASSES] = rgb(&[
    0x0001_14f8,
    0x002e_a503,
    0x00b2_3cb7,
    0x0053_4406,
    0x008c_6bfe,
    0x00ba_7c89,
    0x0059_7623,
    0x0076_015b,
    0x0008_3793,
    0x007f_526d,
]);
const CLASSES_DARK: [Rgb; N_CLASSES] = rgb(&[
    0x0023_5efe,
    0x0056_e135,
    0x00b9_1dc0,
    0x00a8_9757,
    0x00ba_affe,
    0x00ff_9bb0,
    0x005a_791f,
    0x008d_5e7b,
    0x005b_93fd,
    0x00db_66b3,
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

/// The colour of channel `channel_idx` of `n_channels`: hues in the order of the index, all equally light.
pub fn channel(mode: Mode, channel_idx: usize, n_channels: usize) -> Rgb {
    let t = channel_idx as f64 / n_channels.max(1) as f64;
    let (lightness, chroma) = match mode {
        Mode::Light => (0.74, 0.12),
        Mode::Dark => (0.68, 0.12),
    };
    // From red through yellow, green and blue to violet: not once around, so that the ends differ.
    Rgb::from(OkLab::from_hue(lightness, chroma, 20.0 + 310.0 * t))
}

/// The colour of the training set (the test set has [`test`]).
pub fn train(mode: Mode) -> Rgb {
    class(mode, 0)
}

/// The colour of the test set.
pub fn test(mode: Mode) -> Rgb {
    class(mode, 2)
}

/// Colours of everything that is not data.
pub const fn colours(mode: Mode) -> Colours {
    match mode {
        Mode::Light => Colours {
            background: Rgb::hex(0x00ff_ffff),
            text: Rgb::hex(0x001b_1f27),
            muted: Rgb::hex(0x0059_6172),
            axis: Rgb::hex(0x008a_92a2),
            grid: Rgb::hex(0x00e6_e9ef),
            marker: Rgb::hex(0x003d_4452),
        },
        Mode::Dark => Colours {
            background: Rgb::hex(0x0017_1b22),
            text: Rgb::hex(0x00e7_eaf0),
            muted: Rgb::hex(0x00a3_acbb),
            axis: Rgb::hex(0x006d_7686),
            grid: Rgb::hex(0x002a_303b),
            marker: Rgb::hex(0x00c9_d0db),
        },
    }
}

#[cfg(test)]
mod tests;
