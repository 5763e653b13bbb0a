//! MNIST images as a vector's input, with the small operations the vectors apply to them.

use super::Problem;
use super::tensor::Tensor;

/// Height and width of an image.
const SIDE: usize = 28;

/// The images and labels of one MNIST file pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MnistFile {
    /// 28 × 28 bytes an image.
    pub images: Vec<u8>,
    /// One byte an image.
    pub labels: Vec<u8>,
}

impl MnistFile {
    /// Images `start … start + count − 1`, those with the label if one is given, after the operation.
    pub(super) fn select(
        &self,
        start: usize,
        count: usize,
        label: Option<u64>,
        operation: Option<&str>,
    ) -> Result<Tensor, Problem> {
        let apply = operation_named(operation)?;
        let images = self.images.chunks_exact(SIDE * SIDE).zip(&self.labels).skip(start).take(count);
        if images.len() < count {
            return Err(Problem::wrong("the MNIST file has fewer images than asked for"));
        }
        let mut kept = images
            .filter(|&(_, &own)| label.is_none_or(|label| u64::from(own) == label))
            .map(|(image, _)| apply(&|row, column| f64::from(image[row * SIDE + column])))
            .collect::<Vec<Plane>>();
        let (height, width) = kept.first().map_or((SIDE, SIDE), |plane| (plane.height, plane.width));
        let shape = vec![kept.len(), height, width];
        Ok(Tensor { shape, values: kept.drain(..).flat_map(|plane| plane.values).collect() })
    }
}

struct Plane {
    height: usize,
    width: usize,
    values: Vec<f64>,
}

type Pixel<'a> = &'a dyn Fn(usize, usize) -> f64;

fn plane(height: usize, width: usize, value: impl Fn(usize, usize) -> f64) -> Plane {
    let values = (0..height * width).map(|at| value(at / width, at % width)).collect();
    Plane { height, width, values }
}

fn operation_named(name: Option<&str>) -> Result<fn(Pixel) -> Plane, Problem> {
    Ok(match name {
        None => |p| plane(SIDE, SIDE, p),
        Some("avg2") => |p| plane(SIDE / 2, SIDE / 2, |r, c| block_of(p, r, c).iter().sum::<f64>() / 4.0),
        Some("max2") => {
            |p| plane(SIDE / 2, SIDE / 2, |r, c| block_of(p, r, c).into_iter().fold(0.0, f64::max))
        }
        Some("flip") => |p| plane(SIDE, SIDE, |r, c| p(r, SIDE - 1 - c)),
        Some("dx") => |p| plane(SIDE, SIDE - 1, |r, c| (p(r, c + 1) - p(r, c)).max(0.0)),
        Some("dy") => |p| plane(SIDE - 1, SIDE, |r, c| (p(r + 1, c) - p(r, c)).max(0.0)),
        Some(other) => return Err(Problem::Wrong(format!("the image operation `{other}` is not known"))),
    })
}

/// The pixels of a disjoint 2 × 2 block.
fn block_of(p: Pixel, row: usize, column: usize) -> [f64; 4] {
    let (r, c) = (2 * row, 2 * column);
    [p(r, c), p(r, c + 1), p(r + 1, c), p(r + 1, c + 1)]
}
