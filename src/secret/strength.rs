//! How much guessing a home-made secret withstands.
pub const MINIMUM_BITS: u32 = 64;
/// x
pub fn bits(value: &str) -> u32 {
    (value.len() as u32) * 6
}
/// x
pub fn is_strong(value: &str) -> bool {
    bits(value) >= MINIMUM_BITS
}
