internal import Platform
package import Testing

/// Waits until something is so, twenty seconds at most; whether it came to that.
@discardableResult
package func waitUntil(_ condition: () throws -> Bool) rethrows -> Bool {
    let clock = LinuxClock()
    let end = clock.monotonicNanoseconds() + 20_000_000_000
    while try !condition() {
        guard clock.monotonicNanoseconds() < end else { return false }
        PlatformThread.nap(nanoseconds: 500_000)
    }
    return true
}

/// Waits until something is so, and records that it is not after twenty seconds.
package func eventually(_ what: Comment, _ condition: () throws -> Bool) rethrows {
    if try !waitUntil(condition) { Issue.record(what) }
}
