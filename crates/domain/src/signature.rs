//! Signing webhooks to partners, as Standard Webhooks 1.0 says (`v1`, HMAC-SHA256).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::Time;
use crate::entropy::{Entropy, NoEntropy};
use crate::secret::Secret;

/// The secret is not `whsec_` and base64.
#[derive(Debug, thiserror::Error)]
#[error("a signing secret is 'whsec_' and standard base64")]
pub struct NotASecret;

/// A new signing secret: `whsec_` and 32 random bytes in standard base64.
pub fn new_secret(entropy: &Entropy) -> Result<Secret, NoEntropy> {
    Ok(Secret::new(format!("whsec_{}", STANDARD.encode(entropy.bytes::<32>()?))))
}

/// The value of the `webhook-signature` header: one `v1,` signature per secret, the newest first.
pub fn sign(secrets: &[Secret], id: &str, at: Time, body: &[u8]) -> Result<String, NotASecret> {
    let mut content = format!("{id}.{}.", at.as_seconds()).into_bytes();
    content.extend_from_slice(body);
    let signatures: Result<Vec<String>, NotASecret> = secrets
        .iter()
        .map(|secret| {
            let text = secret.expose().strip_prefix("whsec_").ok_or(NotASecret)?;
            let key = STANDARD.decode(text).map_err(|_| NotASecret)?;
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &content);
            Ok(format!("v1,{}", STANDARD.encode(tag)))
        })
        .collect();
    Ok(signatures?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_known_answer() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let at = Time::from_seconds(1_614_265_330);
        let signature = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let entropy = Entropy::seeded(3);
        let secrets = [new_secret(&entropy).unwrap(), new_secret(&entropy).unwrap()];
        let both = sign(&secrets, "evt_1", Time::from_seconds(1), b"{}").unwrap();
        let alone = sign(&secrets[1..], "evt_1", Time::from_seconds(1), b"{}").unwrap();
        assert_eq!(both.split(' ').nth(1), Some(alone.as_str()));
        assert!(sign(&[Secret::new("nonsense")], "evt_1", Time::from_seconds(1), b"{}").is_err());
    }
}
