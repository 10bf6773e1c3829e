//! What else could answer the same.
