//! Points of the curve y² = x³ - 3x + b, in Jacobian coordinates.

use crate::field::Element;

/// b (GB/T 32918.5).
const B: Element =
    Element::constant([0x90d2_3063_2bc0_dd42, 0x71cf_379a_e9b5_37ab, 0x5279_8150_5ea5_1c3c, 0x240f_e188_ba20_e2c8]);

/// A point that is not the one at infinity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine {
    x: Element,
    y: Element,
}

/// x = X / Z², y = Y / Z³; the point at infinity if Z is zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    x: Element,
    y: Element,
    z: Element,
}

/// A point that is added often, with the powers of its Z.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addend {
    point: Point,
    zz: Element,
    zzz: Element,
}

impl Affine {
    /// The base point G (GB/T 32918.5).
    pub(crate) const BASE: Self = Self {
        x: Element::constant([
            0x6132_8990_f418_029e,
            0x3e79_81ed_dca6_c050,
            0xd6a1_ed99_ac24_c3c3,
            0x9116_7a5e_e1c1_3b05,
        ]),
        y: Element::constant([
            0xc135_4e59_3c2d_0ddd,
            0xc1f5_e578_8d32_95fa,
            0x8d4c_fb06_6e2a_48f8,
            0x63cd_65d4_81d7_35bd,
        ]),
    };

    /// `None` if it is not on the curve.
    pub(crate) fn new(x: Element, y: Element) -> Option<Self> {
        let three = Element::ONE.plus(&Element::ONE).plus(&Element::ONE);
        let right = x.squared().minus(&three).times(&x).plus(&B);
        (y.squared() == right).then_some(Self { x, y })
    }
}

impl Point {
    pub(crate) const INFINITY: Self = Self { x: Element::ONE, y: Element::ONE, z: Element::ZERO };

    /// Whether its x is this; the point at infinity has none.
    pub(crate) fn has_x(&self, x: &Element) -> bool {
        !self.is_infinity() && x.times(&self.z.squared()) == self.x
    }

    #[inline(always)]
    fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// With M = 3 (X + Z²) (X - Z²) / 2 and T = XY²: X' = M² - 2T, Y' = M (T - X') - Y⁴, Z' = YZ.
    #[inline(always)]
    pub(crate) fn double(&mut self) {
        let zz = self.z.squared();
        let yy = self.y.squared();
        let m = self.x.plus(&zz).times(&self.x.minus(&zz)).three_halves();
        let t = self.x.times(&yy);
        self.z = self.y.times(&self.z);
        self.x = m.square().minus(&t).minus(&t).reduced();
        self.y = m.product(&t.minus(&self.x)).minus_product(&yy.square()).reduced();
    }

    /// Adds a point, or its opposite. It is a function of its own, as what is inlined everywhere fits no cache.
    #[inline(never)]
    pub(crate) fn add(&mut self, other: &Addend, negative: bool) {
        let y = other.point.y.negated_if(negative);
        if self.is_infinity() {
            *self = Self { y, ..other.point };
            return;
        }
        let zz = self.z.squared();
        let x1 = self.x.times(&other.zz);
        let x2 = other.point.x.times(&zz);
        let zzz = self.z.times(&zz);
        let y1 = self.y.times(&other.zzz);
        let y2 = y.times(&zzz);
        let z = self.z.times(&other.point.z);
        self.join((&x1, &y1), (&x2, &y2), &z);
    }

    /// The same with Z = 1 on the right: three multiplications less.
    #[inline(never)]
    pub(crate) fn add_affine(&mut self, other: &Affine, negative: bool) {
        let y = other.y.negated_if(negative);
        if self.is_infinity() {
            *self = Self { x: other.x, y, z: Element::ONE };
            return;
        }
        let zz = self.z.squared();
        let x = other.x.times(&zz);
        let zzz = self.z.times(&zz);
        let y = y.times(&zzz);
        let Self { x: x1, y: y1, z } = *self;
        self.join((&x1, &y1), (&x, &y), &z);
    }

    /// The sum of two points over one denominator: `self`, and another. With H = X2 - X1, R = Y2 - Y1 and V = X1·H²:
    /// X = R² - H³ - 2V, Y = R (V - X) - Y1·H³, Z = Z·H.
    #[inline(always)]
    fn join(&mut self, (x1, y1): (&Element, &Element), (x2, y2): (&Element, &Element), z: &Element) {
        let (h, r) = (x2.minus(x1), y2.minus(y1));
        if h.is_zero() {
            self.join_with_same_x(&r);
            return;
        }
        let hh = h.squared();
        let hhh = h.times(&hh);
        let v = x1.times(&hh);
        self.z = z.times(&h);
        self.x = r.square().minus(&hhh).minus(&v).minus(&v).reduced();
        self.y = r.product(&v.minus(&self.x)).minus_product(&y1.product(&hhh)).reduced();
    }

    /// A point and itself, or its opposite.
    #[cold]
    #[inline(never)]
    fn join_with_same_x(&mut self, r: &Element) {
        if r.is_zero() { self.double() } else { *self = Self::INFINITY }
    }

    /// All of them with Z = 1, by one inversion for all. None may be the point at infinity.
    pub(crate) fn all_affine(points: &[Self]) -> Vec<Affine> {
        let mut product = Element::ONE;
        let mut before = Vec::with_capacity(points.len());
        for point in points {
            before.push(product);
            product = product.times(&point.z);
        }
        let mut inverse = product.inverse();
        let mut affine = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(&before).rev() {
            let own = inverse.times(before);
            inverse = inverse.times(&point.z);
            let square = own.squared();
            affine.push(Affine { x: point.x.times(&square), y: point.y.times(&square.times(&own)) });
        }
        affine.reverse();
        affine
    }
}

impl From<Affine> for Point {
    fn from(Affine { x, y }: Affine) -> Self {
        Self { x, y, z: Element::ONE }
    }
}

impl From<Point> for Addend {
    fn from(point: Point) -> Self {
        let zz = point.z.squared();
        Self { point, zz, zzz: zz.times(&point.z) }
    }
}
