//! Field-level encryption of request bodies.
