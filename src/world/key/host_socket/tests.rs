use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::thread;

use tempfile::TempDir;

use super::*;

const NAME: &str = "i-0abcdef0.22.root";

/// A number that no process has.
const NOBODY: u32 = i32::MAX as u32;

fn place() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().expect("a directory");
    let directory = place.path().join("agents");
    (place, directory)
}

#[track_caller]
fn listen(directory: &Path, name: &str, ssh: u32) -> Listening {
    HostSocket::listen(directory, name, ssh).expect("a socket")
}

/// Whether who connects to the common name gets to this one.
fn has_name(it: &Listening) -> bool {
    let path = it.socket.common();
    let Ok(_connection) = UnixStream::connect(path) else {
        return false;
    };
    it.listener.set_nonblocking(true).expect("a flag");
    it.listener.accept().is_ok()
}

#[test]
fn the_newest_has_the_name_and_passes_it_on() {
    let (_place, directory) = place();
    let first = listen(&directory, NAME, 1);
    let second = listen(&directory, NAME, 2);
    let other = listen(&directory, "i-0abcdef0.22.ubuntu", 3);
    assert!(has_name(&second) && has_name(&other));
    assert!(first.socket.serves(1) && first.socket.serves(2) && !first.socket.serves(3));
    drop(second);
    assert!(has_name(&first));
    assert!(!first.socket.serves(2));
    let third = listen(&directory, NAME, 4);
    drop(first);
    assert!(has_name(&third));
    drop(third);
    assert!(!directory.join(NAME).exists());
    drop(other);
    assert!(!directory.exists());
}

/// A user may have almost any name.
#[test]
fn no_name_is_taken_for_another() {
    let (_place, directory) = place();
    let names = [
        "h.22.a",
        "h.22.a.2",
        "h.22.a@2",
        "h.22.a+2",
        "h.22.link",
        "h.2",
    ];
    let all: Vec<_> = (1..)
        .zip(names)
        .map(|(ssh, name)| listen(&directory, name, ssh))
        .collect();
    for it in &all {
        assert!(has_name(it), "{:?}", it.socket);
    }
    for (at, it) in all.iter().enumerate() {
        let served = (1..=6)
            .filter(|&ssh| it.socket.serves(ssh))
            .collect::<Vec<_>>();
        assert_eq!(served, [u32::try_from(at).expect("a number") + 1]);
    }
    for it in all {
        assert!(has_name(&it), "{:?}", it.socket);
    }
    assert!(!directory.exists());
}

#[test]
fn a_tag_is_the_hash_of_a_name() {
    // From the authors of FNV.
    assert_eq!((&*tag(""), &*tag("foobar")), ("811c9dc5", "bf9cf968"));
}

#[test]
fn what_killed_agents_left_is_swept() {
    let (_place, directory) = place();
    let killed = listen(&directory, NAME, NOBODY);
    let other = listen(&directory, "i-0abcdef1.22.root", NOBODY - 1);
    let alive = listen(&directory, NAME, NOBODY - 2);
    // The name belongs to the one that is killed.
    give_name(&killed.socket.own(), &killed.socket.common()).expect("its name");
    for it in [killed, other] {
        std::mem::forget(it.socket);
    }
    let next = listen(&directory, "i-0abcdef2.22.root", 1);
    assert!(has_name(&alive) && has_name(&next));
    let left = fs::read_dir(&directory).expect("a directory").count();
    assert_eq!(left, 6, "two agents with three names each");
    drop(alive);
    drop(next);
    assert!(!directory.exists());
}

#[test]
fn files_of_others_stay() {
    let (_place, directory) = place();
    fs::create_dir(&directory).expect("a directory");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).expect("a mode");
    for name in ["key", "notes", "id_ed25519.pub", "me@home"] {
        fs::write(directory.join(name), "").expect("a file");
    }
    drop(listen(&directory, NAME, 1));
    assert_eq!(fs::read_dir(&directory).expect("a directory").count(), 4);
    for name in ["key", "notes", "id_ed25519.pub", "me@home"] {
        fs::remove_file(directory.join(name)).expect("a file");
    }
    drop(listen(&directory, NAME, 1));
    assert!(directory.exists(), "the user made it");
}

#[test]
fn a_directory_that_others_could_use_is_refused() {
    let (place, directory) = place();
    fs::create_dir(&directory).expect("a directory");
    for mode in [0o755, 0o770, 0o701] {
        fs::set_permissions(&directory, fs::Permissions::from_mode(mode)).expect("a mode");
        let refused = HostSocket::listen(&directory, NAME, 1).map(drop);
        let kind = refused.expect_err("refused").kind();
        assert_eq!(kind, io::ErrorKind::PermissionDenied, "{mode:o}");
        check(&directory).expect_err("refused");
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).expect("a mode");
    check(&directory).expect("usable");
    let link = place.path().join("link");
    symlink(&directory, &link).expect("a link");
    check(&link).expect_err("a link");
    HostSocket::listen(&link, NAME, 1)
        .map(drop)
        .expect_err("a link");
    let missing = HostSocket::listen(&place.path().join("no/where"), NAME, 1).map(drop);
    assert_eq!(
        missing.expect_err("nowhere").kind(),
        io::ErrorKind::NotFound
    );
    let long = place.path().join("a".repeat(80));
    check(&long).expect_err("too long");
}

/// The directory comes and goes meanwhile.
#[test]
fn many_come_and_go_at_once() {
    let (_place, directory) = place();
    let directory = &directory;
    thread::scope(|scope| {
        for ssh in 1..=16 {
            scope.spawn(move || {
                for _ in 0..20 {
                    let it = listen(directory, NAME, ssh);
                    UnixStream::connect(it.socket.common()).expect("somebody listens");
                }
            });
        }
    });
    assert!(!directory.exists());
}
