//! The errors of Meta's tables by name: what the switches offer, and what a bare code says by default.

use crate::faults::messaging;
use crate::graph::rate::Limit;

/// One row of the tables of errors.
pub(crate) struct Preset {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) http: u16,
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    pub(crate) message: &'static str,
    /// The limit whose header can come with it; such errors are transient.
    pub(crate) limit: Option<Limit>,
}

impl Preset {
    pub(crate) fn kind(&self) -> &'static str {
        kind_of(self.code, self.subcode)
    }

    pub(crate) fn is_transient(&self) -> bool {
        is_transient(self.code)
    }
}

/// The row of a name.
pub(crate) fn find(name: &str) -> Option<&'static Preset> {
    all().find(|preset| preset.name == name)
}

/// The first row of a code, preferring the one with the same subcode.
pub(crate) fn of_code(code: i64, subcode: Option<i64>) -> Option<&'static Preset> {
    let mut rows = all().filter(|preset| preset.code == code);
    rows.clone().find(|preset| preset.subcode == subcode).or_else(|| rows.next())
}

pub(crate) fn is_transient(code: i64) -> bool {
    matches!(code, 1 | 2 | 4 | 17 | 32 | 341 | 613 | 1200 | 80_000..=80_014)
}

/// The exception that Meta names for a code.
pub(crate) fn kind_of(code: i64, subcode: Option<i64>) -> &'static str {
    match (code, subcode) {
        (100, Some(33)) | (33, _) => "GraphMethodException",
        _ => "OAuthException",
    }
}

pub(crate) const fn row(
    name: &'static str,
    title: &'static str,
    http: u16,
    (code, subcode): (i64, Option<i64>),
    message: &'static str,
) -> Preset {
    let limit = match code {
        4 | 17 | 613 => Some(Limit::App),
        32 => Some(Limit::Page),
        80_001 => Some(Limit::Business("pages")),
        80_002 => Some(Limit::Business("instagram")),
        80_005 => Some(Limit::Business("leadgen")),
        80_006 => Some(Limit::Business("messenger")),
        _ => None,
    };
    Preset { name, title, http, code, subcode, message, limit }
}

/// Every row there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Preset> + Clone {
    ALL.iter().chain(messaging::ALL)
}

