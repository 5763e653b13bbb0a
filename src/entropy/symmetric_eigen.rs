//! Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations. `neural_collapse` asks for those of
//! a matrix of classes by classes: too small to be worth a library of linear algebra in a program that is fetched.

/// λ and v of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SymmetricEigen {
    /// Eigenvalues, in no particular order.
    pub(crate) values: Vec<f64>,
    /// `[n, n]`: column r is the unit eigenvector of value r.
    pub(crate) vectors: Vec<f64>,
}

/// Sweeps over all pairs; a matrix of ten is diagonal to all digits after some six.
const SWEEPS: usize = 60;

impl SymmetricEigen {
    /// Of `matrix`, `[n, n]`, symmetric and finite.
    pub(crate) fn of(mut matrix: Vec<f64>, n: usize) -> Self {
        let mut vectors: Vec<f64> = (0..n * n).map(|at| f64::from(u8::from(at / n == at % n))).collect();
        for _ in 0..SWEEPS {
            let off = |at: usize| if at / n == at % n { 0.0 } else { matrix[at].abs() };
            if (0..n * n).all(|at| off(at) == 0.0) {
                break;
            }
            for p in 0..n {
                for q in p + 1..n {
                    rotate(&mut matrix, &mut vectors, n, p, q);
                }
            }
        }
        Self { values: (0..n).map(|r| matrix[r * n + r]).collect(), vectors }
    }
}

/// Turns the plane of p and q so that their common element is zero.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) {
    let (off, a, b) = (matrix[p * n + q], matrix[p * n + p], matrix[q * n + q]);
    if off.abs() <= f64::EPSILON * f64::EPSILON * (a.abs() + b.abs()) || off.abs() < f64::MIN_POSITIVE {
        // Too small to move an eigenvalue.
        (matrix[p * n + q], matrix[q * n + p]) = (0.0, 0.0);
        return;
    }
    // The smaller of the two angles: tan t of 2 t = atan(2 off / (a − b)).
    let theta = (b - a) / (2.0 * off);
    let t = 1.0_f64.copysign(theta) / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for r in 0..n {
        turn(matrix, r * n + p, r * n + q, c, s);
        turn(vectors, r * n + p, r * n + q, c, s);
    }
    for r in 0..n {
        turn(matrix, p * n + r, q * n + r, c, s);
    }
    (matrix[p * n + q], matrix[q * n + p]) = (0.0, 0.0);
}

fn turn(values: &mut [f64], one: usize, other: usize, c: f64, s: f64) {
    let (x, y) = (values[one], values[other]);
    values[one] = c * x - s * y;
    values[other] = s * x + c * y;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_has_its_closed_form() {
        let mut found = SymmetricEigen::of(vec![2.0, 1.0, 1.0, 2.0], 2);
        found.values.sort_by(f64::total_cmp);
        assert!((found.values[0] - 1.0).abs() < 1e-15 && (found.values[1] - 3.0).abs() < 1e-15);
        assert_eq!(SymmetricEigen::of(vec![7.0], 1).values, [7.0]);
        assert_eq!(SymmetricEigen::of(vec![0.0; 9], 3).values, [0.0; 3]);
    }

    #[test]
    fn vectors_are_orthonormal_and_rebuild_the_matrix() {
        for (n, scale) in [(3, 1.0), (10, 1e-9), (40, 1e12)] {
            let at = |i: usize, j: usize| scale * (((i * j + i + j) as f64) * 0.7).sin();
            let matrix: Vec<f64> = (0..n * n).map(|k| at(k / n, k % n)).collect();
            let SymmetricEigen { values, vectors } = SymmetricEigen::of(matrix.clone(), n);
            let v = |i: usize, r: usize| vectors[i * n + r];
            for i in 0..n {
                for j in 0..n {
                    let rebuilt: f64 = (0..n).map(|r| v(i, r) * values[r] * v(j, r)).sum();
                    assert!((rebuilt - matrix[i * n + j]).abs() < 1e-12 * scale, "{i} {j}");
                    let product: f64 = (0..n).map(|r| v(r, i) * v(r, j)).sum();
                    assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
        }
    }
}
