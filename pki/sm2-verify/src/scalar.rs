//! Numbers modulo the order of the group, and their signed digits.

use crate::field::{Words, add, less, subtract};

/// The order n of the group (GB/T 32918.5). It is below the prime of the field, by some 2¹²⁸.
pub(crate) const N: Words =
    [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// A number below n.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(Words);

/// Digits by position. Of `width` that follow each other one at most is not zero, and that is odd.
pub(crate) type Digits = [i16; POSITIONS];

/// A carry may come out of the highest bit.
pub(crate) const POSITIONS: usize = 257;

impl Scalar {
    /// `None` if it is not below n.
    pub(crate) fn new(number: Words) -> Option<Self> {
        less(&number, &N).then_some(Self(number))
    }

    /// The number modulo n: 2²⁵⁶ is below 2n.
    pub(crate) fn reduced(number: Words) -> Self {
        Self(if less(&number, &N) { number } else { subtract(&number, &N).0 })
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0 == [0; 4]
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        Self(if carry || !less(&sum, &N) { subtract(&sum, &N).0 } else { sum })
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        let (difference, borrow) = subtract(&self.0, &other.0);
        Self(if borrow { add(&difference, &N).0 } else { difference })
    }

    pub(crate) fn number(self) -> Words {
        self.0
    }

    /// The non-adjacent form of `width`: digits below 2^(width - 1) in size, of which one in `width` + 1 is not zero.
    pub(crate) fn digits(self, width: usize) -> Digits {
        let mut digits = [0; POSITIONS];
        let (mut at, mut carry) = (0, false);
        while at < POSITIONS {
            let bits = self.bits(at);
            // As long as bits are what is carried, the digit is zero, and the carry goes on.
            let alike = if carry { bits.trailing_ones() } else { bits.trailing_zeros() } as usize;
            if alike > 0 {
                at += alike;
                continue;
            }
            let digit = (bits & ((1 << width) - 1)) as i32 + i32::from(carry);
            carry = digit >> (width - 1) == 1;
            digits[at] = (digit - (i32::from(carry) << width)) as i16;
            at += width;
        }
        digits
    }

    /// 64 bits from `at` on; above the highest there are zeros.
    fn bits(self, at: usize) -> u64 {
        let word = |index: usize| self.0.get(index).copied().unwrap_or(0);
        let (index, shift) = (at / 64, at % 64);
        if shift == 0 { word(index) } else { word(index) >> shift | word(index + 1) << (64 - shift) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extremes() -> Vec<Words> {
        let near = [1, 2, 3, 1 << 20].map(|below| subtract(&N, &[below, 0, 0, 0]).0);
        let bits = (0..256).map(|at| std::array::from_fn(|word| if word == at / 64 { 1 << (at % 64) } else { 0 }));
        let filled = (0..32).map(|shift| [u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1 >> shift]);
        near.into_iter().chain(bits).chain(filled).chain([[0; 4]]).filter(|number| less(number, &N)).collect()
    }

    #[test]
    fn digits_say_the_number_in_the_form_that_they_promise() {
        for number in extremes() {
            for width in [5, 6, 9, 13] {
                let digits = Scalar(number).digits(width);
                assert_eq!(value(&digits), Scalar(number), "{number:x?} {width}");
                let far = |at: usize| digits[at + 1..].iter().take(width - 1).all(|digit| *digit == 0);
                let fine = |at: usize, digit: i16| digit % 2 != 0 && digit.unsigned_abs() < 1 << (width - 1) && far(at);
                assert!(digits.iter().enumerate().all(|(at, digit)| *digit == 0 || fine(at, *digit)));
            }
        }
    }

    fn value(digits: &Digits) -> Scalar {
        digits.iter().rev().fold(Scalar([0; 4]), |sum, digit| {
            let size = Scalar([digit.unsigned_abs().into(), 0, 0, 0]);
            let doubled = sum.plus(sum);
            if *digit < 0 { doubled.minus(size) } else { doubled.plus(size) }
        })
    }

    #[test]
    fn sums_and_differences_stay_below_the_order() {
        let (one, last) = (Scalar([1, 0, 0, 0]), Scalar(subtract(&N, &[1, 0, 0, 0]).0));
        assert!(last.plus(one).is_zero() && one.minus(one).is_zero());
        assert_eq!((last.plus(last).plus(one), Scalar([0; 4]).minus(one)), (last, last));
        assert_eq!((Scalar::reduced(N), Scalar::reduced(last.0)), (Scalar([0; 4]), last));
        assert_eq!(Scalar::reduced([u64::MAX; 4]).0, subtract(&[u64::MAX; 4], &N).0);
        assert!(Scalar::new(N).is_none() && Scalar::new(last.0).is_some());
    }
}
