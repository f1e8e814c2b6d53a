//! Links and connections: found, narrowed down, and in pages.

use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::{Connection, ConnectionState};
use jetbridge_domain::id::LinkId;
use jetbridge_domain::inputs::{Digits, Limit, Locale, Reference};
use jetbridge_domain::onboarding::{Face, Inbox, Link, LinkState, Step, Why};
use jetbridge_domain::product::{Product, Products};
use jetbridge_domain::url::WebUrl;
use jetbridge_store::connections::{self, Kept};
use jetbridge_store::links;
use jetbridge_store::page::{Cursor, Page};
use jetbridge_store::partners::Partner;

use crate::support::{NOW, World, on_both_engines};

const LATER: Time = NOW.plus(Span::minutes(5));

async fn find(world: &World, link: &Link) -> Link {
    let input = (link.partner.clone(), link.param.expose().to_owned());
    let found = world.read(input, |tx, v, (p, param)| Box::pin(links::of_partner(tx, v, p, param))).await;
    found.unwrap().unwrap()
}

async fn set(world: &World, link: &Link, state: LinkState, step: Step) {
    let input = (link.id.clone(), state);
    let set =
        world.write(input, move |tx, _, (id, state)| Box::pin(links::set_state(tx, id, state, step, LATER)));
    set.await.unwrap();
}

async fn listed(world: &World, partner: &Partner, filter: links::Filter, now: Time) -> Vec<String> {
    let list = world.read((partner.id.clone(), filter), move |tx, v, (id, filter)| {
        Box::pin(async move { links::list(tx, v, id, filter, &Page::default(), now).await })
    });
    list.await.unwrap().list.into_iter().map(|l| l.id.to_string()).collect()
}

async fn connection(world: &World, c: &Connection) -> Connection {
    let found = world.read(c.clone(), |tx, v, c| Box::pin(connections::get(tx, v, &c.partner, &c.id))).await;
    found.unwrap().unwrap()
}

