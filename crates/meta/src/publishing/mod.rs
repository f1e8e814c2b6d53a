//! Posts of Pages and of Instagram accounts: making them, listing them, taking Page posts back.

mod instagram;
mod page;

pub use self::instagram::{ContainerState, ContainerStatus, InstagramMedia, Quota};
pub(crate) use self::page::made;
pub use self::page::{Created, Post, Shelf, VideoStatus};
