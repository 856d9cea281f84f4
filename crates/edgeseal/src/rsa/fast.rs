//! The operation by `edgeseal-rsa`.

use alloc::sync::Arc;
use alloc::vec::Vec;

#[derive(Clone)]
pub(crate) struct Modulus(Arc<edgeseal_rsa::Modulus>);

impl Modulus {
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        edgeseal_rsa::Modulus::new(bytes).map(|modulus| Self(Arc::new(modulus)))
    }

    pub(crate) fn public_operation(&self, representative: &[u8]) -> Option<Vec<u8>> {
        self.0.public_operation(representative)
    }

    pub(crate) fn public_operations(&self, representatives: [&[u8]; 2]) -> Option<[Vec<u8>; 2]> {
        self.0.public_operations(representatives)
    }
}