const ALL: &[Preset] = &[
    row("unknown", "Unknown error", 500, (1, None), "An unknown error has occurred."),
    row("unavailable", "Service unavailable", 503, (2, None), "Service temporarily unavailable"),
    row("capability", "App lacks the capability", 400, (3, None), CAPABILITY),
    row("app_limit", "App limit reached", 403, (4, None), "(#4) Application request limit reached"),
    row("user_limit", "User limit reached", 400, (17, None), "(#17) User request limit reached"),
    row("page_calls", "Page calls limited", 400, (32, None), "(#32) Page request limit reached"),
    row("custom_limit", "Custom limit", 400, (613, None), CUSTOM),
    row("volume", "Inconsistent volume", 400, (613, Some(1996)), INCONSISTENT),
    row("page_limit", "Limit of the Page", 400, (80_001, None), PAGE_LIMIT),
    row("instagram_limit", "Limit of the Instagram account", 400, (80_002, None), INSTAGRAM_LIMIT),
    row("leadgen_limit", "Limit of leads", 400, (80_005, None), LEADGEN_LIMIT),
    row("messenger_limit", "Limit of Messenger", 400, (80_006, None), MESSENGER_LIMIT),
    row("feature", "Permission or feature missing", 403, (10, None), NOT_ALLOWED),
    row("permission", "Permission missing", 403, (200, None), "(#200) Permissions error"),
    row("api_blocked", "App restricted", 400, (200, None), "API access blocked."),
    row("page_token", "Page token required", 400, (210, None), PAGE_TOKEN),
    row("read_engagement", "Reading needs a permission", 403, (283, None), READ_ENGAGEMENT),
    row("management", "Management permission missing", 403, (294, None), MANAGEMENT),
    row("missing_object", "Object missing or hidden", 400, (100, Some(33)), MISSING),
    row("missing_object_33", "Object missing, other form", 404, (33, None), MISSING_33),
    row("parameter", "Invalid parameter", 400, (100, None), "(#100) Invalid parameter"),
    row("unknown_app", "Unknown app", 400, (101, None), "Error validating application."),
    row("session", "Session expired, old form", 401, (102, None), "Session key invalid or no longer valid"),
    row("no_token", "Token required", 401, (104, None), NO_TOKEN),
    row("app_removed", "App removed", 401, (190, Some(458)), APP_REMOVED),
    row("checkpoint", "Checkpoint", 401, (190, Some(459)), CHECKPOINT),
    row("password", "Password changed", 401, (190, Some(460)), PASSWORD),
    row("token_expired", "Token expired", 401, (190, Some(463)), EXPIRED),
    row("unconfirmed", "Account unconfirmed", 401, (190, Some(464)), UNCONFIRMED),
    row("logged_out", "Logged out", 401, (190, Some(467)), LOGGED_OUT),
    row("role_lost", "Role on the Page lost", 401, (190, Some(492)), ROLE_LOST),
    row("user_token", "User token on a new Page", 400, (190, Some(2_069_032)), USER_TOKEN),
    row("malformed_token", "Malformed token", 400, (190, None), MALFORMED),
    row("app_ceiling", "Limit of the application", 400, (341, None), "(#341) Application limit reached"),
    row("policy", "Blocked for policy", 403, (368, None), POLICY),
    row("duplicate", "Duplicate post", 400, (506, None), "(#506) Duplicate status message"),
    row("alias", "Alias unknown", 404, (803, None), ALIAS),
    row("identity", "Cannot comment as that identity", 400, (1705, None), IDENTITY),
    row("callback", "Callback verification failed", 400, (2200, None), CALLBACK),
    row("path", "Unknown path", 400, (2500, None), "Unknown path components: /planned"),
    // Publishing on Pages, then on Instagram.
    row(
        "photo_bad",
        "Photo too large or of a bad type",
        400,
        (100, Some(1_366_046)),
        "(#100) The photo is too large or of a type that is not taken",
    ),
    row(
        "photo_posted",
        "Photo already posted",
        400,
        (100, Some(1_366_051)),
        "(#100) The photo was already posted",
    ),
    row(
        "video_transient",
        "Video cannot be read now",
        400,
        (100, Some(1_363_047)),
        "(#100) The video cannot be read",
    ),
    row("too_fast", "Posting too fast", 400, (100, Some(1_390_008)), "(#100) You are posting too fast"),
    row(
        "abusive",
        "Content looks abusive",
        400,
        (100, Some(1_346_003)),
        "(#100) The content was reported as abusive",
    ),
    row(
        "security_check",
        "Security check needed",
        400,
        (100, Some(1_404_006)),
        "(#100) The account has to pass a security check",
    ),
    row(
        "publishing_authorisation",
        "Page publishing authorisation needed",
        400,
        (100, Some(1_404_078)),
        "(#100) The Page needs publishing authorisation",
    ),
    row(
        "standards",
        "Against the community standards",
        400,
        (100, Some(1_404_102)),
        "(#100) The content goes against the community standards",
    ),
    row(
        "account_limited",
        "Account limited",
        400,
        (100, Some(1_404_112)),
        "(#100) The account is limited for now",
    ),
    row(
        "bad_address",
        "Bad address of a file",
        400,
        (100, Some(2_061_006)),
        "(#100) The address cannot be fetched",
    ),
    row("bad_file", "Bad file", 400, (100, Some(2_069_019)), "(#100) The file cannot be read"),
    row(
        "facebook_link",
        "Link to Facebook not allowed",
        400,
        (100, Some(1_609_008)),
        "(#100) Links to Facebook are not allowed here",
    ),
    row(
        "identity_needed",
        "Identity has to be confirmed",
        400,
        (100, Some(4_854_002)),
        "(#100) The identity has to be confirmed first",
    ),
    row(
        "ig_timeout",
        "Instagram: download timed out",
        400,
        (-2, Some(2_207_003)),
        "(#-2) The media download has timed out",
    ),
    row("ig_expired", "Instagram: media expired", 400, (-2, Some(2_207_020)), "(#-2) The media has expired"),
    row(
        "ig_server",
        "Instagram: server error",
        400,
        (-1, Some(2_207_001)),
        "(#-1) Instagram server error, try again",
    ),
    row(
        "ig_create",
        "Instagram: media could not be made",
        400,
        (-1, Some(2_207_032)),
        "(#-1) The media could not be made",
    ),
    row(
        "ig_upload",
        "Instagram: unknown upload error",
        400,
        (-1, Some(2_207_053)),
        "(#-1) Unknown upload error",
    ),
    row(
        "ig_quota",
        "Instagram: daily limit",
        400,
        (9, Some(2_207_042)),
        "(#9) The limit of media for 24 hours is reached",
    ),
    row(
        "ig_missing",
        "Instagram: media not found",
        400,
        (24, Some(2_207_006)),
        "(#24) The media does not exist",
    ),
    row(
        "ig_restricted",
        "Instagram: account restricted",
        400,
        (25, Some(2_207_050)),
        "(#25) The account is restricted or inactive",
    ),
    row(
        "ig_format",
        "Instagram: video format",
        400,
        (352, Some(2_207_026)),
        "(#352) The format of the video is not supported",
    ),
    row(
        "ig_fetch",
        "Instagram: address cannot be fetched",
        400,
        (9004, Some(2_207_052)),
        "(#9004) The media could not be fetched from its address",
    ),
    row(
        "ig_not_ready",
        "Instagram: media not ready",
        400,
        (9007, Some(2_207_027)),
        "(#9007) The media is not ready to be published",
    ),
    row(
        "ig_too_large",
        "Instagram: picture too large",
        400,
        (36_000, Some(2_207_004)),
        "(#36000) The picture is too large",
    ),
    row(
        "ig_picture",
        "Instagram: picture format",
        400,
        (36_001, Some(2_207_005)),
        "(#36001) The format of the picture is not supported",
    ),
    row(
        "ig_ratio",
        "Instagram: aspect ratio",
        400,
        (36_003, Some(2_207_009)),
        "(#36003) The aspect ratio is not supported",
    ),
    row(
        "ig_caption",
        "Instagram: caption too long",
        400,
        (36_004, Some(2_207_010)),
        "(#36004) The caption is too long",
    ),
];

