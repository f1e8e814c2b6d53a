//! What Meta sends of posts and leads, shape by shape, and the event that each becomes.

#![expect(clippy::too_many_lines, reason = "a table")]

use serde_json::{Value, json};

use crate::webhook_shapes::{ACCOUNT, PAGE, PERSON};

/// What happens on posts: object, field, value, name, normal form.
pub(crate) fn changes() -> Vec<(&'static str, &'static str, Value, &'static str, Value)> {
    let from = json!({"id": PERSON, "name": "Dana"});
    let post = format!("{PAGE}_111");
    let comment = |verb: &str| {
        json!({"item": "comment", "verb": verb, "comment_id": "111_5", "post_id": post, "parent_id": post,
            "created_time": 1_795_000_000, "from": from})
    };
    let with = |mut value: Value, more: Value| {
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        value
    };
    let base = json!({"from": from, "post_id": post, "comment_id": "111_5"});
    let reaction = |verb: &str, kind: &str| {
        json!({"item": "reaction", "verb": verb, "reaction_type": kind, "post_id": post, "parent_id": post,
            "created_time": 1_795_000_000, "from": from})
    };
    let mut all = vec![
        (
            "page",
            "feed",
            with(
                comment("add"),
                json!({"message": "nice", "post": {"id": post, "permalink_url": "https://fb.example/1"}}),
            ),
            "comment.created",
            with(base.clone(), json!({"text": "nice", "permalink": "https://fb.example/1"})),
        ),
        (
            "page",
            "feed",
            with(comment("add"), json!({"parent_id": "111_4", "photo": "https://cdn.example/p.jpg"})),
            "comment.created",
            with(
                base.clone(),
                json!({"parent_id": "111_4", "attachments": [{"kind": "image", "url": "https://cdn.example/p.jpg"}]}),
            ),
        ),
        (
            "page",
            "feed",
            with(comment("add"), json!({"from": {"id": PAGE, "name": "Shop"}})),
            "comment.created",
            json!({"from": {"id": PAGE, "name": "Shop"}, "own": true, "post_id": post, "comment_id": "111_5"}),
        ),
        (
            "page",
            "feed",
            with(comment("add"), json!({"from": null, "sender_id": 42, "sender_name": "Old"})),
            "comment.created",
            json!({"from": {"id": "42", "name": "Old"}, "post_id": post, "comment_id": "111_5"}),
        ),
        (
            "page",
            "feed",
            with(comment("edited"), json!({"message": "nicer"})),
            "comment.edited",
            with(base.clone(), json!({"text": "nicer"})),
        ),
        ("page", "feed", comment("remove"), "comment.deleted", base.clone()),
        ("page", "feed", comment("hide"), "comment.hidden", with(base.clone(), json!({"hidden": true}))),
        ("page", "feed", comment("unhide"), "comment.hidden", with(base.clone(), json!({"hidden": false}))),
        ("page", "feed", comment("block"), "meta.other", json!("other")),
        (
            "page",
            "feed",
            json!({"item": "status", "verb": "add", "post_id": post, "message": "open", "published": 1, "created_time": 1_795_000_000, "from": {"id": PAGE, "name": "Shop"}}),
            "post.created",
            json!({"from": {"id": PAGE, "name": "Shop"}, "own": true, "post_id": post, "kind": "status", "text": "open", "published": true}),
        ),
        (
            "page",
            "feed",
            json!({"item": "photo", "verb": "add", "post_id": post, "photo_id": "77", "link": "https://cdn.example/p.jpg", "published": 0}),
            "post.created",
            json!({"post_id": post, "kind": "photo", "attachments": [{"kind": "image", "url": "https://cdn.example/p.jpg", "id": "77"}], "published": false}),
        ),
        (
            "page",
            "feed",
            json!({"item": "status", "verb": "add", "post_id": post, "photos": ["https://cdn.example/1", "https://cdn.example/2"]}),
            "post.created",
            json!({"post_id": post, "kind": "status", "attachments": [{"kind": "image", "url": "https://cdn.example/1"}, {"kind": "image", "url": "https://cdn.example/2"}]}),
        ),
        (
            "page",
            "feed",
            json!({"item": "video", "verb": "edited", "post_id": post, "video_id": 5, "link": "https://fb.example/v", "published": 1}),
            "post.edited",
            json!({"post_id": post, "kind": "video", "attachments": [{"kind": "video", "url": "https://fb.example/v", "id": "5"}], "published": true}),
        ),
        (
            "page",
            "feed",
            json!({"item": "share", "verb": "add", "post_id": post, "share_id": "8", "link": "https://a.example"}),
            "post.created",
            json!({"post_id": post, "kind": "share", "attachments": [{"kind": "link", "url": "https://a.example"}]}),
        ),
        (
            "page",
            "feed",
            json!({"item": "event", "verb": "add", "post_id": post, "event_id": "8", "story": "made an event"}),
            "post.created",
            json!({"post_id": post, "kind": "event", "text": "made an event"}),
        ),
        (
            "page",
            "feed",
            json!({"item": "post", "verb": "add", "post_id": post, "from": from, "message": "hello"}),
            "post.created",
            json!({"from": from, "post_id": post, "kind": "post", "text": "hello"}),
        ),
        (
            "page",
            "feed",
            json!({"item": "post", "verb": "remove", "post_id": post, "recipient_id": PAGE}),
            "post.deleted",
            json!({"post_id": post, "kind": "post"}),
        ),
        (
            "page",
            "feed",
            reaction("add", "love"),
            "post.reaction",
            json!({"from": from, "post_id": post, "action": "react", "reaction": "love"}),
        ),
        (
            "page",
            "feed",
            with(reaction("remove", "anger"), json!({"comment_id": "111_5"})),
            "post.reaction",
            json!({"from": from, "post_id": post, "comment_id": "111_5", "action": "unreact", "reaction": "angry"}),
        ),
        ("page", "feed", json!({"item": "like", "verb": "add", "user_id": 5}), "meta.other", json!("other")),
        (
            "page",
            "mention",
            json!({"item": "post", "verb": "add", "post_id": "9_9", "message": "@shop", "created_time": 1_795_000_000, "sender_id": 4, "sender_name": "N"}),
            "mention.created",
            json!({"from": {"id": "4", "name": "N"}, "post_id": "9_9", "kind": "post", "text": "@shop"}),
        ),
        (
            "page",
            "leadgen",
            json!({"leadgen_id": 444, "form_id": "555", "created_time": 1_795_000_000, "page_id": PAGE, "ad_id": 0, "adgroup_id": null}),
            "lead.created",
            json!({"lead_id": "444", "form_id": "555"}),
        ),
        (
            "page",
            "leadgen",
            json!({"leadgen_id": "444", "form_id": 555, "ad_id": 6, "adgroup_id": "7"}),
            "lead.created",
            json!({"lead_id": "444", "form_id": "555", "ad_id": "6", "adgroup_id": "7"}),
        ),
        ("page", "leadgen_update", json!({"leadgen_id": "444"}), "meta.other", json!("other")),
        (
            "page",
            "ratings",
            json!({"item": "rating", "verb": "add", "review_text": "good"}),
            "meta.other",
            json!("other"),
        ),
        ("page", "live_videos", json!({"id": "1", "status": "live"}), "meta.other", json!("other")),
        (
            "page",
            "inbox_labels",
            json!({"action": "add", "user": {"id": "1"}, "label": {"id": "2"}}),
            "meta.other",
            json!("other"),
        ),
        (
            "instagram",
            "comments",
            json!({"id": "179", "text": "wow", "from": {"id": "5", "username": "dana"}, "media": {"id": "178", "media_product_type": "AD", "ad_id": "3", "ad_title": "Sale"}, "parent_id": "177"}),
            "comment.created",
            json!({"from": {"id": "5", "username": "dana"}, "media_id": "178", "comment_id": "179", "parent_id": "177", "kind": "AD", "text": "wow", "ad_id": "3", "ad_title": "Sale"}),
        ),
        (
            "instagram",
            "comments",
            json!({"comment_id": "179", "text": "wow", "from": {"id": ACCOUNT}}),
            "comment.created",
            json!({"from": {"id": ACCOUNT}, "own": true, "comment_id": "179", "text": "wow"}),
        ),
        (
            "instagram",
            "comments",
            json!({"text": "wow", "id": "179"}),
            "comment.created",
            json!({"comment_id": "179", "text": "wow"}),
        ),
        (
            "instagram",
            "live_comments",
            json!({"id": "179", "text": "hi", "media": {"id": "178", "media_product_type": "LIVE"}}),
            "comment.created",
            json!({"media_id": "178", "comment_id": "179", "kind": "LIVE", "text": "hi"}),
        ),
        (
            "instagram",
            "mentions",
            json!({"media_id": "178", "comment_id": "179"}),
            "mention.created",
            json!({"media_id": "178", "comment_id": "179"}),
        ),
        ("instagram", "mentions", json!({"media_id": "178"}), "mention.created", json!({"media_id": "178"})),
        (
            "instagram",
            "story_insights",
            json!({"media_id": "178", "impressions": 444}),
            "meta.other",
            json!("other"),
        ),
        // The dashboard's sample of a message.
        (
            "instagram",
            "messages",
            json!({"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824", "message": {"mid": "random_mid", "text": "random_text"}}),
            "message.received",
            json!({"message_id": "random_mid", "text": "random_text"}),
        ),
        (
            "page",
            "feed",
            with(comment("edit"), json!({"message": "x"})),
            "comment.edited",
            with(base.clone(), json!({"text": "x"})),
        ),
        (
            "page",
            "feed",
            with(comment("update"), json!({"message": "x"})),
            "comment.edited",
            with(base.clone(), json!({"text": "x"})),
        ),
        ("page", "feed", comment("delete"), "comment.deleted", base.clone()),
        (
            "page",
            "feed",
            with(comment("add"), json!({"from": null, "message": "who?"})),
            "comment.created",
            json!({"post_id": post, "comment_id": "111_5", "text": "who?"}),
        ),
        (
            "page",
            "feed",
            with(comment("add"), json!({"video": "https://cdn.example/v"})),
            "comment.created",
            with(base.clone(), json!({"attachments": [{"kind": "video", "url": "https://cdn.example/v"}]})),
        ),
        (
            "page",
            "feed",
            with(comment("add"), json!({"link": "https://a.example"})),
            "comment.created",
            with(base, json!({"attachments": [{"kind": "link", "url": "https://a.example"}]})),
        ),
        (
            "page",
            "feed",
            json!({"item": "video", "verb": "add", "post_id": post, "video_id": "5", "published": "0", "message": "soon"}),
            "post.created",
            json!({"post_id": post, "kind": "video", "text": "soon", "attachments": [{"kind": "video", "id": "5"}], "published": false}),
        ),
        (
            "page",
            "feed",
            json!({"item": "album", "verb": "add", "post_id": post}),
            "post.created",
            json!({"post_id": post, "kind": "album"}),
        ),
        (
            "page",
            "feed",
            json!({"item": "status", "verb": "update", "post_id": post, "message": "x"}),
            "post.edited",
            json!({"post_id": post, "kind": "status", "text": "x"}),
        ),
        (
            "page",
            "feed",
            json!({"item": "photo", "verb": "delete", "post_id": post, "sender_id": 4, "sender_name": "Joe"}),
            "post.deleted",
            json!({"from": {"id": "4", "name": "Joe"}, "post_id": post, "kind": "photo"}),
        ),
        (
            "page",
            "feed",
            reaction("edit", "sorry"),
            "post.reaction",
            json!({"from": from, "post_id": post, "action": "react", "reaction": "sad"}),
        ),
        (
            "page",
            "feed",
            json!({"item": "like", "verb": "remove", "post_id": post, "parent_id": post, "user_id": 5}),
            "post.reaction",
            json!({"from": {"id": "5"}, "post_id": post, "action": "unreact", "reaction": "like"}),
        ),
        (
            "page",
            "mention",
            json!({"item": "comment", "post_id": "9_9", "comment_id": "9_8", "message": "@shop", "created_time": 1_795_000_000}),
            "mention.created",
            json!({"post_id": "9_9", "comment_id": "9_8", "kind": "comment", "text": "@shop"}),
        ),
        (
            "page",
            "leadgen",
            json!({"leadgen_id": "444444444444", "form_id": "444444444444", "page_id": "444444444444", "created_time": "1795000000", "ad_id": "0", "adgroup_id": "0"}),
            "lead.created",
            json!({"lead_id": "444444444444", "form_id": "444444444444"}),
        ),
        (
            "instagram",
            "comments",
            json!({"id": 179, "text": "re", "from": {"id": 5, "username": "dana", "self_ig_scoped_id": 6}, "media": {"id": 178, "original_media_id": "177"}, "parent_id": 176}),
            "comment.created",
            json!({"from": {"id": "5", "username": "dana"}, "media_id": "178", "comment_id": "179", "parent_id": "176", "text": "re"}),
        ),
        (
            "page",
            "message_reactions",
            json!({"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": "1527459824", "reaction": {"mid": "m_1", "action": "react", "reaction": "love"}}),
            "message.reaction",
            json!({"message_id": "m_1", "action": "react", "reaction": "love"}),
        ),
        (
            "instagram",
            "messaging_seen",
            json!({"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824", "read": {"mid": "random_mid"}}),
            "message.read",
            json!({"message_id": "random_mid"}),
        ),
    ];
    let more = nameless(&post).into_iter();
    all.extend(more.map(|(object, field, value)| (object, field, value, "meta.other", json!("other"))));
    all
}

