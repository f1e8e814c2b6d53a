use jetbridge_domain::clock::Time;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::webhook::{SignedRequestError, challenge, signed_request, verify_signature};

use crate::stub::APP_SECRET;

/// As Meta escapes: ASCII only, lower-case hex, `\/`. Every signature here was made with Python's `hmac`.
const ESCAPED: &str = r#"{"object":"page","entry":[{"id":"1234567890","messaging":[{"message":{"text":"\u0645\u0631\u062d\u0628\u0627\u060c \u0634\u0643\u0631\u064b\u0627 \ud83d\udc4b https:\/\/x.y\/z 50\u0025"}}]}]}"#;
const ESCAPED_SIGNATURE: &str = "sha256=800b7977852f64b865076f46e2f99b960b8cfb6a5e47daeb99ea389a0a426205";

fn secret() -> Secret {
    Secret::new(APP_SECRET)
}

#[test]
fn known_bodies_are_known_to_be_metas() {
    let unescaped = "{\"text\":\"مرحبا 👋\"}";
    for (body, header) in [
        (ESCAPED, ESCAPED_SIGNATURE),
        (unescaped, "sha256=da6264e57e3b5aac637132fc91e176b78f0b2d807a5182deab9ed3082ad7896e"),
        ("", "sha256=1fe95ce19907e21ce98abb3d7a0e4ca2c94dd9b673cf34aac7c71bceb3d88dcc"),
    ] {
        assert!(verify_signature(&secret(), Some(header), body.as_bytes()), "{body}");
    }
    // RFC 4231, test case 2.
    let known = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert!(verify_signature(&Secret::new("Jefe"), Some(known), b"what do ya want for nothing?"));
}

#[test]
fn a_body_that_was_parsed_and_written_again_is_not_metas() {
    let value: serde_json::Value = serde_json::from_str(ESCAPED).unwrap();
    assert!(!verify_signature(&secret(), Some(ESCAPED_SIGNATURE), value.to_string().as_bytes()));
}

#[test]
fn other_headers_prove_nothing() {
    let digits = ESCAPED_SIGNATURE.strip_prefix("sha256=").unwrap();
    let upper = format!("sha256={}", digits.to_uppercase());
    let prefix = format!("SHA256={digits}");
    let short = format!("sha256={}", &digits[..62]);
    let long = format!("{ESCAPED_SIGNATURE}00");
    let spaced = format!("sha256= {digits}");
    let trailing = format!("{ESCAPED_SIGNATURE} ");
    let twice = format!("{ESCAPED_SIGNATURE},{ESCAPED_SIGNATURE}");
    let sha1 = "sha1=3fbb0a7a8f5a4c7e7d1c4fc1b5ae2b9a0a6a3d11";
    let wide = format!("sha256={}", "é".repeat(32));
    for header in [
        "", "sha256=", "sha256", digits, &upper, &prefix, &short, &long, &spaced, &trailing, &twice, sha1,
        &wide,
    ] {
        assert!(!verify_signature(&secret(), Some(header), ESCAPED.as_bytes()), "{header}");
    }
    assert!(!verify_signature(&secret(), None, ESCAPED.as_bytes()));
}

#[test]
fn no_single_bit_may_change() {
    let mut body = ESCAPED.as_bytes().to_vec();
    for bit in 0..body.len() * 8 {
        body[bit / 8] ^= 1 << (bit % 8);
        assert!(!verify_signature(&secret(), Some(ESCAPED_SIGNATURE), &body), "bit {bit} of the body");
        body[bit / 8] ^= 1 << (bit % 8);
    }
    let mut header = ESCAPED_SIGNATURE.as_bytes().to_vec();
    for bit in 0..header.len() * 8 {
        header[bit / 8] ^= 1 << (bit % 8);
        if let Ok(text) = std::str::from_utf8(&header) {
            assert!(!verify_signature(&secret(), Some(text), &body), "bit {bit} of the header");
        }
        header[bit / 8] ^= 1 << (bit % 8);
    }
    let mut key = APP_SECRET.to_owned().into_bytes();
    for bit in (0..key.len() * 8).filter(|bit| bit % 8 < 7) {
        key[bit / 8] ^= 1 << (bit % 8);
        let other = Secret::new(String::from_utf8(key.clone()).unwrap());
        assert!(!verify_signature(&other, Some(ESCAPED_SIGNATURE), &body), "bit {bit} of the secret");
        key[bit / 8] ^= 1 << (bit % 8);
    }
    for end in 0..body.len() {
        assert!(!verify_signature(&secret(), Some(ESCAPED_SIGNATURE), &body[..end]));
    }
}

