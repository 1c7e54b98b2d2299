internal import Glibc

/// `wasi:filesystem`: what is done with names in a directory.
///
/// Links are read and never made.
enum DirectoryFunctions {
    private static let types = "wasi:filesystem/types#[method]descriptor."
    private typealias Fault = FileFunctions.FunctionFault

    static let functions: [String: HostFunction] = [
        types + "open-at": FileFunctions.function(open),
        types + "read-directory": FileFunctions.function { state, descriptor, _ throws(Fault) in
            let entries = try FileFunctions.fault { () throws(FileFault) in
                try DirectoryEntries(descriptor)
            }
            return try FileFunctions.add(state, entries)
        },
        "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry":
            hostFunction { state, arguments throws(HostRefusal) in
                let entries: DirectoryEntries = try state.resources.resource(arguments[0])
                return .success(
                    .option(
                        entries.next().map { entry in
                            .record([
                                ("type", .enumeration(entry.type)), ("name", .string(entry.name)),
                            ])
                        }
                    )
                )
            },
        types + "create-directory-at": named { parent, name throws(FileFault) in
            try check(unsafe mkdirat(parent, name, 0o700))
        },
        types + "remove-directory-at": named { parent, name throws(FileFault) in
            try check(unsafe unlinkat(parent, name, AT_REMOVEDIR))
        },
        types + "unlink-file-at": named { parent, name throws(FileFault) in
            try check(unsafe unlinkat(parent, name, 0))
        },
        types + "stat-at": FileFunctions.function { _, descriptor, arguments throws(Fault) in
            FileFunctions.value(try status(descriptor, arguments))
        },
        types + "metadata-hash-at": FileFunctions.function {
            _,
            descriptor,
            arguments throws(Fault) in
            FileFunctions.hash(try status(descriptor, arguments))
        },
        types + "readlink-at": FileFunctions.function { _, descriptor, arguments throws(Fault) in
            let path = try FileFunctions.text(arguments, 1)
            return .string(
                try FileFunctions.fault { () throws(FileFault) in
                    try descriptor.withParent(of: path, readLink)
                }
            )
        },
        types + "rename-at": hostFunction(rename),
        types + "link-at": notPermitted,
        types + "symlink-at": notPermitted,
        types + "set-times-at": FileFunctions.unsupported,
    ]

    private static let notPermitted = hostFunction { _, _ in
        FileFault("not-permitted").value
    }

    private static func check(_ result: Int32) throws(FileFault) {
        if result < 0 { throw FileFault(errno: errno) }
    }

    /// A function that changes a name in a directory that may be changed.
    private static func named(
        _ body: @escaping @Sendable (Int32, String) throws(FileFault) -> Void
    ) -> HostFunction {
        FileFunctions.function { _, descriptor, arguments throws(Fault) in
            let path = try FileFunctions.text(arguments, 1)
            try FileFunctions.fault { () throws(FileFault) in
                try descriptor.checkWritable()
                try descriptor.withParent(of: path, body)
            }
            return nil
        }
    }

    private static func open(
        _ state: CallState,
        _ directory: Descriptor,
        _ arguments: Arguments
    ) throws(Fault) -> WITValue? {
        let followsLinks = try FileFunctions.flags(arguments, 1).contains("symlink-follow")
        let path = try FileFunctions.text(arguments, 2)
        let how = try FileFunctions.flags(arguments, 3)
        let rights = try FileFunctions.flags(arguments, 4)
        var flags: Int32 = 0
        let writes = rights.contains("write")
        if writes { flags |= rights.contains("read") ? O_RDWR : O_WRONLY }
        if how.contains("create") { flags |= O_CREAT }
        if how.contains("directory") { flags |= O_DIRECTORY }
        if how.contains("exclusive") { flags |= O_EXCL }
        if how.contains("truncate") { flags |= O_TRUNC }
        let changes = writes || rights.contains("mutate-directory")
        let opened = try FileFunctions.fault { () throws(FileFault) in
            if changes || how.contains("create") || how.contains("truncate") {
                try directory.checkWritable()
            }
            return try directory.open(
                path,
                flags: flags,
                mayWrite: changes,
                followsLinks: followsLinks
            )
        }
        return try FileFunctions.add(state, opened)
    }

    private static func status(
        _ directory: Descriptor,
        _ arguments: Arguments
    ) throws(Fault) -> stat {
        let followsLinks = try FileFunctions.flags(arguments, 1).contains("symlink-follow")
        let path = try FileFunctions.text(arguments, 2)
        return try FileFunctions.fault { () throws(FileFault) in
            try directory.status(of: path, followsLinks: followsLinks)
        }
    }

    private static func readLink(_ parent: Int32, _ name: String) throws(FileFault) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlinkat(parent, name, &buffer, buffer.count)
        guard count >= 0 else { throw FileFault(errno: errno) }
        let target = String(
            decoding: buffer[..<count].map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        guard !target.hasPrefix("/") else { throw FileFault("not-permitted") }
        return target
    }

    private static func rename(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let source: Descriptor = try state.resources.resource(arguments[0])
        let oldPath = try arguments.text(1)
        let target: Descriptor = try state.resources.resource(arguments[2])
        let newPath = try arguments.text(3)
        do throws(FileFault) {
            try source.checkWritable()
            try target.checkWritable()
            try source.withParent(of: oldPath) { oldParent, oldName throws(FileFault) in
                try target.withParent(of: newPath) { newParent, newName throws(FileFault) in
                    try check(unsafe renameat(oldParent, oldName, newParent, newName))
                }
            }
            return .success(nil)
        } catch {
            return error.value
        }
    }
}

extension Descriptor {
    /// The status of what a path names below this directory.
    fileprivate func status(of path: String, followsLinks: Bool) throws(FileFault) -> stat {
        var status = stat()
        if !followsLinks, path != ".", !path.hasSuffix("/"), !path.hasSuffix("..") {
            try withParent(of: path) { parent, name throws(FileFault) in
                guard unsafe fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    throw FileFault(errno: errno)
                }
            }
            return status
        }
        return try withPath(path) { number throws(FileFault) in
            guard unsafe fstat(number, &status) == 0 else { throw FileFault(errno: errno) }
            return status
        }
    }
}
