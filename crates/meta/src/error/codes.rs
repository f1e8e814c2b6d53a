//! The one table of Meta's codes. Nothing else in the gateway knows a number of Meta's.
//!
//! From Meta's pages: Graph API: handling errors, rate limits; Facebook Login: debugging access tokens;
//! Messenger Platform: error codes; Instagram Platform: error codes. Rows that Meta's pages do not list
//! and maintained clients agree on are marked "seen". The texts beside the codes change without notice
//! and are never read.

use super::Advice;

/// Which of Meta's limits was reached, and so what has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Budget {
    /// The app's calls, for all of its clients together: an hour's window.
    App,
    /// The calls with one person's token.
    Person,
    /// One Page's calls.
    Page,
    /// One Instagram account's calls.
    Instagram,
    /// One Page's calls for leads.
    Leads,
    /// One Page's or Instagram account's messages.
    Messages,
    /// What one Instagram account may publish in a day.
    Publishing,
    /// Another business use case's, or one that Meta does not name.
    Other,
    /// Not a limit of numbers: Meta has blocked or restricted the sender for what it did. It ends by
    /// itself, after hours or days.
    Block,
}

/// What to do about a code. `None` for a code that is not listed.
///
/// Subcodes of seven digits and more are judged by themselves: Meta gives some of them under several
/// codes, and some as the code.
pub fn advice_for(code: i64, subcode: Option<i64>) -> Option<Advice> {
    if let Some(advice) = by_pair(code, subcode) {
        return Some(advice);
    }
    subcode.and_then(by_long_number).or_else(|| by_long_number(code)).or_else(|| by_code(code))
}

fn by_pair(code: i64, subcode: Option<i64>) -> Option<Advice> {
    Some(match (code, subcode?) {
        // 190 is a dead token whatever its subcode; 102 is its old form. Subcodes 459 and 464 end when
        // the person clears them at facebook.com, to where the login leads them too.
        // 36007 and 36009: a login code that lapsed or was used up, so only the dialog gives another.
        // These two are not documented; wrong at worst in sending a person to log in once more.
        (102 | 190, _) | (100, 36_007 | 36_009) => Advice::Reconnect,
        (100, 33) => Advice::NoSuchObject,
        _ => return None,
    })
}

/// Codes and subcodes that mean one thing wherever they stand.
fn by_long_number(number: i64) -> Option<Advice> {
    Some(match number {
        // Messenger's and Instagram's windows.
        2_018_278 | 2_534_022 => Advice::OutsideWindow,
        // Nobody of this id for this Page (2018001, 2534014), not now (2018108), a comment that takes no
        // private reply (2534025), blocked by the person (2534029), unavailable (1545041: blocked,
        // deactivated, opted out), deleted (9000001).
        2_018_001 | 2_018_108 | 2_534_014 | 2_534_025 | 2_534_029 | 1_545_041 | 9_000_001 => {
            Advice::WrongRecipient
        }
        // Another app holds the conversation.
        2_018_300 | 2_534_037 => Advice::HeldByOther,
        // Attachments: cannot be fetched, uploaded, used by this Page, too large, video too slow.
        2_018_008 | 2_018_047 | 2_018_074 | 2_018_109 | 2_018_294
        // Page content, seen: photo too large or of a bad type, link that cannot be read, bad address or file.
        | 1_366_046 | 1_609_005 | 2_061_006 | 2_069_019
        // Instagram publishing: download timed out, too large, format, shape, video format, not fetched,
        // video download and upload (seen).
        | 2_207_003 | 2_207_004 | 2_207_005 | 2_207_009 | 2_207_026 | 2_207_052 | 2_207_077 | 2_207_082 => {
            Advice::BadMedia
        }
        // No profile behind this person (a phone number only); a container that lapsed or is gone.
        2_018_218 | 2_207_006 | 2_207_008 | 2_207_020 => Advice::NoSuchObject,
        // The Page has no Instagram account any more: the login shows the person what is missing.
        2_534_013 => Advice::Reconnect,
        // News and subscription messages, restricted content or sender, access of the app or of the
        // Instagram owner, profiles without the feature, account restricted, trial reels not offered.
        2_018_065 | 2_018_336 | 1_893_015 | 1_404_170 | 2_534_077 | 2_018_028 | 2_534_041 | 2_018_247
        | 2_207_050 | 2_207_081
        // Seen: security check, publishing authorisation, account limited, identity confirmation.
        | 1_404_006 | 1_404_078 | 1_404_112 | 4_854_002 => Advice::NotAllowed,
        // Limits of messaging (613, 2018338, 2534040) and of publishing (2207042), a Page restricted for
        // a while, suspected spam; posting too fast (seen).
        1_893_016 | 2_018_338 | 2_534_040 | 2_207_042 | 1_893_063 | 2_207_051 | 1_390_008 => Advice::SlowDown,
        // Transient, or a container that is not ready yet (2207027).
        2_018_344 | 2_207_001 | 2_207_032 | 2_207_053 | 2_207_027 | 1_363_047 | 1_609_010 => Advice::Retry,
        // Messages put together wrongly: message and action both or neither, buttons, a phone number as
        // the recipient, Instagram data; two whose meaning Meta does not tell.
        2_018_014 | 2_018_015 | 2_018_040 | 2_018_041 | 2_018_053 | 2_018_021 | 2_018_027 | 2_534_015
        | 2_018_164 | 2_018_321
        // Publishing: cover out of range, kind of media, carousel, product tags, caption too long.
        | 2_207_057 | 2_207_023 | 2_207_028 | 2_207_035 | 2_207_036 | 2_207_037 | 2_207_040 | 2_207_010
        // Seen: photo posted before, abusive, against the standards, link to Facebook itself.
        | 1_366_051 | 1_346_003 | 1_404_102 | 1_609_008 => Advice::Mistake,
        _ => return None,
    })
}

