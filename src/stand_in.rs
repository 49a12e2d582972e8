//! The programs `msftp` and `mscp`: they become the `mssh` in the same directory, under their own
//! name, by which it knows what to do.
//!
//! Not part of the library, so that these two do not link the AWS code and only `mssh` is large.

use std::env;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Becomes `mssh` as `name`, or reports that it is missing: status 127, as in a shell.
pub(crate) fn become_mssh(name: &str) -> ExitCode {
    // A link to us may be in any directory; `mssh` is in that of the file itself.
    let ourselves = env::current_exe().and_then(|path| path.canonicalize());
    let mssh = ourselves.map_or_else(|_| "mssh".into(), |path| path.with_file_name("mssh"));
    let words = env::args_os().skip(1);
    let cause = Command::new(&mssh).arg0(name).args(words).exec();
    let mssh = mssh.display();
    let _ = writeln!(
        io::stderr(),
        "{name}: error: cannot run {mssh}: {cause}\n\
         {name}: hint: install mssh, msftp and mscp in the same directory"
    );
    ExitCode::from(127)
}
