//! `msftp`: `sftp` with EC2 instances.

#[path = "../stand_in.rs"]
mod stand_in;

fn main() -> std::process::ExitCode {
    stand_in::become_mssh("msftp")
}
