//! Neural collapse of one layer (Papyan, Han & Donoho 2020): how far the outputs of a class have drawn together and
//! the class means apart. No units.
//!
//! With the class means μ_c of the K classes present, their mean μ_G, m_c = μ_c − μ_G, the covariance within classes
//! S_W = Σ (x − μ_c)(x − μ_c)ᵀ / N and that of the means S_B = Σ m_c m_cᵀ / K:
//! - NC1: tr(S_W S_B⁺)/K, 0 where a class is a point;
//! - norms: coefficient of variation of ‖m_c‖, 0 where they are equal (NC2);
//! - angles: standard deviation of the cosines of m_c and m_d, 0 where they are equal (NC2);
//! - accuracy: share of images nearest to the mean of their own class, ties to the smaller class (NC4).
//!
//! Deviations divide by the number, not by one less. Means of few images are noisy, so NC1 is too low and accuracy too
//! high where classes are small and outputs wide. S_B⁺ leaves out eigenvalues below 10⁻¹⁰ of the largest. NaN with
//! fewer than two classes, NC1, norms and angles also where class means coincide.
//!
//! S_B⁺ follows from the K × K matrix of the m_c's products and S_W S_B⁺ from the outputs' products with the m_c, in
//! double precision. Sums run over rows as they stand: outputs in an order of their content give the same numbers to
//! the last bit however images are stored.

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::error::EntropyError;
use super::layer_outputs::LayerOutputs;
use super::symmetric_eigen::SymmetricEigen;

/// How far one layer has collapsed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeuralCollapse {
    /// tr(S_W S_B⁺)/K.
    pub nc1: f64,
    /// Coefficient of variation of the centred class means' norms.
    pub norms: f64,
    /// Standard deviation of the cosines between centred class means.
    pub angles: f64,
    /// Share of images nearest to the mean of their own class.
    pub accuracy: f64,
    /// Classes that have images.
    pub classes: usize,
}

/// Below this share of the largest, an eigenvalue of S_B is rounding.
const LEAST_SHARE: f64 = 1e-10;
/// Two distances to class means nearer than this share of the outputs' squares are measured again.
const DOUBT: f64 = 1e-9;
/// Values of an output handled at once: as much of all class means stays in the cache.
const BLOCK: usize = 512;

/// Of outputs whose images are of these classes, as they are stored.
///
/// # Errors
/// `shape` unless there is a label an image, `bad_argument` for a label that is no class.
pub fn neural_collapse<C: Cell>(
    outputs: &LayerOutputs<'_, C>,
    labels: &[u8],
    n_classes: usize,
) -> Result<NeuralCollapse, EntropyError> {
    let means = ClassMeans::new(outputs, outputs.labels(labels, n_classes)?, n_classes);
    let classes = means.classes;
    if classes < 2 {
        return Ok(NeuralCollapse {
            nc1: f64::NAN,
            norms: f64::NAN,
            angles: f64::NAN,
            accuracy: f64::NAN,
            classes,
        });
    }
    let gram = means.gram();
    let deviations = Deviations::new(outputs, &means);
    let norms: Vec<f64> = (0..classes).map(|c| gram[c * classes + c].sqrt()).collect();
    let pairs = (0..classes).flat_map(|c| (c + 1..classes).map(move |d| (c, d)));
    let cosines: Vec<f64> = pairs.map(|(c, d)| gram[c * classes + d] / (norms[c] * norms[d])).collect();
    let is_apart = norms.iter().all(|&norm| norm > 0.0);
    Ok(NeuralCollapse {
        nc1: nc1(&gram, &deviations, classes),
        norms: if is_apart { deviation(&norms) / mean(&norms) } else { f64::NAN },
        angles: if is_apart { deviation(&cosines) } else { f64::NAN },
        accuracy: accuracy(outputs, &means, &gram, &deviations),
        classes,
    })
}

/// The mean output of every class present, the smaller class first, without what all have in common.
struct ClassMeans {
    classes: usize,
    /// Of each row, by place among the classes present.
    labels: Vec<usize>,
    /// μ_c − x₀ with x₀ the first row, `[classes, width]`: of a constant value, zero to the last bit.
    means: Vec<f64>,
    /// m_c = μ_c − μ_G, `[classes, width]`.
    centred: Vec<f64>,
}

impl ClassMeans {
    fn new<C: Cell>(outputs: &LayerOutputs<'_, C>, labels: Vec<u8>, n_classes: usize) -> Self {
        let present: Vec<usize> =
            (0..n_classes).filter(|&class| labels.iter().any(|&own| usize::from(own) == class)).collect();
        let place = |class: u8| present.iter().take_while(|&&other| other < usize::from(class)).count();
        let labels: Vec<usize> = labels.into_iter().map(place).collect();
        let (classes, width) = (present.len(), outputs.width());
        let mut means = vec![0.0; classes * width];
        let mut counts = vec![0.0; classes];
        for (row, &class) in outputs.rows().zip(&labels) {
            counts[class] += 1.0;
            let sums = &mut means[class * width..(class + 1) * width];
            for ((sum, value), first) in sums.iter_mut().zip(row).zip(outputs.row(0)) {
                *sum += value.to_f64() - first.to_f64();
            }
        }
        for (at, sum) in means.iter_mut().enumerate() {
            *sum /= counts[at / width];
        }
        let mut centred = means.clone();
        for column in 0..width {
            let centre = means.iter().skip(column).step_by(width).sum::<f64>() / classes as f64;
            centred.iter_mut().skip(column).step_by(width).for_each(|mean| *mean -= centre);
        }
        Self { classes, labels, means, centred }
    }

