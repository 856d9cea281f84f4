//! The RSA public operation (RSAEP, RFC 8017, section 5.1.1) with the exponent 65537.
//!
//! Both implementations have a `Modulus`. Its `new` takes a big-endian number, which has to be odd and of 2048, 3072 or 4096 bits, with its
//! top bit set. Its `public_operation` goes from a big-endian number of the modulus's length to another, and gives `None` if that number is
//! not below the modulus. Its `public_operations` does the same to two numbers.

#[cfg(feature = "fast-rsa")]
mod fast;
#[cfg(all(feature = "library-rsa", not(feature = "fast-rsa")))]
mod library;

#[cfg(feature = "fast-rsa")]
pub(crate) use fast::Modulus;
#[cfg(all(feature = "library-rsa", not(feature = "fast-rsa")))]
pub(crate) use library::Modulus;

#[cfg(not(any(feature = "fast-rsa", feature = "library-rsa")))]
compile_error!("edgeseal needs one of its features `fast-rsa` (the default) and `library-rsa`");
