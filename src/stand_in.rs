//! What `msftp` and `mscp` are: they become the `mssh` that lies beside them, under their own
//! name, by which it knows what to do.
//!
//! No part of the library, so that these two link nothing of AWS and the big program is there once.

use std::env;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Becomes `mssh` as `name`, or says that it is not there: status 127, as of a shell.
pub(crate) fn become_mssh(name: &str) -> ExitCode {
    // A link to us may stand anywhere; `mssh` stands beside the file itself.
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
