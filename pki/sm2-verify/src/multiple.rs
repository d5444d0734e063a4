//! Sums of multiples, s·G + t·P, with what was prepared of G and, where it pays, of P.

use std::array;
use std::sync::LazyLock;

use crate::point::{Addend, Affine, Point};
use crate::scalar::{Digits, POSITIONS, Scalar};

/// Bits from one column of a table to the next.
const SPACING: usize = 8;
const COLUMNS: usize = 256 / SPACING;

/// Width of the digits of a factor whose point was not prepared: eight multiples are made of it each time.
const UNPREPARED: usize = 5;

/// One column of G, for when all doublings have to be done anyway: 128 KiB.
static BASE: LazyLock<Table> = LazyLock::new(|| Table::new(&Affine::BASE, 13, 1));

/// All columns of G: 256 KiB.
static BASE_COLUMNS: LazyLock<Table> = LazyLock::new(|| Table::new(&Affine::BASE, 9, COLUMNS));

/// Odd multiples, up to 2^(width - 1), of a point P and of P·2^8, P·2^16, …: each digit of a factor falls to a column,
/// and the doublings that are left are those within it.
pub(crate) struct Table {
    width: usize,
    points: Vec<Affine>,
}

/// s·G + t·P
pub(crate) fn sum(s: Scalar, t: Scalar, point: &Affine) -> Point {
    let multiples = odd_multiples(point);
    let (s, t) = (s.digits(BASE.width), t.digits(UNPREPARED));
    let mut sum = Point::INFINITY;
    for at in (0..POSITIONS).rev() {
        sum.double();
        if t[at] != 0 {
            sum.add(&multiples[index(t[at])], t[at] < 0);
        }
        if s[at] != 0 {
            sum.add_affine(BASE.multiple(0, s[at]), s[at] < 0);
        }
    }
    sum
}

/// s·G + t·P, P being prepared.
pub(crate) fn sum_prepared(s: Scalar, t: Scalar, table: &Table) -> Point {
    let (s, t) = (s.digits(BASE_COLUMNS.width), t.digits(table.width));
    let mut sum = Point::INFINITY;
    for place in (0..=SPACING).rev() {
        sum.double();
        BASE_COLUMNS.add_place(&mut sum, place, &s);
        table.add_place(&mut sum, place, &t);
    }
    sum
}

fn odd_multiples(point: &Affine) -> [Addend; 1 << (UNPREPARED - 2)] {
    let mut odd = Point::from(*point);
    let twice = twice(&odd);
    array::from_fn(|at| {
        if at > 0 {
            odd.add(&twice, false);
        }
        odd.into()
    })
}

fn twice(point: &Point) -> Addend {
    let mut twice = *point;
    twice.double();
    twice.into()
}

impl Table {
    /// 16 multiples in each column: 32 KiB.
    pub(crate) fn of(point: &Affine) -> Self {
        Self::new(point, 6, COLUMNS)
    }

    fn new(point: &Affine, width: usize, columns: usize) -> Self {
        let mut power = Point::from(*point);
        let mut points = Vec::with_capacity(columns << (width - 2));
        for _ in 0..columns {
            let (mut odd, twice) = (power, twice(&power));
            for _ in 0..1 << (width - 2) {
                points.push(odd);
                odd.add(&twice, false);
            }
            (0..SPACING).for_each(|_| power.double());
        }
        Self { width, points: Point::all_affine(&points) }
    }

    fn multiple(&self, column: usize, digit: i16) -> &Affine {
        &self.points[(column << (self.width - 2)) + index(digit)]
    }

    /// Adds the multiples for the digits at one place of their columns. One place more than a column has is that of
    /// the digit above the highest.
    fn add_place(&self, sum: &mut Point, place: usize, digits: &Digits) {
        let first = if place == SPACING { COLUMNS - 1 } else { 0 };
        for column in first..COLUMNS {
            let digit = digits[column * SPACING + place];
            if digit != 0 {
                sum.add_affine(self.multiple(column, digit), digit < 0);
            }
        }
    }
}

/// Where among 1, 3, 5, … the size of an odd digit stands.
fn index(digit: i16) -> usize {
    usize::from(digit.unsigned_abs() >> 1)
}
