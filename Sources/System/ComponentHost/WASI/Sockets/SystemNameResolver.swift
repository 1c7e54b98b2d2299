internal import Glibc
internal import HTTP
internal import Platform
internal import Synchronization

/// Looks names up as the system does: in its files, and by its servers of names.
///
/// The system's function waits as long as it likes, so each name is looked up on a thread of its own, of which there
/// are few; who asks waits for its time and no longer.
public final class SystemNameResolver: NameResolver {
    /// What a lookup brings.
    package typealias Outcome = Result<[[UInt8]], NameResolutionError>

    /// Names that are looked up at once; a further one is refused until one of them is done.
    package static let lookupsMax = 8
    private let lookup: @Sendable (String) -> Outcome
    private let running = Mutex(0)

    /// Makes one.
    ///
    /// - Parameter mayBePrivate: Whether addresses of this machine and of private networks are told too, from which
    ///   a program could learn what is there.
    public init(mayBePrivate: Bool = false) {
        lookup = { name in Self.ask(name, mayBePrivate: mayBePrivate) }
    }

    /// Makes one that looks names up in another way, which may take as long as it likes.
    package init(lookup: @escaping @Sendable (String) -> Outcome) { self.lookup = lookup }

    /// Waits for the addresses of a name; see `NameResolver.addresses`.
    public func addresses(
        of name: String,
        milliseconds: Int
    ) throws(NameResolutionError) -> [[UInt8]] {
        let hasPlace = running.withLock { running in
            if running >= Self.lookupsMax { return false }
            running += 1
            return true
        }
        guard hasPlace else { throw .temporary }
        let answer = Answer()
        do throws(PlatformError) {
            let thread = try PlatformThread.start(name: "name lookup") { [self] in
                answer.set(lookup(name))
                running.withLock { $0 -= 1 }
            }
            thread.detach()
        } catch {
            running.withLock { $0 -= 1 }
            throw .temporary
        }
        return try answer.wait(milliseconds: milliseconds).get()
    }

    /// What one lookup brings, for who waits for it.
    private final class Answer: Sendable {
        private let outcome = Mutex<Outcome?>(nil)
        private let signal = Signal()

        func set(_ outcome: Outcome) {
            self.outcome.withLock { $0 = outcome }
            signal.notify()
        }

        func wait(milliseconds: Int) -> Outcome {
            _ = signal.wait(timeoutNanoseconds: UInt64(max(milliseconds, 0)) * 1_000_000)
            return outcome.withLock { $0 } ?? .failure(.temporary)
        }
    }

    private static func ask(_ name: String, mayBePrivate: Bool) -> Outcome {
        var hints = unsafe addrinfo()
        // Otherwise every address comes once for each kind of connection.
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else { return .failure(error(code)) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [[UInt8]] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            let bytes = unsafe [UInt8](
                UnsafeRawBufferPointer(
                    start: entry.pointee.ai_addr,
                    count: Int(entry.pointee.ai_addrlen)
                )
            )
            guard mayBePrivate || PublicAddress.isPublic(bytes) else { continue }
            // The address stands behind family and port, and in version 6 behind the flow too.
            switch unsafe entry.pointee.ai_family {
            case AF_INET where bytes.count >= 8: addresses.append(Array(bytes[4..<8]))
            case AF_INET6 where bytes.count >= 24: addresses.append(Array(bytes[8..<24]))
            default: continue
            }
        }
        return addresses.isEmpty ? .failure(.unresolvable) : .success(addresses)
    }

    private static func error(_ code: Int32) -> NameResolutionError {
        switch code {
        case EAI_AGAIN, EAI_MEMORY, EAI_SYSTEM: .temporary
        case EAI_FAIL: .permanent
        // Nobody knows it, or it has no addresses.
        default: .unresolvable
        }
    }
}
