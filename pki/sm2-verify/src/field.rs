//! Numbers modulo the prime of the curve, p = 2²⁵⁶ - 2²²⁴ - 2⁹⁶ + 2⁶⁴ - 1.
//!
//! They are kept in Montgomery form (times 2²⁵⁶), and not always as the smallest of their class: any number below
//! 2²⁵⁶ will do, which spares a comparison at each step. Nothing here takes the same time for all numbers.

use std::array;

/// Four words of 64 bits, the least significant first.
pub(crate) type Words = [u64; 4];

const P: Words = [0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// A number modulo p.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element(Words);

/// A product that was not brought back below 2²⁵⁶ yet, and how often 2⁵¹² was borrowed to subtract from it. Where
/// products are subtracted from each other, this is done once for both.
pub(crate) struct Product {
    words: [u64; 8],
    borrowed: i64,
}

impl Element {
    pub(crate) const ZERO: Self = Self([0; 4]);
    pub(crate) const ONE: Self = Self([1, 0xffff_ffff, 0, 0x1_0000_0000]);
    /// 2⁵¹² mod p, which brings a number into Montgomery form.
    const INTO: Self = Self([0x2_0000_0003, 0x2_ffff_ffff, 0x1_0000_0001, 0x4_0000_0002]);

    /// A constant that is in Montgomery form already.
    pub(crate) const fn constant(words: Words) -> Self {
        Self(words)
    }

    /// A number that is not in Montgomery form; `None` if it is not below p.
    pub(crate) fn new(number: Words) -> Option<Self> {
        less(&number, &P).then(|| Self(number).times(&Self::INTO))
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == [0; 4] || self.0 == P
    }

    #[inline(always)]
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        let (sum, again) = add(&sum, &replacement(carry));
        // It carries again once in 2³² times at most, unless it is made to.
        Self(if again { add(&sum, &replacement(true)).0 } else { sum })
    }

    #[inline(always)]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let (difference, borrow) = subtract(&self.0, &other.0);
        let (difference, again) = subtract(&difference, &replacement(borrow));
        Self(if again { subtract(&difference, &replacement(true)).0 } else { difference })
    }

    /// `-self` or `self`, without a branch: signs of digits cannot be predicted.
    #[inline(always)]
    pub(crate) fn negated_if(&self, negative: bool) -> Self {
        let negated = Self::ZERO.minus(self);
        let mask = u64::from(negative).wrapping_neg();
        Self(array::from_fn(|at| self.0[at] ^ (mask & (self.0[at] ^ negated.0[at]))))
    }

    /// Three halves of it. An odd number is halved as the even one of its class, by way of (p + 1) / 2.
    #[inline(always)]
    pub(crate) fn three_halves(&self) -> Self {
        let [a, b, c, d] = self.0;
        let odd = (a & 1).wrapping_neg();
        let shifted = [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1];
        let rest = [odd & 1 << 63, odd & 0xffff_ffff_8000_0000, odd, odd & 0x7fff_ffff_7fff_ffff];
        self.plus(&Self(add(&shifted, &rest).0))
    }

    #[inline(always)]
    pub(crate) fn times(&self, other: &Self) -> Self {
        reduce(&product(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn squared(&self) -> Self {
        reduce(&square(&self.0))
    }

    /// [`Self::times`], to be subtracted from.
    #[inline(always)]
    pub(crate) fn product(&self, other: &Self) -> Product {
        Product { words: product(&self.0, &other.0), borrowed: 0 }
    }

    /// [`Self::squared`], to be subtracted from.
    #[inline(always)]
    pub(crate) fn square(&self) -> Product {
        Product { words: square(&self.0), borrowed: 0 }
    }

    /// 1 / self, by Fermat's theorem: the power of p - 2. Zero for zero.
    pub(crate) fn inverse(&self) -> Self {
        let exponent = [P[0] - 2, P[1], P[2], P[3]];
        (0..256).rev().fold(Self::ONE, |power, at| {
            let power = power.squared();
            if exponent[at / 64] >> (at % 64) & 1 == 1 { power.times(self) } else { power }
        })
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.minus(other).is_zero()
    }
}

impl Product {
    #[inline(always)]
    pub(crate) fn minus_product(&self, other: &Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = halves(&self.words);
        let (low, high) = halves(&other.words);
        let (low, borrow) = subtract(&[a, b, c, d], &low);
        let (high, borrow) = subtract_with(&[e, f, g, h], &high, borrow);
        Self { words: join(&low, &high), borrowed: self.borrowed - other.borrowed + i64::from(borrow) }
    }

    #[inline(always)]
    pub(crate) fn minus(&self, other: &Element) -> Self {
        let (low, high) = halves(&self.words);
        let (high, borrow) = subtract(&high, &other.0);
        Self { words: join(&low, &high), borrowed: self.borrowed + i64::from(borrow) }
    }

    #[inline(always)]
    pub(crate) fn reduced(&self) -> Element {
        let (sum, carry) = divide(&self.words);
        settle(&sum, i64::from(carry) - self.borrowed)
    }
}

/// number + overflow · 2²⁵⁶, for a small overflow: 2²⁵⁶ is 2²⁵⁶ - p, so that it seldom overflows again.
#[inline(always)]
fn settle(number: &Words, overflow: i64) -> Element {
    let (sign, shifted) = ((overflow >> 63) as u64, (overflow << 32) as u64);
    let middle = shifted.wrapping_sub(overflow as u64).wrapping_add(sign);
    let (number, carry) = add(number, &[overflow as u64, middle, sign, shifted.wrapping_add(sign)]);
    let left = i64::from(carry) + (overflow >> 63);
    if left == 0 { Element(number) } else { settle_again(number, left) }
}

#[cold]
#[inline(never)]
fn settle_again(number: Words, overflow: i64) -> Element {
    settle(&number, overflow)
}

/// 2²⁵⁶ - p, which stands for 2²⁵⁶, or zero.
#[inline(always)]
fn replacement(carry: bool) -> Words {
    let carry = u64::from(carry);
    [carry, (carry << 32) - carry, 0, carry << 32]
}

/// A number below 2⁵¹² / 2²⁵⁶. The quotient is below 2²⁵⁶ + p: if it carries, less than p is left, and it does not
/// carry again.
#[inline(always)]
fn reduce(number: &[u64; 8]) -> Element {
    let (sum, carry) = divide(number);
    Element(add(&sum, &replacement(carry)).0)
}

/// A number / 2²⁵⁶ modulo p (Montgomery), and the carry.
#[inline(always)]
fn divide(number: &[u64; 8]) -> (Words, bool) {
    let (low, high) = halves(number);
    add(&high, &shift_out(shift_out(shift_out(shift_out(low)))))
}

/// Adds a multiple of p that makes the lowest word zero, then drops it.
///
/// As p = -1 mod 2⁶⁴, the factor is that word, and as p is what it is, the multiple is made of shifts.
#[inline(always)]
fn shift_out([word, a, b, c]: Words) -> Words {
    let (low, high) = (word << 32, word >> 32);
    // (word + word · p) / 2⁶⁴ = word · (2¹⁹² - 2¹⁶⁰ - 2³² + 1)
    let (multiple, borrow) = subtract(&[word, 0, 0, word], &[low, high, low, high]);
    debug_assert!(!borrow);
    let (sum, _) = add(&[a, b, c, 0], &multiple);
    sum
}

#[inline(always)]
fn product(left: &Words, right: &Words) -> [u64; 8] {
    let [a, rest @ ..] = row(&[0; 4], left, right[0]);
    let [b, rest @ ..] = row(&rest, left, right[1]);
    let [c, rest @ ..] = row(&rest, left, right[2]);
    let [d, e, f, g, h] = row(&rest, left, right[3]);
    [a, b, c, d, e, f, g, h]
}

/// sum + left · factor
#[inline(always)]
fn row(sum: &Words, left: &Words, factor: u64) -> [u64; 5] {
    let (a, carry) = left[0].carrying_mul(factor, sum[0]);
    let (b, carry) = left[1].carrying_mul_add(factor, sum[1], carry);
    let (c, carry) = left[2].carrying_mul_add(factor, sum[2], carry);
    let (d, e) = left[3].carrying_mul_add(factor, sum[3], carry);
    [a, b, c, d, e]
}

/// The products of different words once, doubled, and the squares of the words.
#[inline(always)]
fn square(number: &Words) -> [u64; 8] {
    let [a, b, c, d] = *number;
    let (w1, carry) = a.carrying_mul(b, 0);
    let (w2, carry) = a.carrying_mul(c, carry);
    let (w3, w4) = a.carrying_mul(d, carry);
    let (w3, carry) = b.carrying_mul(c, w3);
    let (w4, w5) = b.carrying_mul_add(d, w4, carry);
    let (w5, w6) = c.carrying_mul(d, w5);
    let low = [0, w1 << 1, w2 << 1 | w1 >> 63, w3 << 1 | w2 >> 63];
    let high = [w4 << 1 | w3 >> 63, w5 << 1 | w4 >> 63, w6 << 1 | w5 >> 63, w6 >> 63];
    let [(a, ah), (b, bh), (c, ch), (d, dh)] = number.map(|word| word.carrying_mul(word, 0));
    let (low, carry) = add(&low, &[a, ah, b, bh]);
    let (high, _) = add_with(&high, &[c, ch, d, dh], carry);
    join(&low, &high)
}

#[inline(always)]
fn halves(words: &[u64; 8]) -> (Words, Words) {
    let [a, b, c, d, high @ ..] = *words;
    ([a, b, c, d], high)
}

#[inline(always)]
fn join([a, b, c, d]: &Words, [e, f, g, h]: &Words) -> [u64; 8] {
    [*a, *b, *c, *d, *e, *f, *g, *h]
}

/// The sum modulo 2²⁵⁶, and the carry.
#[inline(always)]
pub(crate) fn add(left: &Words, right: &Words) -> (Words, bool) {
    add_with(left, right, false)
}

#[inline(always)]
fn add_with(left: &Words, right: &Words, carry: bool) -> (Words, bool) {
    let (a, carry) = left[0].carrying_add(right[0], carry);
    let (b, carry) = left[1].carrying_add(right[1], carry);
    let (c, carry) = left[2].carrying_add(right[2], carry);
    let (d, carry) = left[3].carrying_add(right[3], carry);
    ([a, b, c, d], carry)
}

/// The difference modulo 2²⁵⁶, and the borrow.
#[inline(always)]
pub(crate) fn subtract(left: &Words, right: &Words) -> (Words, bool) {
    subtract_with(left, right, false)
}

#[inline(always)]
fn subtract_with(left: &Words, right: &Words, borrow: bool) -> (Words, bool) {
    let (a, borrow) = left[0].borrowing_sub(right[0], borrow);
    let (b, borrow) = left[1].borrowing_sub(right[1], borrow);
    let (c, borrow) = left[2].borrowing_sub(right[2], borrow);
    let (d, borrow) = left[3].borrowing_sub(right[3], borrow);
    ([a, b, c, d], borrow)
}

#[inline(always)]
pub(crate) fn less(left: &Words, right: &Words) -> bool {
    subtract(left, right).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers around all at which a carry or a comparison changes.
    fn extremes() -> Vec<Words> {
        let top = [u64::MAX; 4];
        let (below, above) = (subtract(&P, &[1, 0, 0, 0]).0, add(&P, &[1, 0, 0, 0]).0);
        let replacement = replacement(true);
        let half = [1 << 63, 0xffff_ffff_8000_0000, u64::MAX, 0x7fff_ffff_7fff_ffff];
        let mut all = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], below, P, above, top, replacement, half];
        all.push(subtract(&top, &[1, 0, 0, 0]).0);
        all.push(subtract(&replacement, &[1, 0, 0, 0]).0);
        all.extend((0..4).flat_map(|at| [1, u64::MAX].map(|word| array::from_fn(|i| if i == at { word } else { 0 }))));
        all.extend(
            (0..8u64).map(|seed| array::from_fn(|at| (seed * 4 + at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        );
        all
    }

    /// The smallest of the class.
    fn smallest(number: &Words) -> Words {
        if less(number, &P) { *number } else { subtract(number, &P).0 }
    }

    fn slow_sum(left: &Words, right: &Words) -> Words {
        let (sum, carry) = add(&smallest(left), &smallest(right));
        if carry { subtract(&sum, &P).0 } else { smallest(&sum) }
    }

    fn slow_difference(left: &Words, right: &Words) -> Words {
        let (difference, borrow) = subtract(&smallest(left), &smallest(right));
        if borrow { add(&difference, &P).0 } else { difference }
    }

    /// By doubling and adding, without Montgomery's form.
    fn slow_product(left: &Words, right: &Words) -> Words {
        (0..256).rev().fold([0; 4], |product, at| {
            let product = slow_sum(&product, &product);
            if right[at / 64] >> (at % 64) & 1 == 1 { slow_sum(&product, left) } else { product }
        })
    }

    /// What a product in Montgomery form is when it is multiplied with 2²⁵⁶.
    fn times_2_256(element: &Element) -> Words {
        slow_product(&element.0, &replacement(true))
    }

    #[test]
    fn sums_and_differences_are_those_of_slow_arithmetic() {
        for (left, right) in pairs() {
            let (a, b) = (Element(left), Element(right));
            assert_eq!(smallest(&a.plus(&b).0), slow_sum(&left, &right));
            assert_eq!(smallest(&a.minus(&b).0), slow_difference(&left, &right));
            assert_eq!(a == b, smallest(&left) == smallest(&right));
            assert_eq!(smallest(&a.negated_if(true).0), slow_difference(&[0; 4], &left));
            assert_eq!(a.negated_if(false).0, left);
            assert_eq!(a.is_zero(), smallest(&left) == [0; 4]);
        }
    }

    #[test]
    fn three_halves_twice_are_three_times_as_much() {
        for number in extremes() {
            let half = Element(number).three_halves().0;
            let thrice = slow_sum(&slow_sum(&number, &number), &number);
            assert_eq!(slow_sum(&half, &half), thrice);
        }
    }

    #[test]
    fn products_are_those_of_slow_arithmetic() {
        for (left, right) in pairs() {
            let (a, b) = (Element(left), Element(right));
            let (product, square) = (slow_product(&left, &right), slow_product(&left, &left));
            assert_eq!(times_2_256(&a.times(&b)), product);
            assert_eq!(times_2_256(&a.squared()), square);
            let difference = a.product(&b).minus_product(&a.square()).reduced();
            assert_eq!(times_2_256(&difference), slow_difference(&product, &square));
            let less = a.product(&b).minus(&b).minus(&a).minus(&a).reduced();
            let sum = slow_sum(&slow_sum(&left, &left), &right);
            assert_eq!(smallest(&less.0), slow_difference(&a.times(&b).0, &sum));
        }
    }

    #[test]
    fn an_inverse_undoes_its_number() {
        for number in extremes() {
            let element = Element(number);
            let one = if element.is_zero() { Element::ZERO } else { Element::ONE };
            assert_eq!(element.times(&element.inverse()), one);
        }
    }

    #[test]
    fn numbers_from_the_prime_on_are_refused() {
        assert!(Element::new(P).is_none() && Element::new([u64::MAX; 4]).is_none());
        assert_eq!(Element::new([1, 0, 0, 0]), Some(Element::ONE));
        assert!(Element::new(subtract(&P, &[1, 0, 0, 0]).0).is_some_and(|last| last.plus(&Element::ONE).is_zero()));
    }

    fn pairs() -> Vec<(Words, Words)> {
        let all = extremes();
        all.iter().flat_map(|left| all.iter().map(|right| (*left, *right))).collect()
    }
}
