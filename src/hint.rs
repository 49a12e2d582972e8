//! What to try, beside what is wrong.

/// What an error has to say beyond its one line.
pub trait Hint {
    /// What to try, in one line.
    fn hint(&self) -> Option<String>;

    /// What was found, a line each.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }
}
