//! Chance that is the same on every machine and at every time (xorshift).

#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }

    /// True in this share of all cases.
    pub fn happens(&mut self, share: f32) -> bool {
        f64::from(self.next()) < f64::from(share) * 4_294_967_296.0
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = (u64::from(self.next()) * (last as u64 + 1)) >> 32;
            all.swap(last, other as usize);
        }
    }
}
