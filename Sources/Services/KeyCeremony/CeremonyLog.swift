public import Cryptography
public import ThresholdKeys

/// The ceremony that the filed documents tell of, as everybody reads them.
///
/// It takes the documents in the order of the journal. A document that fits nothing is skipped: the journal is
/// the venue's, and what it holds cannot be blamed on a member.
public struct CeremonyLog: Sendable {
    /// A ceremony and how far its log is.
    public struct Running: Sendable {
        /// What was announced.
        public let announcement: CeremonyAnnouncement
        /// Its public state.
        public internal(set) var ceremony: Ceremony
        /// The height that the next block is for.
        public internal(set) var height: UInt64 = 0
        /// The part of the height that the next block is.
        public internal(set) var part: UInt64 = 0
        /// Its documents from the announcement on, for members that come late.
        public internal(set) var documents: [[UInt8]]
        /// The announcement's hash, by which members ask for what they miss.
        let identifier: SHA256.Digest

        /// Whether it goes on.
        public var isOpen: Bool { ceremony.outcome == nil }
    }

    /// What a document led to.
    enum Step: Equatable {
        /// A ceremony began.
        case began
        /// A part of a height was said.
        case said
        /// A height ended.
        case advanced
    }

    /// The ceremony that began last.
    public private(set) var running: Running?
    private let verifier: Ed25519Verifier
    /// The bundles of this ceremony that were checked already.
    private var checked: [SHA256.Digest: CheckedBundle] = [:]

    /// Begins to read.
    public init(verifier: @escaping Ed25519Verifier) { self.verifier = verifier }

    /// Takes the next document, and tells when it ends a ceremony.
    ///
    /// - Returns: The ceremony that it ended; none otherwise.
    /// - Throws: What is wrong with the document.
    public mutating func conclude(
        with document: [UInt8]
    ) throws(KeyCeremonyError) -> Running? {
        guard try take(document) == .advanced, let running, !running.isOpen else { return nil }
        return running
    }

    /// Takes the next document.
    ///
    /// - Returns: What it led to; nothing for a block that does not fit where the log is.
    /// - Throws: What is wrong with the document.
    mutating func take(_ document: [UInt8]) throws(KeyCeremonyError) -> Step? {
        switch try CeremonyDocument(decoding: document) {
        case .begin(let announcement):
            checked = [:]
            running = Running(
                announcement: announcement,
                ceremony: Ceremony(announcement.parameters),
                documents: [document],
                identifier: SHA256.hash(of: document)
            )
            return .began
        case .block(let block):
            guard var running, running.isOpen, block.height == running.height,
                block.part == running.part,
                block.nonce == running.announcement.parameters.nonce
            else { return nil }
            self.running = nil
            for bytes in block.bundles {
                if let bundle = check(bytes, in: running) {
                    running.ceremony.receive(bundle, at: block.height)
                }
            }
            running.documents.append(document)
            running.part += 1
            if block.isLast {
                running.height += 1
                running.part = 0
                if running.isOpen { running.ceremony.advance(to: running.height) }
            }
            self.running = running
            return block.isLast ? .advanced : .said
        }
    }

    /// Checks a bundle, once for each.
    mutating func check(_ bytes: [UInt8], in running: Running) -> CheckedBundle? {
        let digest = SHA256.hash(of: bytes)
        if let bundle = checked[digest] { return bundle }
        do throws(BundleRefusal) {
            let bundle = try CheckedBundle(
                checking: bytes,
                in: running.announcement.parameters,
                verifier: verifier
            )
            checked[digest] = bundle
            return bundle
        } catch {
            // Nobody is to blame for it, as the refusal says.
            return nil
        }
    }
}
