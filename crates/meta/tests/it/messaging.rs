use jetbridge_domain::message::{
    Action, Attachment, Button, Card, Content, MediaKind, Message, Platform, QuickReply, Recipient, Source,
    Template,
};
use jetbridge_meta::{Advice, MetaError, Sent};
use serde_json::{Value, json};

use crate::stub::{Asked, Stub, impatient, user_token};

const PAGE: &str = "102345678901234";
const TAKEN: &str = r#"{"recipient_id":"5","message_id":"m_1"}"#;

fn saying(content: Content) -> Message {
    Message {
        to: Recipient::Person("5".to_owned()),
        content,
        quick_replies: Vec::new(),
        reply_to: None,
        human_agent: false,
        metadata: None,
    }
}

fn text(text: &str) -> Message {
    saying(Content::Text(text.to_owned()))
}

fn url(path: &str) -> Source {
    Source::Url(format!("https://files.example/{path}"))
}

async fn sent(message: &Message) -> Asked {
    let stub = Stub::playing(TAKEN).await;
    stub.meta().send(PAGE, &user_token(), message).await.unwrap();
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, format!("POST /v25.0/{PAGE}/messages"));
    asked
}

async fn body(content: Content) -> Value {
    sent(&saying(content)).await.json("message")
}

#[tokio::test]
async fn a_text_goes_to_a_person() {
    let asked = sent(&text("Grüße 👋")).await;
    assert_eq!(asked.json("recipient"), json!({"id": "5"}));
    assert_eq!(asked.form("messaging_type"), Some("RESPONSE"));
    assert_eq!(asked.json("message"), json!({"text": "Grüße 👋"}));
    assert_eq!(asked.names(), ["message", "messaging_type", "recipient"]);
}

#[tokio::test]
async fn whatever_goes_with_a_message_is_said() {
    let tap = QuickReply::Text {
        title: "Red".to_owned(),
        payload: "R".to_owned(),
        image_url: Some("https://files.example/r.png".to_owned()),
    };
    let bare = QuickReply::Text { title: "Blue".to_owned(), payload: "B".to_owned(), image_url: None };
    let asked = sent(&Message {
        quick_replies: vec![tap, bare, QuickReply::Phone, QuickReply::Email],
        reply_to: Some("m_0".to_owned()),
        human_agent: true,
        metadata: Some("jb:1".to_owned()),
        ..text("Which?")
    })
    .await;
    assert_eq!(asked.form("messaging_type"), Some("MESSAGE_TAG"));
    assert_eq!(asked.form("tag"), Some("HUMAN_AGENT"));
    assert_eq!(asked.json("reply_to"), json!({"mid": "m_0"}));
    let message = asked.json("message");
    assert_eq!(message["metadata"], "jb:1");
    assert_eq!(
        message["quick_replies"],
        json!([
            {"content_type": "text", "title": "Red", "payload": "R", "image_url": "https://files.example/r.png"},
            {"content_type": "text", "title": "Blue", "payload": "B"},
            {"content_type": "user_phone_number"},
            {"content_type": "user_email"},
        ])
    );
}

#[tokio::test]
async fn a_private_reply_names_the_comment_or_the_post() {
    for (to, said) in [
        (Recipient::Comment("1_2".to_owned()), json!({"comment_id": "1_2"})),
        (Recipient::Post("7_8".to_owned()), json!({"post_id": "7_8"})),
    ] {
        assert_eq!(sent(&Message { to, ..text("hi") }).await.json("recipient"), said);
    }
}

#[tokio::test]
async fn files_go_by_address_or_by_id() {
    for (kind, word) in [
        (MediaKind::Image, "image"),
        (MediaKind::Audio, "audio"),
        (MediaKind::Video, "video"),
        (MediaKind::File, "file"),
    ] {
        let file = Attachment { kind, source: url("a"), reusable: false };
        assert_eq!(
            body(Content::Attachment(file)).await,
            json!({"attachment": {"type": word, "payload": {"url": "https://files.example/a"}}})
        );
    }
    let file = Attachment { kind: MediaKind::Image, source: url("a"), reusable: true };
    assert_eq!(body(Content::Attachment(file.clone())).await["attachment"]["payload"]["is_reusable"], true);
    let kept = Attachment { source: Source::Id("99".to_owned()), ..file };
    assert_eq!(
        body(Content::Attachment(kept)).await["attachment"]["payload"],
        json!({"attachment_id": "99"})
    );
    assert_eq!(
        body(Content::Images(vec![url("a"), Source::Id("99".to_owned())])).await,
        json!({"attachments": [
            {"type": "image", "payload": {"url": "https://files.example/a"}},
            {"type": "image", "payload": {"attachment_id": "99"}},
        ]})
    );
}

