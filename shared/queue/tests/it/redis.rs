//! The queue on Redis: ringing and listening, and what an emptied or lost server costs.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use stet_domain::bell::Bell as _;
use stet_queue::redis::RedisQueue;
use stet_testkit::{Login, TempPostgres, TempRedis, Way};

use crate::bed::{Listener, PATIENCE, all_that_is_rung_is_heard, payload, runs};

/// The queue's keys begin so.
const QUEUE: &str = "stet:here:hints";

/// A Redis and the rows beside it.
pub(crate) struct Bed {
    pub(crate) redis: TempRedis,
    rows: TempPostgres,
}

impl Bed {
    pub(crate) async fn open() -> Self {
        Self { redis: TempRedis::start(), rows: TempPostgres::open().await }
    }

    /// The queue as one process has it.
    pub(crate) fn queue(&self) -> RedisQueue {
        let direct = SecretString::from(self.rows.url(Way::Straight, Login::Worker));
        RedisQueue::new(&SecretString::from(self.redis.url()), "here", &direct).unwrap()
    }

    pub(crate) fn listener(&self, name: &str, room: usize) -> Listener {
        Listener::of(self.queue(), name, room)
    }

    /// What a command about one of the queue's keys answers.
    pub(crate) fn ask(&self, command: &str, key: &str, arguments: &[&str]) -> String {
        self.redis.ask(&[&[command, &format!("{QUEUE}:{key}")], arguments].concat())
    }

    /// Puts bytes, in Lua's spelling, into the queue past its own code.
    pub(crate) fn put(&self, id: &str, bytes: &str) {
        let script = format!(
            "redis.call('HSET', KEYS[1] .. ':data', ARGV[1], {bytes})
            redis.call('HSET', KEYS[1] .. ':meta:' .. ARGV[1], 'attempts', 0, 'max_attempts', 1, 'status', 'Pending')
            return redis.call('RPUSH', KEYS[1] .. ':active', ARGV[1])"
        );
        let said = self.redis.ask(&["eval", &script, "1", QUEUE, id]);
        assert!(said.parse::<u32>().is_ok(), "{said}");
    }

