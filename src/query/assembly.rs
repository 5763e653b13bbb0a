//! Atomic results → the answer's array. Knows where values go, not how they are computed.

use super::plan::{Loop, Need, Plan};

/// A dense answer, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerArray<V> {
    /// Lengths of the plan's axes; empty for a single number.
    pub shape: Vec<usize>,
    /// The values; where no part of the plan leads, the value given for undefined.
    pub values: Vec<V>,
}

/// A result that does not fit its plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    /// The plan has fewer needs.
    #[error("the query needs {needs} results; there is no number {index}")]
    NoSuchNeed {
        /// The position given.
        index: usize,
        /// Needs of the plan.
        needs: usize,
    },
    /// An atomic result of another length.
    #[error("result {index} of the query has {found} values, not {expected}")]
    Length {
        /// Position of the need.
        index: usize,
        /// Values that came.
        found: usize,
        /// Values that the need's documentation promises.
        expected: usize,
    },
    /// A need without a result when the answer was to be finished.
    #[error("result {index} of the query is missing")]
    Missing {
        /// Position of the need.
        index: usize,
    },
}

/// An answer in the making: one [`Assembly::put`] a need, in any order.
#[derive(Clone, Debug)]
pub struct Assembly<'p, V> {
    plan: &'p Plan,
    values: Vec<V>,
    done: Vec<bool>,
}

impl<'p, V: Copy> Assembly<'p, V> {
    /// All values undefined at first (NaN for measures and cells).
    pub fn new(plan: &'p Plan, undefined: V) -> Self {
        Self { plan, values: vec![undefined; plan.len], done: vec![false; plan.parts.len()] }
    }

    /// Puts the result of the plan's need number `index` in its places.
    ///
    /// # Errors
    /// [`AssemblyError::NoSuchNeed`], [`AssemblyError::Length`].
    pub fn put(&mut self, index: usize, result: &[V]) -> Result<(), AssemblyError> {
        let plan = self.plan;
        let needs = plan.parts.len();
        let part = plan.parts.get(index).ok_or(AssemblyError::NoSuchNeed { index, needs })?;
        if result.len() != part.need_len {
            return Err(AssemblyError::Length { index, found: result.len(), expected: part.need_len });
        }
        scatter(&part.loops, result, 0, &mut self.values, part.base);
        self.done[index] = true;
        Ok(())
    }

    /// The answer, when every need has its result.
    ///
    /// # Errors
    /// [`AssemblyError::Missing`].
    pub fn finish(self) -> Result<AnswerArray<V>, AssemblyError> {
        if let Some(index) = self.done.iter().position(|done| !done) {
            return Err(AssemblyError::Missing { index });
        }
        Ok(AnswerArray { shape: self.plan.shape(), values: self.values })
    }
}

/// Runs the nested loops of a part.
fn scatter<V: Copy>(loops: &[Loop], result: &[V], from: usize, values: &mut [V], to: usize) {
    match loops.split_first() {
        None => values[to] = result[from],
        Some((outer, inner)) => {
            for (step, offset) in outer.from.iter().enumerate() {
                scatter(inner, result, from + offset, values, to + step * outer.stride);
            }
        }
    }
}

/// Assembles an answer from results that are at hand or can be computed at once.
///
/// # Errors
/// Whatever `lookup` fails with, and [`AssemblyError`].
pub fn assemble<V: Copy, E: From<AssemblyError>>(
    plan: &Plan,
    undefined: V,
    mut lookup: impl FnMut(&Need) -> Result<Vec<V>, E>,
) -> Result<AnswerArray<V>, E> {
    let mut assembly = Assembly::new(plan, undefined);
    for (index, need) in plan.needs().enumerate() {
        assembly.put(index, &lookup(need)?)?;
    }
    Ok(assembly.finish()?)
}

#[cfg(test)]
mod tests;
