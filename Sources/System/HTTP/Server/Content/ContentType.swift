/// What a file is, by the ending of its name.
public enum ContentType {
    /// The type of a file's content, such as `text/html; charset=utf-8`; none for endings that are not served.
    public static func of(file name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...] {
        case "html": return "text/html; charset=utf-8"
        case "js", "mjs": return "text/javascript; charset=utf-8"
        case "css": return "text/css; charset=utf-8"
        case "txt", "md": return "text/plain; charset=utf-8"
        case "json", "map": return "application/json"
        case "webmanifest": return "application/manifest+json"
        case "svg": return "image/svg+xml"
        case "png": return "image/png"
        case "ico": return "image/x-icon"
        case "woff2": return "font/woff2"
        case "wasm": return "application/wasm"
        case "yaml": return "application/yaml"
        case "proto": return "text/plain; charset=utf-8"
        default: return nil
        }
    }

    /// Whether content of a type becomes much smaller when it is compressed.
    static func isCompressible(_ type: String) -> Bool {
        switch type {
        case "image/png", "font/woff2": false
        default: true
        }
    }
}
