//! Two numbers that go through the same arithmetic together: one SIMD register where there is SIMD, two scalars elsewhere.

pub(crate) use lanes::Pair;
use zeroize::DefaultIsZeroes;

/// 1.5 · 2^52: to a number below 2^51 it is added and taken away again, which rounds that to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

impl Default for Pair {
    fn default() -> Self {
        Self::zero()
    }
}

impl DefaultIsZeroes for Pair {}

impl Pair {
    #[inline(always)]
    pub(crate) fn zero() -> Self {
        Self::splat(0.0)
    }

    /// Rounds both numbers to the nearest multiple of the radix: gives what is left over, and how many times the radix was taken.
    #[inline(always)]
    pub(crate) fn split(self, radix: Radix) -> (Self, Self) {
        let multiple = self.plus(radix.rounder).minus(radix.rounder);
        (self.minus(multiple), multiple.times(radix.inverse))
    }

    /// Whether all products that the steps of a reduction can add to a column still fit into it: see the bounds in the crate's documentation.
    pub(crate) fn has_room(self) -> bool {
        let most = f64::from(u32::MAX);
        self.lower().abs() <= most && self.upper().abs() <= most
    }
}

/// 2^bits. These are loaded from memory: engines make a constant of a vector anew wherever it is used.
#[derive(Clone, Copy)]
pub(crate) struct Radix {
    pub(crate) base: Pair,
    /// Its reciprocal.
    pub(crate) inverse: Pair,
    /// What a number is rounded with to a multiple.
    rounder: Pair,
}

impl Radix {
    pub(crate) fn new(bits: usize) -> Self {
        let base = (1_u32 << bits).into();
        Self {
            base: Pair::splat(base),
            inverse: Pair::splat(1.0 / base),
            rounder: Pair::splat(ROUNDER * base),
        }
    }
}

/// Rounds a number below 2^51 to the nearest integer.
pub(crate) fn round(number: f64) -> f64 {
    (number + ROUNDER) - ROUNDER
}

/// The integer that a number of at most 2^50 is.
pub(crate) fn integer(number: f64) -> i64 {
    // Both have the same exponent: their mantissas differ by the integer.
    (number + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits()).cast_signed()
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use core::arch::wasm32::{
        f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_splat, f64x2_sub, i64x2_shuffle, v128,
    };

    #[derive(Clone, Copy)]
    #[cfg_attr(test, derive(Debug))]
    pub(crate) struct Pair(v128);

    impl Pair {
        #[inline(always)]
        pub(crate) fn new(lower: f64, upper: f64) -> Self {
            Self(f64x2(lower, upper))
        }

        #[inline(always)]
        pub(crate) fn splat(number: f64) -> Self {
            Self(f64x2_splat(number))
        }

        #[inline(always)]
        pub(crate) fn lower(self) -> f64 {
            f64x2_extract_lane::<0>(self.0)
        }

        #[inline(always)]
        pub(crate) fn upper(self) -> f64 {
            f64x2_extract_lane::<1>(self.0)
        }

        /// The lower numbers of two.
        #[inline(always)]
        pub(crate) fn lowers(self, other: Self) -> Self {
            Self(i64x2_shuffle::<0, 2>(self.0, other.0))
        }

        /// The upper numbers of two.
        #[inline(always)]
        pub(crate) fn uppers(self, other: Self) -> Self {
            Self(i64x2_shuffle::<1, 3>(self.0, other.0))
        }

        /// The lower number of one, the upper of the other.
        #[inline(always)]
        pub(crate) fn with_upper(self, other: Self) -> Self {
            Self(i64x2_shuffle::<0, 3>(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn swapped(self) -> Self {
            Self(i64x2_shuffle::<1, 0>(self.0, self.0))
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            Self(f64x2_add(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn minus(self, other: Self) -> Self {
            Self(f64x2_sub(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn times(self, other: Self) -> Self {
            Self(f64x2_mul(self.0, other.0))
        }

        /// Adds a product. The engine may round once or twice: neither has anything to round.
        #[inline(always)]
        pub(crate) fn plus_product(self, x: Self, y: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return Self(core::arch::wasm32::f64x2_relaxed_madd(x.0, y.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            return self.plus(x.times(y));
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    #[derive(Clone, Copy)]
    #[cfg_attr(test, derive(Debug))]
    #[repr(align(16))]
    pub(crate) struct Pair([f64; 2]);

    impl Pair {
        #[inline(always)]
        pub(crate) fn new(lower: f64, upper: f64) -> Self {
            Self([lower, upper])
        }

        #[inline(always)]
        pub(crate) fn splat(number: f64) -> Self {
            Self([number; 2])
        }

        #[inline(always)]
        pub(crate) fn lower(self) -> f64 {
            self.0[0]
        }

        #[inline(always)]
        pub(crate) fn upper(self) -> f64 {
            self.0[1]
        }

        /// The lower numbers of two.
        #[inline(always)]
        pub(crate) fn lowers(self, other: Self) -> Self {
            Self([self.0[0], other.0[0]])
        }

        /// The upper numbers of two.
        #[inline(always)]
        pub(crate) fn uppers(self, other: Self) -> Self {
            Self([self.0[1], other.0[1]])
        }

        /// The lower number of one, the upper of the other.
        #[inline(always)]
        pub(crate) fn with_upper(self, other: Self) -> Self {
            Self([self.0[0], other.0[1]])
        }

        #[inline(always)]
        pub(crate) fn swapped(self) -> Self {
            Self([self.0[1], self.0[0]])
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            Self([self.0[0] + other.0[0], self.0[1] + other.0[1]])
        }

        #[inline(always)]
        pub(crate) fn minus(self, other: Self) -> Self {
            Self([self.0[0] - other.0[0], self.0[1] - other.0[1]])
        }

        #[inline(always)]
        pub(crate) fn times(self, other: Self) -> Self {
            Self([self.0[0] * other.0[0], self.0[1] * other.0[1]])
        }

        /// Adds a product.
        #[inline(always)]
        pub(crate) fn plus_product(self, x: Self, y: Self) -> Self {
            self.plus(x.times(y))
        }
    }
}
