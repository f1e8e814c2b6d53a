//! Comments under the posts of Pages and Instagram accounts (Pages API: comments; Graph API reference:
//! comment; Instagram Platform: comment moderation). A private reply is a message:
//! [`jetbridge_domain::message::Recipient::Comment`].

use jetbridge_domain::clock::Time;
use jetbridge_domain::secret::Secret;
use serde_json::Value;

use crate::answer;
use crate::client::Meta;
use crate::error::MetaError;
use crate::login::confirmed;
use crate::paging::{self, Listed, Part};
use crate::person::Party;
use crate::publishing::made;

const FACEBOOK_FIELDS: &str = "id,message,from,created_time,parent{id},is_hidden,like_count,comment_count,\
                               can_reply_privately,permalink_url";
const INSTAGRAM_FIELDS: &str = "id,text,timestamp,username,from,hidden,like_count,parent_id,\
                                replies{id,text,timestamp,username,from,hidden,like_count,parent_id}";

/// Whose comments they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// A Page's.
    Facebook,
    /// An Instagram account's.
    Instagram,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// `{post}_{comment}` on Facebook, digits on Instagram.
    pub id: String,
    /// Its text.
    pub text: Option<String>,
    /// Who wrote it, where Meta tells.
    pub from: Option<Party>,
    /// When.
    pub created_at: Option<Time>,
    /// The comment it answers.
    pub parent_id: Option<String>,
    /// Whether it is hidden.
    pub hidden: Option<bool>,
    /// How many like it.
    pub likes: Option<i64>,
    /// How many answers it has; on Instagram, how many came with it.
    pub answers: Option<i64>,
    /// The answers that came with it. Instagram's alone, and the first of them: Facebook lists a
    /// comment's answers as it lists a post's comments.
    pub replies: Vec<Comment>,
    /// Whether a private reply can be sent; Facebook's alone.
    pub can_reply_privately: Option<bool>,
    /// Its address; Facebook's alone.
    pub permalink: Option<String>,
}

impl Meta {
    /// The comments under a post, or the answers under a Page's comment, the latest first.
    pub async fn comments(
        &self,
        object_id: &str,
        page_token: &Secret,
        network: Network,
        part: &Part,
    ) -> Result<Listed<Comment>, MetaError> {
        let call = self.get("GET /{object-id}/comments", &[object_id, "comments"]).acting(page_token);
        let call = match network {
            Network::Facebook => {
                call.query("fields", FACEBOOK_FIELDS).query("order", "reverse_chronological")
            }
            // Instagram knows no other order.
            Network::Instagram => call.query("fields", INSTAGRAM_FIELDS),
        };
        paging::part(call, part, read_comment).await
    }

    /// Writes a comment under a post; gives its id.
    pub async fn comment(
        &self,
        object_id: &str,
        page_token: &Secret,
        message: &str,
    ) -> Result<String, MetaError> {
        let call = self.post("POST /{object-id}/comments", &[object_id, "comments"]).acting(page_token);
        made(&call.form("message", message).send().await?)
    }

    /// Answers a comment where all can read it; gives the answer's id. Instagram puts an answer to an
    /// answer under the comment at the top.
    pub async fn reply_comment(
        &self,
        comment_id: &str,
        page_token: &Secret,
        network: Network,
        message: &str,
    ) -> Result<String, MetaError> {
        let call = match network {
            Network::Facebook => return self.comment(comment_id, page_token, message).await,
            Network::Instagram => self.post("POST /{comment-id}/replies", &[comment_id, "replies"]),
        };
        made(&call.acting(page_token).form("message", message).send().await?)
    }

    /// Hides a comment from everybody but its author and their friends, or shows it again.
    pub async fn hide_comment(
        &self,
        comment_id: &str,
        page_token: &Secret,
        network: Network,
        hidden: bool,
    ) -> Result<(), MetaError> {
        let key = match network {
            Network::Facebook => "is_hidden",
            Network::Instagram => "hide",
        };
        let call = self.post("POST /{comment-id}", &[comment_id]).acting(page_token);
        confirmed(call.form(key, hidden.to_string())).await
    }

    /// Deletes a comment under the Page's or account's own post, or one of its own.
    pub async fn delete_comment(&self, comment_id: &str, page_token: &Secret) -> Result<(), MetaError> {
        confirmed(self.delete("DELETE /{comment-id}", &[comment_id]).acting(page_token)).await
    }

    /// Likes a comment as the Page, or takes that back. Instagram offers neither.
    pub async fn like_comment(
        &self,
        comment_id: &str,
        page_token: &Secret,
        liked: bool,
    ) -> Result<(), MetaError> {
        let path = [comment_id, "likes"];
        let call = if liked {
            self.post("POST /{comment-id}/likes", &path)
        } else {
            self.delete("DELETE /{comment-id}/likes", &path)
        };
        confirmed(call.acting(page_token)).await
    }
}

fn read_comment(row: &Value) -> Option<Comment> {
    let replies = row.get("replies").and_then(|replies| answer::list(replies, "data"));
    let replies: Vec<_> = replies.unwrap_or_default().iter().filter_map(read_comment).collect();
    let came = i64::try_from(replies.len()).ok().filter(|count| *count > 0);
    let username = answer::word(row, "username");
    // Instagram names the author beside `from`, which it leaves out at times.
    let alone = username.map(|username| Party { username: Some(username), ..Party::default() });
    Some(Comment {
        id: answer::word(row, "id")?,
        text: answer::word(row, "message").or_else(|| answer::word(row, "text")),
        from: row.get("from").and_then(Party::read).or(alone),
        created_at: answer::stamp(row, "created_time").or_else(|| answer::stamp(row, "timestamp")),
        parent_id: row
            .get("parent")
            .and_then(|parent| answer::word(parent, "id"))
            .or_else(|| answer::word(row, "parent_id")),
        hidden: answer::truth(row, "is_hidden").or_else(|| answer::truth(row, "hidden")),
        likes: answer::number(row, "like_count"),
        answers: answer::number(row, "comment_count").or(came),
        replies,
        can_reply_privately: answer::truth(row, "can_reply_privately"),
        permalink: answer::word(row, "permalink_url"),
    })
}
