public import Access

/// One path and method of the interface.
public struct Route: Sendable {
    /// Answers now or later through the exchange; what it throws is the answer.
    typealias Handler = @Sendable (Gateway, Exchange) throws(APIError) -> Void

    /// The method.
    public let method: String
    /// The path; `{name}` stands for one part.
    public let pattern: String
    /// What the caller must be allowed to do; none where everybody may ask, without saying who they are.
    public let action: AccessAction?
    let handler: Handler

    init(_ method: String, _ pattern: String, _ action: AccessAction?, _ handler: @escaping Handler)
    {
        self.method = method
        self.pattern = pattern
        self.action = action
        self.handler = handler
    }
}

/// Finds the route of a request.
struct Router: Sendable {
    /// What a path and a method lead to.
    enum Finding {
        case route(Route, [String: String])
        case otherMethods([String])
        case nothing
    }

    private struct Entry {
        let segments: [Substring]
        let route: Route
    }

    private let entriesByCount: [Int: [Entry]]

    init(_ routes: [Route]) {
        var entries: [Int: [Entry]] = [:]
        for route in routes {
            let segments = Self.segments(route.pattern)
            entries[segments.count, default: []].append(Entry(segments: segments, route: route))
        }
        // A route without names goes before one with them that matches too.
        entriesByCount = entries.mapValues { list in
            list.filter { !$0.route.pattern.contains("{") }
                + list.filter { $0.route.pattern.contains("{") }
        }
    }

    /// The route of a path as it was sent.
    func find(_ method: String, _ path: String) -> Finding {
        let segments = Self.segments(path)
        var allowed: [String] = []
        for entry in entriesByCount[segments.count] ?? [] {
            guard let parameters = Self.match(entry.segments, segments) else { continue }
            if entry.route.method == method { return .route(entry.route, parameters) }
            if !allowed.contains(entry.route.method) { allowed.append(entry.route.method) }
        }
        return allowed.isEmpty ? .nothing : .otherMethods(allowed)
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func match(
        _ pattern: [Substring],
        _ segments: [Substring]
    ) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (expected, found) in zip(pattern, segments) {
            if expected.first == "{" {
                guard let text = PercentEncoding.decode(found), !text.isEmpty else { return nil }
                parameters[String(expected.dropFirst().dropLast())] = text
            } else if expected != found {
                return nil
            }
        }
        return parameters
    }
}
