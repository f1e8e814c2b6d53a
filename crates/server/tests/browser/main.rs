//! The client's journey in a real browser: the program as it is shipped, Chromium in front of it. What needs no
//! browser is told in `tests/stories`.

#![cfg(test)]

mod closing;
mod gallery;
mod journeys;
mod keyboard;
mod privacy;
mod reference;
mod support;
mod troubles;
mod way_back;
