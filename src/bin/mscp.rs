//! `mscp`: `scp` with EC2 instances.

fn main() -> std::process::ExitCode {
    mssh::stand_in(mssh::plan::grammar::Program::Scp)
}
