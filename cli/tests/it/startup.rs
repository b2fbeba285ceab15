//! Starts that are refused: exit status 1, one line that says what to do, nothing made.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::bed::{Bed, names};
use crate::database::Database;
use crate::process::{Ended, Process};

const PORT: (&str, &str) = ("STET_LISTEN", "127.0.0.1:0");

/// Demands a refusal in one line with these texts, and a folder that is as it was.
#[track_caller]
fn refuses(bed: &Bed, settings: &[(&str, &str)], arguments: &[&str], texts: &[&str]) {
    let before = bed.names();
    one_line(bed.stet(settings, arguments), texts);
    assert_eq!(bed.names(), before, "a refused start makes nothing");
}

#[track_caller]
fn one_line(ended: Ended, texts: &[&str]) {
    let refused = ended.refused(texts);
    assert_eq!(refused.err.lines().count(), 1, "one line says it: {}", refused.err);
}

#[test]
fn a_bad_setting_is_named_with_its_value_and_what_is_allowed() {
    let bed = Bed::new();
    refuses(
        &bed,
        &[PORT, ("LEASE_SECONDS", "0")],
        &["serve"],
        &["LEASE_SECONDS is \"0\"", "from environment", "a whole number from 2 to 3600"],
    );
    refuses(&bed, &[("STET_LISTEN", "localhost")], &["serve"], &["STET_LISTEN", "an address and port"]);
    refuses(&bed, &[PORT, ("EXECUTION_MODE", "async")], &["serve"], &["EXECUTION_MODE", "sync or apalis"]);
    refuses(
        &bed,
        &[PORT, ("EXECUTION_MODE", "apalis")],
        &["serve"],
        &["DATABASE_URL is a SQLite file", "use PostgreSQL"],
    );
    refuses(
        &bed,
        &[PORT, ("DATABASE_URL", "mysql://x")],
        &["serve"],
        &["DATABASE_URL", "sqlite://", "postgres://"],
    );
    // Client verbs check their settings alike.
    refuses(&bed, &[("BATCH_MAX_CELLS", "many")], &["template", "list"], &["BATCH_MAX_CELLS is \"many\""]);
}

