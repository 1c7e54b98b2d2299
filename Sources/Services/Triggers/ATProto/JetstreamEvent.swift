internal import ComponentHost
internal import Encoding

/// A line of a Jetstream: one change of one record, or something else about an account.
struct JetstreamEvent: Equatable {
    /// Microseconds since 1970 by the Jetstream's own clock; also the cursor.
    let timeMicroseconds: Int64
    /// The change; none if the line is about an account or its name.
    let commit: ATProtoEvent?

    /// Reads a line; none if it is malformed.
    init?(_ line: String, bytesMax: Int) {
        let limits = DecodingLimits(bytesMax: bytesMax, depthMax: 64)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decoding: Array(line.utf8), limits: limits)
        } catch {
            return nil
        }
        guard let object = value.object, let repository = object["did"]?.string?.string,
            let time = object["time_us"]?.number?.integer, time >= 0,
            let kind = object["kind"]?.string
        else { return nil }
        timeMicroseconds = time
        guard kind == "commit" else {
            commit = nil
            return
        }
        guard let change = object["commit"]?.object,
            let collection = change["collection"]?.string?.string,
            let recordKey = change["rkey"]?.string?.string,
            let action = change["operation"]?.string?.string,
            ["create", "update", "delete"].contains(action)
        else { return nil }
        commit = ATProtoEvent(
            // Jetstream numbers nothing; WAVS has 0 then.
            sequence: 0,
            timestamp: time,
            repository: repository,
            collection: collection,
            recordKey: recordKey,
            action: action,
            cid: change["cid"]?.string?.string,
            // One text for one record, whatever blanks and order of members the server chose.
            record: change["record"].map { record in
                String(decoding: record.canonical, as: UTF8.self)
            },
            revision: change["rev"]?.string?.string,
            operationIndex: nil
        )
    }
}

/// The triggers for one or more collections of ATProto.
struct JetstreamInterest: Equatable {
    private let triggers: [Trigger]
    /// The collections to ask for, some with `*` for all that begin alike.
    let collections: [String]
    /// The repositories to ask for; none if one of the triggers is for all.
    let repositories: [String]

    /// A server takes no more names in a request.
    private static let collectionCountMax = 100
    private static let repositoryCountMax = 100

    init(_ watched: [Trigger]) {
        var collections: Set<String> = []
        var repositories: Set<String> = []
        var isForAll = false
        triggers = watched.filter { trigger in
            guard case .atprotoEvent(let collection, let repository, _) = trigger else {
                return false
            }
            collections.insert(collection)
            if let repository { repositories.insert(repository) } else { isForAll = true }
            return true
        }
        // Too many names to ask for: everything comes then, and is matched here.
        self.collections =
            collections.count > Self.collectionCountMax ? [] : collections.sorted()
        self.repositories =
            isForAll || repositories.count > Self.repositoryCountMax ? [] : repositories.sorted()
    }

    var isEmpty: Bool { triggers.isEmpty }

    /// The triggers that a change is for, whatever the server was asked for.
    func triggers(_ event: ATProtoEvent) -> [Trigger] {
        triggers.filter { trigger in
            guard case .atprotoEvent(let collection, let repository, let action) = trigger else {
                return false
            }
            return Self.isMatch(event.collection, collection)
                && (repository == nil || repository == event.repository)
                && (action == nil || action == event.action)
        }
    }

    private static func isMatch(_ collection: String, _ pattern: String) -> Bool {
        pattern.hasSuffix(".*")
            ? collection.hasPrefix(pattern.dropLast()) : collection == pattern
    }
}