    async fn letters(&self) -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM dead_letters WHERE queue = 'stet.hints'");
        query.fetch_one(self.rows.superuser()).await.unwrap()
    }

    async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self).await {
            assert!(start.elapsed() < PATIENCE, "in vain: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn until_answers(&self, (command, key): (&str, &str), answer: &str) {
        self.until(answer, async |bed: &Self| bed.ask(command, key, &[]) == answer).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_api_rings_a_worker_hears() {
    let bed = Bed::open().await;
    let api = bed.queue();
    let mut listener = bed.listener("host-1-A", 1);
    all_that_is_rung_is_heard(&api, &mut listener).await;
    bed.until_answers(("scard", "done"), "43").await;
    assert_eq!(api.waiting().await.unwrap(), 0);
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_without_room_fetches_nothing_and_keeps_its_pulse() {
    let bed = Bed::open().await;
    let full = bed.listener("host-1-A", 1);
    let api = bed.queue();
    api.ring(&runs(0..320), None).await.unwrap();
    // One is in the process, and none beside it is fetched: the other nine wait for who has room.
    bed.until_answers(("llen", "active"), "9").await;
    let seen = || bed.ask("zscore", "workers", &["host-1-A-1"]);
    assert_eq!(bed.ask("zadd", "workers", &["1000", "host-1-A-1"]), "0");
    bed.until("the heartbeat", async |_: &Bed| seen() != "1000").await;
    assert!(full.pulse.age() < Duration::from_secs(6), "{:?}", full.pulse.age());
    assert_eq!(api.waiting().await.unwrap(), 9);
    let mut idle = bed.listener("host-2-B", 1);
    for _ in 0..9 {
        idle.hears().await;
    }
    idle.stop().await;
    full.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_kept_in_the_rows_and_ends_no_listener() {
    let bed = Bed::open().await;
    let mut listener = bed.listener("host-1-A", 1);
    for (id, bytes) in [("901", r"'\255\0'"), ("902", "''"), ("903", "'null'"), ("904", r#"'{"v":99}'"#)] {
        bed.put(id, bytes);
    }
    bed.put("905", &format!("'{}'", String::from_utf8(payload(7..8)).unwrap()));
    assert_eq!(listener.hears().await, runs(7..8));
    bed.until("the letters", async |bed: &Bed| bed.letters().await == 4).await;
    bed.until_answers(("scard", "done"), "5").await;
    assert_eq!(bed.ask("zscore", "workers", &["host-1-A-2"]), "", "it was started once");
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_listens_again_when_its_server_was_emptied_or_started_again() {
    let mut bed = Bed::open().await;
    let api = bed.queue();
    let mut listener = bed.listener("host-1-A", 1);
    api.ring(&runs(0..1), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(0..1));
    bed.redis.flush();
    api.ring(&runs(1..2), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(1..2));
    bed.redis.kill();
    let start = Instant::now();
    assert!(
        api.ring(&runs(2..3), None).await.is_err() && start.elapsed() < Duration::from_secs(4),
        "nobody waits long"
    );
    bed.redis.up();
    // What was rung for in an outage is lost; whoever rings goes on ringing for what is due.
    while api.ring(&runs(3..4), None).await.is_err() {
        assert!(start.elapsed() < PATIENCE);
    }
    assert_eq!(listener.hears().await, runs(3..4));
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_that_are_done_or_stale_and_listeners_that_are_gone_go() {
    let bed = Bed::open().await;
    let queue = bed.queue();
    let mut listener = bed.listener("host-1-A", 4);
    queue.ring(&runs(0..1), None).await.unwrap();
    bed.put("902", "'no hint'");
    assert_eq!(listener.hears().await, runs(0..1));
    bed.until_answers(("scard", "done"), "2").await;
    listener.stop().await;
    // Two wait, of which one has for too long; and a listener that died holds one.
    queue.ring(&runs(1..2), None).await.unwrap();
    queue.ring(&runs(2..3), None).await.unwrap();
    assert_eq!(bed.ask("hset", "meta:2", &["pushed_at", "1000"]), "0");
    bed.put("903", "'held'");
    assert_eq!(bed.ask("rpop", "active", &[]), "903");
    assert_eq!(bed.ask("sadd", "inflight:dead", &["903"]), "1");
    assert_eq!(bed.ask("zadd", "workers", &["1000", "dead"]), "1");
    assert_eq!(bed.ask("hset", "workers:metadata:dead", &["service", "x"]), "1");
    // Two done, one stale, one held, and its holder.
    assert_eq!(queue.prune().await.unwrap(), 5);
    assert_eq!(queue.waiting().await.unwrap(), 1);
    assert_eq!(
        (bed.ask("hkeys", "data", &[]), bed.ask("zscore", "workers", &["dead"])),
        ("3".to_owned(), String::new())
    );
    assert_eq!(queue.prune().await.unwrap(), 0, "the one that waits stays");
    // What is left: the payload and what is said of it, the list, the counter, the listener that ended well.
    let left = bed.redis.ask(&["keys", &format!("{QUEUE}:*")]);
    let mut left: Vec<&str> = left.lines().map(|key| key.strip_prefix(QUEUE).unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, [":active", ":data", ":ids", ":meta:3", ":workers", ":workers:metadata:host-1-A-1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_are_done_are_removed_in_rounds() {
    let bed = Bed::open().await;
    let script = "for id = 1, 5000 do
            redis.call('HSET', KEYS[1] .. ':data', id, 'x')
            redis.call('SADD', KEYS[1] .. ':done', id)
        end
        return 5000";
    assert_eq!(bed.redis.ask(&["eval", script, "1", QUEUE]), "5000");
    assert_eq!(bed.queue().prune().await.unwrap(), 5_000);
    assert_eq!(bed.redis.ask(&["dbsize"]), "0");
}
