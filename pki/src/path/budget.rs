//! How much work one question may cost. Who asks may be hostile, and so may be what he brings.

use crate::Error;
use crate::algorithm::KeyAlgorithm;

/// Limits, and what is left of them while the question is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures checked, in those of P-256: one of a slower kind counts as several, by the time that it takes, so that
    /// they are the same work whoever chooses the kind. A path of four with CRLs needs six of its kind. A hundred (what
    /// rustls-webpki allows too) take some 10 ms; of P-384 there are 33 then, of P-521 25, of Ed448 16, of DSA eight.
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
        take(&mut self.signatures, cost(by), "signatures")
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

/// How many of P-256 take as long, as measured on one machine: of 0.1 ms each, RSA up to 4096 bits, Ed25519, SM2 and the
/// smaller ML-DSA no more; ML-DSA-87 0.2; P-384 0.3; P-521 0.4; RSA of 8192 bits 0.5, or 1.1 by an exponent of 33 bits.
///
/// Two count as less than they take, so that an honest path of that kind is not refused: Ed448 (2.3 ms), and DSA, which the
/// legacy policy alone accepts (2 ms of 1024 bits, 15 of 2048).
fn cost(by: KeyAlgorithm) -> u32 {
    match by {
        KeyAlgorithm::Dsa { .. } => 12,
        KeyAlgorithm::Ed448 => 6,
        KeyAlgorithm::Rsa { bits } if bits > 4096 => 5,
        KeyAlgorithm::EcdsaP521 => 4,
        KeyAlgorithm::EcdsaP384 => 3,
        KeyAlgorithm::MlDsa87 => 2,
        _ => 1,
    }
}

fn take(left: &mut u32, count: u32, what: &'static str) -> Result<(), Error> {
    *left = left.checked_sub(count).ok_or(Error::BudgetExhausted { what })?;
    Ok(())
}
