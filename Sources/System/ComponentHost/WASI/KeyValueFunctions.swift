/// `wasi:keyvalue` 0.2.0-draft2.
///
/// The draft was changed under one number, so some functions are made by the types that a component imports.
enum KeyValueFunctions {
    private final class Bucket: HostResource {
        static let type = ResourceType.bucket
        let name: String

        init(_ name: String) { self.name = name }
    }

    /// A value as it was when the handle was made.
    private final class CompareAndSwap: HostResource {
        static let type = ResourceType.cas
        let bucket: String
        let key: String
        let value: [UInt8]?

        init(_ bucket: String, _ key: String, _ value: [UInt8]?) {
            self.bucket = bucket
            self.key = key
            self.value = value
        }
    }

    static func function(_ name: String, _ signature: Signature) -> HostFunction? {
        switch name {
        case "wasi:keyvalue/atomics#swap":
            return swap(givesValue: signature.description.contains("cas-failed:tuple"))
        case "wasi:keyvalue/store#[method]bucket.list-keys":
            return listKeys(hasTextCursor: signature.description.contains("option<string>"))
        default: return functions[name]
        }
    }

    private static let functions: [String: HostFunction] = [
        "wasi:keyvalue/store#open": hostFunction { state, arguments throws(HostRefusal) in
            guard state.context.keyValue != nil else {
                return .failure(.variant("access-denied", nil))
            }
            return .success(try state.resources.add(Bucket(arguments.text(0))))
        },
        "wasi:keyvalue/store#[method]bucket.get": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let key = try arguments.text(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                .option(try store.get(bucket, key).map(WITValue.bytes))
            }
        },
        "wasi:keyvalue/store#[method]bucket.set": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let pair = (key: try arguments.text(1), value: try arguments.bytes(2))
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                try store.set(bucket, [pair])
                return nil
            }
        },
        "wasi:keyvalue/store#[method]bucket.delete": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let key = try arguments.text(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                try store.delete(bucket, [key])
                return nil
            }
        },
        "wasi:keyvalue/store#[method]bucket.exists": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let key = try arguments.text(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                .bool(try store.get(bucket, key) != nil)
            }
        },
        "wasi:keyvalue/batch#get-many": hostFunction { state, arguments throws(HostRefusal) in
            let keys = try arguments.texts(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                var pairs: [WITValue] = []
                for key in keys {
                    let value = try store.get(bucket, key)
                    pairs.append(.option(value.map { .tuple([.string(key), .bytes($0)]) }))
                }
                return .list(pairs)
            }
        },
        "wasi:keyvalue/batch#set-many": hostFunction { state, arguments throws(HostRefusal) in
            var pairs: [(key: String, value: [UInt8])] = []
            for item in try arguments.items(1) {
                guard let pair = item.items, pair.count == 2, let key = pair[0].text,
                    let value = pair[1].byteList
                else { throw Arguments.refusal(1, "a list of keys with values") }
                pairs.append((key, value))
            }
            let all = pairs
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                try store.set(bucket, all)
                return nil
            }
        },
        "wasi:keyvalue/batch#delete-many": hostFunction { state, arguments throws(HostRefusal) in
            let keys = try arguments.texts(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                try store.delete(bucket, keys)
                return nil
            }
        },
        "wasi:keyvalue/atomics#increment": hostFunction { state, arguments throws(HostRefusal) in
            let key = try arguments.text(1)
            guard let delta = arguments[2] else { throw Arguments.refusal(2, "a number") }
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                switch delta {
                case .s64(let delta): return .s64(try store.increment(bucket, key, by: delta))
                case .u64(let delta):
                    guard let signed = Int64(exactly: delta) else {
                        throw .keyValue("the sum has more than 63 bits")
                    }
                    let sum = try store.increment(bucket, key, by: signed)
                    return .u64(UInt64(bitPattern: sum))
                default: throw .keyValue("the sum is of another type")
                }
            }
        },
        "wasi:keyvalue/atomics#[static]cas.new": hostFunction {
            state,
            arguments throws(HostRefusal) in
            try handle(state, arguments) { cas, _ in cas }
        },
        "wasi:keyvalue/atomics#[static]cas.new-with-read": hostFunction {
            state,
            arguments throws(HostRefusal) in
            try handle(state, arguments) { cas, value in
                .tuple([cas, .option(value.map(WITValue.bytes))])
            }
        },
        "wasi:keyvalue/atomics#[method]cas.current": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let cas: CompareAndSwap = try state.resources.resource(arguments[0])
            return .success(.option(cas.value.map(WITValue.bytes)))
        },
    ]

    private static func handle(
        _ state: CallState,
        _ arguments: Arguments,
        _ result: (WITValue, [UInt8]?) -> WITValue
    ) throws(HostRefusal) -> WITValue {
        let key = try arguments.text(1)
        let bucket: Bucket = try state.resources.resource(arguments[0])
        let value: [UInt8]?
        do throws(ComponentError) {
            value = try store(state).get(bucket.name, key)
        } catch {
            return failure(error)
        }
        let cas = try state.resources.add(CompareAndSwap(bucket.name, key, value))
        return .success(result(cas, value))
    }

    private static func swap(givesValue: Bool) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let cas: CompareAndSwap = try state.resources.resource(arguments[0])
            let new = try arguments.bytes(1)
            let current: [UInt8]?
            do throws(ComponentError) {
                let store = try store(state)
                let isDone = try store.exchange(
                    cas.bucket,
                    cas.key,
                    expected: cas.value,
                    new: new
                )
                if isDone { return .success(nil) }
                current = try store.get(cas.bucket, cas.key)
            } catch {
                return .failure(.variant("store-error", self.error(error)))
            }
            let next = try state.resources.add(CompareAndSwap(cas.bucket, cas.key, current))
            let value: WITValue =
                givesValue ? .tuple([next, .option(current.map(WITValue.bytes))]) : next
            return .failure(.variant("cas-failed", value))
        }
    }

    /// Names of a page, so that a page stays small.
    private static let pageCount = 256

    private static func listKeys(hasTextCursor: Bool) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let cursor = try arguments.option(1)
            return try with(state, arguments) { store, bucket throws(ComponentError) in
                if hasTextCursor {
                    let keys = try store.keys(bucket, after: cursor?.text, count: pageCount)
                    let next = keys.count == pageCount ? keys.last : nil
                    return page(keys, .optional(next))
                }
                // Where the cursor is a number, it counts pages that were given.
                var after: String?
                let skipped = cursor?.number64 ?? 0
                for _ in 0..<min(skipped, 1_000) {
                    after = try store.keys(bucket, after: after, count: pageCount).last
                }
                let keys = try store.keys(bucket, after: after, count: pageCount)
                return page(keys, .optional(keys.count == pageCount ? skipped + 1 : nil))
            }
        }
    }

    private static func page(_ keys: [String], _ cursor: WITValue) -> WITValue {
        .record([("keys", .list(keys.map(WITValue.string))), ("cursor", cursor)])
    }

    /// Does something with the bucket that the first argument is.
    private static func with(
        _ state: CallState,
        _ arguments: Arguments,
        _ body: (any KeyValueStore, String) throws(ComponentError) -> WITValue?
    ) throws(HostRefusal) -> WITValue {
        let bucket: Bucket = try state.resources.resource(arguments[0])
        do throws(ComponentError) {
            return .success(try body(store(state), bucket.name))
        } catch {
            return failure(error)
        }
    }

    private static func store(_ state: CallState) throws(ComponentError) -> any KeyValueStore {
        guard let store = state.context.keyValue else { throw .keyValue("there is no store") }
        return store
    }

    private static func error(_ error: ComponentError) -> WITValue {
        .variant("other", .string(error.description))
    }

    private static func failure(_ error: ComponentError) -> WITValue {
        .failure(self.error(error))
    }
}
