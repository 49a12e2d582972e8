//! The same names in every program, on every route, through hops, and in plain ssh.
