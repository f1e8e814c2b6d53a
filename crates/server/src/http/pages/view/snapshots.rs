//! What the pages look like as HTML, kept beside the code: a change of theirs is a change to read.

use super::samples;
use crate::http::pages::text::{Lang, Text};

#[test]
fn every_page_in_every_language() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for (name, page, shell) in samples::all() {
            for lang in Lang::ALL {
                let html = page.render(Text::of(*lang), &shell).unwrap();
                insta::assert_snapshot!(format!("{name}.{}", lang.code()), html);
            }
        }
    });
}
