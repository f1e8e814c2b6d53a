//! What Meta sends of conversations, shape by shape, and the event that each becomes.

#![expect(clippy::too_many_lines, reason = "a table")]

use serde_json::{Value, json};

use crate::webhook_shapes::{ACCOUNT, PAGE, PERSON};

/// What is written in a conversation: the inside of `messaging[0]`, the name, the normal form.
pub(crate) fn conversations() -> Vec<(&'static str, Value, &'static str, Value)> {
    let message = |m: Value| json!({"message": m});
    let mut all = vec![
        (
            "page",
            message(json!({"mid": "m_1", "text": "hi"})),
            "message.received",
            json!({"message_id": "m_1", "text": "hi"}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "seq": 5, "text": "hi", "nlp": {"entities": {}}})),
            "message.received",
            json!({"message_id": "m_1", "text": "hi"}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "text": "Red", "quick_reply": {"payload": "P"}})),
            "message.received",
            json!({"message_id": "m_1", "text": "Red", "quick_reply": "P"}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "text": "x", "reply_to": {"mid": "m_0", "is_self_reply": false}})),
            "message.received",
            json!({"message_id": "m_1", "text": "x", "reply_to": {"message_id": "m_0"}}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "text": "x", "reply_to": {"story": {"url": "https://cdn.example/s", "id": "179"}}}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "text": "x", "reply_to": {"story_id": "179", "url": "https://cdn.example/s"}}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "image", "url": "https://cdn.example/a.jpg"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/s.png", "sticker_id": 369_239_263_222_822_i64}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "sticker", "url": "https://cdn.example/s.png", "id": "369239263222822"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "fallback", "title": "T", "url": "https://a.example", "payload": null}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "fallback", "title": "T", "url": "https://a.example"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "fallback", "payload": {"title": "T", "url": "https://a.example"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "fallback", "title": "T", "url": "https://a.example"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "fallback", "payload": "https://a.example"}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "fallback", "url": "https://a.example"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "location", "payload": {"coordinates": {"lat": 32.1, "long": 34.8}}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "location", "latitude": 32.1, "longitude": 34.8}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "ig_reel", "payload": {"reel_video_id": 123, "title": "R", "url": "https://a.example/r"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "reel", "id": "123", "title": "R", "url": "https://a.example/r"}]}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "attachments": [{"type": "ig_post", "payload": {"ig_post_media_id": "18", "title": "t", "url": "https://a.example/p"}}]}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "attachments": [{"kind": "post", "id": "18", "title": "t", "url": "https://a.example/p"}]}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "attachments": [{"type": "story_mention", "payload": {"url": "https://cdn.example/m"}}]}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "attachments": [{"kind": "story_mention", "url": "https://cdn.example/m"}]}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "attachments": [{"type": "share", "payload": {"url": "https://a.example/p"}}, {"type": "ephemeral"}]}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "attachments": [{"kind": "share", "url": "https://a.example/p"}, {"kind": "ephemeral"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "template", "payload": {"product": {"elements": [{"id": "1"}]}}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "template"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "hologram", "payload": {"id": "7"}}, 5, {"no": "type"}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "hologram", "id": "7"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "text": "x", "referral": {"ref": "r", "ad_id": "9", "source": "ADS"}}),
            ),
            "message.received",
            json!({"message_id": "m_1", "text": "x", "referral": {"ad_id": "9", "ref": "r", "source": "ADS"}}),
        ),
        (
            "instagram",
            message(json!({"mid": "aWdf1", "is_unsupported": true})),
            "message.received",
            json!({"message_id": "aWdf1", "unsupported": true}),
        ),
        (
            "instagram",
            message(json!({"mid": "aWdf1", "is_deleted": true})),
            "message.deleted",
            json!({"message_id": "aWdf1"}),
        ),
        (
            "page",
            json!({"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "message": {"mid": "m_2", "is_echo": true, "app_id": 1_517_776_481_860_111_i64, "metadata": "act_1", "text": "yes"}}),
            "message.echo",
            json!({"message_id": "m_2", "app_id": "1517776481860111", "metadata": "act_1", "text": "yes"}),
        ),
        (
            "instagram",
            json!({"sender": {"id": ACCOUNT}, "recipient": {"id": PERSON}, "message": {"mid": "aWdf2", "is_echo": true, "text": "yes"}}),
            "message.echo",
            json!({"message_id": "aWdf2", "text": "yes"}),
        ),
        (
            "page",
            json!({"delivery": {"mids": ["m_1", "m_2"], "watermark": 1_458_668_856_253_i64}}),
            "message.delivered",
            json!({"message_ids": ["m_1", "m_2"], "watermark": 1_458_668_856}),
        ),
        (
            "page",
            json!({"delivery": {"watermark": 1_458_668_856_253_i64}}),
            "message.delivered",
            json!({"watermark": 1_458_668_856}),
        ),
        (
            "page",
            json!({"read": {"watermark": 1_458_668_856_253_i64}}),
            "message.read",
            json!({"watermark": 1_458_668_856}),
        ),
        ("instagram", json!({"read": {"mid": "aWdf1"}}), "message.read", json!({"message_id": "aWdf1"})),
        (
            "page",
            json!({"reaction": {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "\u{2764}"}}),
            "message.reaction",
            json!({"message_id": "m_1", "action": "react", "reaction": "love", "emoji": "\u{2764}"}),
        ),
        (
            "page",
            json!({"reaction": {"mid": "m_1", "action": "unreact"}}),
            "message.reaction",
            json!({"message_id": "m_1", "action": "unreact"}),
        ),
        (
            "page",
            json!({"message_edit": {"mid": "m_1", "text": "hallo", "num_edit": "2"}}),
            "message.edited",
            json!({"message_id": "m_1", "text": "hallo", "edits": 2}),
        ),
        (
            "page",
            json!({"postback": {"mid": "m_1", "title": "Start", "payload": "GO", "referral": {"ref": "r"}}}),
            "message.postback",
            json!({"message_id": "m_1", "title": "Start", "payload": "GO", "referral": {"ref": "r"}}),
        ),
        ("page", json!({"postback": {"title": "Start"}}), "message.postback", json!({"title": "Start"})),
        (
            "page",
            json!({"referral": {"ref": "r", "source": "SHORTLINK", "type": "OPEN_THREAD"}}),
            "message.referral",
            json!({"referral": {"ref": "r", "source": "SHORTLINK", "type": "OPEN_THREAD"}}),
        ),
        (
            "page",
            json!({"optin": {"type": "notification_messages", "payload": "NEWS"}}),
            "message.optin",
            json!({"optin": {"payload": "NEWS", "type": "notification_messages"}}),
        ),
        (
            "page",
            json!({"account_linking": {"status": "linked", "authorization_code": "c"}}),
            "meta.other",
            json!("other"),
        ),
        (
            "page",
            json!({"pass_thread_control": {"new_owner_app_id": "1", "metadata": ""}}),
            "meta.other",
            json!("other"),
        ),
        ("page", json!({"messaging_feedback": {"feedback_screens": []}}), "meta.other", json!("other")),
        (
            "instagram",
            json!({"response_feedback": {"feedback": "good", "mid": "aWdf1"}}),
            "meta.other",
            json!("other"),
        ),
        ("page", json!({"message": "no object"}), "meta.other", json!("other")),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "video", "payload": {"url": "https://cdn.example/v"}}, {"type": "audio", "payload": {"url": "https://cdn.example/a"}}, {"type": "file", "payload": {"url": "https://cdn.example/f"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "video", "url": "https://cdn.example/v"}, {"kind": "audio", "url": "https://cdn.example/a"}, {"kind": "file", "url": "https://cdn.example/f"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "sticker", "payload": {"url": "https://cdn.example/s", "sticker_id": "369239263222822"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "sticker", "url": "https://cdn.example/s", "id": "369239263222822"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "fallback", "title": "T", "url": "https://a.example", "payload": "BLOB"}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "fallback", "title": "T", "url": "https://a.example"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "location", "title": "Home", "url": "https://maps.example", "payload": {"coordinates": {"lat": "-32.5", "long": "34"}}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "location", "url": "https://maps.example", "title": "Home", "latitude": -32.5, "longitude": 34.0}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "reel", "payload": {"reel_video_id": "5", "url": "https://a.example/r"}}, {"type": "post", "payload": {"id": 6, "title": "P", "url": "https://a.example/p"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "reel", "url": "https://a.example/r", "id": "5"}, {"kind": "post", "url": "https://a.example/p", "title": "P", "id": "6"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": [{"type": "appointment_booking", "payload": {"title": "Haircut"}}]}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "appointment_booking", "title": "Haircut"}]}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "attachments": {"type": "image", "payload": {"url": "https://cdn.example/1"}}}),
            ),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "image", "url": "https://cdn.example/1"}]}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "attachments": [{"title": "T", "url": "https://a.example"}]})),
            "message.received",
            json!({"message_id": "m_1", "attachments": [{"kind": "fallback", "url": "https://a.example", "title": "T"}]}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "attachments": [{"type": "ig_story", "payload": {"url": "https://cdn.example/s"}}, {"type": "story", "payload": {"id": "4"}}]}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "attachments": [{"kind": "story", "url": "https://cdn.example/s"}, {"kind": "story", "id": "4"}]}),
        ),
        (
            "instagram",
            message(
                json!({"mid": "aWdf1", "attachments": [{"type": "unsupported_type", "payload": {"url": "https://cdn.example/u"}}]}),
            ),
            "message.received",
            json!({"message_id": "aWdf1", "attachments": [{"kind": "unsupported", "url": "https://cdn.example/u"}]}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "text": "/flights", "commands": [{"name": "flights"}]})),
            "message.received",
            json!({"message_id": "m_1", "text": "/flights"}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "commands": [{"name": "flights"}]})),
            "message.received",
            json!({"message_id": "m_1"}),
        ),
        (
            "instagram",
            message(json!({"mid": "aWdf1", "text": "x", "referral": {"product": {"id": "77"}}})),
            "message.received",
            json!({"message_id": "aWdf1", "text": "x", "referral": {"product": {"id": "77"}}}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "referral": {"ad_id": "9", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {"ad_title": "Sale", "post_id": "8"}}}),
            ),
            "message.received",
            json!({"message_id": "m_1", "referral": {"ad_id": "9", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {"ad_title": "Sale", "post_id": "8"}}}),
        ),
        (
            "page",
            json!({"message": {"mid": "m_1", "text": "x"}, "referral": {"ref": "r", "source": "SHORTLINK"}}),
            "message.received",
            json!({"message_id": "m_1", "text": "x", "referral": {"ref": "r", "source": "SHORTLINK"}}),
        ),
        (
            "page",
            json!({"message": {"mid": "m_1", "text": "x"}, "prior_message": {"source": "checkbox_plugin", "identifier": "u"}}),
            "message.received",
            json!({"message_id": "m_1", "text": "x"}),
        ),
        (
            "page",
            message(
                json!({"mid": "m_1", "text": "x", "reply_to": {"mid": "m_0", "is_self_reply": true}, "quick_reply": {"payload": ""}}),
            ),
            "message.received",
            json!({"message_id": "m_1", "text": "x", "reply_to": {"message_id": "m_0"}, "quick_reply": ""}),
        ),
        (
            "page",
            message(json!({"mid": "m_1", "is_deleted": "true"})),
            "message.deleted",
            json!({"message_id": "m_1"}),
        ),
        (
            "page",
            json!({"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "message": {"mid": "m_2", "is_echo": true, "app_id": 26_390_203_743_090_i64, "attachments": [{"type": "template", "title": "", "payload": {"template_type": "button", "buttons": [{"type": "web_url", "title": "Go"}]}}]}}),
            "message.echo",
            json!({"message_id": "m_2", "app_id": "26390203743090", "attachments": [{"kind": "template"}]}),
        ),
        (
            "page",
            json!({"read": {"watermark": "1458668856253", "seq": 38}}),
            "message.read",
            json!({"watermark": 1_458_668_856}),
        ),
        (
            "instagram",
            json!({"reaction": {"mid": "aWdf1", "action": "react", "reaction": "other", "emoji": "\u{1F600}"}}),
            "message.reaction",
            json!({"message_id": "aWdf1", "action": "react", "reaction": "other", "emoji": "\u{1F600}"}),
        ),
        (
            "instagram",
            json!({"reaction": {"mid": "aWdf1", "emoji": "\u{2764}"}}),
            "message.reaction",
            json!({"message_id": "aWdf1", "emoji": "\u{2764}"}),
        ),
        (
            "instagram",
            json!({"message_edit": {"mid": "aWdf1", "text": "hallo", "num_edit": 5}}),
            "message.edited",
            json!({"message_id": "aWdf1", "text": "hallo", "edits": 5}),
        ),
        (
            "instagram",
            json!({"postback": {"mid": "aWdf1", "title": "Prices?", "payload": "PRICES"}}),
            "message.postback",
            json!({"message_id": "aWdf1", "title": "Prices?", "payload": "PRICES"}),
        ),
        (
            "page",
            json!({"postback": {"title": "Start", "payload": "GO"}, "referral": {"ref": "r"}}),
            "message.postback",
            json!({"title": "Start", "payload": "GO", "referral": {"ref": "r"}}),
        ),
        (
            "page",
            json!({"referral": {"source": "ADS", "type": "LEAD_COMPLETE"}, "lead": {"data": [{"id": "1"}]}}),
            "message.referral",
            json!({"referral": {"source": "ADS", "type": "LEAD_COMPLETE"}}),
        ),
        (
            "page",
            json!({"referral": {"source": "CUSTOMER_CHAT_PLUGIN", "type": "OPEN_THREAD", "referer_uri": "https://a.example"}}),
            "message.referral",
            json!({"referral": {"source": "CUSTOMER_CHAT_PLUGIN", "type": "OPEN_THREAD", "referer_uri": "https://a.example"}}),
        ),
        (
            "instagram",
            json!({"referral": {"ref": "bio", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}}),
            "message.referral",
            json!({"referral": {"ref": "bio", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}}),
        ),
        (
            "page",
            json!({"optin": {"type": "notification_messages", "notification_messages_token": "t", "topic": "News", "token_expiry_timestamp": 1_800_000_000_000_i64, "user_token_status": "REFRESHED", "notification_messages_status": "STOP_NOTIFICATIONS"}}),
            "message.optin",
            json!({"optin": {"type": "notification_messages", "notification_messages_token": "t", "topic": "News", "token_expiry_timestamp": 1_800_000_000_000_i64, "user_token_status": "REFRESHED", "notification_messages_status": "STOP_NOTIFICATIONS"}}),
        ),
        ("page", json!({"optin": {"ref": "r"}}), "message.optin", json!({"optin": {"ref": "r"}})),
    ];
    all.extend(nameless().into_iter().map(|(object, item)| (object, item, "meta.other", json!("other"))));
    all
}

