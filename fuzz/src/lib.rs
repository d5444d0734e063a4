//! What the targets share: the limits on memory and time, and a world of certificates grown from arbitrary bytes ([`world`]).

pub mod world;

use std::time::Duration;

use cpu_time::ThreadTime;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The memory that one input may take at most.
const MOST: usize = 64 << 20;

/// The time that one input may take at most.
const LONGEST: Duration = Duration::from_secs(1);

/// Runs one input, and fails if it takes more memory or time than it may. The time is the processor's, so that a busy
/// machine accuses nobody; who waits for ever is found by libFuzzer's `-timeout`.
pub fn within_limits(input: impl FnOnce()) {
    let (before, start) = (MEMORY.current_usage(), ThreadTime::now());
    MEMORY.reset_peak_usage();
    input();
    let (most, time) = (MEMORY.peak_usage().saturating_sub(before), start.elapsed());
    assert!(most <= MOST, "one input took {most} bytes");
    assert!(time <= LONGEST, "one input took {time:?}");
}
