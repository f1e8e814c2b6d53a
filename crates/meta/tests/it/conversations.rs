use jetbridge_domain::clock::Time;
use jetbridge_domain::message::Platform;
use jetbridge_meta::{MetaError, Part, Party};

use crate::stub::{Stub, user_token};

const FIRST: Part = Part { limit: 20, after: None };

fn party(id: &str, name: &str) -> Party {
    Party { id: Some(id.to_owned()), name: Some(name.to_owned()), username: None }
}

#[tokio::test]
async fn a_messenger_profile_is_read() {
    let stub = Stub::playing(
        r#"{"first_name":"Ada","last_name":"L","name":"Ada L","profile_pic":"https://p.example/a","id":"5"}"#,
    )
    .await;
    let profile = stub.meta().profile("5", &user_token(), Platform::Messenger).await.unwrap();
    assert_eq!((profile.id.as_str(), profile.name.as_deref()), ("5", Some("Ada L")));
    assert_eq!((profile.first_name.as_deref(), profile.last_name.as_deref()), (Some("Ada"), Some("L")));
    assert_eq!(profile.picture.as_deref(), Some("https://p.example/a"));
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "GET /v25.0/5");
    assert_eq!(asked.query("fields"), Some("id,name,first_name,last_name,profile_pic"));
}

#[tokio::test]
async fn an_instagram_profile_is_read() {
    let stub = Stub::playing(
        r#"{"name":"Ada","username":"ada","profile_pic":null,"follower_count":12,
        "is_user_follow_business":true,"is_business_follow_user":false,"is_verified_user":"false","id":"5"}"#,
    )
    .await;
    let profile = stub.meta().profile("5", &user_token(), Platform::Instagram).await.unwrap();
    assert_eq!((profile.username.as_deref(), profile.picture), (Some("ada"), None));
    assert_eq!(profile.followers, Some(12));
    assert_eq!(
        (profile.follows_us, profile.followed_by_us, profile.verified),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(
        stub.only().query("fields"),
        Some(
            "id,name,username,profile_pic,follower_count,is_user_follow_business,\
             is_business_follow_user,is_verified_user"
        )
    );
}

#[tokio::test]
async fn a_profile_that_may_not_be_seen_is_empty() {
    let stub = Stub::playing("{}").await;
    let profile = stub.meta().profile("5", &user_token(), Platform::Messenger).await.unwrap();
    assert_eq!((profile.id.as_str(), profile.name, profile.follows_us), ("5", None, None));
}

#[tokio::test]
async fn conversations_are_listed_part_by_part() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"t_1","updated_time":"2026-02-28T08:49:14+0000","message_count":3,"unread_count":1,
        "can_reply":true,"participants":{"data":[{"name":"Ada","email":"5@facebook.com","id":"5"},
        {"name":"Shop","id":"7"}]}},{"no":"id"},{"id":"t_2"}],
        "paging":{"cursors":{"after":"c1"},"next":"https://graph.facebook.com/v25.0/7/conversations?after=c1"}}"#,
    )
    .await
    .then(200, r#"{"data":[],"paging":{"cursors":{"after":"c2"}}}"#);
    let meta = stub.meta();
    let first = meta.conversations("7", &user_token(), Platform::Messenger, None, &FIRST).await.unwrap();
    assert_eq!(first.rows.len(), 2);
    let row = &first.rows[0];
    assert_eq!((row.id.as_str(), row.updated_at), ("t_1", Some(Time::from_seconds(1_772_268_554))));
    assert_eq!((row.messages, row.unread, row.can_reply), (Some(3), Some(1), Some(true)));
    assert_eq!(row.participants, [party("5", "Ada"), party("7", "Shop")]);
    assert_eq!((first.rows[1].id.as_str(), first.rows[1].can_reply), ("t_2", None));
    let rest = Part { limit: 5, after: first.next.clone() };
    let last = meta.conversations("7", &user_token(), Platform::Instagram, Some("5"), &rest).await.unwrap();
    assert_eq!((last.rows.len(), last.next), (0, None));
    let asked = stub.asked();
    for call in &asked {
        call.is_proven();
        assert_eq!(call.line, "GET /v25.0/7/conversations");
        assert_eq!(
            call.query("fields"),
            Some("id,updated_time,participants,message_count,unread_count,can_reply")
        );
    }
    let said = |n: usize, key| asked[n].query(key);
    assert_eq!((said(0, "platform"), said(1, "platform")), (Some("messenger"), Some("instagram")));
    assert_eq!((said(0, "user_id"), said(1, "user_id")), (None, Some("5")));
    assert_eq!((said(0, "limit"), said(1, "limit")), (Some("20"), Some("5")));
    assert_eq!((said(0, "after"), said(1, "after")), (None, Some("c1")));
}