fn by_code(code: i64) -> Option<Advice> {
    Some(match code {
        // Unknown trouble, unavailable services, media not ready.
        1 | 2 | 1200 | 9007 => Advice::Retry,
        // Limits: of the app (4, 341), the person (17), the Page (32), an edge (613), publishing (9), and
        // per business use case (80000 and up). 368 is a block for abuse.
        4 | 9 | 17 | 32 | 341 | 368 | 613 | 80_000..=80_014 => Advice::SlowDown,
        102 | 190 => Advice::Reconnect,
        // Person unavailable; no consent to their profile (230) and no such Instagram user (9010), both
        // seen; comment gone or answered already (10900, 10903, seen).
        230 | 551 | 9010 | 10_900 | 10_903 => Advice::WrongRecipient,
        // Missing or not visible, no such name, media or container not found.
        24 | 33 | 803 => Advice::NoSuchObject,
        // Media: video format, not fetched, size, format, shape.
        352 | 9004 | 36_000 | 36_001 | 36_003 => Advice::BadMedia,
        // A capability, feature, permission or role is missing; 25: the account is restricted; 1705: not
        // allowed to speak as that Page; two of policy that Meta does not explain.
        3 | 10 | 25 | 200..=209 | 211..=299 | 1705 | 10_303 | 36_103 => Advice::NotAllowed,
        // Wrong parameter, app, token-less call, another token where the Page's is needed (210),
        // duplicate, callback that failed its verification, unknown path, caption too long.
        100 | 101 | 104 | 210 | 506 | 2200 | 2500 | 36_004 => Advice::Mistake,
        _ => return None,
    })
}

