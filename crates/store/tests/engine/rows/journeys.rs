//! Journeys: every stage comes back as it was, and of a browser's tabs the last one moved counts.

use jetbridge_domain::clock::Span;
use jetbridge_domain::id::{ConnectionId, JourneyId};
use jetbridge_domain::onboarding::{
    Asset, Blocked, Grant, InstagramAccount, Journey, Link, Stage, Stop, Why, Without,
};
use jetbridge_domain::product::Product;
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;
use jetbridge_store::journeys;

use crate::support::{NOW, World, on_both_engines};

fn assets() -> Vec<Asset> {
    let instagram = |username: Option<&str>| {
        Some(InstagramAccount { id: "17841400000000001".to_owned(), username: username.map(str::to_owned) })
    };
    let asset = |id: &str, instagram, blocked| Asset {
        page_id: id.to_owned(),
        page_name: "\u{5D7}\u{5E0}\u{5D5}\u{5EA} \u{1F338} \"A\"".to_owned(),
        instagram,
        blocked,
        without: vec![Without { product: Product::FacebookPage, why: Blocked::PermissionMissing }],
    };
    vec![
        asset("1", instagram(Some("flower.shop")), None),
        asset("2", instagram(None), Some(Blocked::RoleMissing)),
        asset("3", None, Some(Blocked::NoInstagram)),
        asset("4", None, Some(Blocked::NoAccess)),
        asset("5", None, Some(Blocked::OtherAsset)),
    ]
}

pub(crate) fn grant() -> Grant {
    Grant {
        token: Secret::new("EAAuser"),
        meta_user: "122000000000001".to_owned(),
        granted: vec!["pages_messaging".to_owned(), "instagram_basic".to_owned()],
        assets: assets(),
    }
}

/// Everything a stage says, secrets included.
fn told(stage: &Stage) -> String {
    let of = |g: &Grant| format!("{} {} {:?} {:?}", g.token.expose(), g.meta_user, g.granted, g.assets);
    match stage {
        Stage::Choosing(g) => format!("choosing {}", of(g)),
        Stage::Chosen(g, asset) => format!("chosen {} {asset}", of(g)),
        Stage::Waiting(g, stop) => format!("waiting {} {stop:?}", of(g)),
        Stage::Stuck(g, asset, why) => format!("stuck {} {asset} {why:?}", of(g)),
        plain => format!("{plain:?}"),
    }
}

fn full_stop() -> Stop {
    Stop { why: Why::NoUsableAsset, missing: vec!["x".to_owned()], assets: assets(), again: true }
}

fn stages(world: &World) -> Vec<Stage> {
    let mut stages = vec![
        Stage::AtFacebook,
        Stage::Returned,
        Stage::Choosing(grant()),
        Stage::Choosing(Grant { granted: Vec::new(), assets: Vec::new(), ..grant() }),
        Stage::Chosen(grant(), "1".to_owned()),
        Stage::Finished(vec![ConnectionId::new(NOW, &world.entropy).unwrap()]),
        Stage::Finished(vec![
            ConnectionId::new(NOW, &world.entropy).unwrap(),
            ConnectionId::new(NOW, &world.entropy).unwrap(),
        ]),
        Stage::Stopped(full_stop()),
        Stage::Waiting(grant(), full_stop()),
    ];
    stages.extend(Why::ALL.into_iter().map(|why| Stage::Stuck(grant(), "1".to_owned(), why)));
    stages.extend(Why::ALL.into_iter().map(|why| Stage::Stopped(Stop::plain(why))));
    stages
}

impl World {
    pub(crate) fn new_journey(&self, link: &Link, stage: Stage) -> Journey {
        Journey {
            id: JourneyId::new(NOW, &self.entropy).unwrap(),
            link: link.id.clone(),
            partner: link.partner.clone(),
            stage,
            created_at: NOW,
            updated_at: NOW,
        }
    }

    pub(crate) async fn journey(&self, journey: &Journey, browser: &str, state: &str) {
        let input = (journey.clone(), Secret::new(browser), Secret::new(state));
        let insert = self.write(input, |tx, v, (j, b, s)| Box::pin(journeys::insert(tx, v, j, b, s)));
        insert.await.unwrap();
    }

    pub(crate) async fn by_state(
        &self,
        state: &str,
    ) -> Result<Option<(Journey, Vec<u8>)>, jetbridge_store::db::StoreError> {
        self.read(state.to_owned(), |tx, v, state| Box::pin(journeys::by_state(tx, v, state))).await
    }
}

