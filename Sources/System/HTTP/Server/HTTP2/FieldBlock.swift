internal import CNGHTTP2

/// Header fields in the form that nghttp2 takes.
struct FieldBlock {
    private var bytes: [UInt8] = []
    private var counts: [(name: Int, value: Int)] = []

    init() {
        // Room for the fields of an ordinary answer.
        bytes.reserveCapacity(256)
        counts.reserveCapacity(8)
    }

    mutating func add(_ name: String, _ value: String) {
        bytes += name.utf8
        bytes += value.utf8
        counts.append((name.utf8.count, value.utf8.count))
    }

    /// Adds the fields that HTTP/2 allows: those of one connection are not among them (RFC 9113 §8.2.2).
    mutating func add(_ headers: HTTPHeaders) {
        for field in headers.fields {
            switch field.name {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
                continue
            default: add(field.name, field.value)
            }
        }
    }

    /// Lends the fields to nghttp2, which copies them.
    mutating func lend(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32) -> Int32 {
        let counts = counts
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: counts.count) {
                fields in
                var place = bytes.baseAddress
                for (index, count) in counts.enumerated() {
                    let value = unsafe place.map { unsafe $0 + count.name }
                    unsafe fields.initializeElement(
                        at: index,
                        to: nghttp2_nv(
                            name: place,
                            value: value,
                            namelen: count.name,
                            valuelen: count.value,
                            flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
                        )
                    )
                    unsafe place = unsafe value.map { unsafe $0 + count.value }
                }
                return unsafe body(fields.baseAddress, fields.count)
            }
        }
    }
}
