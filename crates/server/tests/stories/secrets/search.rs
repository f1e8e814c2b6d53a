//! The search for many secrets in much text.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::TABLE;
use super::evidence::{Place, Seen};

/// How a secret may be written; one that is base64 or hex of something, also as that.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut all = written(secret.as_bytes());
    if secret.len() >= 32 {
        // A half is too much as well.
        all.extend([secret[..20].into(), secret[secret.len() - 20..].into()]);
    }
    let unhexed = secret.len().is_multiple_of(2).then(|| {
        let pairs = secret.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
        pairs.map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<Vec<u8>, _>>().ok()
    });
    let decoded =
        [STANDARD, URL_SAFE_NO_PAD].map(|alphabet| alphabet.decode(secret).ok()).into_iter().chain(unhexed);
    for plain in decoded.flatten().filter(|plain| plain.len() >= 16) {
        all.extend(written(&plain));
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn written(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let encoded: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let listed: Vec<String> = bytes.iter().take(16).map(u8::to_string).collect();
    let texts = [hex, encoded, listed.join(", ")].map(String::into_bytes);
    std::iter::once(bytes.to_vec()).chain(texts).collect()
}

/// Looks for many texts at once: there are hundreds of secrets, and a long log.
struct Needles<'a> {
    all: Vec<(usize, Vec<u8>)>,
    by_start: HashMap<u64, Vec<usize>>,
    /// Which starts there may be, to be asked first.
    marks: Vec<bool>,
    secrets: &'a [(&'static str, String)],
}

const MARKS: u32 = 20;

impl<'a> Needles<'a> {
    fn of(secrets: &'a [(&'static str, String)]) -> Self {
        let mut needles =
            Self { all: Vec::new(), by_start: HashMap::new(), marks: vec![false; 1 << MARKS], secrets };
        for (n, (kind, secret)) in secrets.iter().enumerate() {
            assert!(secret.len() >= 16, "{kind} {secret} is too short to be looked for");
            for form in forms(secret) {
                let start = u64::from_be_bytes(form[..8].try_into().unwrap());
                needles.marks[Self::mark(start)] = true;
                needles.by_start.entry(start).or_default().push(needles.all.len());
                needles.all.push((n, form));
            }
        }
        needles
    }

    fn mark(start: u64) -> usize {
        usize::try_from(start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - MARKS)).unwrap()
    }

    /// The secrets in what was seen, each with the first place where it is.
    fn found(&self, bytes: &[u8]) -> HashMap<usize, usize> {
        let (mut found, mut window) = (HashMap::new(), 0_u64);
        for (at, byte) in bytes.iter().enumerate() {
            window = (window << 8) | u64::from(*byte);
            if at < 7 || !self.marks[Self::mark(window)] {
                continue;
            }
            for needle in self.by_start.get(&window).into_iter().flatten() {
                let (secret, form) = &self.all[*needle];
                if bytes[at - 7..].starts_with(form) {
                    found.entry(*secret).or_insert(at - 7);
                }
            }
        }
        found
    }
}

/// Fails where a secret is in a place that is not its own, or was never where it belongs.
pub(super) fn search(secrets: &[(&'static str, String)], evidence: &[Seen]) {
    let needles = Needles::of(secrets);
    let table: HashMap<&str, &[(Place, &str)]> = TABLE.iter().copied().collect();
    let mut travelled = BTreeSet::new();
    for seen in evidence {
        for (secret, at) in needles.found(&seen.bytes) {
            let (kind, _) = &needles.secrets[secret];
            let allowed = table.get(kind).unwrap_or_else(|| panic!("{kind} is not in the table"));
            let fits = |(place, label): &(Place, &str)| seen.place == *place && seen.label.starts_with(label);
            let around = &seen.bytes[at.saturating_sub(200)..(at + 200).min(seen.bytes.len())];
            assert!(
                allowed.iter().any(fits),
                "{kind} in {:?} of {}: {}",
                seen.place,
                seen.label,
                String::from_utf8_lossy(around)
            );
            if allowed.first().is_some_and(fits) {
                travelled.insert(*kind);
            }
        }
    }
    for (kind, allowed) in TABLE {
        assert!(secrets.iter().any(|(k, _)| k == kind), "no {kind} was on the way");
        assert!(
            allowed.is_empty() || travelled.contains(kind),
            "no {kind} was where it belongs: {:?}",
            allowed.first()
        );
    }
}