/// What is in no word of the contract.
fn nameless() -> Vec<(&'static str, Value)> {
    vec![
        ("page", json!({"account_linking": {"status": "unlinked"}})),
        ("page", json!({"sender": null, "policy_enforcement": {"action": "warning", "reason": "too much"}})),
        ("page", json!({"sender": null, "policy_enforcement": {"action": "block", "reason": "too much"}})),
        ("page", json!({"sender": null, "policy-enforcement": {"action": "unblock"}})),
        ("instagram", json!({"sender": null, "policy_enforcement": {"action": "unblock"}})),
        (
            "page",
            json!({"pass_thread_control": {"previous_owner_app_id": null, "new_owner_app_id": "1", "metadata": "m"}}),
        ),
        ("page", json!({"take_thread_control": {"previous_owner_app_id": "1", "metadata": "m"}})),
        ("page", json!({"request_thread_control": {"requested_owner_app_id": "1", "metadata": "m"}})),
        ("page", json!({"sender": null, "app_roles": {"123": ["primary_receiver"]}})),
        ("instagram", json!({"pass_thread_control": {"new_owner_app_id": 1}})),
        (
            "page",
            json!({"messaging_feedback": {"feedback_screens": [{"screen_id": "0", "questions": {"q": {"type": "csat", "payload": "4", "follow_up": {"type": "free_form", "payload": "fine"}}}}]}}),
        ),
        ("page", json!({"response_feedback": {"feedback": "bad", "mid": "m_1"}})),
        ("page", json!({"messaging_customer_information": {"screens": []}})),
        ("page", json!({"messaging_in_thread_lead_form_submit": {"form_id": "1"}})),
        ("page", json!({"order": {"products": []}})),
        ("page", json!({"optout": {"topic": "News"}})),
        ("page", json!({"message_mention": {"mid": "m_1"}})),
        ("page", json!({"message_context": {"mid": "m_1"}})),
        ("page", json!({"checkout_update": {"payload": "p"}})),
        ("page", json!({"payment": {"payload": "p"}})),
        ("page", json!({})),
    ]
}
