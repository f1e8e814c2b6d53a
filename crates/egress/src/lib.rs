//! Jetbridge.
