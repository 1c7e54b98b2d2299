/// `wasi:cli`: what a program finds at its start, and where it prints.
enum CommandLineFunctions {
    static let functions: [String: HostFunction] = [
        "wasi:cli/environment#get-environment": hostFunction { state, _ in
            .settings(state.context.environment)
        },
        "wasi:cli/environment#get-arguments": hostFunction { _, _ in .list([]) },
        "wasi:cli/environment#initial-cwd": hostFunction { _, _ in .option(nil) },
        "wasi:cli/exit#exit": hostFunction { _, arguments throws(HostRefusal) in
            if case .success = arguments[0] { throw HostRefusal(.exited(code: 0)) }
            throw HostRefusal(.exited(code: 1))
        },
        "wasi:cli/exit#exit-with-code": hostFunction { _, arguments throws(HostRefusal) in
            guard case .u8(let code) = arguments[0] else {
                throw Arguments.refusal(0, "a code")
            }
            throw HostRefusal(.exited(code: Int32(code)))
        },
        "wasi:cli/stdin#get-stdin": hostFunction { state, _ throws(HostRefusal) in
            try state.resources.add(BytesInput([]) as InputStream)
        },
        "wasi:cli/stdout#get-stdout": hostFunction { state, _ throws(HostRefusal) in
            try state.resources.add(PrintedOutput(state, stream: 0) as OutputStream)
        },
        "wasi:cli/stderr#get-stderr": hostFunction { state, _ throws(HostRefusal) in
            try state.resources.add(PrintedOutput(state, stream: 1) as OutputStream)
        },
        "wasi:cli/terminal-stdin#get-terminal-stdin": hostFunction { _, _ in .option(nil) },
        "wasi:cli/terminal-stdout#get-terminal-stdout": hostFunction { _, _ in .option(nil) },
        "wasi:cli/terminal-stderr#get-terminal-stderr": hostFunction { _, _ in .option(nil) },
    ]
}
