public import Encoding
public import MerkleLog

/// The logs that a witness knows, and their keys.
public struct WitnessConfiguration: Equatable, Sendable {
    /// One log.
    public struct Log: Equatable, Sendable {
        /// Its name, the first line of its checkpoints.
        public let origin: Text
        /// The keys that sign for it; several while a key is replaced.
        public let keys: [NoteVerifierKey]
    }

    /// The logs in the order in which they were named first.
    public private(set) var logs: [Log] = []

    /// Makes a configuration without logs.
    public init() {}

    /// Reads a configuration: a line `log VKEY [ORIGIN]` for each key of each log.
    ///
    /// The origin is the name of the key unless the rest of the line says another one. Blank lines and those that
    /// begin with `#` are ignored.
    ///
    /// - Throws: `WitnessError.configuration` for the first line that is wrong.
    public init(parsing text: String) throws(WitnessError) {
        for (number, line) in zip(
            1...,
            text.split(separator: "\n", omittingEmptySubsequences: false)
        ) {
            let words = line.split(separator: " ", maxSplits: 2)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard first == "log", words.count >= 2 else {
                throw .configuration(line: number, reason: "write log VKEY [ORIGIN]")
            }
            do throws(NoteError) {
                let key = try NoteVerifierKey(vkey: Text(String(words[1])))
                let origin = words.count > 2 ? Text(String(words[2])) : key.name
                try add(key, origin: origin)
            } catch {
                throw .configuration(line: number, reason: error.description)
            }
        }
    }

    /// Adds a key of a log.
    ///
    /// - Throws: `expected(.publicKey)` when it is of a type that cannot be verified here; `expected(.origin)`
    ///   when no checkpoint can have that origin.
    public mutating func add(_ key: NoteVerifierKey, origin: Text) throws(NoteError) {
        guard key.ed25519 != nil else { throw .expected(.publicKey, line: 1) }
        let isControl = { (byte: UInt8) in byte < 0x20 }
        guard !origin.utf8.isEmpty, !origin.utf8.contains(where: isControl) else {
            throw .expected(.origin, line: 1)
        }
        guard let index = logs.firstIndex(where: { $0.origin == origin }) else {
            logs.append(Log(origin: origin, keys: [key]))
            return
        }
        if !logs[index].keys.contains(key) {
            logs[index] = Log(origin: origin, keys: logs[index].keys + [key])
        }
    }
}
