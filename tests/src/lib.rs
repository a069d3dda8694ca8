//! What the test runners share: spec files, programs of the corpus, and cargo projects that hold
//! many emitted programs at once.
#![forbid(unsafe_code)]

pub mod items;
pub mod markdown;
pub mod members;
pub mod modules;
pub mod outcome;
pub mod programs;

use std::path::{Path, PathBuf};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("`tests/` lies in the root").to_owned()
}

/// Folder for what the runners build; kept between runs.
pub fn work_folder(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("batuta-tests").join(name);
    std::fs::create_dir_all(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    folder
}

/// Whether this runs on the build machine: nothing is skipped there.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// A part of a long run: as many items as `BATUTA_SAMPLE` says (a number or `all`), else `usual` many, drawn by
/// `BATUTA_SEED` and printed with it. The order stays.
pub fn sample<T>(items: Vec<T>, usual: usize, name: impl Fn(&T) -> &str) -> Vec<T> {
    let count = match std::env::var("BATUTA_SAMPLE").ok() {
        Some(text) if text == "all" => items.len(),
        Some(text) => text.parse().expect("BATUTA_SAMPLE is a number or `all`"),
        None => usual,
    };
    if count >= items.len() {
        return items;
    }
    let seed = std::env::var("BATUTA_SEED").unwrap_or_else(|_| "0".to_owned());
    println!("{count} of {}, BATUTA_SEED={seed}; BATUTA_SAMPLE=all takes all", items.len());
    let mut ranks: Vec<u64> = items.iter().map(|item| hash([seed.as_str(), name(item)])).collect();
    let keys = ranks.clone();
    ranks.sort_unstable();
    let drawn = &ranks[..count];
    items.into_iter().zip(keys).filter(|(_, key)| drawn.contains(key)).map(|(item, _)| item).collect()
}

/// FNV-1a of several texts.
pub fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in texts.into_iter().flat_map(|text| text.bytes().chain([0xff])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

/// Writes a file unless it already has this text, so that cargo sees no change where there is none.
pub fn write_if_changed(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    let parent = path.parent().expect("a file has a folder");
    std::fs::create_dir_all(parent).unwrap_or_else(|why| panic!("{}: {why}", parent.display()));
    std::fs::write(path, text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
}

/// Hash of the runtime's sources: a change there invalidates every remembered answer.
pub fn runtime_hash() -> u64 {
    let mut paths = Vec::new();
    ["rt", "numpy", "trueno"].iter().for_each(|name| collect(&root().join("runtime").join(name), &mut paths));
    paths.sort();
    let texts: Vec<String> = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    hash(texts.iter().map(String::as_str))
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, out);
        } else {
            out.push(path);
        }
    }
}
