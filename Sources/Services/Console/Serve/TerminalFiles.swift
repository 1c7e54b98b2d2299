package import HTTP

/// The files that make the terminal, and the rules under which a browser runs them.
///
/// Everything comes from the venue's own address: nothing is loaded from elsewhere, no script stands in a page, no
/// text becomes a program. WebAssembly is allowed, for the verifier of bundles.
package enum TerminalFiles {
    /// What a browser may do in the terminal (Content Security Policy, Level 3, and Trusted Types: no text becomes
    /// markup either).
    static let policy = [
        "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
        "img-src 'self' data:", "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    /// The libraries that set-up takes out of their packages, `[web]` in dependencies.txt.
    private static let libraryNames = [
        "preact-htm.js", "lightweight-charts.js", "uplot.js", "uplot.css",
    ]

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - web: The folder `Web` of the sources.
    ///   - libraries: Where set-up has put the libraries, `.build/web/vendor`.
    ///   - verifier: The verifier of bundles, `.build/components/verifier.wasm`; none to do without.
    /// - Returns: The files by their paths.
    /// - Throws: `HTTPError.system` when one is missing or cannot be read.
    package static func load(
        web: String,
        libraries: String,
        verifier: String?
    ) throws(HTTPError) -> StaticFiles {
        var files = StaticFiles(headers: HTTPHeaders(["Content-Security-Policy": policy]))
        try files.add("/", file: web + "/index.html")
        for name in ["style.css", "icon.svg", "manifest.webmanifest"] {
            try files.add("/" + name, file: web + "/" + name)
        }
        try files.add(folder: web + "/app", under: "/app/")
        for name in libraryNames { try files.add("/vendor/" + name, file: libraries + "/" + name) }
        if let verifier { try files.add("/components/verifier.wasm", file: verifier) }
        return files
    }
}
