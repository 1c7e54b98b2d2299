import Cryptography
import MessageBus
import SeededRandomness
import Testing

@Suite("bus frames") struct FrameTests {
    private static func frames(_ random: inout RandomSource) throws -> [Frame] {
        let longest = String(repeating: "a", count: 255)
        let heads = [
            Frame.Head(subject: "a"),
            Frame.Head(subject: "attest.request.interval", replyTo: "_inbox.1"),
            Frame.Head(subject: longest, replyTo: longest, sender: try Node(1).key),
        ]
        var frames: [Frame] = []
        for head in heads {
            for size in [0, 1, random.below(16_384), 16_384] {
                frames.append(.message(head, payload: random.bytes(size)))
            }
            frames.append(.begin(head, count: 1 + random.below(1 << 23)))
            frames.append(.unanswered(random.chance(50) ? .refused : .noResponders, head))
        }
        frames += [
            .part([0]), .part(random.bytes(16_384)), .subscribe(number: .max, pattern: "a.*.>"),
            .unsubscribe(number: 0), .ping(.max), .pong(random.next()), .denied(number: 7),
        ]
        return frames
    }

    private static func bytes(_ frames: [Frame]) -> [UInt8] {
        var bytes: [UInt8] = []
        for frame in frames { frame.append(to: &bytes) }
        return bytes
    }

    /// Reads bytes in pieces of chance.
    private static func read(
        _ bytes: [UInt8],
        _ random: inout RandomSource
    ) throws(Frame.Fault) -> [Frame] {
        var reader = FrameReader()
        var frames: [Frame] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + random.below(random.chance(50) ? 30 : 40_000))
            reader.append(Array(bytes[start..<end]), count: end - start)
            while let frame = try reader.next() { frames.append(frame) }
            start = end
        }
        return frames
    }

    @Test(
        "what was written is read again, in whatever pieces it comes",
        arguments: 0..<20 as Range<UInt64>
    )
    func roundTrip(_ seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let frames = try Self.frames(&random)
        #expect(try Self.read(Self.bytes(frames), &random) == frames)
    }

    @Test(
        "changed bytes give frames that can be written, or a fault, never a crash",
        arguments: 0..<30 as Range<UInt64>
    )
    func mutation(_ seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let all = try Self.frames(&random)
        for _ in 0..<40 {
            let frames = random.pick(4, of: all)
            var bytes = Self.bytes(frames)
            random.mutate(&bytes)
            do throws(Frame.Fault) {
                let read = try Self.read(bytes, &random)
                let again = try Self.read(Self.bytes(read), &random)
                #expect(again == read)
            } catch {
                #expect([.badLength, .badKind, .badBody].contains(error))
            }
        }
    }

    @Test(
        "every rule of the layout is checked",
        arguments: [
            ([0, 0, 0, 0], Frame.Fault.badLength),
            ([0, 0, 0x42, 0x23], .badLength),
            ([255, 255, 255, 255], .badLength),
            ([0, 0, 0, 1, 0], .badKind),
            ([0, 0, 0, 1, 10], .badKind),
            ([0, 0, 0, 1, 1], .badBody),
            ([0, 0, 0, 1, 3], .badBody),
            // A subject that is empty, not UTF-8, no subject, or longer than the frame.
            ([0, 0, 0, 4, 1, 0, 0, 0], .badBody),
            ([0, 0, 0, 5, 1, 1, 0xFF, 0, 0], .badBody),
            ([0, 0, 0, 5, 1, 1, 0x2A, 0, 0], .badBody),
            ([0, 0, 0, 5, 1, 9, 0x61, 0, 0], .badBody),
            // A key of 31 bytes, and one that is no point.
            ([0, 0, 0, 36, 1, 1, 0x61, 0, 31] + [UInt8](repeating: 1, count: 31), .badBody),
            ([0, 0, 0, 37, 1, 1, 0x61, 0, 32] + [UInt8](repeating: 0, count: 32), .badBody),
            // A ping of seven bytes and one of nine.
            ([0, 0, 0, 8, 6, 1, 2, 3, 4, 5, 6, 7], .badBody),
            ([0, 0, 0, 10, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9], .badBody),
            // An unknown reason.
            ([0, 0, 0, 6, 8, 3, 1, 0x61, 0, 0], .badBody),
        ] as [([UInt8], Frame.Fault)]
    )
    func faults(_ bytes: [UInt8], _ fault: Frame.Fault) {
        var reader = FrameReader()
        reader.append(bytes, count: bytes.count)
        #expect(throws: fault) { try reader.next() }
    }

    @Test("the longest frames are as long as a frame may be")
    func longest() throws {
        let longest = String(repeating: "a", count: 255)
        let head = Frame.Head(subject: longest, replyTo: longest, sender: try Node(1).key)
        let payload = [UInt8](repeating: 0, count: 16_384)
        #expect(Self.bytes([.message(head, payload: payload)]).count == Frame.bytesMax + 4)
        #expect(Frame.bytesMax == 16_930)
    }
}
