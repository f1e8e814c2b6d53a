//! What happens on posts, and leads.

use serde::{Deserialize, Serialize};

use super::{Attachment, Party};

/// What happened on a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// Somebody commented.
    CommentCreated,
    /// A comment was changed.
    CommentEdited,
    /// A comment was removed.
    CommentDeleted,
    /// A comment was hidden or shown again.
    CommentHidden,
    /// Mentioned.
    MentionCreated,
    /// A post was made.
    PostCreated,
    /// A post was changed.
    PostEdited,
    /// A post was removed.
    PostDeleted,
    /// Somebody reacted.
    PostReaction,
}

impl ContentKind {
    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommentCreated => "comment.created",
            Self::CommentEdited => "comment.edited",
            Self::CommentDeleted => "comment.deleted",
            Self::CommentHidden => "comment.hidden",
            Self::MentionCreated => "mention.created",
            Self::PostCreated => "post.created",
            Self::PostEdited => "post.edited",
            Self::PostDeleted => "post.deleted",
            Self::PostReaction => "post.reaction",
        }
    }
}

/// What there is of it. Every field is absent where Meta does not say.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Content {
    /// Who did it; Meta does not always say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Party>,
    /// It was the Page or account itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// The Page's post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_id: Option<String>,
    /// The Instagram account's post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_id: Option<String>,
    /// The comment that it answers; absent where it stands right under the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// What a post is: Meta's word (`status`, `photo`, `video`, `share`, `post` by a visitor), or of Instagram's
    /// `FEED`, `REELS`, `STORY`, `AD`, `LIVE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What hangs on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Where people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
    /// Whether people see it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
    /// Whether it is hidden now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// `react` or `unreact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// `like`, `love`, `wow`, `haha`, `sad`, `angry`, `care`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// The ad that it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_id: Option<String>,
    /// That ad's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_title: Option<String>,
}

impl Content {
    /// The post, or what comes nearest.
    pub(super) fn post(&self) -> Option<&str> {
        self.post_id.as_deref().or(self.media_id.as_deref()).or(self.comment_id.as_deref())
    }
}

/// A filled-in form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Meta's id, which the answers are read with.
    pub lead_id: String,
    /// The form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_id: Option<String>,
    /// The ad that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_id: Option<String>,
    /// That ad's set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adgroup_id: Option<String>,
}
