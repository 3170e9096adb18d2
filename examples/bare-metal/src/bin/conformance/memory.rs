//! Bytes that stay as long as a vector is answered, one after another in one place.

/// What of the place is taken, and the rest of it.
pub(crate) struct Memory<'m> {
    bytes: &'m mut [u8],
    taken: usize,
}

/// Bytes in a [`Memory`].
#[derive(Clone, Copy, Default)]
pub(crate) struct Held {
    start: usize,
    end: usize,
}

impl<'m> Memory<'m> {
    pub(crate) const fn new(bytes: &'m mut [u8]) -> Self {
        Self { bytes, taken: 0 }
    }

    /// Nothing yet; what is added is held from here on.
    pub(crate) const fn begin(&self) -> Held {
        Held { start: self.taken, end: self.taken }
    }

    /// Adds bytes to what was begun last.
    pub(crate) fn add(&mut self, held: &mut Held, bytes: &[u8]) -> Result<(), &'static str> {
        let end = self.taken.checked_add(bytes.len()).ok_or(FULL)?;
        self.bytes.get_mut(self.taken..end).ok_or(FULL)?.copy_from_slice(bytes);
        (self.taken, held.end) = (end, end);
        Ok(())
    }

    /// Adds what was added from `from` on again and again.
    pub(crate) fn repeat(
        &mut self,
        held: &mut Held,
        from: Held,
        times: usize,
    ) -> Result<(), &'static str> {
        let len = from.end - from.start;
        let end = len.checked_mul(times).and_then(|len| from.start.checked_add(len)).ok_or(FULL)?;
        if self.bytes.get(from.start..end).is_none() {
            return Err(FULL);
        }
        for at in (from.start..end).step_by(len.max(1)) {
            self.bytes.copy_within(from.start..from.end, at);
        }
        (self.taken, held.end) = (end, end);
        Ok(())
    }

    /// What was added, and the room that is left.
    pub(crate) fn split(self) -> (Full<'m>, &'m mut [u8]) {
        let (taken, rest) = self.bytes.split_at_mut(self.taken);
        (Full(taken), rest)
    }
}

/// What a [`Memory`] holds.
#[derive(Clone, Copy)]
pub(crate) struct Full<'m>(&'m [u8]);

impl<'m> Full<'m> {
    pub(crate) fn get(self, held: Held) -> &'m [u8] {
        self.0.get(held.start..held.end).unwrap_or_default()
    }
}

const FULL: &str = "a vector of more bytes than there is room for";