const CAPABILITY: &str = "(#3) Application does not have the capability to make this API call.";
const CUSTOM: &str = "(#613) Calls to this api have exceeded the rate limit.";
const INCONSISTENT: &str = "(#613) The volume of calls is inconsistent; call at a steady pace.";
const PAGE_LIMIT: &str =
    "(#80001) There have been too many calls to this Page account. Wait a bit and try again.";
const INSTAGRAM_LIMIT: &str =
    "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.";
const LEADGEN_LIMIT: &str =
    "(#80005) There have been too many leadgen api calls to this Page account. Wait a bit and try again.";
const MESSENGER_LIMIT: &str =
    "(#80006) There have been too many messaging calls to this Page account. Wait a bit and try again.";
const NOT_ALLOWED: &str = "(#10) Application does not have permission for this action";
const PAGE_TOKEN: &str = "(#210) A page access token is required to request this resource.";
const READ_ENGAGEMENT: &str = "(#283) Requires pages_read_engagement permission to manage the object";
const MANAGEMENT: &str = "(#294) Managing this object requires a management permission";
const MISSING: &str = "Unsupported request. The object does not exist, cannot be loaded due to missing \
     permissions, or does not support this operation.";
const MISSING_33: &str = "(#33) This object does not exist or does not support this action";
const NO_TOKEN: &str = "An access token is required to request this resource.";
const APP_REMOVED: &str = "Error validating access token: The user has not authorized the application.";
const CHECKPOINT: &str =
    "Error validating access token: The user is in a checkpoint and has to log in at www.facebook.com.";
const PASSWORD: &str =
    "Error validating access token: The session was invalidated by a change of the password.";
const EXPIRED: &str = "Error validating access token: Session has expired.";
const UNCONFIRMED: &str = "Error validating access token: Sessions for the user are not allowed because the \
     user is not a confirmed user.";
const LOGGED_OUT: &str = "Error validating access token: The session is invalid because the user logged out.";
const ROLE_LOST: &str =
    "Error validating access token: The user must hold a role on the Page to impersonate it.";
const USER_TOKEN: &str = "A Page access token is required for this call in the new Pages experience.";
const MALFORMED: &str = "Invalid OAuth access token - Cannot parse access token";
const POLICY: &str = "(#368) The action attempted has been deemed abusive or is otherwise disallowed";
const ALIAS: &str = "(#803) Some of the aliases you requested do not exist";
const IDENTITY: &str = "(#1705) There was an error posting as this identity";
const CALLBACK: &str = "(#2200) Callback verification failed with the following errors: HTTP Status Code = \
     500; HTTP Message = Internal Server Error";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_used_once_and_every_code_of_the_tables_is_there() {
        for (index, preset) in all().enumerate() {
            assert!(all().skip(index + 1).all(|other| other.name != preset.name), "{}", preset.name);
        }
        for code in [
            1, 2, 3, 4, 10, 17, 32, 33, 100, 101, 102, 104, 190, 200, 210, 283, 294, 341, 368, 506, 613, 803,
            1705, 2200, 2500, 80_001, 80_002, 80_005, 80_006,
        ] {
            assert_eq!(of_code(code, None).map(|preset| preset.code), Some(code));
        }
        for (code, subcode) in [(100, 1_366_046), (100, 4_854_002), (-2, 2_207_003), (9_004, 2_207_052)] {
            let found = of_code(code, Some(subcode)).and_then(|preset| preset.subcode);
            assert_eq!(found, Some(subcode), "{code}");
        }
        for subcode in [458, 459, 460, 463, 464, 467, 492, 2_069_032] {
            assert_eq!(of_code(190, Some(subcode)).and_then(|preset| preset.subcode), Some(subcode));
        }
        for (code, subcode) in [
            (1, 99),
            (2, 2_018_344),
            (613, 2_534_040),
            (10, 2_018_278),
            (10, 2_534_022),
            (10, 1_893_063),
            (100, 2_018_001),
            (100, 2_018_218),
            (100, 2_534_037),
            (200, 2_018_028),
            (200, 2_534_041),
            (551, 1_545_041),
        ] {
            assert_eq!(of_code(code, Some(subcode)).and_then(|preset| preset.subcode), Some(subcode));
        }
        for code in [1200, 2_018_321, 10_303, 36_103, 9_000_001, 230, 9010] {
            assert_eq!(of_code(code, None).map(|preset| preset.code), Some(code));
        }
        assert_eq!((of_code(999, None).is_none(), kind_of(100, Some(33))), (true, "GraphMethodException"));
    }
}
