internal import CCurl

/// What came of an answer so far, within its bounds; libcurl hands it over in pieces.
final class ReceivedAnswer {
    private let bodyBytesMax: Int
    private var headBytesLeft: Int
    /// The body.
    private(set) var body: [UInt8] = []
    /// The fields of the last head, their names in lower case.
    private(set) var fields: [(name: String, value: String)] = []
    /// Whether it ended because there was more than there may be.
    private(set) var isTooLarge = false

    init(bodyBytesMax: Int, headBytesMax: Int) {
        self.bodyBytesMax = bodyBytesMax
        headBytesLeft = headBytesMax
    }

    /// Has a handle of libcurl hand over what comes; this must live as long as the request.
    func attach(to handle: UnsafeMutableRawPointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let takeBody: ccurl_write_function = { bytes, size, count, context in
            unsafe ReceivedAnswer.find(context)?.takeBody(bytes, size * count) ?? 0
        }
        let takeHead: ccurl_write_function = { bytes, size, count, context in
            unsafe ReceivedAnswer.find(context)?.takeHead(bytes, size * count) ?? 0
        }
        _ = unsafe ccurl_set_write(handle, CURLOPT_WRITEFUNCTION, takeBody)
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = unsafe ccurl_set_write(handle, CURLOPT_HEADERFUNCTION, takeHead)
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    }

    private static func find(_ context: UnsafeMutableRawPointer?) -> ReceivedAnswer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<ReceivedAnswer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Takes a piece of the body; a result other than `count` ends the request.
    private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard count <= bodyBytesMax - body.count else {
            isTooLarge = true
            return 0
        }
        unsafe body += UnsafeRawBufferPointer(start: bytes, count: count)
        return count
    }

    /// Takes one line of the head.
    private func takeHead(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard count <= headBytesLeft else {
            isTooLarge = true
            return 0
        }
        headBytesLeft -= count
        let line = unsafe String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count),
            as: UTF8.self
        )
        // A new head follows an interim one, such as 103.
        if line.hasPrefix("HTTP/") { fields = [] }
        guard let colon = line.firstIndex(of: ":"), !line.hasPrefix("HTTP/") else {
            return count
        }
        let isBlank = { (character: Character) in character.isWhitespace }
        let rest = line[line.index(after: colon)...].drop(while: isBlank)
        let value = String(rest.reversed().drop(while: isBlank).reversed())
        fields.append((line[..<colon].lowercased(), value))
        return count
    }
}
