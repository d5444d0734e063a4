//! What the targets share: the limit on memory, and a world of certificates grown from arbitrary bytes ([`world`]).

pub mod world;

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one input may cost at most.
const MOST: usize = 64 << 20;

/// Runs one input, and fails if it needs more memory than it may. How long it may take says libFuzzer's `-timeout`.
pub fn within_memory(input: impl FnOnce()) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    input();
    let most = MEMORY.peak_usage().saturating_sub(before);
    assert!(most <= MOST, "one input took {most} bytes");
}
