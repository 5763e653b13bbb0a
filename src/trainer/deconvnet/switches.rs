//! Where a max-pool took its values from.

use burn::tensor::{ExecutionError, Tensor, TensorData};

/// 1 at the position of the largest value of each `size × size` block of `input` `[n, C, H, W]`, else 0, in
/// the shape of `input`.
///
/// # Errors
/// When the device cannot be read.
pub async fn of_pool(input: &Tensor<4>, size: usize) -> Result<Tensor<4>, ExecutionError> {
    let [n, channels, height, width] = input.dims();
    let data = input.clone().into_data_async().await?;
    let values: Vec<f32> = data.iter::<f32>().collect();
    let marks = values.chunks_exact(height * width).flat_map(|map| marks(map, height, width, size)).collect();
    let shape = [n, channels, height, width];
    Ok(Tensor::from_data(TensorData::new::<f32, _>(marks, shape), &input.device()))
}

/// The same for one map, row-major; rows and columns beyond the last whole block have none.
fn marks(map: &[f32], height: usize, width: usize, size: usize) -> Vec<f32> {
    let mut marks = vec![0.0; map.len()];
    for (row, column) in (0..height / size).flat_map(|row| (0..width / size).map(move |column| (row, column)))
    {
        let corner = row * size * width + column * size;
        let mut positions = (0..size * size).map(|at| corner + at / size * width + at % size);
        // A pool has at least one position, and `corner` is its first.
        let first = positions.next().unwrap_or(corner);
        let largest = positions.fold(first, |best, at| if map[at] > map[best] { at } else { best });
        marks[largest] = 1.0;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn the_largest_of_a_block_is_marked() {
        assert_eq!(marks(&[1.0, 4.0, 3.0, 2.0], 2, 2, 2), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn of_equals_the_first_in_reading_order_is_marked() {
        assert_eq!(marks(&[0.0; 4], 2, 2, 2), [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(marks(&[0.0, 2.0, 2.0, 2.0], 2, 2, 2), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn what_lies_beyond_the_last_whole_block_is_not_marked() {
        let map = [1.0, 2.0, 9.0, 3.0, 4.0, 9.0, 9.0, 9.0, 9.0];
        assert_eq!(marks(&map, 3, 3, 2), [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
