internal import Access
internal import Encoding

/// The description of the interface as OpenAPI 3.1, made of the routes themselves and of what `Operation` adds.
public enum OpenAPI {
    /// The document, as `/openapi.json` serves it.
    public static let document: [UInt8] = JSONWriter.object { writer in
        writer.add("openapi", "3.1.0")
        writer.add(
            "info",
            object: { writer in
                writer.add("title", "Parallax")
                writer.add("version", "1.0.0")
                writer.add(
                    "description",
                    "A clearing exchange. Prices, quantities and amounts are decimal texts; "
                        + "docs/api.md says more, and describes the WebSocket."
                )
            }
        )
        writer.add("paths", object: { writer in writePaths(&writer) })
        writer.add("components", object: { writer in writeComponents(&writer) })
    }

    /// The routes that the description has, as method and pattern.
    public static var described: [String] { Operation.all.map(\.route) }

    private static func writePaths(_ writer: inout JSONWriter) {
        var patterns: [String] = []
        for route in Gateway.routes where !patterns.contains(route.pattern) {
            patterns.append(route.pattern)
        }
        for pattern in patterns {
            writer.name(dynamic: pattern)
            writer.object { writer in
                for route in Gateway.routes where route.pattern == pattern {
                    let name = "\(route.method) \(pattern)"
                    guard let operation = Operation.all.first(where: { $0.route == name }) else {
                        continue
                    }
                    writer.name(dynamic: route.method.lowercased())
                    writer.object { writer in write(route, operation, &writer) }
                }
            }
        }
    }

    private static func write(
        _ route: Route,
        _ operation: Operation,
        _ writer: inout JSONWriter
    ) {
        writer.add("operationId", name(of: route))
        writer.add("summary", operation.summary)
        if route.action != nil {
            writer.add(
                "security",
                array: { writer in
                    writer.object { writer in writer.add("bearer", array: { _ in }) }
                }
            )
        }
        writer.add(
            "parameters",
            array: { writer in
                for part in route.pattern.split(separator: "/") where part.first == "{" {
                    let name = String(part.dropFirst().dropLast())
                    write(parameter: name, in: "path", .text(), "", &writer)
                }
                for item in operation.query {
                    write(parameter: item.name, in: "query", item.schema, item.summary, &writer)
                }
                if operation.takesKey {
                    let summary = "names the request, so that repeating it changes nothing"
                    write(
                        parameter: "Idempotency-Key",
                        in: "header",
                        .text(pattern: "^[!-~]{1,255}$"),
                        summary,
                        &writer
                    )
                }
            }
        )
        if let body = operation.body { writeBody(body, &writer) }
        writer.add("responses", object: { writer in writeAnswers(operation, &writer) })
    }

