//! What the Send API refuses by itself, in the words and numbers of its table.

use crate::graph::error::GraphError;
use crate::messaging::{Platform, State};

const ANOTHER_APP: &str = "Message failed to send because another app is controlling this thread now.";

/// The body of a message is wrong.
pub(crate) fn bad_message(platform: Platform, what: &str) -> GraphError {
    match platform {
        Platform::Messenger => GraphError::parameter(what),
        Platform::Instagram => GraphError::with_subcode(100, 2_534_015, what),
    }
}

pub(crate) fn no_matching_user(platform: Platform) -> GraphError {
    match platform {
        Platform::Messenger => GraphError::with_subcode(100, 2_018_001, "No matching user found"),
        Platform::Instagram => GraphError::with_subcode(100, 2_534_014, "No matching Instagram user found"),
    }
}

pub(crate) fn not_linked() -> GraphError {
    let what = "The Page is not linked to an Instagram professional account";
    GraphError::with_subcode(100, 2_534_013, what)
}

pub(crate) fn both_or_neither(both: bool) -> GraphError {
    let (subcode, what) = if both {
        (2_018_014, "Cannot send both message and sender_action")
    } else {
        (2_018_015, "Must send either message or sender_action")
    };
    GraphError::with_subcode(100, subcode, what)
}

pub(crate) fn outside_window(platform: Platform) -> GraphError {
    let subcode = match platform {
        Platform::Messenger => 2_018_278,
        Platform::Instagram => 2_534_022,
    };
    GraphError::with_subcode(10, subcode, "This message is sent outside of allowed window.")
}

/// The owner of the Instagram account allows no access to messages.
pub(crate) fn access_off() -> GraphError {
    let what = "The account owner has disabled access to Instagram messages";
    GraphError::with_subcode(200, 2_534_041, what)
}

pub(crate) fn only_roles(platform: Platform) -> GraphError {
    match platform {
        Platform::Messenger => GraphError::with_subcode(
            200,
            2_018_028,
            "Cannot message users who are not admins, developers or testers of the app until \
             pages_messaging permission is reviewed and the app is live.",
        ),
        Platform::Instagram => GraphError::permission(
            "The recipient has no role on the app, and the app has no Advanced Access to \
             instagram_manage_messages",
        ),
    }
}

pub(crate) fn another_app(platform: Platform) -> GraphError {
    match platform {
        Platform::Messenger => GraphError::with_subcode(10, 2_018_300, ANOTHER_APP),
        Platform::Instagram => GraphError::with_subcode(100, 2_534_037, ANOTHER_APP),
    }
}

/// The person cannot be reached; nothing while they can.
pub(crate) fn unreachable(platform: Platform, state: State) -> Option<GraphError> {
    match (state, platform) {
        (State::Open, _) => None,
        (State::Blocked, Platform::Messenger) => {
            let what = "This person isn't available right now.";
            Some(GraphError::with_subcode(551, 1_545_041, what))
        }
        (State::Blocked, Platform::Instagram) => {
            let what = "The business is blocked by this person";
            Some(GraphError::with_subcode(100, 2_534_029, what))
        }
        (State::Unavailable, _) => {
            let what = "This person is not receiving messages right now.";
            Some(GraphError::with_subcode(10, 2_018_108, what))
        }
        (State::Deleted, _) => Some(GraphError::account_deleted()),
    }
}

pub(crate) fn not_fetched() -> GraphError {
    let what = "Failed to fetch the file from the URL. Check that the URL is public and not expired";
    GraphError::with_subcode(100, 2_018_008, what)
}

pub(crate) fn upload_failed() -> GraphError {
    GraphError::with_subcode(100, 2_018_047, "Upload attachment failure.")
}

pub(crate) fn fetch_timed_out() -> GraphError {
    GraphError::with_subcode(100, 2_018_294, "Fetching the video timed out")
}

pub(crate) fn too_large() -> GraphError {
    GraphError::with_subcode(100, 2_018_109, "Attachment size exceeds allowable limit")
}

pub(crate) fn not_your_attachment() -> GraphError {
    let what = "The attachment id does not exist, or was uploaded by another Page or app";
    GraphError::with_subcode(100, 2_018_074, what)
}

/// A private reply to a comment that is gone, unknown or answered already.
pub(crate) fn no_such_comment() -> GraphError {
    GraphError::with_subcode(100, 2_534_025, "The comment is not valid for a private reply")
}

/// A Page's comment or visitor's post has been answered in private before.
pub(crate) fn answered_already() -> GraphError {
    GraphError::coded(10_900, "Activity already replied to")
}

/// A Page's comment or visitor's post is more than seven days old.
pub(crate) fn comment_too_old() -> GraphError {
    GraphError::coded(10_903, "This user cannot reply to this activity")
}

pub(crate) fn by_phone_number() -> GraphError {
    let what = "The app has no permission to message people by their phone numbers";
    GraphError::with_subcode(200, 2_018_021, what)
}

pub(crate) fn button_payload() -> GraphError {
    GraphError::with_subcode(100, 2_018_040, "A button of this type needs a payload or an address")
}

pub(crate) fn bad_button() -> GraphError {
    GraphError::with_subcode(100, 2_018_041, "A button is invalid")
}

pub(crate) fn button_title() -> GraphError {
    GraphError::with_subcode(100, 2_018_053, "A button needs a title of at most 20 characters")
}
