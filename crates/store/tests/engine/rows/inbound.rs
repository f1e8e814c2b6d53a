//! What Meta sends: names taken once, windows, leads to be read, and whom an asset belongs to.

use futures_util::future::join_all;
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::product::Product;
use jetbridge_store::leads::Due;
use jetbridge_store::{connections, inbound, leads, windows};

use crate::support::{NOW, World, on_both_engines};

impl World {
    async fn take(&self, name: &'static str, at: Time) -> bool {
        self.write((), move |tx, v, ()| Box::pin(inbound::take(tx, v, name.as_bytes(), at))).await.unwrap()
    }

    async fn claim_leads(&self, at: Time) -> Vec<Due> {
        let lease = at.plus(Span::seconds(60));
        self.write((), move |tx, v, ()| Box::pin(leads::claim(tx, v, at, lease, 10))).await.unwrap()
    }

    async fn of_asset(&self, asset: &str) -> Vec<Connection> {
        self.read(asset.to_owned(), |tx, v, asset| Box::pin(connections::of_asset(tx, v, asset)))
            .await
            .unwrap()
    }
}

on_both_engines! {
    async fn a_name_is_taken_once(world: &World) {
        assert!(world.take("m_1", NOW).await);
        assert!(!world.take("m_1", NOW).await);
        assert!(world.take("m_2", NOW).await);
        let at_once = join_all((0..16).map(|_| world.take("m_3", NOW))).await;
        assert_eq!(at_once.iter().filter(|new| **new).count(), 1);
        let sweep = |at| world.write(at, |tx, _, at: &Time| Box::pin(inbound::sweep(tx, *at)));
        assert_eq!(sweep(NOW.plus(Span::hours(7 * 24 - 1))).await.unwrap(), 0);
        assert_eq!(sweep(NOW.plus(Span::days(7))).await.unwrap(), 3);
        assert!(world.take("m_1", NOW).await);
    }

    async fn a_name_of_a_write_that_failed_is_free_again(world: &World) {
        let failed = world
            .write((), |tx, v, ()| {
                Box::pin(async move {
                    assert!(inbound::take(tx, v, b"m_1", NOW).await?);
                    tx.execute("INSERT INTO no_such_table (a) VALUES (1)", &[]).await
                })
            })
            .await;
        assert!(failed.is_err());
        assert!(world.take("m_1", NOW).await);
    }

    async fn a_window_is_opened_by_the_newest(world: &World) {
        let cast = world.cast().await;
        let connection = world.keep(&world.new_connection(&cast.link)).await.1.id;
        let open = |who: &'static str, at: Time| {
            world.write(connection.clone(), move |tx, v, c| Box::pin(windows::open(tx, v, c, who, at)))
        };
        let opened = |who: &'static str| {
            world.read(connection.clone(), move |tx, v, c| Box::pin(windows::opened(tx, v, c, who)))
        };
        assert_eq!(opened("1").await.unwrap(), None);
        let later = NOW.plus(Span::hours(1));
        assert_eq!(open("1", later).await.unwrap(), later);
        assert_eq!(open("1", NOW).await.unwrap(), later, "what comes late changes nothing");
        assert_eq!(open("2", NOW).await.unwrap(), NOW);
        assert_eq!((opened("1").await.unwrap(), opened("2").await.unwrap()), (Some(later), Some(NOW)));
        let gone = world.write((), |tx, _, ()| Box::pin(windows::sweep(tx, NOW.plus(windows::LIFE)))).await;
        assert_eq!(gone.unwrap(), 1);
        assert_eq!((opened("1").await.unwrap(), opened("2").await.unwrap()), (Some(later), None));
    }

    async fn a_lead_is_read_by_one_and_told_once(world: &World) {
        let cast = world.cast().await;
        let connection = world.keep(&world.new_connection(&cast.link)).await.1;
        for _ in 0..2 {
            world
                .write(connection.clone(), |tx, v, c| {
                    Box::pin(leads::insert(tx, v, &c.partner, &c.id, "5001", b"{\"lead\":1}", NOW))
                })
                .await
                .unwrap();
        }
        let claimed = join_all((0..4).map(|_| world.claim_leads(NOW))).await.concat();
        let [due] = &claimed[..] else { panic!("{claimed:?}") };
        assert_eq!((due.item.as_slice(), due.told, due.tries), (&b"{\"lead\":1}"[..], false, 0));
        assert_eq!((&due.partner, &due.connection), (&connection.partner, &connection.id));

        let again = NOW.plus(Span::minutes(5));
        let tell = |due: Due| world.write(due, move |tx, _, due| Box::pin(leads::told(tx, due, again)));
        assert!(tell(due.clone()).await.unwrap());
        assert!(!tell(due.clone()).await.unwrap(), "told once");
        assert!(world.claim_leads(NOW).await.is_empty());
        let second = world.claim_leads(again).await;
        assert_eq!((second[0].told, second[0].tries), (true, 1));
        let done = |due: Due| world.write(due, |tx, _, due| Box::pin(leads::done(tx, due)));
        assert!(done(due.clone()).await.unwrap());
        assert!(!done(due.clone()).await.unwrap(), "done once");
        assert!(world.claim_leads(again.plus(Span::hours(1))).await.is_empty());
    }

    async fn an_asset_belongs_to_every_live_connection(world: &World) {
        let (one, two) = (world.cast().await, world.cast().await);
        let mut made = Vec::new();
        for (cast, product) in [
            (&one, Product::Messenger),
            (&two, Product::Messenger),
            (&one, Product::FacebookPage),
            (&one, Product::InstagramMessaging),
        ] {
            let mut connection = world.new_connection(&cast.link);
            connection.product = product;
            if !product.is_instagram() {
                connection.instagram = None;
            }
            made.push(world.keep(&connection).await.1);
        }
        let page = made[0].page_id.clone();
        let instagram = made[3].asset_id().to_owned();
        let ids = |list: Vec<Connection>| {
            let mut ids: Vec<_> = list.into_iter().map(|c| c.id).collect();
            ids.sort();
            ids
        };
        let mut of_page: Vec<_> = made[..3].iter().map(|c| c.id.clone()).collect();
        of_page.sort();
        assert_eq!(ids(world.of_asset(&page).await), of_page);
        assert_eq!(ids(world.of_asset(&instagram).await), vec![made[3].id.clone()]);
        assert!(world.of_asset("999").await.is_empty());
        let ended = (made[1].partner.clone(), made[1].id.clone());
        world.write(ended, |tx, _, (p, c)| Box::pin(connections::disconnect(tx, p, c, NOW))).await.unwrap();
        of_page.retain(|id| *id != made[1].id);
        assert_eq!(ids(world.of_asset(&page).await), of_page);
        let person = made[0].meta_user.clone();
        let of_person = world.read(person, |tx, v, p| Box::pin(connections::of_meta_user(tx, v, p))).await;
        assert_eq!(of_person.unwrap().len(), 3);
    }
}