on_both_engines! {
    async fn every_stage_comes_back(world: &World) {
        let cast = world.cast().await;
        for (n, stage) in stages(world).into_iter().enumerate() {
            let (inserted, updated) = (format!("inserted{n}"), format!("updated{n}"));
            world.journey(&world.new_journey(&cast.link, stage.clone()), "browser", &inserted).await;
            let mut journey = world.new_journey(&cast.link, Stage::Chosen(grant(), "2".to_owned()));
            world.journey(&journey, "browser", &updated).await;
            journey.stage = stage.clone();
            let later = NOW.plus(Span::minutes(1));
            world
                .write(journey.clone(), move |tx, v, j| Box::pin(journeys::update(tx, v, j, later)))
                .await
                .unwrap();
            for (state, at) in [(inserted, NOW), (updated, later)] {
                let (back, browser) = world.by_state(&state).await.unwrap().unwrap();
                assert_eq!(told(&back.stage), told(&stage));
                assert_eq!((back.link, back.partner), (cast.link.id.clone(), cast.partner.id.clone()));
                assert_eq!((back.created_at, back.updated_at), (NOW, at));
                assert!(world.vault.pepper.matches(Purpose::Browser, b"browser", &browser));
            }
        }
        assert!(world.by_state("inserted").await.unwrap().is_none());
    }

    /// A stage that knows less than the one before leaves nothing of it behind.
    async fn an_ended_journey_keeps_no_grant(world: &World) {
        let cast = world.cast().await;
        let mut journey =
            world.new_journey(&cast.link, Stage::Stuck(grant(), "1".to_owned(), Why::MetaFailing));
        world.journey(&journey, "browser", "state").await;
        journey.stage = Stage::Finished(vec![ConnectionId::new(NOW, &world.entropy).unwrap()]);
        world.write(journey, |tx, v, j| Box::pin(journeys::update(tx, v, j, NOW))).await.unwrap();
        let left = "SELECT COUNT(*) AS n FROM journeys WHERE grant_sealed IS NOT NULL OR chosen IS NOT NULL \
                    OR why IS NOT NULL OR detail IS NOT NULL";
        assert_eq!(world.int(left).await, 0);
    }

    /// Of fifty answers with one state, one goes on.
    async fn a_state_is_used_up_once(world: &World) {
        let cast = world.cast().await;
        let journey = world.new_journey(&cast.link, Stage::AtFacebook);
        world.journey(&journey, "browser", "state").await;
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (db, id) = (world.db.clone(), journey.id.clone());
                tokio::spawn(async move {
                    db.write(id, |tx, id| Box::pin(journeys::take_state(tx, id, NOW.plus(Span::seconds(9)))))
                        .await
                })
            })
            .collect();
        let mut went_on = 0;
        for task in tasks {
            went_on += i32::from(task.await.unwrap().unwrap());
        }
        assert_eq!(went_on, 1);
        let (back, _) = world.by_state("state").await.unwrap().unwrap();
        assert!(matches!(back.stage, Stage::Returned));
        assert_eq!(back.updated_at, NOW.plus(Span::seconds(9)));
    }

    /// What version 0.1.0 wrote of a stop is still read.
    async fn an_older_stop_comes_back(world: &World) {
        let cast = world.cast().await;
        let stop = Stop { missing: vec!["x".to_owned()], ..Stop::plain(Why::NoUsableAsset) };
        world.journey(&world.new_journey(&cast.link, Stage::Stopped(stop.clone())), "browser", "state").await;
        world
            .tamper(
                "UPDATE journeys SET detail = '[[\"x\"],[{\"page_id\":\"1\",\"page_name\":\"A\",\"instagram\":null,\
                 \"blocked\":\"no_access\"}]]'",
            )
            .await;
        let (back, _) = world.by_state("state").await.unwrap().unwrap();
        let Stage::Stopped(back) = back.stage else { panic!("not stopped") };
        assert_eq!((back.why, &back.missing, back.again), (stop.why, &stop.missing, false));
        assert_eq!((back.assets[0].blocked, back.assets[0].without.len()), (Some(Blocked::NoAccess), 0));
    }

    /// Only an earlier way of the same browser through the same link counts, and only a declining.
    async fn a_second_declining_is_known(world: &World) {
        let (cast, other) = (world.cast().await, world.cast().await);
        let declined = || Stage::Stopped(Stop::plain(Why::PermissionDeclined));
        let cancelled = world.new_journey(&cast.link, Stage::Stopped(Stop::plain(Why::Cancelled)));
        let now = world.new_journey(&cast.link, declined());
        world.journey(&cancelled, "browser", "one").await;
        world.journey(&world.new_journey(&cast.link, declined()), "another", "two").await;
        world.journey(&world.new_journey(&other.link, declined()), "browser", "three").await;
        world.journey(&now, "browser", "four").await;
        let before = || world.read(now.id.clone(), |tx, _, id| Box::pin(journeys::declined_before(tx, id)));
        assert!(!before().await.unwrap());
        world.journey(&world.new_journey(&cast.link, declined()), "browser", "five").await;
        assert!(before().await.unwrap());
    }

    async fn the_tab_that_moved_last_counts(world: &World) {
        let cast = world.cast().await;
        let (one, two) = (
            world.new_journey(&cast.link, Stage::AtFacebook),
            world.new_journey(&cast.link, Stage::AtFacebook),
        );
        world.journey(&one, "browser", "one").await;
        world.journey(&two, "browser", "two").await;
        world.journey(&world.new_journey(&cast.link, Stage::AtFacebook), "another", "three").await;
        let current = |browser: &'static str, since| {
            let input = (cast.link.id.clone(), Secret::new(browser));
            world.read(input, move |tx, v, (l, b)| Box::pin(journeys::of_browser(tx, v, l, b, since)))
        };
        let before = NOW.minus(Span::hours(1));
        assert_eq!(current("browser", before).await.unwrap().unwrap().id, two.id);
        world.write(one.id.clone(), |tx, _, id| Box::pin(journeys::take_state(tx, id, NOW))).await.unwrap();
        assert_eq!(current("browser", before).await.unwrap().unwrap().id, one.id);
        world.write(two.clone(), |tx, v, j| Box::pin(journeys::update(tx, v, j, NOW))).await.unwrap();
        assert_eq!(current("browser", before).await.unwrap().unwrap().id, two.id);
        assert!(current("browser", NOW).await.unwrap().is_none());
        assert!(current("stranger", before).await.unwrap().is_none());
        let sweep = |at| world.write(at, |tx, _, at| Box::pin(journeys::sweep(tx, *at)));
        assert_eq!(sweep(NOW.minus(Span::micros(1))).await.unwrap(), 0);
        assert_eq!(sweep(NOW).await.unwrap(), 3);
    }
}
