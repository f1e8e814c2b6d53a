//! How partners appear to clients: their branding and their pictures.

use jetbridge_domain::branding::{Branding, LogoState, LogoTrouble, LogoUrl, PictureKind, Words};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::color::Color;
use jetbridge_domain::id::{LogoId, PartnerId};
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::onboarding::{Face, Link};
use jetbridge_domain::url::WebUrl;
use jetbridge_store::{brandings, links, logos};

use crate::support::{NOW, World, on_both_engines};

fn full() -> Branding {
    let words = |text: &str| Some(Words::parse(text, 200).unwrap());
    Branding {
        display_name: words("\u{5D7}\u{5E0}\u{5D5}\u{5EA}"),
        logo: Some(logo_url(1)),
        message: words("two\nlines \u{1F338}"),
        button: words("Go"),
        success: words("Thanks"),
        failed: words("Call us"),
        locale: Some(Locale::from_text("he".to_owned()).unwrap()),
        color: Some(Color::parse("#0B6A54").unwrap()),
        success_url: Some(WebUrl::page("https://a.example/#yes").unwrap()),
        failure_url: Some(WebUrl::page("https://a.example/no").unwrap()),
    }
}

fn logo_url(n: u8) -> LogoUrl {
    LogoUrl::parse(&format!("https://a.example/{n}.png")).unwrap()
}

impl World {
    async fn set_branding(&self, partner: &PartnerId, branding: Branding) {
        let input = (partner.clone(), branding);
        self.write(input, |tx, _, (p, b)| Box::pin(brandings::set(tx, p, b, NOW))).await.unwrap();
    }

    async fn branding(&self, partner: &PartnerId) -> Branding {
        self.read(partner.clone(), |tx, _, p| Box::pin(brandings::get(tx, p))).await.unwrap()
    }

    async fn want(&self, partner: &PartnerId, n: u8, anew: bool, at: Time) {
        let input = (partner.clone(), logo_url(n));
        let wanted = self.write(input, move |tx, v, (p, url)| Box::pin(logos::want(tx, v, p, url, anew, at)));
        wanted.await.unwrap();
    }

    async fn state(&self, partner: &PartnerId, n: u8) -> Option<(LogoId, LogoState)> {
        let input = (partner.clone(), logo_url(n));
        let found = self.read(input, |tx, _, (p, url)| Box::pin(logos::find(tx, p, url))).await;
        found.unwrap().map(|l| (l.id, l.state))
    }

    async fn claim_logos(&self, at: Time) -> Vec<i64> {
        let claimed =
            self.write(at, |tx, _, at| Box::pin(logos::claim(tx, *at, at.plus(Span::minutes(2)), 8)));
        claimed.await.unwrap().into_iter().map(|(_, tries)| tries).collect()
    }

    async fn picture(&self, id: &LogoId) -> Option<(PictureKind, Vec<u8>)> {
        self.read(id.clone(), |tx, _, id| Box::pin(logos::picture(tx, id))).await.unwrap()
    }
}

