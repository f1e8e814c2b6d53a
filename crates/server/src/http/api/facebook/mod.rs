//! `/api/facebook`.

pub mod check_connection;
pub mod comments;
pub mod connection_view;
pub mod create_onboarding;
pub mod create_post;
pub mod delete_connection;
pub mod delete_onboarding;
pub mod delete_post;
pub mod get_comments;
pub mod get_connection;
pub mod get_connections;
pub mod get_conversations;
pub mod get_messages;
pub mod get_onboarding;
pub mod get_onboardings;
pub mod get_posts;
pub mod get_profile;
pub mod graph;
pub mod leads;
pub mod link_view;
pub mod listing;
pub mod private_reply;
pub mod reply_comment;
pub mod send_action;
pub mod send_message;
pub mod upload_attachment;
