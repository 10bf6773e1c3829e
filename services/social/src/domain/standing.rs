//! Who may see a post: the one rule, by how the author stands to the one who looks.

use super::post::Visibility;

/// How the author of a post stands to the one who looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is the same account.
    Own,
    /// The two are connected.
    Connected,
    /// Neither.
    Stranger,
    /// There is no such account, or it has blocked the one who looks.
    Hidden,
}

impl Standing {
    /// Whether the one who looks may see the author's posts of a visibility.
    pub(crate) fn sees(self, visibility: Visibility) -> bool {
        match self {
            Self::Own => true,
            Self::Connected => visibility != Visibility::Private,
            Self::Stranger => visibility == Visibility::Public,
            Self::Hidden => false,
        }
    }

    /// The visibilities of those posts of the author that the one who looks may see.
    pub(crate) fn visible(self) -> Vec<Visibility> {
        Visibility::ALL.into_iter().filter(|visibility| self.sees(*visibility)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_two_are_the_more_they_see() {
        let (all, connections, public) = (Visibility::ALL, Visibility::Connections, Visibility::Public);
        let rule: [(Standing, &[Visibility]); 4] = [
            (Standing::Own, &all),
            (Standing::Connected, &[public, connections]),
            (Standing::Stranger, &[public]),
            (Standing::Hidden, &[]),
        ];
        for (standing, visible) in rule {
            assert_eq!(standing.visible(), visible, "{standing:?}");
        }
    }
}
