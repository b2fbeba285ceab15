//! Makes one constant a query for each engine: `queries/<name>.<engine>.sql` where there is one, else `queries/<name>.sql`. A query that no
//! method uses is dead code, which the lints refuse. Also builds again when a migration is added: the migrations are embedded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const ENGINES: [&str; 2] = ["postgres", "sqlite"];

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its folder by the environment alone"
)]
fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let target = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names the folder"));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        names.push(entry?.file_name().into_string().expect("names of queries are ASCII"));
    }
    names.sort_unstable();
    for engine in ENGINES {
        std::fs::write(target.join(format!("{engine}_queries.rs")), constants(engine, &names, &folder))?;
    }
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=queries\ncargo:rerun-if-changed=../../migrations")
}

fn constants(engine: &str, names: &[String], folder: &Path) -> String {
    let mut chosen: BTreeMap<&str, &str> = BTreeMap::new();
    for file in names {
        let parts: Vec<&str> = file.split('.').collect();
        match parts.as_slice() {
            [name, "sql"] => {
                chosen.entry(name).or_insert(file);
            }
            [name, of, "sql"] if *of == engine => {
                chosen.insert(name, file);
            }
            [_, of, "sql"] if ENGINES.contains(of) => {}
            _ => panic!("queries/{file} is named neither <name>.sql nor <name>.<engine>.sql"),
        }
    }
    let (mut text, mut all) = (String::new(), String::new());
    for (name, file) in &chosen {
        let (constant, path) = (name.to_uppercase(), folder.join(file));
        let path = path.to_str().expect("a path in UTF-8");
        writeln!(text, "pub(in crate::{engine}) const {constant}: &str = include_str!({path:?});")
            .expect("writing to a String cannot fail");
        writeln!(all, "    ({file:?}, {constant}),").expect("writing to a String cannot fail");
    }
    format!(
        "{text}\n/// File name and text of each.\n#[cfg(test)]\npub(in crate::{engine}) const ALL: &[(&str, &str)] = &[\n{all}];\n"
    )
}