#[test]
fn an_empty_secret_proves_nothing() {
    // HMAC-SHA256 of the empty body under the empty key.
    let header = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    assert!(!verify_signature(&Secret::new(""), Some(header), b""));
    assert_eq!(challenge(&Secret::new(""), Some("subscribe"), Some(""), Some("1158201444")), None);
}

#[test]
fn the_challenge_is_returned_to_who_knows_the_token() {
    let verify = Secret::new("verify-me");
    let ask = |mode, token, text| challenge(&verify, mode, token, text);
    let right = ask(Some("subscribe"), Some("verify-me"), Some("1158201444"));
    assert_eq!(right.as_deref(), Some("1158201444"));
    for (mode, token, text) in [
        (Some("unsubscribe"), Some("verify-me"), Some("1")),
        (None, Some("verify-me"), Some("1")),
        (Some("subscribe"), Some("verify-me2"), Some("1")),
        (Some("subscribe"), Some(""), Some("1")),
        (Some("subscribe"), None, Some("1")),
        (Some("subscribe"), Some("verify-me"), None),
        (Some("subscribe"), Some("verify-me"), Some("")),
        (Some("subscribe"), Some("verify-me"), Some("<script>alert(1)</script>")),
    ] {
        assert_eq!(ask(mode, token, text), None, "{mode:?} {token:?} {text:?}");
    }
    assert_eq!(ask(Some("subscribe"), Some("verify-me"), Some(&"1".repeat(257))), None);
}

#[test]
fn a_signed_request_names_the_person() {
    let whole = "vqRODb1Slqb3Vk7L4zaOYFXgUdh_BcRTl0kRcUG0Tf8.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjEyOTE4NDA0MDAsImlzc3VlZF9hdCI6MTI5MTgzNjgwMCwidXNlcl9pZCI6IjIxODQ3MSJ9";
    let number = "rqE8fnx5wKwhQ7UVWDEKOB_byE5xvyNZ9zrH6KzXTT0.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTI5MTgzNjgwMCwidXNlcl9pZCI6MjE4NDcxfQ";
    let nobody = "vxtZKWyuz9UO_UAyG7hT1yFiFAiOoo6qG-CgDZtK7NA.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTI5MTgzNjgwMH0";
    for (text, user_id) in [(whole, Some("218471")), (number, Some("218471")), (nobody, None)] {
        let request = signed_request(&secret(), text).unwrap();
        assert_eq!(request.user_id.as_deref(), user_id);
        assert_eq!(request.issued_at, Some(Time::from_seconds(1_291_836_800)));
    }
    assert_eq!(signed_request(&Secret::new("other"), whole), Err(SignedRequestError::Signature));
    assert_eq!(signed_request(&Secret::new(""), whole), Err(SignedRequestError::Signature));
    let (signature, payload) = whole.split_once('.').unwrap();
    let mixed = format!("{signature}.{}", nobody.split_once('.').unwrap().1);
    assert_eq!(signed_request(&secret(), &mixed), Err(SignedRequestError::Signature));
    let short = format!("{}.{payload}", &signature[..40]);
    assert_eq!(signed_request(&secret(), &short), Err(SignedRequestError::Signature));
}

#[test]
fn other_signed_requests_are_refused() {
    let sha1 = "qlfMu_6i4-eFddRVBBxtVhKNGOeS7Sg52t9nxxuVT1E.eyJhbGdvcml0aG0iOiJITUFDLVNIQTEiLCJpc3N1ZWRfYXQiOjEyOTE4MzY4MDAsInVzZXJfaWQiOiIyMTg0NzEifQ";
    let list = "RaZHQ42PlCutRMSmY3oGCePuLru4Cwv-qTt2o5v3_Ho.WyJITUFDLVNIQTI1NiJd";
    let cut = "HPfSFXdcRS5Nb2jTF1zrgJwYWY0ncg7I_GKwcCUlSfY.eyJhbGdvcml0aG0iOg";
    for (text, error) in [
        (sha1, SignedRequestError::Algorithm),
        (list, SignedRequestError::Payload),
        (cut, SignedRequestError::Payload),
        ("", SignedRequestError::Shape),
        ("abc", SignedRequestError::Shape),
        ("ab+/.abcd", SignedRequestError::Shape),
        ("abcd.a.b", SignedRequestError::Shape),
        ("abcd.é", SignedRequestError::Shape),
        (".", SignedRequestError::Signature),
        ("abcd.", SignedRequestError::Signature),
    ] {
        assert_eq!(signed_request(&secret(), text), Err(error), "{text}");
    }
}
