import Platform

/// Where the components of this program are.
struct ComponentFiles {
    /// Their folder.
    let folder: String

    /// Finds the folder: the one that is given, or that `PARALLAX_COMPONENTS` names, or `components` beside the
    /// program, or `.build/components` of a folder above the program or the working directory.
    ///
    /// - Throws: `environment` when there is none.
    init(folder: String?) throws(ConsoleError) {
        var candidates: [String] = []
        if let folder {
            candidates = [folder]
        } else if let named = ProcessControl.environment("PARALLAX_COMPONENTS") {
            candidates = [named]
        } else {
            let program = ProcessControl.executableDirectory
            candidates = [program + "/components"]
            for start in [program, ProcessControl.workingDirectory] {
                candidates += Self.above(start).map { $0 + "/.build/components" }
            }
        }
        for candidate in candidates where Self.isComplete(candidate) {
            self.folder = candidate
            return
        }
        throw .environment(
            "\(candidates.first ?? "") has no reexecute.wasm or no downlink.wasm; build the components, "
                + "or name their folder with PARALLAX_COMPONENTS"
        )
    }

    /// The bytes of a component.
    func bytes(_ name: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            return try WholeFile.read(folder + "/" + name)
        } catch {
            throw .environment("\(error); build the components")
        }
    }

    private static func isComplete(_ folder: String) -> Bool {
        do throws(PlatformError) {
            let files = try LinuxDirectory.open(folder).list()
            return files.contains("reexecute.wasm") && files.contains("downlink.wasm")
        } catch {
            return false
        }
    }

    /// A folder and those above it.
    static func above(_ folder: String) -> [String] {
        var result: [String] = []
        var rest = Substring(folder)
        while let slash = rest.lastIndex(of: "/") {
            result.append(String(rest))
            rest = rest[..<slash]
        }
        return result
    }
}