#[tokio::test]
async fn each_template_has_its_layout() {
    let buttons = vec![
        Button::Url { title: "Open".to_owned(), url: "https://shop.example".to_owned() },
        Button::Postback { title: "More".to_owned(), payload: "M".to_owned() },
        Button::Call { title: "Call".to_owned(), phone: "+15550100".to_owned() },
    ];
    let said = json!([
        {"type": "web_url", "title": "Open", "url": "https://shop.example"},
        {"type": "postback", "title": "More", "payload": "M"},
        {"type": "phone_number", "title": "Call", "payload": "+15550100"},
    ]);
    let full = Card {
        title: "Rose".to_owned(),
        subtitle: Some("Red".to_owned()),
        image_url: Some("https://files.example/r.png".to_owned()),
        url: Some("https://shop.example/rose".to_owned()),
        buttons: buttons.clone(),
    };
    let bare = Card { title: "Tulip".to_owned(), ..Card::default() };
    for (template, payload) in [
        (
            Template::Generic(vec![full, bare]),
            json!({"template_type": "generic", "elements": [
                {"title": "Rose", "subtitle": "Red", "image_url": "https://files.example/r.png",
                 "default_action": {"type": "web_url", "url": "https://shop.example/rose"}, "buttons": said},
                {"title": "Tulip"},
            ]}),
        ),
        (
            Template::Buttons { text: "Well?".to_owned(), buttons: buttons.clone() },
            json!({"template_type": "button", "text": "Well?", "buttons": said}),
        ),
        (
            Template::Media { kind: MediaKind::Video, source: Source::Id("9".to_owned()), buttons },
            json!({"template_type": "media",
                "elements": [{"media_type": "video", "attachment_id": "9", "buttons": said}]}),
        ),
        (
            Template::Media { kind: MediaKind::Image, source: url("a"), buttons: Vec::new() },
            json!({"template_type": "media",
                "elements": [{"media_type": "image", "url": "https://files.example/a"}]}),
        ),
        (
            Template::Other(json!({"template_type": "coupon", "x": [1]})),
            json!({"template_type": "coupon", "x": [1]}),
        ),
    ] {
        assert_eq!(
            body(Content::Template(template)).await,
            json!({"attachment": {"type": "template", "payload": payload}})
        );
    }
}

