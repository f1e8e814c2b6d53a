//! The Pages a person opened to the app, and the Instagram accounts behind them.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jetbridge_domain::secret::Secret;
use serde_json::Value;

use crate::answer;
use crate::call::Call;
use crate::client::Meta;
use crate::error::MetaError;
use crate::paging;

/// What is asked of a Page wherever it is read.
const PAGE_FIELDS: &str = "id,name,category,access_token,picture{url}";
/// What is asked besides where an Instagram account is wanted. Reading it needs `instagram_basic`,
/// which links for Facebook alone do not ask for.
const INSTAGRAM_FIELDS: &str = "instagram_business_account{id,username,name,profile_picture_url}";

/// A Page, as the person who opened it sees it (Graph API reference: user accounts, page).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The Page's id, the same for everybody.
    pub id: String,
    /// Its name; its id where Meta gives no name.
    pub name: String,
    /// Its category in the person's language, such as `Product/service`.
    pub category: Option<String>,
    /// What the person may do on it: `MESSAGING`, `PROFILE_PLUS_MANAGE` and so on.
    pub tasks: Vec<String>,
    /// Whether Meta gives a token for it. It does not where the person has too few rights.
    pub has_token: bool,
    /// Where its picture is. Signed and short-lived: to be shown or copied soon, not kept.
    pub picture: Option<String>,
    /// The professional Instagram account linked to it. None where none is linked, where the person did
    /// not open it to the app, or where it was not asked for.
    pub instagram: Option<Instagram>,
}

/// A professional Instagram account behind a Page (Graph API reference: IG user).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instagram {
    /// The account's id, `17841...`: what webhooks name it by.
    pub id: String,
    /// Its name after the `@`.
    pub username: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// Where its picture is; short-lived as the Page's.
    pub picture: Option<String>,
}

/// A Page and the token to act as it.
#[derive(Debug, Clone)]
pub struct PageAccess {
    /// The Page, with the person's tasks as they are now.
    pub page: Page,
    /// The Page's token for this person and app; none where the person has too few rights. From a
    /// long-lived token it does not expire by time.
    pub token: Option<Secret>,
}

impl Meta {
    /// All Pages the person opened to the app, in Meta's order. None at all is a normal answer: no Page,
    /// or none ticked. With `instagram` each comes with its Instagram account, which takes the permission
    /// `instagram_basic`.
    pub async fn pages(&self, user_token: &Secret, instagram: bool) -> Result<Vec<Page>, MetaError> {
        let mut pages = Vec::new();
        let mut seen = HashSet::new();
        paging::each(self.accounts(user_token, instagram), |row| {
            match read_page(row) {
                Some(access) if seen.insert(access.page.id.clone()) => pages.push(access.page),
                Some(_) => {}
                None => tracing::warn!("Meta listed a Page without an id; it is left out"),
            }
            ControlFlow::Continue(())
        })
        .await?;
        Ok(pages)
    }

    /// One Page with its token and the person's tasks on it.
    ///
    /// The Page itself gives the token, but knows no tasks (Graph API reference: page): they are a field
    /// of the person's list of Pages only, which is therefore read up to this Page. A Page that is not
    /// on the list has no tasks: the person lost their role, or did not open it.
    pub async fn page_token(
        &self,
        user_token: &Secret,
        page_id: &str,
        instagram: bool,
    ) -> Result<PageAccess, MetaError> {
        let call = self.get("GET /{page-id}", &[page_id]).token(user_token);
        let answer = call.query("fields", fields("", instagram)).send().await?;
        let mut access = read_page(&answer)
            .filter(|access| access.page.id == page_id)
            .ok_or(MetaError::Odd { http: 200, what: "a Page without its id" })?;
        paging::each(self.accounts(user_token, instagram), |row| match read_page(row) {
            Some(listed) if listed.page.id == page_id => {
                access.page.tasks = listed.page.tasks;
                access.page.has_token |= listed.page.has_token;
                access.token = access.token.take().or(listed.token);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })
        .await?;
        Ok(access)
    }

    /// A Page seen with its own token, which proves that the token reads it; `instagram` asks for the
    /// account behind it. What the person may do there is not part of it.
    pub async fn page(&self, page_token: &Secret, page_id: &str, instagram: bool) -> Result<Page, MetaError> {
        let fields = if instagram { format!("id,name,{INSTAGRAM_FIELDS}") } else { "id,name".to_owned() };
        let call = self.get("GET /{page-id}", &[page_id]).token(page_token).query("fields", fields);
        let access = read_page(&call.send().await?).filter(|access| access.page.id == page_id);
        Ok(access.ok_or(MetaError::Odd { http: 200, what: "a Page without its id" })?.page)
    }

    fn accounts(&self, user_token: &Secret, instagram: bool) -> Call<'_> {
        self.get("GET /me/accounts", &["me", "accounts"])
            .token(user_token)
            .query("fields", fields(",tasks", instagram))
            .query("limit", "100")
    }
}

fn fields(more: &str, instagram: bool) -> String {
    if instagram { format!("{PAGE_FIELDS}{more},{INSTAGRAM_FIELDS}") } else { format!("{PAGE_FIELDS}{more}") }
}

fn read_page(row: &Value) -> Option<PageAccess> {
    let id = answer::word(row, "id")?;
    let token = answer::word(row, "access_token").map(Secret::new);
    let page = Page {
        name: answer::word(row, "name").unwrap_or_else(|| id.clone()),
        id,
        category: answer::word(row, "category"),
        tasks: answer::texts(row, "tasks"),
        has_token: token.is_some(),
        picture: row.get("picture").and_then(picture),
        instagram: row.get("instagram_business_account").and_then(instagram),
    };
    Some(PageAccess { page, token })
}

/// A picture is an edge and comes wrapped in `data`; as a plain field it would not be.
fn picture(value: &Value) -> Option<String> {
    answer::word(value.get("data").unwrap_or(value), "url")
}

fn instagram(value: &Value) -> Option<Instagram> {
    Some(Instagram {
        id: answer::word(value, "id")?,
        username: answer::word(value, "username"),
        name: answer::word(value, "name"),
        picture: answer::word(value, "profile_picture_url"),
    })
}
