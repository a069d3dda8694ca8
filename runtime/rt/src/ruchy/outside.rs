//! Files, paths, the environment and the clock, as the functions of Ruchy give them.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

fn told<T>(outcome: std::io::Result<T>) -> Result<T, String> {
    outcome.map_err(|error| error.to_string())
}

#[track_caller]
fn sure<T>(outcome: std::io::Result<T>, verb: &str, path: &str) -> T {
    outcome.unwrap_or_else(|error| super::panic(&format!("Failed to {verb} '{path}': {error}")))
}

/// The text of a file.
#[track_caller]
pub fn read_file(path: &str) -> String {
    sure(fs::read_to_string(path), "read file", path)
}

/// Writes a file anew.
#[track_caller]
pub fn write_file(path: &str, text: &str) {
    sure(fs::write(path, text), "write file", path);
}

/// Adds a text at the end of a file.
#[track_caller]
pub fn append_file(path: &str, text: &str) {
    use std::io::Write;
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    sure(file.and_then(|mut file| file.write_all(text.as_bytes())), "write file", path);
}

/// Removes a file.
#[track_caller]
pub fn delete_file(path: &str) {
    sure(fs::remove_file(path), "delete file", path);
}

/// Whether there is a file or folder.
pub fn file_exists(path: &str) -> bool {
    Path::new(path).exists()
}

/// Whether there is a file.
pub fn is_file(path: &str) -> bool {
    Path::new(path).is_file()
}

/// The text of a file, or why it cannot be read.
pub fn fs_read(path: &str) -> Result<String, String> {
    told(fs::read_to_string(path))
}

/// Writes a file anew.
pub fn fs_write(path: &str, text: &str) -> Result<(), String> {
    told(fs::write(path, text))
}

/// Makes a folder and those above it.
pub fn fs_create_dir(path: &str) -> Result<(), String> {
    told(fs::create_dir_all(path))
}

/// Removes an empty folder.
pub fn fs_remove_dir(path: &str) -> Result<(), String> {
    told(fs::remove_dir(path))
}

/// Removes a file.
pub fn fs_remove_file(path: &str) -> Result<(), String> {
    told(fs::remove_file(path))
}

/// Gives a file another name.
pub fn fs_rename(from: &str, to: &str) -> Result<(), String> {
    told(fs::rename(from, to))
}

/// Copies a file.
pub fn fs_copy(from: &str, to: &str) -> Result<(), String> {
    told(fs::copy(from, to).map(drop))
}

/// A variable of the environment, or that there is none.
pub fn env_var(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| error.to_string())
}

/// The arguments of the program.
pub fn env_args() -> Vec<String> {
    crate::sys::argv().into_iter().skip(1).collect()
}

/// A path with a part below it.
pub fn path_join(path: &str, part: &str) -> String {
    Path::new(path).join(part).to_string_lossy().into_owned()
}

fn part(found: Option<impl AsRef<Path>>) -> String {
    found.map_or_else(String::new, |found| found.as_ref().to_string_lossy().into_owned())
}

/// The folder that a path stands in.
pub fn path_parent(path: &str) -> String {
    part(Path::new(path).parent())
}

/// The last part of a path.
pub fn path_file_name(path: &str) -> String {
    part(Path::new(path).file_name())
}

/// The last part of a path without what follows its last dot.
pub fn path_file_stem(path: &str) -> String {
    part(Path::new(path).file_stem())
}

/// What follows the last dot of a path.
pub fn path_extension(path: &str) -> String {
    part(Path::new(path).extension())
}

/// Whether a path begins at the root.
pub fn path_is_absolute(path: &str) -> bool {
    Path::new(path).is_absolute()
}

/// Milliseconds since 1970.
pub fn timestamp() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Waits for some milliseconds.
pub fn sleep(millis: i64) {
    std::thread::sleep(std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths() {
        let path = path_join("a/b", "c.txt");
        assert_eq!(path, "a/b/c.txt");
        assert_eq!((path_parent(&path), path_file_name(&path)), ("a/b".to_owned(), "c.txt".to_owned()));
        assert_eq!((path_file_stem(&path), path_extension(&path)), ("c".to_owned(), "txt".to_owned()));
        assert!(fs_read("a/b/c.txt").is_err() && !file_exists("a/b/c.txt"));
    }
}
