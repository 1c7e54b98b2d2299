import Encoding
import Platform

/// The commit of the sources around the program, so that a measurement says what was measured.
enum SourceRevision {
    /// The commit that is checked out in the folder of the program or in one above it; none outside a repository.
    static var present: String? {
        do throws(PlatformError) {
            var folder = Substring(try ChildProcess.ownProgram())
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                if let commit = commit(in: folder + "/.git") { return commit }
            }
        } catch {
            // Without a path of its own there is nothing to say.
        }
        return nil
    }

    /// The commit of a repository, or of a work tree whose file `.git` names its folder.
    private static func commit(in path: String) -> String? {
        var folder = path
        if let text = text(path), text.hasPrefix("gitdir: ") { folder = String(text.dropFirst(8)) }
        guard let head = text(folder + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return isCommit(head) ? head : nil }
        let name = String(head.dropFirst(5))
        let common = text(folder + "/commondir").map { folder + "/" + $0 } ?? folder
        if let commit = text(common + "/" + name), isCommit(commit) { return commit }
        let packed = (text(common + "/packed-refs") ?? "").split(separator: "\n")
        return packed.first { line in line.hasSuffix(" " + name) }
            .map { line in String(line.prefix { character in character != " " }) }
    }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.allSatisfy(\.isHexDigit)
    }

    /// The text of a file without the end of its last line; none if it cannot be read.
    private static func text(_ path: String) -> String? {
        do throws(PlatformError) {
            let bytes = try WholeFile.read(path)
            return String(decoding: bytes, as: UTF8.self).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ).dropLast(bytes.last == 0x0a ? 1 : 0).joined(separator: "\n")
        } catch {
            return nil
        }
    }
}
