//! Who people are and what was said with them before (Messenger Platform: user profile, conversations;
//! Instagram messaging: user profile, conversations).

use jetbridge_domain::clock::Time;
use jetbridge_domain::message::Platform;
use jetbridge_domain::secret::Secret;
use serde_json::Value;

use crate::answer;
use crate::client::Meta;
use crate::error::MetaError;
use crate::messaging::platform_word;
use crate::paging::{self, Listed, Part};
use crate::person::Party;

const MESSENGER_PROFILE: &str = "id,name,first_name,last_name,profile_pic";
const INSTAGRAM_PROFILE: &str = "id,name,username,profile_pic,follower_count,is_user_follow_business,\
                                 is_business_follow_user,is_verified_user";
const CONVERSATION_FIELDS: &str = "id,updated_time,participants,message_count,unread_count,can_reply";
const MESSENGER_MESSAGE: &str = "id,created_time,from,to,message,shares,\
                                 attachments{id,mime_type,name,size,file_url,image_data,video_data}";
const INSTAGRAM_MESSAGE: &str = "id,created_time,from,to,message,shares,reply_to,story,\
                                 attachments{id,mime_type,name,size,file_url,image_data,video_data}";

/// A person, as far as Meta tells: everything may be absent, most of it where the app lacks the feature
/// for profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who was asked for.
    pub id: String,
    /// The whole name.
    pub name: Option<String>,
    /// Messenger's.
    pub first_name: Option<String>,
    /// Messenger's.
    pub last_name: Option<String>,
    /// Instagram's name after the `@`.
    pub username: Option<String>,
    /// Where the picture is; it lapses within days.
    pub picture: Option<String>,
    /// How many follow them on Instagram.
    pub followers: Option<i64>,
    /// Whether they follow the account.
    pub follows_us: Option<bool>,
    /// Whether the account follows them.
    pub followed_by_us: Option<bool>,
    /// Whether Instagram verified them.
    pub verified: Option<bool>,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id, `t_…` for Messenger.
    pub id: String,
    /// When something was last said.
    pub updated_at: Option<Time>,
    /// Both sides; the Page or account is one of them.
    pub participants: Vec<Party>,
    /// How many messages it has.
    pub messages: Option<i64>,
    /// How many of them nobody has read.
    pub unread: Option<i64>,
    /// Whether a message can be sent now.
    pub can_reply: Option<bool>,
}

/// A message of a conversation. Meta shows details of the newest twenty only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMessage {
    /// Its id.
    pub id: String,
    /// When it was sent.
    pub created_at: Option<Time>,
    /// Who sent it.
    pub from: Option<Party>,
    /// Whom to.
    pub to: Vec<Party>,
    /// Its text; none for a file alone.
    pub text: Option<String>,
    /// Its files.
    pub attachments: Vec<PastAttachment>,
    /// The addresses it shares.
    pub shares: Vec<String>,
    /// The id of the message it answers.
    pub reply_to: Option<String>,
    /// The address of the story it answers or mentions.
    pub story: Option<String>,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAttachment {
    /// Its media type.
    pub media_type: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its bytes.
    pub size: Option<i64>,
    /// Where it is; signed and short-lived.
    pub url: Option<String>,
}

impl Meta {
    /// Who a person is. Without the feature for profiles Meta answers nothing but the id, or not even
    /// that, and no error.
    pub async fn profile(
        &self,
        person_id: &str,
        page_token: &Secret,
        platform: Platform,
    ) -> Result<Profile, MetaError> {
        let fields = match platform {
            Platform::Messenger => MESSENGER_PROFILE,
            Platform::Instagram => INSTAGRAM_PROFILE,
        };
        let call = self.get("GET /{person-id}", &[person_id]).acting(page_token).query("fields", fields);
        let answer = call.send().await?;
        Ok(Profile {
            id: person_id.to_owned(),
            name: answer::word(&answer, "name"),
            first_name: answer::word(&answer, "first_name"),
            last_name: answer::word(&answer, "last_name"),
            username: answer::word(&answer, "username"),
            picture: answer::word(&answer, "profile_pic"),
            followers: answer::number(&answer, "follower_count"),
            follows_us: answer::truth(&answer, "is_user_follow_business"),
            followed_by_us: answer::truth(&answer, "is_business_follow_user"),
            verified: answer::truth(&answer, "is_verified_user"),
        })
    }

    /// A Page's conversations, or those of the Instagram account behind it, the latest first; with
    /// `person_id` only those with that person.
    pub async fn conversations(
        &self,
        page_id: &str,
        page_token: &Secret,
        platform: Platform,
        person_id: Option<&str>,
        part: &Part,
    ) -> Result<Listed<Conversation>, MetaError> {
        let mut call = self
            .get("GET /{page-id}/conversations", &[page_id, "conversations"])
            .acting(page_token)
            .query("platform", platform_word(platform))
            .query("fields", CONVERSATION_FIELDS);
        if let Some(person_id) = person_id {
            call = call.query("user_id", person_id);
        }
        paging::part(call, part, conversation).await
    }

    /// A conversation's messages, the latest first.
    pub async fn messages(
        &self,
        conversation_id: &str,
        page_token: &Secret,
        platform: Platform,
        part: &Part,
    ) -> Result<Listed<PastMessage>, MetaError> {
        let fields = match platform {
            Platform::Messenger => MESSENGER_MESSAGE,
            Platform::Instagram => INSTAGRAM_MESSAGE,
        };
        let call = self
            .get("GET /{conversation-id}/messages", &[conversation_id, "messages"])
            .acting(page_token)
            .query("fields", fields);
        paging::part(call, part, past_message).await
    }
}

fn conversation(row: &Value) -> Option<Conversation> {
    Some(Conversation {
        id: answer::word(row, "id")?,
        updated_at: answer::stamp(row, "updated_time"),
        participants: Party::read_all(row.get("participants")),
        messages: answer::number(row, "message_count"),
        unread: answer::number(row, "unread_count"),
        can_reply: answer::truth(row, "can_reply"),
    })
}

fn past_message(row: &Value) -> Option<PastMessage> {
    let inner = |key| row.get(key).and_then(|value| answer::list(value, "data")).unwrap_or_default();
    // A story is wrapped in why it is there: `{"mention": {"link"}}` or `{"reply_to": {"link"}}`.
    let story = row.get("story").and_then(Value::as_object);
    Some(PastMessage {
        id: answer::word(row, "id")?,
        created_at: answer::stamp(row, "created_time"),
        from: row.get("from").and_then(Party::read),
        to: Party::read_all(row.get("to")),
        text: answer::word(row, "message"),
        attachments: inner("attachments").iter().map(past_attachment).collect(),
        shares: inner("shares").iter().filter_map(|share| answer::word(share, "link")).collect(),
        reply_to: row
            .get("reply_to")
            .and_then(|to| answer::word(to, "mid").or_else(|| answer::word(to, "id"))),
        story: story.and_then(|story| story.values().find_map(|part| answer::word(part, "link"))),
    })
}

fn past_attachment(row: &Value) -> PastAttachment {
    let within = |key| row.get(key).and_then(|data| answer::word(data, "url"));
    let url = answer::word(row, "file_url").or_else(|| within("image_data")).or_else(|| within("video_data"));
    PastAttachment {
        media_type: answer::word(row, "mime_type"),
        name: answer::word(row, "name"),
        size: answer::number(row, "size"),
        url,
    }
}
