//! How often one address may try something that needs no token. In memory: the limit is one
//! process's.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use taskchat_auth::ClientAddress;
use taskchat_domain::{Error, Result};

/// After this many checks the addresses that have been quiet are forgotten.
const FORGET_EVERY: u32 = 1024;

/// The limit of one process; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct AddressLimit(Option<Arc<Attempts>>);

#[derive(Debug)]
struct Attempts {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    /// What a refusal says.
    refusal: &'static str,
    checks: AtomicU32,
}

impl AddressLimit {
    /// 0 switches it off.
    pub(crate) fn per_minute(attempts: u32, refusal: &'static str) -> Self {
        Self(NonZeroU32::new(attempts).map(|attempts| {
            Arc::new(Attempts {
                limiter: RateLimiter::keyed(Quota::per_minute(attempts)),
                clock: DefaultClock::default(),
                refusal,
                checks: AtomicU32::new(0),
            })
        }))
    }

    /// Counts an attempt. Without a known address nothing is limited: all strangers would share
    /// one count, and one of them could lock the others out.
    ///
    /// # Errors
    /// [`Error::Exhausted`] when there were too many.
    pub(crate) fn check(&self, address: Option<&ClientAddress>) -> Result<()> {
        let (Some(attempts), Some(ClientAddress(address))) = (&self.0, address) else {
            return Ok(());
        };
        if attempts.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            attempts.limiter.retain_recent();
        }
        attempts
            .limiter
            .check_key(&household(*address))
            .map_err(|until| Error::Exhausted {
                what: attempts.refusal.into(),
                retry_after: until.wait_time_from(attempts.clock.now()),
            })
    }
}

/// Who shares an address: of IPv6 the first 64 bits, since anybody has all the others.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let network = v6.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ClientAddress {
        ClientAddress(text.parse().unwrap())
    }

    #[test]
    fn each_address_has_its_own_count() {
        let limit = AddressLimit::per_minute(2, "enough");
        let one = address("192.0.2.1");
        assert!(limit.check(Some(&one)).is_ok());
        assert!(limit.check(Some(&address("::ffff:192.0.2.1"))).is_ok());
        assert!(matches!(
            limit.check(Some(&one)),
            Err(Error::Exhausted { retry_after, what }) if !retry_after.is_zero() && what == "enough"
        ));
        assert!(limit.check(Some(&address("192.0.2.2"))).is_ok());

        for host in 1..=2 {
            let host = address(&format!("2001:db8::{host}"));
            assert!(limit.check(Some(&host)).is_ok());
        }
        assert!(limit.check(Some(&address("2001:db8::3"))).is_err());
        assert!(limit.check(Some(&address("2001:db8:0:1::3"))).is_ok());
    }

    #[test]
    fn off_or_unknown_means_unlimited() {
        for (limit, address) in [
            (
                AddressLimit::per_minute(0, "enough"),
                Some(address("192.0.2.1")),
            ),
            (AddressLimit::per_minute(1, "enough"), None),
        ] {
            for _ in 0..100 {
                assert!(limit.check(address.as_ref()).is_ok());
            }
        }
    }
}
