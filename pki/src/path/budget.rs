//! How much work one question may cost. Who asks may be hostile, and so may be what he brings.

use crate::Error;
use crate::algorithm::KeyAlgorithm;

/// Limits, and what is left of them while the question is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures checked. A path of four with CRLs needs eight; a hundred (what rustls-webpki allows too) of the slowest
    /// kind that is accepted today (P-521, 0.2 ms) take 20 ms. One of DSA, which the legacy policy alone accepts, counts
    /// as twelve: it takes up to 25 ms.
    pub signatures: u32,
    /// Issuers considered while building, and CRLs for each distribution point, at about a microsecond each. An honest
    /// mesh of 200 CAs needs some hundreds.
    pub steps: u32,
    /// Complete paths judged. Alternatives differ in a bridge or two; who needs a thousand is playing with us.
    pub paths: u32,
    /// Names compared with constraints, the number that rustls-webpki allows too; and names of distribution points with
    /// those of CRLs, of which there are one or two on each side.
    pub name_comparisons: u32,
    /// Policies carried from one certificate down to the next, and mappings applied, at a tenth of a microsecond
    /// each. A province maps a handful at each bridge.
    pub policies: u32,
    /// Certificates on a path, the anchor included.
    pub depth: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { signatures: 100, steps: 20_000, paths: 1_000, name_comparisons: 250_000, policies: 100_000, depth: 32 }
    }
}

impl Budget {
    pub(super) fn signature(&mut self, by: KeyAlgorithm) -> Result<(), Error> {
        let count = if matches!(by, KeyAlgorithm::Dsa { .. }) { 12 } else { 1 };
        take(&mut self.signatures, count, "signatures")
    }

    pub(super) fn step(&mut self) -> Result<(), Error> {
        take(&mut self.steps, 1, "steps in building paths")
    }

    pub(super) fn path(&mut self) -> Result<(), Error> {
        take(&mut self.paths, 1, "paths")
    }

    pub(super) fn policies(&mut self, count: usize) -> Result<(), Error> {
        take(&mut self.policies, u32::try_from(count).unwrap_or(u32::MAX), "policies")
    }

    pub(super) fn name_comparisons(&mut self, count: usize) -> Result<(), Error> {
        take(&mut self.name_comparisons, u32::try_from(count).unwrap_or(u32::MAX), "name comparisons")
    }
}

fn take(left: &mut u32, count: u32, what: &'static str) -> Result<(), Error> {
    *left = left.checked_sub(count).ok_or(Error::BudgetExhausted { what })?;
    Ok(())
}