#[test]
fn an_unknown_or_misspelt_setting_is_no_default_in_silence() {
    let bed = Bed::new();
    refuses(&bed, &[PORT, ("STET_LISTEM", "x")], &["serve"], &["STET_LISTEM is no setting of Stet"]);
    refuses(
        &bed,
        &[PORT, ("WORKER_CONCURENCY", "3")],
        &["serve"],
        &["WORKER_CONCURENCY", "did you mean WORKER_CONCURRENCY?"],
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused_in_settings_only() {
    use std::os::unix::ffi::OsStrExt;
    let bed = Bed::new();
    let garbage = std::ffi::OsStr::from_bytes(b"\xff");
    let mut command = bed.command(&[], &["config", "check"]);
    command.env("SOMETHING_ELSE", garbage);
    Process::start(command).end().done();
    let mut command = bed.command(&[], &["config", "check"]);
    command.env("STET_DATA_DIR", garbage);
    one_line(Process::start(command).end(), &["STET_DATA_DIR is no UTF-8 text"]);
}

#[test]
fn a_file_of_settings_that_cannot_be_used_is_named() {
    let bed = Bed::new();
    bed.write("broken.toml", "stet_listen = \"127.0.0.1:0\"\nopenai_api_key = sk-canary-of-the-file\n");
    bed.write("unknown.toml", "stet_lisn = \"x\"\n");
    bed.write("bad.toml", "worker_concurrency = 0\n");
    refuses(&bed, &[], &["serve", "--config", "missing.toml"], &["missing.toml", "No such file"]);
    refuses(&bed, &[], &["serve", "--config", "broken.toml"], &["broken.toml", "line 2"]);
    refuses(&bed, &[], &["serve", "--config", "unknown.toml"], &["stet_lisn is no setting"]);
    refuses(
        &bed,
        &[("STET_CONFIG", "bad.toml")],
        &["serve"],
        &["WORKER_CONCURRENCY is \"0\"", "from bad.toml", "1 to 10000"],
    );
    let refused = bed.stet(&[], &["serve", "--config", "broken.toml"]);
    assert!(!refused.err.contains("sk-canary"), "the line at fault may hold a secret: {}", refused.err);
}

#[test]
fn usage_is_exit_status_2() {
    let bed = Bed::new();
    for arguments in [&["conjure"][..], &["serve", "--listen", "nowhere"], &["batch", "run"], &[]] {
        let ended = bed.stet(&[], arguments).expect(2);
        assert_eq!(ended.out, "");
        assert!(ended.err.contains("Usage") || ended.err.contains("--help"), "{}", ended.err);
    }
    assert_eq!(bed.names(), [""; 0]);
}

#[test]
fn a_port_in_use_is_said_and_no_database_is_made() {
    let bed = Bed::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refuses(
        &bed,
        &[("STET_LISTEN", &address)],
        &["serve"],
        &[&address, "is in use by another program", "STET_LISTEN", "--listen"],
    );
    let port = taken.local_addr().unwrap().port().to_string();
    refuses(&bed, &[], &["demo", "--exit", "--port", &port], &["is in use by another program"]);
}

#[test]
fn a_database_that_is_none_is_left_as_it_is() {
    let bed = Bed::new();
    std::fs::create_dir(bed.path("folder.db")).unwrap();
    bed.write("garbage.db", "this is a shopping list and no database\n".repeat(100));
    let hint = "check DATABASE_URL and the file's permissions";
    refuses(&bed, &[PORT, ("DATABASE_URL", "sqlite://folder.db")], &["serve"], &["folder.db", hint]);
    refuses(&bed, &[PORT, ("DATABASE_URL", "sqlite://garbage.db")], &["serve"], &["garbage.db", hint]);
    let kept = std::fs::read_to_string(bed.path("garbage.db")).unwrap();
    assert!(kept.starts_with("this is a shopping list"));
    assert_eq!(names(&bed.path("folder.db")), [""; 0]);
}

#[test]
fn a_database_without_permission_is_said() {
    const NOBODY: u32 = 65_534;
    let bed = Bed::new();
    bed.stet(&[("DATABASE_URL", "sqlite://closed.db")], &["migrate"]).done();
    std::fs::set_permissions(bed.path("closed.db"), PermissionsExt::from_mode(0o000)).unwrap();
    assert_eq!(bed.names(), ["closed.db"], "the migration leaves no log behind");
    let mut command =
        bed.command(&[PORT, ("DATABASE_URL", "sqlite://closed.db"), ("STET_DATA_DIR", "data")], &["serve"]);
    if rustix::process::geteuid().is_root() {
        // For root every file is open: the server is started as somebody else.
        std::fs::set_permissions(bed.path(""), PermissionsExt::from_mode(0o777)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
        let probe = bed.command(&[], &["--version"]).uid(NOBODY).gid(NOBODY).status();
        if probe.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied) {
            eprintln!("not tested: the binary lies where only root may start it");
            return;
        }
    }
    one_line(Process::start(command).end(), &["closed.db cannot be used", "the file's permissions"]);
    assert_eq!(bed.names(), ["closed.db"]);
}

/// A database at this build's schema.
fn migrated(bed: &Bed) -> Database {
    bed.stet(&[("DATABASE_URL", "sqlite://kept.db")], &["migrate"]).done();
    Database::open(&bed.path("kept.db"))
}

const KEPT: &[(&str, &str)] = &[PORT, ("DATABASE_URL", "sqlite://kept.db")];

#[test]
fn pending_migrations_are_refused_with_the_command_that_runs_them() {
    let bed = Bed::new();
    let newest = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    assert_eq!(migrated(&bed).change(newest), 1);
    refuses(&bed, KEPT, &["serve"], &["kept.db", "migrations are pending (1)", "run `stet migrate`"]);
}

#[test]
fn a_database_without_a_schema_is_migrated_by_hand_and_then_served() {
    let bed = Bed::new();
    bed.write("kept.db", "");
    let refused = bed.stet(KEPT, &["serve"]).refused(&["migrations are pending", "run `stet migrate`"]);
    assert_eq!(refused.err.lines().count(), 1);
    bed.stet(KEPT, &["migrate"]).done();
    let again = bed.stet(KEPT, &["migrate"]).done();
    assert!(again.err.contains("0 migrations ran"), "{}", again.err);
    let mut server = Process::start(bed.command(KEPT, &["serve"]));
    assert!(server.says("its address", |said| said.contains("the API is at").then_some(())).is_some());
}

#[test]
fn a_newer_or_foreign_schema_is_refused() {
    let bed = Bed::new();
    let mut database = migrated(&bed);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later build', 1, x'00', 0)";
    assert_eq!(database.change(newer), 1);
    assert_eq!(database.change("UPDATE schema_floor SET least_migration = 9999"), 1);
    refuses(&bed, KEPT, &["serve"], &["migration 9999", "run a newer `stet`"]);
    refuses(&bed, KEPT, &["migrate"], &["migration 9999", "run a newer `stet`"]);
    database.change("DELETE FROM _sqlx_migrations WHERE version = 9999");
    database.change("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1");
    refuses(&bed, KEPT, &["serve"], &["migration 1", "another text ran than this build has"]);
}

#[test]
fn the_first_start_keeps_its_secrets_to_itself() {
    let mut site = crate::site::Site::start("{}", &[]);
    let data = site.bed.path("stet-data");
    for name in ["api-key", "secrets.toml"] {
        let mode = std::fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let key = std::fs::read_to_string(data.join("api-key")).unwrap();
    let ended = site.stop();
    assert!(!ended.err.contains(key.trim()) && !ended.out.contains(key.trim()));
    site.serve();
    assert_eq!(
        std::fs::read_to_string(data.join("api-key")).unwrap(),
        key,
        "a second start makes no second key"
    );
}

#[test]
fn another_database_in_the_same_data_folder_gets_a_key_of_its_own() {
    let mut site = crate::site::Site::start("{}", &[]);
    site.template();
    let first = std::fs::read_to_string(site.bed.path("stet-data/api-key")).unwrap();
    site.stop();
    for name in ["stet.db", "stet.db-wal", "stet.db-shm"] {
        drop(std::fs::remove_file(site.bed.path("stet-data").join(name)));
    }
    site.serve();
    assert_eq!(site.stet(&["template", "list"]).done().lines().len(), 0);
    assert_eq!(std::fs::read_to_string(site.bed.path("stet-data/api-key.old")).unwrap(), first);
}

#[test]
fn processes_that_start_at_once_on_nothing_share_database_secrets_and_key() {
    let site = crate::site::Site::without_server("{}", &[]);
    let mut servers: Vec<Process> = (0..4).map(|_nth| site.spawn()).collect();
    let urls: Vec<String> = servers.iter_mut().map(crate::site::url_of).collect();
    site.bed.write("template.json", crate::bed::example(|_same| {}));
    let mut seen = std::collections::BTreeSet::new();
    for url in &urls {
        let settings = [("STET_URL", url.as_str())];
        let template = site.bed.stet(&settings, &["template", "create", "-f", "template.json"]).done().json();
        seen.insert((template["id"].to_string(), template["record_hmac"].to_string()));
        site.bed.stet(&settings, &["verify"]).done();
    }
    assert_eq!(seen.len(), 1, "one database under one set of secrets: {seen:?}");
    let litter: Vec<_> =
        names(&site.bed.path("stet-data")).into_iter().filter(|name| name.contains("draft")).collect();
    assert_eq!(litter, [""; 0]);
}

#[test]
fn a_first_key_that_was_lost_before_its_use_is_replaced_and_no_other() {
    // What is left by a process that died between the commit of the key and the writing of its file.
    let mut site = crate::site::Site::start("{}", &[]);
    let key = site.bed.path("stet-data/api-key");
    site.stop();
    std::fs::remove_file(&key).unwrap();
    site.serve();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    site.template();
    // Now the database is in use: whoever took the file away meant it.
    site.stop();
    std::fs::remove_file(&key).unwrap();
    site.serve();
    assert!(!key.exists());
    site.stet(&["template", "list"]).refused(&["no API key", "STET_API_KEY"]);
}

/// 32 bytes in base64 that no generated secret has.
const OTHER_SECRET: &str = "b3RoZXItc2VjcmV0LW9mLXRoZS10ZXN0cy0zMi1ieXQ=";

/// A data folder that was served from, its server stopped.
fn served() -> crate::site::Site {
    let mut site = crate::site::Site::start("{}", &[]);
    site.template();
    site.stop();
    site
}

#[test]
fn secrets_are_not_made_anew_for_a_database_that_is_in_use() {
    let mut site = served();
    let (file, aside) = (site.bed.path("stet-data/secrets.toml"), site.bed.path("aside.toml"));
    std::fs::rename(&file, &aside).unwrap();
    let hint = [
        "the secrets of this database are missing",
        "secrets.toml",
        "ALS_SECRETS, RECORD_SECRETS, API_KEY_PEPPER",
    ];
    refuses(&site.bed, &[PORT], &["serve"], &hint);
    assert!(!file.exists());
    let als = format!("k1:{OTHER_SECRET}");
    refuses(
        &site.bed,
        &[PORT, ("ALS_SECRETS", &als)],
        &["serve"],
        &["or set RECORD_SECRETS, API_KEY_PEPPER"],
    );
    std::fs::rename(&aside, &file).unwrap();
    site.serve();
    site.stet(&["verify"]).done();
}

#[test]
fn a_key_id_with_another_secret_stops_the_start() {
    let mut site = served();
    let restore = "restore it (the data folder's secrets.toml or the setting)";
    let (als, record) = (format!("k1:{OTHER_SECRET}"), format!("r1:{OTHER_SECRET}"));
    for (setting, value, named) in [
        ("ALS_SECRETS", als.as_str(), "ALS_SECRETS: k1 has another secret"),
        ("RECORD_SECRETS", &record, "RECORD_SECRETS: r1 has another secret"),
        ("API_KEY_PEPPER", OTHER_SECRET, "API_KEY_PEPPER is another secret"),
    ] {
        refuses(&site.bed, &[PORT, (setting, value)], &["serve"], &[named, restore]);
    }
    // Another id is no other secret of a known one: what is not listed any more is only said.
    let mut server =
        Process::start(site.bed.command(&[PORT, ("ALS_SECRETS", &format!("k9:{OTHER_SECRET}"))], &["serve"]));
    crate::site::url_of(&mut server);
    let said = server.said();
    assert!(said.contains("is not listed") && said.contains("k1"), "{said}");
    server.signal(rustix::process::Signal::TERM);
    server.end().done();
    site.serve();
    site.stet(&["verify"]).done();
}