on_both_engines! {
    async fn a_branding_comes_back_as_it_was_set(world: &World) {
        let (one, two) = (world.partner().await, world.partner().await);
        assert_eq!(world.branding(&one.id).await, Branding::default());
        world.set_branding(&one.id, full()).await;
        assert_eq!(world.branding(&one.id).await, full());
        assert_eq!(world.branding(&two.id).await, Branding::default());
        let less = Branding { message: None, color: None, ..full() };
        world.set_branding(&one.id, less.clone()).await;
        assert_eq!(world.branding(&one.id).await, less);
    }

    /// Of two changes at once neither is lost.
    async fn changes_at_once_are_all_kept(world: &World) {
        let partner = world.partner().await;
        let change = |n: usize| {
            let (db, id) = (world.db.clone(), partner.id.clone());
            tokio::spawn(async move {
                db.write((id, n), |tx, (id, n)| {
                    Box::pin(async move {
                        let mut branding = brandings::lock(tx, id).await?;
                        let words = Some(Words::parse(&n.to_string(), 9).unwrap());
                        match n {
                            0 => branding.message = words,
                            1 => branding.button = words,
                            2 => branding.success = words,
                            _ => branding.failed = words,
                        }
                        brandings::set(tx, id, &branding, NOW).await
                    })
                })
                .await
            })
        };
        for task in (0..4).map(change).collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        let kept = world.branding(&partner.id).await;
        assert!([kept.message, kept.button, kept.success, kept.failed].iter().all(Option::is_some));
    }

    async fn a_logo_is_claimed_kept_and_fetched_again(world: &World) {
        let partner = world.partner().await;
        world.want(&partner.id, 1, false, NOW).await;
        let (id, state) = world.state(&partner.id, 1).await.unwrap();
        assert_eq!((state, world.picture(&id).await), (LogoState::Waiting, None));
        assert_eq!(world.claim_logos(NOW).await, [0]);
        assert_eq!(world.claim_logos(NOW).await, [0_i64; 0], "somebody has it");
        assert_eq!(world.claim_logos(NOW.plus(Span::minutes(2))).await, [1], "whoever had it is gone");
        let png = PictureKind::Png;
        world
            .write(id.clone(), move |tx, _, id| Box::pin(logos::keep(tx, id, png, b"\x00\xff png")))
            .await
            .unwrap();
        assert_eq!(world.state(&partner.id, 1).await, Some((id.clone(), LogoState::Kept(png))));
        assert_eq!(world.picture(&id).await, Some((png, b"\x00\xff png".to_vec())));
        world.want(&partner.id, 1, false, NOW).await;
        assert!(world.claim_logos(NOW.plus(Span::days(1))).await.is_empty(), "it is there already");
        world.want(&partner.id, 1, true, NOW).await;
        assert_eq!(world.claim_logos(NOW).await, [0]);
        let failed = |id: LogoId, next: Option<Time>| {
            world.write(id, move |tx, _, id| {
                Box::pin(logos::fail(tx, id, LogoTrouble::TooLarge, next))
            })
        };
        failed(id.clone(), None).await.unwrap();
        assert_eq!(world.state(&partner.id, 1).await, Some((id, LogoState::Kept(png))), "the old one stays");
        world.want(&partner.id, 2, false, NOW).await;
        let (second, _) = world.state(&partner.id, 2).await.unwrap();
        failed(second.clone(), Some(NOW.plus(Span::minutes(1)))).await.unwrap();
        assert_eq!(world.state(&partner.id, 2).await, Some((second.clone(), LogoState::Waiting)));
        failed(second.clone(), None).await.unwrap();
        let over = LogoState::Failed(LogoTrouble::TooLarge);
        assert_eq!(world.state(&partner.id, 2).await, Some((second, over)));
    }

    async fn a_logo_nobody_shows_is_forgotten(world: &World) {
        let partner = world.partner().await;
        world.set_branding(&partner.id, full()).await;
        let face = Face { logo: Some(logo_url(2)), ..Face::default() };
        let link = Link { face, ..world.new_link(&partner) };
        world.write(link.clone(), |tx, v, link| Box::pin(links::insert(tx, v, link))).await.unwrap();
        for n in 1..=3 {
            world.want(&partner.id, n, false, NOW).await;
        }
        let sweep = |at: Time| world.write(at, |tx, _, at| Box::pin(logos::sweep(tx, *at)));
        assert_eq!(sweep(NOW).await.unwrap(), 1);
        assert!(world.state(&partner.id, 3).await.is_none());
        assert_eq!(sweep(link.expires_at.minus(Span::micros(1))).await.unwrap(), 0);
        assert_eq!(sweep(link.expires_at).await.unwrap(), 1);
        assert!(world.state(&partner.id, 2).await.is_none());
        assert!(world.state(&partner.id, 1).await.is_some(), "the branding shows it");
    }

    async fn rows_that_mean_nothing_are_refused(world: &World) {
        let partner = world.partner().await;
        world.set_branding(&partner.id, full()).await;
        for column in ["logo", "locale", "color", "success_url", "failure_url"] {
            world.tamper(&format!("UPDATE brandings SET {column} = ' nonsense'")).await;
            let read = world.read(partner.id.clone(), |tx, _, p| Box::pin(brandings::get(tx, p))).await;
            assert!(format!("{:?}", read.unwrap_err()).contains(column), "{column}");
            world.set_branding(&partner.id, full()).await;
        }
        world.want(&partner.id, 1, false, NOW).await;
        for damage in [
            "kind = 'image/gif', why = NULL, next_at = 0",
            "kind = NULL, why = NULL, next_at = NULL",
            "kind = NULL, why = 'mood', next_at = NULL",
        ] {
            world.tamper(&format!("UPDATE logos SET {damage}")).await;
            let input = (partner.id.clone(), logo_url(1));
            let found = world.read(input, |tx, _, (p, url)| Box::pin(logos::find(tx, p, url))).await;
            assert!(found.is_err(), "{damage}");
        }
    }
}