on_both_engines! {
    async fn a_link_comes_back(world: &World) {
        let (partner, stranger) = (world.partner().await, world.partner().await);
        let full = Link {
            locale: Some(Locale::from_text("he-IL".to_owned()).unwrap()),
            reference: Some(Reference::from_text("\u{1F600}".repeat(50)).unwrap()),
            inbox: Inbox { account_id: Some(Digits::parse(&"9".repeat(50)).unwrap()), ..Inbox::default() },
            ..world.new_link(&partner)
        };
        let bare = Link {
            reference: None,
            inbox: Inbox::default(),
            products: Products::one(Product::Messenger),
            ..world.new_link(&partner)
        };
        let renewed = world.keep(&world.new_connection(&world.link(&partner).await)).await.1;
        let faced = Link {
            products: Products::new(Product::FacebookPage, [Product::Messenger, Product::InstagramContent]),
            reconnect: Some(renewed.id),
            face: Face {
                message: Some(Words::message("Hello\n\u{1F338}").unwrap()),
                logo: Some(LogoUrl::parse("https://a.example/l.png").unwrap()),
                success_url: Some(WebUrl::page("https://a.example/#done").unwrap()),
                failure_url: Some(WebUrl::page("http://a.example/?x=1").unwrap()),
            },
            ..world.new_link(&partner)
        };
        for link in [full, bare, faced] {
            world.write(link.clone(), |tx, v, link| Box::pin(links::insert(tx, v, link))).await.unwrap();
            let back = find(world, &link).await;
            assert_eq!(back.param.expose(), link.param.expose());
            assert_eq!(
                (back.id, back.products, back.reference),
                (link.id.clone(), link.products, link.reference)
            );
            assert_eq!((back.reconnect, back.face), (link.reconnect, link.face));
            assert_eq!((back.inbox, back.locale, back.state), (link.inbox, link.locale, link.state));
            assert_eq!((back.created_at, back.expires_at), (link.created_at, link.expires_at));
            let theirs = (stranger.id.clone(), link.param.expose().to_owned());
            let theirs = world.read(theirs, |tx, v, (p, param)| Box::pin(links::of_partner(tx, v, p, param)));
            assert!(theirs.await.unwrap().is_none());
            let param = link.param.expose().to_uppercase();
            let other_case = world.read(param, |tx, v, param| Box::pin(links::by_param(tx, v, param)));
            assert!(other_case.await.unwrap().is_none());
            let locked = world.write(link.id.clone(), |tx, v, id| Box::pin(links::lock(tx, v, id))).await;
            assert_eq!(locked.unwrap().unwrap().id, link.id);
        }
        let none = world.new_link(&partner).id;
        assert!(world.write(none, |tx, v, id| Box::pin(links::lock(tx, v, id))).await.unwrap().is_none());
    }

    /// Every state comes back, steps taken at once each have a place, and there is an end to them.
    async fn a_links_steps_are_kept_in_order(world: &World) {
        let cast = world.cast().await;
        let states = [
            LinkState::Open,
            LinkState::Started,
            LinkState::Finished,
            LinkState::Expired,
            LinkState::Cancelled,
        ];
        for state in states.into_iter().chain(Why::ALL.map(LinkState::Failed)) {
            set(world, &cast.link, state.clone(), Step::Returned).await;
            assert_eq!(find(world, &cast.link).await.state, state);
        }
        let tasks: Vec<_> = (0..220)
            .map(|n| {
                let (db, id) = (world.db.clone(), cast.link.id.clone());
                let step = Step::ALL[n % Step::ALL.len()];
                tokio::spawn(async move {
                    db.write(id, move |tx, id| Box::pin(links::add_step(tx, id, step, LATER))).await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let other = world.link(&cast.partner).await;
        let ids = vec![other.id.clone(), cast.link.id.clone()];
        let steps = world.read(ids, |tx, _, ids| Box::pin(links::steps(tx, ids))).await.unwrap();
        let created = links::Recorded { step: Step::Created, at: NOW, why: None };
        assert_eq!(steps[&other.id], [created]);
        assert!(steps[&cast.link.id].iter().any(|s| s.why.is_some()));
        assert_eq!(steps[&cast.link.id].len(), 200);
        assert_eq!(steps[&cast.link.id][0], created);
        assert!(
            world.read(Vec::new(), |tx, _, ids| Box::pin(links::steps(tx, ids))).await.unwrap().is_empty()
        );
    }

    async fn links_are_narrowed_down(world: &World) {
        let partner = world.partner().await;
        world.cast().await;
        let mut made = Vec::new();
        let both = Products::new(Product::InstagramContent, [Product::FacebookPage]);
        for (products, reference) in [
            (Products::one(Product::Messenger), "a"),
            (Products::one(Product::Messenger), "b"),
            (both, "a"),
        ] {
            let reference = Some(Reference::from_text(reference.to_owned()).unwrap());
            let link = Link { products, reference, state: LinkState::Open, ..world.new_link(&partner) };
            world.write(link.clone(), |tx, v, link| Box::pin(links::insert(tx, v, link))).await.unwrap();
            made.push(link);
        }
        set(world, &made[1], LinkState::Cancelled, Step::Cancelled).await;
        let of = |n: &[usize]| {
            let mut ids: Vec<_> = n.iter().map(|n| made[*n].id.to_string()).collect();
            ids.sort();
            ids.reverse();
            ids
        };
        let a = Some(Reference::from_text("a".to_owned()).unwrap());
        let messenger = Some(Product::Messenger);
        let state = |word| links::Filter { state: Some(word), ..links::Filter::default() };
        let over = made[0].expires_at;
        for (filter, now, found) in [
            (links::Filter::default(), NOW, of(&[0, 1, 2])),
            (state("open"), NOW, of(&[0, 2])),
            (state("open"), over, of(&[])),
            (state("expired"), NOW, of(&[])),
            (state("expired"), over, of(&[0, 2])),
            (state("cancelled"), over, of(&[1])),
            (state("started"), NOW, of(&[])),
            (links::Filter { reference: a.clone(), ..links::Filter::default() }, NOW, of(&[0, 2])),
            (links::Filter { product: Some(Product::InstagramContent), ..links::Filter::default() }, NOW, of(&[2])),
            (links::Filter { product: Some(Product::FacebookPage), ..links::Filter::default() }, NOW, of(&[2])),
            (links::Filter { reference: a, product: messenger, state: Some("open") }, NOW, of(&[0])),
        ] {
            assert_eq!(listed(world, &partner, filter.clone(), now).await, found, "{filter:?}");
        }
        let overdue =
            |at, limit| world.write(at, move |tx, v, at| Box::pin(links::overdue(tx, v, *at, limit)));
        assert!(overdue(over.minus(Span::micros(1)), 9).await.unwrap().is_empty());
        assert_eq!(overdue(over, 9).await.unwrap().len(), 2);
        assert_eq!(overdue(over, 1).await.unwrap().len(), 1);
    }

    /// Pages follow each other without a gap or a twin, also where many rows have one time.
    async fn pages_follow_each_other(world: &World) {
        let partner = world.partner().await;
        for n in 0..7 {
            let link = Link { created_at: NOW.plus(Span::micros(n / 3)), ..world.new_link(&partner) };
            world.write(link, |tx, v, link| Box::pin(links::insert(tx, v, link))).await.unwrap();
        }
        let all = listed(world, &partner, links::Filter::default(), NOW).await;
        for limit in ["1", "2", "3", "7", "8"] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = Page { limit: Limit::parse(limit).unwrap(), after };
                let slice = world.read((partner.id.clone(), page), |tx, v, (id, page)| {
                    Box::pin(
                        async move { links::list(tx, v, id, &links::Filter::default(), page, NOW).await },
                    )
                });
                let slice = slice.await.unwrap();
                seen.extend(slice.list.into_iter().map(|l| l.id.to_string()));
                // As it goes through the partner's hands.
                after = slice.next.map(|cursor| Cursor::parse::<LinkId>(&cursor.to_text()).unwrap());
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all, "{limit}");
        }
    }

    async fn a_connection_is_kept_and_refreshed(world: &World) {
        let cast = world.cast().await;
        let first = world.new_connection(&cast.link);
        assert_eq!(world.keep(&first).await.0, Kept::Created);
        let back = connection(world, &first).await;
        assert_eq!(back.param.expose(), cast.link.param.expose());
        assert_eq!(
            (&back.page_id, &back.instagram, &back.granted),
            (&first.page_id, &first.instagram, &first.granted)
        );
        assert_eq!(
            (&back.checks, &back.inbox, &back.reference),
            (&first.checks, &first.inbox, &first.reference)
        );
        assert_eq!(
            (back.state, back.product, &back.link),
            (ConnectionState::Active, first.product, &cast.link.id)
        );
        // The same asset again, through another link.
        let link = world.link(&cast.partner).await;
        let again = Connection {
            page_name: "Renamed".to_owned(),
            created_at: LATER,
            updated_at: LATER,
            ..world.new_connection(&link)
        };
        let (kept, refreshed) = world.keep(&again).await;
        assert_eq!((kept, &refreshed.id, refreshed.created_at), (Kept::Refreshed, &first.id, NOW));
        let back = connection(world, &first).await;
        assert_eq!((back.page_name.as_str(), back.link, back.updated_at), ("Renamed", link.id, LATER));
        let token = |c: &Connection| {
            world.read(c.clone(), |tx, v, c| Box::pin(connections::token(tx, v, &c.partner, &c.id)))
        };
        assert!(token(&first).await.unwrap().unwrap().matches(b"EAA Renamed"));
        assert!(token(&again).await.unwrap().is_none());
        let end = |c: &Connection| {
            world.write(c.clone(), |tx, _, c| Box::pin(connections::disconnect(tx, &c.partner, &c.id, LATER)))
        };
        assert!(end(&first).await.unwrap());
        assert!(!end(&first).await.unwrap());
        assert!(token(&first).await.unwrap().is_none());
        // What was disconnected is history: the next one is a new connection.
        assert_eq!(world.keep(&world.new_connection(&cast.link)).await.0, Kept::Created);
    }

    /// The same asset connected by many at once is one connection.
    async fn one_asset_is_connected_once(world: &World) {
        let cast = world.cast().await;
        let all: Vec<Connection> = (0..8).map(|_| world.new_connection(&cast.link)).collect();
        let kept = futures_util::future::join_all(all.iter().map(|c| world.keep(c))).await;
        assert_eq!(kept.iter().filter(|(kept, _)| *kept == Kept::Created).count(), 1);
        assert!(kept.iter().all(|(_, c)| c.id == kept[0].1.id));
    }

    async fn a_pages_products_are_everybodys(world: &World) {
        let (one, two) = (world.cast().await, world.cast().await);
        let mine = world.new_connection(&one.link);
        let theirs =
            Connection { product: Product::Messenger, instagram: None, ..world.new_connection(&two.link) };
        world.keep(&mine).await;
        world.keep(&theirs).await;
        let live = || {
            let page = mine.page_id.clone();
            world.read(page, |tx, _, page| Box::pin(connections::live_products_of_page(tx, page)))
        };
        let mut products: Vec<i64> = live().await.unwrap().into_iter().map(Product::number).collect();
        products.sort_unstable();
        let mut expected = [Product::Messenger.number(), mine.product.number()];
        expected.sort_unstable();
        assert_eq!(products, expected);
        let others =
            world.read(mine.clone(), |tx, _, c| Box::pin(connections::others_of_page(tx, &c.page_id, &c.id)));
        assert_eq!(others.await.unwrap(), [Product::Messenger]);
        let people = || {
            let user = mine.meta_user.clone();
            world.read(user, |tx, _, user| Box::pin(connections::live_of_meta_user(tx, user)))
        };
        assert_eq!(people().await.unwrap(), 2);
        let end = world
            .write(mine.clone(), |tx, _, c| Box::pin(connections::disconnect(tx, &c.partner, &c.id, LATER)));
        assert!(end.await.unwrap());
        assert_eq!((live().await.unwrap(), people().await.unwrap()), (vec![Product::Messenger], 1));
        let list = |filter: connections::Filter| {
            world.read((mine.partner.clone(), filter), |tx, v, (id, filter)| {
                Box::pin(async move {
                    let slice = connections::list(tx, v, id, filter, &Page::default()).await?;
                    Ok(slice.list.len())
                })
            })
        };
        let all = connections::Filter::default;
        for (filter, n) in [
            (all(), 1),
            (connections::Filter { state: Some(ConnectionState::Disconnected), ..all() }, 1),
            (connections::Filter { state: Some(ConnectionState::Active), ..all() }, 0),
            (connections::Filter { product: Some(Product::Messenger), ..all() }, 0),
            (
                connections::Filter {
                    page_id: Some(mine.page_id.clone()),
                    reference: mine.reference.clone(),
                    ..all()
                },
                1,
            ),
            (connections::Filter { page_id: Some("0".to_owned()), ..all() }, 0),
        ] {
            assert_eq!(list(filter.clone()).await.unwrap(), n, "{filter:?}");
        }
    }
}
