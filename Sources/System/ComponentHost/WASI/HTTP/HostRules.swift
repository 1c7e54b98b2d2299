/// Which hosts a service may ask over HTTP.
struct HostRules {
    private let hosts: Permissions.Hosts

    init(_ hosts: Permissions.Hosts) { self.hosts = hosts }

    /// What the rules say of a request.
    enum Verdict: Equatable {
        /// It is not made.
        case refused
        /// It is made if the address is a public one.
        case publicOnly
        /// It is made, because the host is on the list by its name or address.
        case listed
    }

    /// What the rules say of an authority, `host` or `host:port`.
    ///
    /// An entry of the list without a port means the scheme's own; names are compared without regard to case.
    func verdict(scheme: String, authority: String) -> Verdict {
        guard let wanted = Self.parts(authority, scheme: scheme) else { return .refused }
        switch hosts {
        case .none: return .refused
        case .all: return .publicOnly
        case .only(let list):
            let isListed = list.contains { entry in
                guard let known = Self.parts(Self.bare(entry), scheme: scheme) else {
                    return false
                }
                return known == wanted
            }
            return isListed ? .listed : .refused
        }
    }

    /// An entry without a scheme and a path, which some lists have.
    private static func bare(_ entry: String) -> String {
        var rest = entry[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        return String(rest.prefix { $0 != "/" })
    }

    struct Parts: Equatable {
        var host: String
        var port: Int
    }

    /// The host in lower case and the port of an authority; none when it has anything else, such as a user.
    static func parts(_ authority: String, scheme: String) -> Parts? {
        let text = authority.lowercased()
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-_:[]".utf8.contains(byte)
            }
        }
        guard isPlain, !text.isEmpty, text.utf8.count <= 300 else { return nil }
        var host = text
        var port = scheme == "https" ? 443 : 80
        let afterBracket = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[afterBracket...].lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number)
            else { return nil }
            port = number
            host = String(text[..<colon])
        }
        if host.hasSuffix(".") { host.removeLast() }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard !host.isEmpty, isBracketed || !host.contains(where: { ":[]".contains($0) }) else {
            return nil
        }
        return Parts(host: host, port: port)
    }
}
