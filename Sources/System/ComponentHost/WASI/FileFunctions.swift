internal import Glibc

/// `wasi:filesystem`: what is done with an open file.
enum FileFunctions {
    private static let types = "wasi:filesystem/types#[method]descriptor."

    static let functions: [String: HostFunction] = [
        "wasi:filesystem/preopens#get-directories": hostFunction {
            state,
            _ throws(HostRefusal) in
            guard state.context.permissions.fileSystem, !state.isDeterministic,
                let path = state.context.fileSystemDirectory
            else { return .list([]) }
            let root: Descriptor
            do throws(FileFault) { root = try Descriptor.root(path) } catch {
                throw HostRefusal("the service's directory cannot be opened: \(error.code)")
            }
            return .list([.tuple([try state.resources.add(root), .string("/")])])
        },
        "wasi:filesystem/types#filesystem-error-code": hostFunction { _, _ in .option(nil) },
        types + "read": function { _, descriptor, arguments throws(FunctionFault) in
            let count = min(try number(arguments, 1), UInt64(InputStream.readBytesMax))
            let offset = try number(arguments, 2)
            let bytes = try fault { () throws(FileFault) in
                try descriptor.read(Int(count), at: offset)
            }
            return .tuple([.bytes(bytes), .bool(bytes.isEmpty && count > 0)])
        },
        types + "write": function { state, descriptor, arguments throws(FunctionFault) in
            let offset = try number(arguments, 2)
            guard let bytes = arguments[1]?.byteList else {
                throw .refused(Arguments.refusal(1, "bytes"))
            }
            try fault { () throws(FileFault) in
                try state.countWritten(bytes.count)
                try descriptor.write(bytes, at: offset)
            }
            return .u64(UInt64(bytes.count))
        },
        types + "read-via-stream": function { state, descriptor, arguments throws(FunctionFault) in
            let offset = try number(arguments, 1)
            try fault { () throws(FileFault) in try descriptor.checkFile() }
            return try add(state, FileInput(descriptor, offset: offset) as InputStream)
        },
        types + "write-via-stream": function { state, descriptor, arguments throws(FunctionFault) in
            try output(state, descriptor, offset: number(arguments, 1))
        },
        types + "append-via-stream": function { state, descriptor, _ throws(FunctionFault) in
            try output(state, descriptor, offset: nil)
        },
        types + "advise": function { _, _, _ throws(FunctionFault) in nil },
        types + "sync": function { _, descriptor, _ throws(FunctionFault) in
            try system(fsync(descriptor.number))
            return nil
        },
        types + "sync-data": function { _, descriptor, _ throws(FunctionFault) in
            try system(fdatasync(descriptor.number))
            return nil
        },
        types + "get-flags": function { _, descriptor, _ throws(FunctionFault) in
            let writing = descriptor.isDirectory ? "mutate-directory" : "write"
            return .flags(descriptor.mayWrite ? ["read", writing] : ["read"])
        },
        types + "get-type": function { _, descriptor, _ throws(FunctionFault) in
            .enumeration(descriptor.isDirectory ? "directory" : "regular-file")
        },
        types + "set-size": function { _, descriptor, arguments throws(FunctionFault) in
            let size = try number(arguments, 1)
            try fault { () throws(FileFault) in
                try descriptor.checkFile()
                try descriptor.checkWritable()
                guard size <= Descriptor.fileBytesMax else { throw FileFault("file-too-large") }
            }
            try system(ftruncate(descriptor.number, off_t(size)))
            return nil
        },
        types + "set-times": unsupported,
        types + "stat": function { _, descriptor, _ throws(FunctionFault) in
            value(try fault { () throws(FileFault) in try descriptor.status() })
        },
        types + "metadata-hash": function { _, descriptor, _ throws(FunctionFault) in
            hash(try fault { () throws(FileFault) in try descriptor.status() })
        },
        types + "is-same-object": hostFunction { state, arguments throws(HostRefusal) in
            let left: Descriptor = try state.resources.resource(arguments[0])
            let right: Descriptor = try state.resources.resource(arguments[1])
            do throws(FileFault) {
                let (first, second) = (try left.status(), try right.status())
                return .bool(first.st_dev == second.st_dev && first.st_ino == second.st_ino)
            } catch {
                return .bool(false)
            }
        },
    ]

