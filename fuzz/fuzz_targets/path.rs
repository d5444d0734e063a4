//! Whole questions: a heap of certificates and CRLs grown from the input, really signed, judged.
//!
//! Beside crashes and hangs it looks for answers that cannot be right: a path that does not lead from the leaf to an
//! anchor, or an answer that depends on the order of the heap.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pearlbridge_fuzz::world::World;

fuzz_target!(|bytes: &[u8]| within_limits(|| {
    let Some(mut world) = World::grow(bytes) else { return };
    let verdict = world.judge();
    if let Ok(valid) = &verdict {
        world.check(valid);
    }
    world.turn_round();
    let again = world.judge();
    assert_eq!(verdict.is_ok(), again.is_ok(), "the order of the heap decides: {verdict:?} and {again:?}");
}));
