//! What is left of Meta's limits, per Page or Instagram account: turns at the rates that Meta publishes, and the
//! time until which Meta itself says that it takes no more.
//!
//! Each process counts its own calls. Where several share an account, Meta's headers, which count all, shut it
//! for each of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jetbridge_domain::budget::{Class, Meter};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::message::Platform;
use jetbridge_domain::product::Product;
use jetbridge_meta::Usage;

/// Accounts are looked through for forgotten ones when there are so many.
const MANY: usize = 10_000;

/// The budgets of all accounts.
#[derive(Debug, Default)]
pub struct Budgets(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    meters: HashMap<(String, Platform, Class), Meter<PartnerId>>,
    shut: HashMap<(String, Use), Time>,
}

/// Meta's business use cases, which have limits of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    Messages,
    Content,
}

impl Use {
    fn of(product: Product) -> Self {
        match product {
            Product::Messenger | Product::InstagramMessaging => Self::Messages,
            Product::FacebookPage | Product::InstagramContent => Self::Content,
        }
    }

    /// By Meta's word; leads and ads have others, which shut nothing else.
    fn named(word: &str) -> Option<Self> {
        match word {
            "messenger" => Some(Self::Messages),
            "pages" | "instagram" => Some(Self::Content),
            _ => None,
        }
    }
}

impl Budgets {
    /// Notes what an answer's headers say.
    pub fn used(&self, usage: &Usage, now: Time) {
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for account in &usage.accounts {
            if let (Some(regain), Some(purpose)) = (account.regain, Use::named(&account.kind)) {
                tracing::warn!(
                    account = account.id,
                    kind = account.kind,
                    ?regain,
                    "Meta takes no more calls for a while"
                );
                // The account may be the business; the call was about one of its Pages.
                for id in [&account.id, &usage.object] {
                    books.shut.insert((id.clone(), purpose), now.plus(regain));
                }
            }
        }
        books.tidy(now);
    }

    /// Whether Meta takes calls; else how long it does not.
    pub fn open(&self, connection: &Connection, now: Time) -> Result<(), Span> {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let purpose = Use::of(connection.product);
        let until = [connection.asset_id(), &connection.page_id]
            .into_iter()
            .filter_map(|id| books.shut.get(&(id.to_owned(), purpose)))
            .max();
        match until {
            Some(until) if *until > now => Err(until.since(now)),
            _ => Ok(()),
        }
    }

    /// Takes a turn; answers how long to wait for it, or where that is too long, when to ask again.
    pub fn take(&self, connection: &Connection, class: Class, now: Time) -> Result<Span, Span> {
        self.open(connection, now)?;
        let platform = connection.product.platform();
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        books.tidy(now);
        let meter = books.meters.entry((connection.asset_id().to_owned(), platform, class)).or_default();
        meter.take(connection.partner.clone(), class.rate(platform), now)
    }
}

impl Books {
    fn tidy(&mut self, now: Time) {
        if self.meters.len() >= MANY {
            self.meters.retain(|(_, platform, class), meter| !meter.is_idle(class.rate(*platform), now));
        }
        if self.shut.len() >= MANY {
            self.shut.retain(|_, until| *until > now);
        }
    }
}
