//! What theory says of the simplest desk: customers by chance, memoryless work, equal people (A. K. Erlang, 1917).

/// The probability that a customer must wait, with `servers` people and `load` (arrivals in the time of one service).
/// 1 when the load is more than they can do.
pub fn probability_of_waiting(servers: u32, load: f64) -> f64 {
    let count = f64::from(servers);
    if load >= count {
        return 1.0;
    }
    // Erlang B by its recursion: no factorials, so no overflow.
    let blocking = (1..=servers).fold(1.0, |blocked, server| {
        let offered = load * blocked;
        offered / (f64::from(server) + offered)
    });
    let used = load / count;
    blocking / (1.0 - used * (1.0 - blocking))
}

/// The mean wait of all customers in seconds, where one service takes `service_s`.
pub fn mean_wait_s(servers: u32, load: f64, service_s: f64) -> f64 {
    let spare = f64::from(servers) - load;
    if spare <= 0.0 { f64::INFINITY } else { probability_of_waiting(servers, load) * service_s / spare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_waits_as_often_as_it_is_busy() {
        assert!((probability_of_waiting(1, 0.7) - 0.7).abs() < 1e-12);
        assert!((mean_wait_s(1, 0.5, 60.0) - 60.0).abs() < 1e-9);
    }

    /// Worked by hand: C(3, 2) = 4/9.
    #[test]
    fn three_servers() {
        assert!((probability_of_waiting(3, 2.0) - 4.0 / 9.0).abs() < 1e-12);
        assert_eq!(probability_of_waiting(3, 3.0), 1.0);
        assert!(mean_wait_s(3, 3.5, 60.0).is_infinite());
    }
}
