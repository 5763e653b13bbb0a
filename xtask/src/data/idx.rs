//! The head of an IDX file against its length: enough to refuse a web page or half a download.

use crate::problem::{Problem, Result};

/// How many items an unpacked IDX file of bytes says it holds, when its length agrees.
pub(super) fn count(bytes: &[u8]) -> Result<u32> {
    let Some(([0, 0, 8, dimensions @ (1 | 3)], sizes)) = bytes.split_first_chunk::<4>() else {
        return Err(Problem::new("it is not an IDX file of bytes: the magic number is wrong"));
    };
    let dimensions = usize::from(*dimensions);
    let (sizes, values) = sizes
        .split_at_checked(4 * dimensions)
        .ok_or_else(|| Problem::new("it ends inside its own header"))?;
    let sizes: Vec<u64> = sizes
        .chunks_exact(4)
        .map(|size| size.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        .collect();
    let promised = sizes.iter().try_fold(1u64, |product, size| product.checked_mul(*size));
    if promised != Some(values.len() as u64) {
        return Err(Problem::new(format!("its header promises {sizes:?} bytes and {} follow", values.len())));
    }
    Ok(sizes[0] as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> String {
        count(bytes).unwrap_err().to_string()
    }

    #[test]
    fn labels_and_images_are_counted() {
        assert_eq!(count(&[0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]).unwrap(), 3);
        assert_eq!(count(&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 5, 5]).unwrap(), 1);
    }

    #[test]
    fn each_fault_is_named() {
        assert!(fault(b"<html>").contains("magic"));
        assert!(fault(&[]).contains("magic"));
        assert!(fault(&[0, 0, 8, 3, 0, 0]).contains("inside its own header"));
        assert_eq!(fault(&[0, 0, 8, 1, 0, 0, 0, 3, 7]), "its header promises [3] bytes and 1 follow");
        let overflow = [[0, 0, 8, 3].as_slice(), &[255; 12]].concat();
        assert!(fault(&overflow).contains("promises"));
    }
}
