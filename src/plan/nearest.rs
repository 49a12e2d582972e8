//! Which of the known words was meant by a mistyped one.

/// How many mistakes a word may have.
const MOST: usize = 2;

/// The letters that two words must begin with alike, if there are more mistakes.
const ALIKE: usize = 3;

/// The known word that was meant, if one is near enough: within two mistakes (of a letter, or of the
/// order of two letters), else the one that begins most like it. Of several with as many mistakes, the
/// one that begins, and then ends, most like it.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // So that a long word costs nothing.
    let word: Vec<char> = word.chars().take(64).collect();
    let mut best: Option<(usize, (usize, usize), &str)> = None;
    for it in known {
        let mistakes = distance(&word, &it.chars().collect::<Vec<_>>());
        let begin = same(it.chars(), word.iter());
        let alike = (begin, same(it.chars().rev(), word.iter().rev()));
        let is_near = mistakes <= MOST && mistakes < word.len();
        if !is_near && begin < ALIKE {
            continue;
        }
        let mistakes = if is_near { mistakes } else { MOST + 1 };
        let is_better = |(least, most, _): &(usize, (usize, usize), &str)| {
            mistakes < *least || mistakes == *least && alike > *most
        };
        if best.as_ref().is_none_or(is_better) {
            best = Some((mistakes, alike, it));
        }
    }
    best.map(|(_, _, it)| it)
}

/// How many letters are the same until two differ.
fn same<'a>(a: impl Iterator<Item = char>, b: impl Iterator<Item = &'a char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == *b).count()
}

/// The number of letters to insert, remove, replace or swap with the next ("optimal string
/// alignment").
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, &one) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &other) in b.iter().enumerate() {
            let replaced = above[column] + usize::from(one != other);
            let mut least = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            let is_swapped = row > 0 && column > 0 && one == b[column - 1] && a[row - 1] == other;
            if is_swapped {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = above;
        above = current;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_is_near_to_one_and_another_word_to_none() {
        let known = ["region", "profile", "via", "key", "key-type", "instance-id"];
        for (word, meant) in [
            ("regoin", Some("region")),
            ("Region", Some("region")),
            ("porfile", Some("profile")),
            ("instance", Some("instance-id")),
            ("key_type", Some("key-type")),
            ("keys", Some("key")),
            ("vai", Some("via")),
            ("aws-region", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), meant, "{word}");
        }
        // Each is one mistake away.
        let nearest = |word| nearest(word, ["list", "listen"].into_iter());
        assert_eq!(nearest("listn"), Some("listen"));
        assert_eq!(nearest("lists"), Some("list"));
    }
}