/// What is in no word of the contract.
fn nameless(post: &str) -> Vec<(&'static str, &'static str, Value)> {
    let feed =
        |item: &str, verb: &str| ("page", "feed", json!({"item": item, "verb": verb, "post_id": post}));
    vec![
        feed("status", "hide"),
        feed("status", "unhide"),
        feed("video", "mute"),
        feed("video", "unblock"),
        feed("tag", "add"),
        feed("mention", "add"),
        feed("rating", "add"),
        feed("relationship-status", "add"),
        feed("hologram", "add"),
        ("page", "feed", json!({"verb": "add", "post_id": post})),
        ("page", "feed", json!({"item": "video", "verb": "block", "video_id": "9", "video_flag_reason": 1})),
        ("page", "feed", json!({"item": "album", "verb": "add", "album_id": "9"})),
        ("page", "feed", json!({"item": "page", "verb": "follow", "from": {"id": "1"}})),
        ("page", "feed", json!({"item": "comment", "verb": "add", "post_id": post})),
        ("page", "feed", json!({"item": "reaction", "verb": "hide", "post_id": post})),
        ("page", "mention", json!({"item": "post", "verb": "remove", "post_id": post})),
        ("page", "mention", json!({"item": "post", "verb": "edited", "post_id": post})),
        ("page", "mention", json!({"item": "post", "verb": "add"})),
        ("page", "leadgen", json!({"form_id": "1"})),
        ("page", "leadgen", json!({"leadgen_id": 0})),
        (
            "page",
            "ratings",
            json!({"item": "comment", "verb": "edited", "comment_id": "1_2", "post_id": "1_1"}),
        ),
        (
            "page",
            "ratings",
            json!({"item": "rating", "verb": "add", "reviewer_id": 4, "recommendation_type": "negative", "open_graph_story_id": 5}),
        ),
        (
            "page",
            "ratings",
            json!({"item": "reaction", "verb": "add", "post_id": "1_1", "reaction_type": "like"}),
        ),
        ("page", "videos", json!({"id": "1", "status": {"video_status": "ready"}})),
        ("page", "live_videos", json!({"id": "1", "status": "vod"})),
        ("page", "name", json!("New name")),
        ("page", "picture", json!(null)),
        ("page", "page_change_proposal", json!({"proposal": {"id": "1"}})),
        ("page", "conversations", json!({"page_id": 1, "thread_id": "t_1"})),
        (
            "page",
            "inbox_labels",
            json!({"action": "remove", "user": {"id": "1"}, "label": {"id": "2", "page_label_name": "VIP"}}),
        ),
        ("page", "messaging_integrity", json!({"state": "restricted"})),
        ("page", "response_feedback", json!({"feedback": "good"})),
        ("page", "send_cart", json!({"cart": []})),
        ("page", "comments", json!({"id": "1", "text": "of Instagram"})),
        ("instagram", "feed", json!({"item": "comment", "verb": "add", "comment_id": "1"})),
        ("instagram", "message_template_status_update", json!({"event": "APPROVED"})),
        ("instagram", "comments", json!({"text": "no id"})),
        ("instagram", "mentions", json!({})),
        (
            "instagram",
            "story_insights",
            json!({"media_id": 178, "impressions": 444, "reach": 44, "taps_forward": 4, "taps_back": 3, "exits": 3, "replies": -1}),
        ),
    ]
}