    private static func name(of route: Route) -> String {
        let words = route.pattern.split { character in
            !character.isLetter && !character.isNumber
        }
        return ([route.method.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static func write(
        parameter name: String,
        in place: String,
        _ schema: Schema,
        _ summary: String,
        _ writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.add("name", name)
            writer.add("in", place)
            if place == "path" { writer.add("required", true) }
            if !summary.isEmpty { writer.add("description", summary) }
            writer.name("schema")
            schema.write(to: &writer)
        }
    }

    private static func writeBody(_ members: [Member], _ writer: inout JSONWriter) {
        writer.add(
            "requestBody",
            object: { writer in
                writer.add("required", !members.isEmpty)
                writer.add(
                    "content",
                    object: { writer in
                        writer.add(
                            "application/json",
                            object: { writer in
                                writer.name("schema")
                                Schema.write(members, isClosed: true, to: &writer)
                            }
                        )
                    }
                )
            }
        )
    }

    private static func writeAnswers(_ operation: Operation, _ writer: inout JSONWriter) {
        for status in operation.statuses {
            writer.name(dynamic: String(status))
            writer.object { writer in
                writer.add("description", operation.summary)
                writer.add(
                    "content",
                    object: { writer in
                        writer.name(dynamic: operation.contentType)
                        writer.object { writer in
                            writer.name("schema")
                            if let answer = operation.answer {
                                Schema.write(answer, isClosed: false, to: &writer)
                            } else {
                                writer.object { writer in writer.add("type", "string") }
                            }
                        }
                    }
                )
            }
        }
        writer.add(
            "default",
            object: { writer in
                writer.add("description", "An error; docs/api.md has the table of codes")
                writer.add(
                    "content",
                    object: { writer in
                        let isResolution = operation.contentType.contains("did-resolution")
                        let types = isResolution ? [operation.contentType] : []
                        for type in ["application/json"] + types {
                            writer.name(dynamic: type)
                            writer.object { writer in
                                writer.name("schema")
                                writer.object { writer in
                                    writer.add(
                                        "$ref",
                                        type == "application/json"
                                            ? "#/components/schemas/Error"
                                            : "#/components/schemas/Unresolved"
                                    )
                                }
                            }
                        }
                    }
                )
            }
        )
    }

    private static func writeComponents(_ writer: inout JSONWriter) {
        writer.add(
            "schemas",
            object: { writer in
                writer.name("Error")
                writer.encoded(
                    """
                    {"type":"object","required":["error"],"properties":{"error":{"type":"object",\
                    "required":["code","message","details"],"properties":{"code":{"type":"string"},\
                    "message":{"type":"string"},"details":{"type":"object"}}}}}
                    """.utf8
                )
                writer.name("Unresolved")
                writer.encoded(
                    """
                    {"type":"object","required":["didResolutionMetadata"],"properties":\
                    {"didResolutionMetadata":{"type":"object"}}}
                    """.utf8
                )
            }
        )
        writer.add(
            "securitySchemes",
            object: { writer in
                writer.add(
                    "bearer",
                    object: { writer in
                        writer.add("type", "http")
                        writer.add("scheme", "bearer")
                        writer.add(
                            "description",
                            "An access token of 15 minutes, or an API key that begins with plx_"
                        )
                    }
                )
            }
        )
    }
}

extension Schema {
    /// Writes an object of members.
    static func write(_ members: [Member], isClosed: Bool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.add("type", "object")
            writer.add(
                "required",
                array: { writer in
                    for member in members where member.isRequired { writer.string(member.name) }
                }
            )
            writer.add(
                "properties",
                object: { writer in
                    for member in members {
                        writer.name(dynamic: member.name)
                        member.schema.write(to: &writer)
                    }
                }
            )
            if isClosed { writer.add("additionalProperties", false) }
        }
    }

    /// Writes the schema.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .optional(let inner):
            writer.object { writer in
                writer.add(
                    "anyOf",
                    array: { writer in
                        inner.write(to: &writer)
                        writer.object { writer in writer.add("type", "null") }
                    }
                )
            }
        case .decimal:
            writer.object { writer in
                writer.add(
                    "anyOf",
                    array: { writer in
                        Schema.decimalText.write(to: &writer)
                        writer.object { writer in writer.add("type", "number") }
                    }
                )
            }
        default: writer.object { writer in writeSimple(&writer) }
        }
    }

    private func writeSimple(_ writer: inout JSONWriter) {
        switch self {
        case .integer(let range):
            writer.add("type", "integer")
            writer.add("minimum", number: range.lowerBound)
            writer.add("maximum", number: range.upperBound)
        case .flag: writer.add("type", "boolean")
        case .object: writer.add("type", "object")
        case .list(let inner):
            writer.add("type", "array")
            writer.name("items")
            inner.write(to: &writer)
        case .words(let words):
            writer.add("type", "string")
            writer.add("enum", array: { writer in for word in words { writer.string(word) } })
        case .time:
            writer.add("type", "string")
            writer.add("format", "date-time")
        case .decimalText, .digits, .text:
            writer.add("type", "string")
            if let pattern { writer.add("pattern", pattern) }
        case .optional, .decimal: break
        }
    }

    private var pattern: String? {
        switch self {
        case .decimalText: "^-?[0-9]+([.][0-9]+)?$"
        case .digits: "^[0-9]+$"
        case .text(let pattern): pattern
        default: nil
        }
    }
}