    /// m_c · m_d, `[classes, classes]`.
    fn gram(&self) -> Vec<f64> {
        let width = self.centred.len() / self.classes;
        let rows = self.centred.chunks_exact(width);
        rows.clone().flat_map(|a| rows.clone().map(move |b| dot(a, b))).collect()
    }
}

/// What the outputs' deviations from their class means amount to.
struct Deviations {
    /// (x − μ_c) · m_d, `[images, classes]`.
    products: Vec<f64>,
    /// ‖x − μ_c‖², `[images]`.
    squares: Vec<f64>,
}

impl Deviations {
    fn new<C: Cell>(outputs: &LayerOutputs<'_, C>, of: &ClassMeans) -> Self {
        let (n, width, classes) = (outputs.images(), outputs.width(), of.classes);
        let mut found = Self { products: vec![0.0; n * classes], squares: vec![0.0; n] };
        let mut own = [0.0; BLOCK];
        for start in (0..width).step_by(BLOCK) {
            let end = width.min(start + BLOCK);
            let own = &mut own[..end - start];
            let first = &outputs.row(0)[start..end];
            for (image, (row, &class)) in outputs.rows().zip(&of.labels).enumerate() {
                let mean = &of.means[class * width + start..class * width + end];
                for (((own, value), first), mean) in own.iter_mut().zip(&row[start..end]).zip(first).zip(mean)
                {
                    *own = value.to_f64() - first.to_f64() - mean;
                }
                found.squares[image] += dot(own, own);
                let products = &mut found.products[image * classes..(image + 1) * classes];
                for (product, other) in products.iter_mut().zip(of.centred.chunks_exact(width)) {
                    *product += dot(own, &other[start..end]);
                }
            }
        }
        found
    }
}

/// tr(S_W S_B⁺)/K: with the eigenvectors v_r and values λ_r of the class means' products, the deviations along
/// direction r of S_B are their products with the means times v_r/√λ_r, and S_B has the value λ_r/K there.
fn nc1(gram: &[f64], deviations: &Deviations, classes: usize) -> f64 {
    let SymmetricEigen { values, vectors } = SymmetricEigen::of(gram.to_vec(), classes);
    let largest = values.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return f64::NAN;
    }
    let along = |r: usize| -> f64 {
        let vector: Vec<f64> = (0..classes).map(|c| vectors[c * classes + r]).collect();
        deviations.products.chunks_exact(classes).map(|products| dot(products, &vector).powi(2)).sum()
    };
    let kept = (0..classes).filter(|&r| values[r] > largest * LEAST_SHARE);
    kept.map(|r| along(r) / values[r] / values[r]).sum::<f64>() / deviations.squares.len() as f64
}

/// ‖x − μ_d‖² = ‖x − μ_c‖² − 2 (x − μ_c)·(m_d − m_c) + ‖m_d − m_c‖².
fn accuracy<C: Cell>(
    outputs: &LayerOutputs<'_, C>,
    means: &ClassMeans,
    gram: &[f64],
    deviations: &Deviations,
) -> f64 {
    let classes = means.classes;
    let apart =
        |c: usize, d: usize| gram[c * classes + c] + gram[d * classes + d] - 2.0 * gram[c * classes + d];
    let is_own_nearest = |image: usize| {
        let own = means.labels[image];
        let products = &deviations.products[image * classes..(image + 1) * classes];
        // How much farther than its own mean.
        let farther: Vec<f64> =
            (0..classes).map(|d| apart(own, d) - 2.0 * (products[d] - products[own])).collect();
        let least = farther.iter().copied().fold(f64::INFINITY, f64::min);
        let scale =
            deviations.squares[image] + apart(own, 0) + farther.iter().fold(0.0, |m: f64, f| m.max(f.abs()));
        let near: Vec<usize> = (0..classes).filter(|&d| farther[d] - least <= DOUBT * scale).collect();
        nearest_of(outputs, means, image, &near) == Some(own)
    };
    let n = outputs.images();
    (0..n).filter(|&image| is_own_nearest(image)).count() as f64 / n as f64
}

/// Of some classes the one whose mean is nearest; the smaller one of two equally near.
fn nearest_of<C: Cell>(
    outputs: &LayerOutputs<'_, C>,
    means: &ClassMeans,
    image: usize,
    classes: &[usize],
) -> Option<usize> {
    if let [only] = classes {
        return Some(*only);
    }
    let width = outputs.width();
    let squared = |class: usize| -> f64 {
        let mean = &means.means[class * width..(class + 1) * width];
        let values = outputs.row(image).iter().zip(outputs.row(0)).zip(mean);
        values.map(|((value, first), mean)| (value.to_f64() - first.to_f64() - mean).powi(2)).sum()
    };
    let nearest = classes.iter().map(|&class| (squared(class), class));
    nearest.reduce(|best, next| if next.0 < best.0 { next } else { best }).map(|(_, class)| class)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let ((a_chunks, a_rest), (b_chunks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f64>()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    (values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[cfg(test)]
mod tests;
