//! Whatever Meta's body holds: reading it neither panics nor loses a byte of what it hands on, and reading it
//! again comes to the same.

#![no_main]

use jetbridge_domain::inbound::Happening;
use jetbridge_meta::webhook::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(all) = parse(body) else { return };
    let text = std::str::from_utf8(body).expect("what was read is text");
    let again = parse(body).expect("what was read can be read again");
    assert_eq!(all.len(), again.len());
    for (inbound, again) in all.iter().zip(&again) {
        assert_eq!(inbound.key, again.key);
        assert!(text.contains(inbound.raw.get()));
        let _ = (inbound.person(), inbound.conversation(), inbound.opens_window());
        let written = match &inbound.happening {
            Happening::Message(_, message) => serde_json::to_string(message),
            Happening::Content(_, content) => serde_json::to_string(content),
            Happening::Lead(lead) => serde_json::to_string(lead),
            Happening::Other => continue,
        };
        written.expect("what was read can be written");
    }
});