#[tokio::test]
async fn the_answer_names_the_message() {
    for (body, recipient_id, attachment_id) in [
        (r#"{"recipient_id":"5","message_id":"m_1","attachment_id":9}"#, Some("5"), Some("9")),
        (r#"{"message_id":"m_1"}"#, None, None),
    ] {
        let stub = Stub::playing(body).await;
        let sent = stub.meta().send(PAGE, &user_token(), &text("hi")).await.unwrap();
        let expected = Sent {
            recipient_id: recipient_id.map(str::to_owned),
            message_id: "m_1".to_owned(),
            attachment_id: attachment_id.map(str::to_owned),
        };
        assert_eq!(sent, expected);
    }
    for odd in [r#"{"recipient_id":"5"}"#, r#"{"message_id":""}"#, "[]", "true"] {
        let error = Stub::playing(odd).await.meta().send(PAGE, &user_token(), &text("hi")).await.unwrap_err();
        assert!(matches!(error, MetaError::Odd { .. }) && error.may_have_been_taken(), "{odd}");
    }
}

#[tokio::test]
async fn a_refusal_says_whom_it_concerns() {
    for (code, subcode, advice) in [
        (10, 2_018_278, Advice::OutsideWindow),
        (10, 2_534_022, Advice::OutsideWindow),
        (551, 1_545_041, Advice::WrongRecipient),
        (100, 2_018_001, Advice::WrongRecipient),
        (100, 2_018_008, Advice::BadMedia),
        (100, 2_534_037, Advice::HeldByOther),
        (190, 460, Advice::Reconnect),
    ] {
        let refused = json!({"error": {"message": "no", "code": code, "error_subcode": subcode}}).to_string();
        let stub = Stub::start().await.then(400, refused);
        let error = stub.meta().send(PAGE, &user_token(), &text("hi")).await.unwrap_err();
        assert_eq!(error.advice(), advice, "{code}/{subcode}");
        assert!(!error.may_have_been_taken());
    }
}

#[tokio::test]
async fn actions_are_no_messages() {
    let message_id = "m_1".to_owned();
    for (action, word, payload) in [
        (Action::TypingOn, "typing_on", Value::Null),
        (Action::TypingOff, "typing_off", Value::Null),
        (Action::MarkSeen, "mark_seen", Value::Null),
        (
            Action::React { message_id: message_id.clone(), reaction: "love".to_owned() },
            "react",
            json!({"message_id": "m_1", "reaction": "love"}),
        ),
        (Action::Unreact { message_id }, "unreact", json!({"message_id": "m_1"})),
    ] {
        let stub = Stub::playing(r#"{"recipient_id":"5"}"#).await;
        stub.meta().act(PAGE, &user_token(), "5", &action).await.unwrap();
        let asked = stub.only();
        asked.is_proven();
        assert_eq!(asked.line, format!("POST /v25.0/{PAGE}/messages"));
        assert_eq!(asked.json("recipient"), json!({"id": "5"}));
        assert_eq!(asked.form("sender_action"), Some(word));
        assert_eq!(asked.json("payload"), payload);
        assert_eq!((asked.form("message"), asked.form("messaging_type")), (None, None));
    }
    let plain = Stub::playing(r#"{"success":true}"#).await;
    plain.meta().act(PAGE, &user_token(), "5", &Action::MarkSeen).await.unwrap();
    let odd = Stub::playing("{}").await.meta().act(PAGE, &user_token(), "5", &Action::MarkSeen).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn an_attachment_is_uploaded_by_its_address() {
    for (platform, word) in [(Platform::Messenger, "messenger"), (Platform::Instagram, "instagram")] {
        let stub = Stub::playing(r#"{"attachment_id":"1857777774821032"}"#).await;
        let address = "https://files.example/a.png";
        let meta = stub.meta();
        let id =
            meta.upload_attachment(PAGE, &user_token(), platform, MediaKind::Image, address).await.unwrap();
        assert_eq!(id, "1857777774821032");
        let asked = stub.only();
        asked.is_proven();
        assert_eq!(asked.line, format!("POST /v25.0/{PAGE}/message_attachments"));
        assert_eq!(asked.form("platform"), Some(word));
        assert_eq!(
            asked.json("message"),
            json!({"attachment": {"type": "image", "payload": {"url": address, "is_reusable": true}}})
        );
    }
    let meta = Stub::playing("{}").await.meta();
    let odd = meta.upload_attachment(PAGE, &user_token(), Platform::Messenger, MediaKind::File, "x").await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn a_page_id_that_is_none_is_not_sent() {
    let stub = Stub::start().await;
    let error = stub.meta().send("../me", &user_token(), &text("hi")).await.unwrap_err();
    assert!(matches!(error, MetaError::NotSent(_)));
    assert_eq!(stub.asked().len(), 0);
}

#[tokio::test]
async fn a_file_that_meta_has_to_fetch_is_waited_for() {
    let file = Attachment { kind: MediaKind::Video, source: url("v.mp4"), reusable: false };
    let video = saying(Content::Attachment(file));
    let stub = Stub::start().await.then_late(TAKEN).then_late(r#"{"attachment_id":"1"}"#).then_late(TAKEN);
    let (meta, token) = (impatient(&stub.base), user_token());
    assert_eq!(meta.send(PAGE, &token, &video).await.unwrap().message_id, "m_1");
    let address = "https://files.example/v.mp4";
    meta.upload_attachment(PAGE, &token, Platform::Messenger, MediaKind::Video, address).await.unwrap();
    let late = meta.send(PAGE, &token, &text("hi")).await.unwrap_err();
    assert!(matches!(late, MetaError::Unknown(_)), "a text is not: {late:?}");
}
