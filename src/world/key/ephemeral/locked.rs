//! Secret bytes that are not written to swap, and erased when they are dropped.

use std::ptr;

use region::LockGuard;
use zeroize::Zeroize;

/// Secret bytes in a heap allocation of their own pages.
pub(super) struct Locked<const SIZE: usize> {
    page: Box<Page<SIZE>>,
    /// Missing if the system refuses (RLIMIT_MEMLOCK): better an unlocked key than no login.
    guard: Option<LockGuard>,
}

/// mlock(2) works on whole pages, and the lock of one value must not end with that of another.
#[repr(align(4096))]
struct Page<const SIZE: usize>([u8; SIZE]);

impl<const SIZE: usize> Locked<SIZE> {
    /// Has the bytes written to their final place, so that there is no copy elsewhere.
    pub(super) fn filled<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let page = Box::new(Page([0; SIZE]));
        let guard = region::lock(ptr::from_ref(&*page), size_of::<Page<SIZE>>()).ok();
        let mut locked = Self { page, guard };
        fill(&mut locked.page.0)?;
        Ok(locked)
    }

    pub(super) const fn bytes(&self) -> &[u8; SIZE] {
        &self.page.0
    }
}

impl<const SIZE: usize> Drop for Locked<SIZE> {
    fn drop(&mut self) {
        self.page.0.zeroize();
        // Before the allocation ends, which may unmap it.
        drop(self.guard.take());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;

    use super::*;

    #[test]
    fn the_bytes_are_locked_where_they_are() {
        let fill = |bytes: &mut [u8]| {
            bytes.fill(7);
            Ok::<_, io::Error>(())
        };
        let locked = Locked::filled(fill).expect("bytes");
        assert_eq!(locked.bytes(), &[7; 32]);
        let address = ptr::from_ref(locked.bytes()).addr();
        assert_eq!(address % 4096, 0);
        let Ok(maps) = fs::read_to_string("/proc/self/smaps") else {
            eprintln!("skipped: no /proc/self/smaps");
            return;
        };
        if locked.guard.is_none() {
            eprintln!("skipped: mlock(2) is refused here");
            return;
        }
        assert_eq!(flag(&maps, address), Some(true), "{address:x}\n{maps}");
    }

    /// Whether the mapping of an address is locked, by its flag `lo`.
    fn flag(maps: &str, address: usize) -> Option<bool> {
        let mut is_here = false;
        for line in maps.lines() {
            let range = line.split(' ').next().and_then(|it| it.split_once('-'));
            if let Some((from, to)) = range {
                let [from, to] = [from, to].map(|it| usize::from_str_radix(it, 16));
                let (Ok(from), Ok(to)) = (from, to) else {
                    continue;
                };
                is_here = (from..to).contains(&address);
            }
            if let Some(flags) = line.strip_prefix("VmFlags:").filter(|_| is_here) {
                return Some(flags.split_whitespace().any(|it| it == "lo"));
            }
        }
        None
    }
}