    /// What a function on a descriptor fails with.
    enum FunctionFault: Error {
        /// The file's fault, which the program is told.
        case file(FileFault)
        /// The program's fault, which ends it.
        case refused(HostRefusal)
    }

    typealias Body =
        @Sendable (CallState, Descriptor, Arguments) throws(FunctionFault) -> WITValue?

    /// A function whose first argument is a descriptor and whose result may be an error code.
    static func function(_ body: @escaping Body) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let descriptor: Descriptor = try state.resources.resource(arguments[0])
            do throws(FunctionFault) {
                return .success(try body(state, descriptor, arguments))
            } catch {
                switch error {
                case .file(let fault): return fault.value
                case .refused(let refusal): throw refusal
                }
            }
        }
    }

    static let unsupported = function { _, _, _ throws(FunctionFault) in
        throw .file(FileFault("unsupported"))
    }

    static func fault<R>(_ body: () throws(FileFault) -> R) throws(FunctionFault) -> R {
        do throws(FileFault) { return try body() } catch { throw .file(error) }
    }

    /// What a call of the system gave, which is negative when it failed.
    static func system(_ result: Int32) throws(FunctionFault) {
        if result < 0 { throw .file(FileFault(errno: errno)) }
    }

    static func number(_ arguments: Arguments, _ index: Int) throws(FunctionFault) -> UInt64 {
        do throws(HostRefusal) { return try arguments.number(index) } catch {
            throw .refused(error)
        }
    }

    static func text(_ arguments: Arguments, _ index: Int) throws(FunctionFault) -> String {
        do throws(HostRefusal) { return try arguments.text(index) } catch {
            throw .refused(error)
        }
    }

    static func flags(_ arguments: Arguments, _ index: Int) throws(FunctionFault) -> [String] {
        do throws(HostRefusal) { return try arguments.flags(index) } catch {
            throw .refused(error)
        }
    }

    static func add<R: HostResource>(
        _ state: CallState,
        _ resource: R
    ) throws(FunctionFault) -> WITValue {
        do throws(HostRefusal) { return try state.resources.add(resource) } catch {
            throw .refused(error)
        }
    }

    private static func output(
        _ state: CallState,
        _ descriptor: Descriptor,
        offset: UInt64?
    ) throws(FunctionFault) -> WITValue {
        try fault { () throws(FileFault) in
            try descriptor.checkFile()
            try descriptor.checkWritable()
        }
        return try add(state, FileOutput(descriptor, state, offset: offset) as OutputStream)
    }

    static func value(_ status: stat) -> WITValue {
        let kind: String =
            switch status.st_mode & S_IFMT {
            case S_IFREG: "regular-file"
            case S_IFDIR: "directory"
            case S_IFLNK: "symbolic-link"
            default: "unknown"
            }
        func time(_ time: timespec) -> WITValue {
            .option(
                .record([
                    ("seconds", .u64(UInt64(clamping: time.tv_sec))),
                    ("nanoseconds", .u32(UInt32(clamping: time.tv_nsec))),
                ])
            )
        }
        return .record([
            ("type", .enumeration(kind)), ("link-count", .u64(UInt64(status.st_nlink))),
            ("size", .u64(UInt64(clamping: status.st_size))),
            ("data-access-timestamp", time(status.st_atim)),
            ("data-modification-timestamp", time(status.st_mtim)),
            ("status-change-timestamp", time(status.st_ctim)),
        ])
    }

    static func hash(_ status: stat) -> WITValue {
        .record([
            ("lower", .u64(UInt64(status.st_ino))),
            ("upper", .u64(UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)))),
        ])
    }
}