/// Which limit a code stands for; none where it is no limit's.
pub fn budget_for(code: i64, subcode: Option<i64>) -> Option<Budget> {
    if advice_for(code, subcode) != Some(Advice::SlowDown) {
        return None;
    }
    Some(match (code, subcode) {
        (368 | 1_893_063 | 1_390_008 | 2_207_051, _) | (_, Some(1_893_063 | 1_390_008 | 2_207_051)) => {
            Budget::Block
        }
        (9, _) | (_, Some(2_207_042)) => Budget::Publishing,
        (80_006, _) | (_, Some(1_893_016 | 2_018_338 | 2_534_040)) => Budget::Messages,
        (4 | 341, _) => Budget::App,
        (17, _) => Budget::Person,
        (32 | 80_001, _) => Budget::Page,
        (80_002, _) => Budget::Instagram,
        (80_005, _) => Budget::Leads,
        _ => Budget::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row of Meta's pages, with what the gateway makes of it.
    const ROWS: &[(i64, &[i64], Advice)] = &[
        (1, &[99, 2_207_999], Advice::Retry),
        (1, &[2_207_057], Advice::Mistake),
        (2, &[2_018_344], Advice::Retry),
        (4, &[1], Advice::SlowDown),
        (4, &[2_207_051], Advice::SlowDown),
        (9, &[2_207_042], Advice::SlowDown),
        (613, &[1996, 1_893_016, 2_018_338, 2_534_040], Advice::SlowDown),
        (10, &[2_018_278, 2_534_022], Advice::OutsideWindow),
        (10, &[2_018_108], Advice::WrongRecipient),
        (10, &[1, 2_018_065, 2_018_336, 1_893_015, 1_404_170, 2_534_077], Advice::NotAllowed),
        (10, &[1_893_063], Advice::SlowDown),
        (24, &[2_207_006, 2_207_008], Advice::NoSuchObject),
        (25, &[2_207_050], Advice::NotAllowed),
        (100, &[33], Advice::NoSuchObject),
        (100, &[2_018_001, 2_534_014, 2_534_025, 2_534_029], Advice::WrongRecipient),
        (100, &[2_018_008, 2_018_047, 2_018_074, 2_018_109, 2_018_294, 1_366_046], Advice::BadMedia),
        (100, &[1_609_005, 2_061_006, 2_069_019], Advice::BadMedia),
        (100, &[2_018_164, 2_018_014, 2_018_015, 2_018_040, 2_018_041, 2_018_053], Advice::Mistake),
        (100, &[2_534_015, 1_366_051, 1_346_003, 1_404_102, 1_609_008], Advice::Mistake),
        (100, &[2_207_023, 2_207_028, 2_207_035, 2_207_036, 2_207_037, 2_207_040], Advice::Mistake),
        (100, &[2_534_013, 36_007, 36_009], Advice::Reconnect),
        (100, &[2_534_037], Advice::HeldByOther),
        (100, &[1_363_047, 1_609_010], Advice::Retry),
        (100, &[1_390_008], Advice::SlowDown),
        (100, &[1_404_006, 1_404_078, 1_404_112, 4_854_002], Advice::NotAllowed),
        // 36008: another redirect address than the dialog's.
        (100, &[1, 36_008], Advice::Mistake),
        (102, &[1], Advice::Reconnect),
        (190, &[1, 458, 459, 460, 463, 464, 467, 492, 2_069_032], Advice::Reconnect),
        (200, &[1, 2_018_028, 2_534_041], Advice::NotAllowed),
        (200, &[2_018_021, 2_018_027], Advice::Mistake),
        (200, &[1_545_041], Advice::WrongRecipient),
        (352, &[2_207_026], Advice::BadMedia),
        (551, &[1_545_041], Advice::WrongRecipient),
        (9004, &[2_207_052], Advice::BadMedia),
        (9007, &[2_207_027], Advice::Retry),
        (36_000, &[2_207_004], Advice::BadMedia),
        (36_001, &[2_207_005], Advice::BadMedia),
        (36_003, &[2_207_009], Advice::BadMedia),
        (36_004, &[2_207_010], Advice::Mistake),
        (-2, &[2_207_003, 2_207_077, 2_207_082], Advice::BadMedia),
        (-2, &[2_207_020], Advice::NoSuchObject),
        (-1, &[2_207_001, 2_207_032, 2_207_053], Advice::Retry),
        (-1, &[2_207_081], Advice::NotAllowed),
    ];

    #[test]
    fn every_listed_pair_has_its_advice() {
        for (code, subcodes, advice) in ROWS {
            for subcode in *subcodes {
                assert_eq!(advice_for(*code, Some(*subcode)), Some(*advice), "{code}/{subcode}");
            }
        }
    }

    #[test]
    fn every_listed_code_has_its_advice() {
        let rows: &[(&[i64], Advice)] = &[
            (&[1, 2, 1200, 9007], Advice::Retry),
            (&[4, 9, 17, 32, 341, 368, 613, 80_001, 80_002, 80_005, 80_006], Advice::SlowDown),
            (&[102, 190], Advice::Reconnect),
            (&[230, 551, 9010, 10_900, 10_903, 9_000_001], Advice::WrongRecipient),
            (&[24, 33, 803, 2_018_218], Advice::NoSuchObject),
            (&[352, 9004, 36_000, 36_001, 36_003], Advice::BadMedia),
            (&[3, 10, 25, 200, 209, 211, 283, 294, 299, 1705, 10_303, 36_103], Advice::NotAllowed),
            (&[2_018_247], Advice::NotAllowed),
            (&[100, 101, 104, 210, 506, 2200, 2500, 36_004, 2_018_321], Advice::Mistake),
            (&[2_018_300], Advice::HeldByOther),
        ];
        for (codes, advice) in rows {
            for code in *codes {
                assert_eq!(advice_for(*code, None), Some(*advice), "{code}");
                assert_eq!(advice_for(*code, Some(1)), Some(*advice), "{code} with a strange subcode");
            }
        }
    }

    #[test]
    fn nothing_else_is_listed() {
        let listed = (-1000..=100_000).filter(|code| advice_for(*code, None).is_some()).count();
        // 38 codes by themselves, the hundred permissions (210 and 230 among them), the fifteen
        // use-case limits.
        assert_eq!(listed, 38 + 100 + 15);
        for code in [i64::MIN, -2, -1, 0, 5, 99, 199, 300, 79_999, 80_015, i64::MAX] {
            assert_eq!(advice_for(code, None), None, "{code}");
        }
    }

    #[test]
    fn each_limit_names_what_has_to_wait() {
        for (code, subcode, budget) in [
            (4, None, Budget::App),
            (341, None, Budget::App),
            (17, None, Budget::Person),
            (32, None, Budget::Page),
            (80_001, None, Budget::Page),
            (80_002, None, Budget::Instagram),
            (80_005, None, Budget::Leads),
            (80_006, None, Budget::Messages),
            (613, Some(1_893_016), Budget::Messages),
            (613, Some(2_018_338), Budget::Messages),
            (613, Some(2_534_040), Budget::Messages),
            (613, None, Budget::Other),
            (80_000, None, Budget::Other),
            (9, Some(2_207_042), Budget::Publishing),
            (368, None, Budget::Block),
            (10, Some(1_893_063), Budget::Block),
            (4, Some(2_207_051), Budget::Block),
        ] {
            assert_eq!(budget_for(code, subcode), Some(budget), "{code}/{subcode:?}");
        }
        for (code, subcode) in [(190, Some(460)), (100, None), (1, None), (424_242, None)] {
            assert_eq!(budget_for(code, subcode), None, "{code}");
        }
    }
}
