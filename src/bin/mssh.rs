//! `mssh`: `ssh` to an EC2 instance. Started as `msftp` or `mscp`, it is those.

fn main() -> std::process::ExitCode {
    mssh::main()
}
