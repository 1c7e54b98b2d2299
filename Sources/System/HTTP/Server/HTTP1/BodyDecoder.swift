/// Collects the body of a request from its framing (RFC 9112 §6, §7.1).
struct BodyDecoder {
    private enum State: Equatable {
        /// So many bytes of a body of known length are missing.
        case counted(Int)
        /// The line with the size of a chunk comes next.
        case size
        /// So many bytes of a chunk are missing.
        case chunk(Int)
        /// The end of the line behind a chunk comes next.
        case chunkEnd
        /// Field lines behind the last chunk come next, which nobody wants, up to a blank line.
        case trailers
        case complete
    }

    private var state: State
    private var lineBytesLeft: Int
    private let limit: Int
    /// What was received of the body.
    private(set) var body: [UInt8] = []

    init(_ framing: RequestHead.Framing, limits: HTTPLimits) {
        switch framing {
        case .none: state = .complete
        case .length(let count): state = .counted(count)
        case .chunked: state = .size
        }
        limit = limits.bodyBytesMax
        lineBytesLeft = limits.headBytesMax
    }

    var isComplete: Bool { state == .complete }

    /// Takes from the input what belongs to the body.
    mutating func decode(_ input: inout ArraySlice<UInt8>) throws(RequestFault) {
        while true {
            switch state {
            case .complete: return
            case .counted(let missing):
                let left = take(missing, &input)
                state = left == 0 ? .complete : .counted(left)
                if left > 0 { return }
            case .chunk(let missing):
                let left = take(missing, &input)
                state = left == 0 ? .chunkEnd : .chunk(left)
                if left > 0 { return }
            case .chunkEnd:
                guard let line = try line(&input) else { return }
                guard line.isEmpty else { throw .malformed }
                state = .size
            case .size:
                guard let line = try line(&input) else { return }
                let size = try Self.size(line)
                guard size <= UInt64(limit - body.count) else { throw .bodyTooLarge }
                state = size == 0 ? .trailers : .chunk(Int(size))
            case .trailers:
                guard let line = try line(&input) else { return }
                if line.isEmpty { state = .complete } else { try HeadForm.checkField(line) }
            }
        }
    }

    /// Moves up to `count` bytes into the body; returns how many are missing.
    private mutating func take(_ count: Int, _ input: inout ArraySlice<UInt8>) -> Int {
        let taken = min(count, input.count)
        body += input.prefix(taken)
        input = input.dropFirst(taken)
        return count - taken
    }

    /// The next line without its CR and LF; none if it is not there yet.
    ///
    /// Sizes and trailers together may be as long as a head: otherwise a body of chunks of one byte could
    /// cost many times its size.
    private mutating func line(
        _ input: inout ArraySlice<UInt8>
    ) throws(RequestFault) -> ArraySlice<UInt8>? {
        guard let end = input.firstIndex(of: lineFeed) else {
            guard input.count < lineBytesLeft else { throw .headTooLarge }
            return nil
        }
        let count = end + 1 - input.startIndex
        guard count <= lineBytesLeft else { throw .headTooLarge }
        guard count >= 2, input[end - 1] == carriageReturn else { throw .malformed }
        let line = input[input.startIndex..<end - 1]
        guard !line.contains(carriageReturn) else { throw .malformed }
        lineBytesLeft -= count
        input = input[(end + 1)...]
        return line
    }

    /// The size of a chunk: hexadecimal digits, then nothing, or an extension that is ignored.
    private static func size(_ line: ArraySlice<UInt8>) throws(RequestFault) -> UInt64 {
        var size: UInt64 = 0
        var digitCount = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: ";") where digitCount > 0:
                guard line.allSatisfy(HeadForm.isValueByte) else { throw .malformed }
                return size
            default: throw .malformed
            }
            guard digitCount < 15 else { throw .malformed }
            size = size << 4 | UInt64(digit)
            digitCount += 1
        }
        guard digitCount > 0 else { throw .malformed }
        return size
    }
}
