internal import Foundation
internal import Platform

/// The program strace, which follows another one and can make its system calls fail.
package enum SystemCallTracer {
    /// Its path.
    package static let program = "/usr/bin/strace"

    /// Whether it can follow a process here.
    package static let isUsable: Bool = {
        guard FileManager.default.isExecutableFile(atPath: program) else { return false }
        let words = [program, "-o", "/dev/null", "/bin/true"]
        return (try? FinishedProgram.run(words).ending) == .exited(0)
    }()
}