#[tokio::test]
async fn a_part_that_leads_back_to_itself_is_the_last() {
    let again = r#"{"data":[],"paging":{"cursors":{"after":"c1"},"next":"https://x.example/?after=c1"}}"#;
    let stub = Stub::playing(again).await;
    let part = Part { limit: 1, after: Some("c1".to_owned()) };
    let listed = stub.meta().messages("t_1", &user_token(), Platform::Messenger, &part).await.unwrap();
    assert_eq!(listed.next, None);
    let odd = Stub::playing("{}").await.meta();
    let odd = odd.messages("t_1", &user_token(), Platform::Messenger, &FIRST).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn the_messages_of_a_conversation_are_read() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"m_3","created_time":"2026-02-28T08:49:14+0000","from":{"name":"Ada","id":"5"},
        "to":{"data":[{"name":"Shop","id":"7"}]},"message":"look","shares":{"data":[{"link":"https://s.example"}]},
        "attachments":{"data":[{"id":"1","mime_type":"application/pdf","name":"a.pdf","size":12,
        "file_url":"https://f.example/a"},{"mime_type":"image/png","image_data":{"url":"https://f.example/i"}},
        {"video_data":{"url":"https://f.example/v"}}]}},
        {"id":"m_2","from":{"username":"ada","id":"5"},"message":"","reply_to":{"mid":"m_1"},
        "story":{"mention":{"link":"https://st.example","id":"9"}}},{"id":"m_1"}]}"#,
    )
    .await;
    let listed = stub.meta().messages("t_1", &user_token(), Platform::Instagram, &FIRST).await.unwrap();
    let [full, brief, bare] = listed.rows.as_slice() else { panic!("{listed:?}") };
    assert_eq!((full.id.as_str(), full.text.as_deref()), ("m_3", Some("look")));
    assert_eq!(full.created_at, Some(Time::from_seconds(1_772_268_554)));
    assert_eq!((full.from.clone(), full.to.clone()), (Some(party("5", "Ada")), vec![party("7", "Shop")]));
    assert_eq!(full.shares, ["https://s.example"]);
    let urls: Vec<_> = full.attachments.iter().map(|file| file.url.as_deref().unwrap()).collect();
    assert_eq!(urls, ["https://f.example/a", "https://f.example/i", "https://f.example/v"]);
    let pdf = &full.attachments[0];
    assert_eq!(
        (pdf.media_type.as_deref(), pdf.name.as_deref(), pdf.size),
        (Some("application/pdf"), Some("a.pdf"), Some(12))
    );
    assert_eq!((brief.text.as_deref(), brief.reply_to.as_deref()), (None, Some("m_1")));
    assert_eq!(brief.story.as_deref(), Some("https://st.example"));
    assert_eq!(brief.from.as_ref().unwrap().username.as_deref(), Some("ada"));
    assert_eq!((bare.from.as_ref(), bare.created_at, bare.attachments.len()), (None, None, 0));
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "GET /v25.0/t_1/messages");
    assert_eq!(
        asked.query("fields"),
        Some(
            "id,created_time,from,to,message,shares,reply_to,story,\
             attachments{id,mime_type,name,size,file_url,image_data,video_data}"
        )
    );
    let stub = Stub::playing(r#"{"data":[]}"#).await;
    stub.meta().messages("t_1", &user_token(), Platform::Messenger, &FIRST).await.unwrap();
    assert!(
        !stub.only().query("fields").unwrap().contains("story"),
        "a field that Messenger's messages lack"
    );
}
