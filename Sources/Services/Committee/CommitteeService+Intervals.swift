public import Statements
internal import Synchronization
public import Transparency

/// The certificates of intervals, on their way to the log.
final class IntervalCertificates: Sendable {
    private let certificates = Mutex<[IntervalCertificate]>([])
    private let wake = Mutex<@Sendable () -> Void>({})

    /// Keeps a certificate until it is fetched.
    func put(_ certificate: IntervalCertificate) {
        certificates.withLock { list in list.append(certificate) }
        call()
    }

    /// Gives what came since the last call.
    func take() -> [IntervalCertificate] {
        certificates.withLock { list in
            let taken = list
            list = []
            return taken
        }
    }

    /// Names what is called when something is there.
    func notify(_ body: @escaping @Sendable () -> Void) { wake.withLock { wake in wake = body } }

    /// Says that something is there.
    func call() { wake.withLock { wake in wake }() }
}

extension CommitteeService: IntervalAttester {
    /// The roster of the present epoch; none before `appoint`.
    public var roster: EpochStatement? { presentRoster }

    /// Asks the observers about an interval.
    public func request(_ statement: IntervalStatement) {
        attest(AttestationSubject(statement))
    }

    /// The certificates of intervals that came since the last call.
    public func takeCertificates() -> [IntervalCertificate] { intervals.take() }

    /// Names what is called when there is a certificate of an interval, or another roster.
    public func notify(_ wake: @escaping @Sendable () -> Void) { intervals.notify(wake) }
}
