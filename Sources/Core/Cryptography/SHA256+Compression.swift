extension SHA256 {
    /// The eight working words between blocks (FIPS 180-4 §6.2).
    struct State: BitwiseCopyable, Sendable {
        var a: UInt32
        var b: UInt32
        var c: UInt32
        var d: UInt32
        var e: UInt32
        var f: UInt32
        var g: UInt32
        var h: UInt32

        /// The state before the first block (§5.3.3).
        static var initial: State {
            State(
                a: 0x6a09_e667,
                b: 0xbb67_ae85,
                c: 0x3c6e_f372,
                d: 0xa54f_f53a,
                e: 0x510e_527f,
                f: 0x9b05_688c,
                g: 0x1f83_d9ab,
                h: 0x5be0_cd19
            )
        }

        /// The state as a digest: its words from the first to the last, each with its highest byte first.
        var digest: Digest {
            Digest(
                words: (
                    Self.join(a, b), Self.join(c, d), Self.join(e, f), Self.join(g, h)
                )
            )
        }

        private static func join(_ first: UInt32, _ second: UInt32) -> UInt64 {
            UInt64(first.bigEndian) | UInt64(second.bigEndian) << 32
        }
    }

    /// Sixteen words of the message schedule: at first the block, then 16 … 31 and so on (§6.2.2).
    struct MessageWords: BitwiseCopyable {
        typealias Sixteen = (
            UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32,
            UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
        )

        var w: Sixteen
    }
}

extension SHA256.MessageWords {
    /// Reads a block of 64 bytes.
    @inline(__always) init(at block: UnsafeRawPointer) {
        @inline(__always) func word(_ index: Int) -> UInt32 {
            let word = unsafe block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
            return UInt32(bigEndian: word)
        }
        w = (
            word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7),
            word(8), word(9), word(10), word(11), word(12), word(13), word(14), word(15)
        )
    }

    /// Makes a block of two digests.
    @inline(__always) init(_ left: SHA256.Digest, _ right: SHA256.Digest) {
        @inline(__always) func first(_ pair: UInt64) -> UInt32 {
            UInt32(truncatingIfNeeded: pair).byteSwapped
        }
        @inline(__always) func second(_ pair: UInt64) -> UInt32 {
            UInt32(truncatingIfNeeded: pair >> 32).byteSwapped
        }
        let l = left.words
        let r = right.words
        w = (
            first(l.0), second(l.0), first(l.1), second(l.1),
            first(l.2), second(l.2), first(l.3), second(l.3),
            first(r.0), second(r.0), first(r.1), second(r.1),
            first(r.2), second(r.2), first(r.3), second(r.3)
        )
    }

    /// Replaces the words by the next sixteen of the schedule.
    @inline(__always) mutating func advance() {
        w.0 = Self.next(w.0, w.1, w.9, w.14)
        w.1 = Self.next(w.1, w.2, w.10, w.15)
        w.2 = Self.next(w.2, w.3, w.11, w.0)
        w.3 = Self.next(w.3, w.4, w.12, w.1)
        w.4 = Self.next(w.4, w.5, w.13, w.2)
        w.5 = Self.next(w.5, w.6, w.14, w.3)
        w.6 = Self.next(w.6, w.7, w.15, w.4)
        w.7 = Self.next(w.7, w.8, w.0, w.5)
        w.8 = Self.next(w.8, w.9, w.1, w.6)
        w.9 = Self.next(w.9, w.10, w.2, w.7)
        w.10 = Self.next(w.10, w.11, w.3, w.8)
        w.11 = Self.next(w.11, w.12, w.4, w.9)
        w.12 = Self.next(w.12, w.13, w.5, w.10)
        w.13 = Self.next(w.13, w.14, w.6, w.11)
        w.14 = Self.next(w.14, w.15, w.7, w.12)
        w.15 = Self.next(w.15, w.0, w.8, w.13)
    }

    /// One more word from those 16, 15, 7 and 2 places before it.
    @inline(__always) private static func next(
        _ back16: UInt32,
        _ back15: UInt32,
        _ back7: UInt32,
        _ back2: UInt32
    ) -> UInt32 {
        let sigma0 = rotate(back15, by: 7) ^ rotate(back15, by: 18) ^ (back15 &>> 3)
        let sigma1 = rotate(back2, by: 17) ^ rotate(back2, by: 19) ^ (back2 &>> 10)
        return back16 &+ sigma0 &+ back7 &+ sigma1
    }
}

extension SHA256.State {
    /// Takes in blocks of 64 bytes that lie one after the other.
    @inline(never) mutating func compress(blocks count: Int, at first: UnsafeRawPointer) {
        var block = unsafe first
        for _ in 0..<count {
            compress(unsafe SHA256.MessageWords(at: block))
            unsafe block += 64
        }
    }

    /// Takes in the block that ends a message of 64 bytes: its schedule is constant and folds away.
    @inline(__always) mutating func compressPaddingOf64Bytes() {
        compress(
            SHA256.MessageWords(w: (0x8000_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 512))
        )
    }

    /// Takes in one block (§6.2.2).
    @inline(__always) mutating func compress(_ block: SHA256.MessageWords) {
        var words = block
        var work = self
        work.rounds(words, SHA256.constants0)
        words.advance()
        work.rounds(words, SHA256.constants16)
        words.advance()
        work.rounds(words, SHA256.constants32)
        words.advance()
        work.rounds(words, SHA256.constants48)
        a = a &+ work.a
        b = b &+ work.b
        c = c &+ work.c
        d = d &+ work.d
        e = e &+ work.e
        f = f &+ work.f
        g = g &+ work.g
        h = h &+ work.h
    }

    /// Sixteen rounds.
    ///
    /// Instead of moving the eight words along, each round renames them.
    @inline(__always) private mutating func rounds(
        _ words: SHA256.MessageWords,
        _ k: SHA256.MessageWords.Sixteen
    ) {
        let w = words.w
        Self.round(a, b, c, &d, e, f, g, &h, w.0 &+ k.0)
        Self.round(h, a, b, &c, d, e, f, &g, w.1 &+ k.1)
        Self.round(g, h, a, &b, c, d, e, &f, w.2 &+ k.2)
        Self.round(f, g, h, &a, b, c, d, &e, w.3 &+ k.3)
        Self.round(e, f, g, &h, a, b, c, &d, w.4 &+ k.4)
        Self.round(d, e, f, &g, h, a, b, &c, w.5 &+ k.5)
        Self.round(c, d, e, &f, g, h, a, &b, w.6 &+ k.6)
        Self.round(b, c, d, &e, f, g, h, &a, w.7 &+ k.7)
        Self.round(a, b, c, &d, e, f, g, &h, w.8 &+ k.8)
        Self.round(h, a, b, &c, d, e, f, &g, w.9 &+ k.9)
        Self.round(g, h, a, &b, c, d, e, &f, w.10 &+ k.10)
        Self.round(f, g, h, &a, b, c, d, &e, w.11 &+ k.11)
        Self.round(e, f, g, &h, a, b, c, &d, w.12 &+ k.12)
        Self.round(d, e, f, &g, h, a, b, &c, w.13 &+ k.13)
        Self.round(c, d, e, &f, g, h, a, &b, w.14 &+ k.14)
        Self.round(b, c, d, &e, f, g, h, &a, w.15 &+ k.15)
    }

    /// One round; `keyed` is the word of the schedule plus the round's constant.
    @inline(__always) private static func round(
        _ a: UInt32,
        _ b: UInt32,
        _ c: UInt32,
        _ d: inout UInt32,
        _ e: UInt32,
        _ f: UInt32,
        _ g: UInt32,
        _ h: inout UInt32,
        _ keyed: UInt32
    ) {
        let sum1 = rotate(e, by: 6) ^ rotate(e, by: 11) ^ rotate(e, by: 25)
        let choice = g ^ (e & (f ^ g))
        let sum0 = rotate(a, by: 2) ^ rotate(a, by: 13) ^ rotate(a, by: 22)
        let majority = (a & b) | (c & (a | b))
        let change = h &+ keyed &+ sum1 &+ choice
        d = d &+ change
        h = change &+ sum0 &+ majority
    }
}

extension SHA256 {
    /// The constants of rounds 0 … 15 (§4.2.2).
    @inline(__always) static var constants0: MessageWords.Sixteen {
        (
            0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
            0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
            0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
            0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174
        )
    }

    /// The constants of rounds 16 … 31.
    @inline(__always) static var constants16: MessageWords.Sixteen {
        (
            0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
            0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
            0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
            0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967
        )
    }

    /// The constants of rounds 32 … 47.
    @inline(__always) static var constants32: MessageWords.Sixteen {
        (
            0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
            0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
            0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
            0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070
        )
    }

    /// The constants of rounds 48 … 63.
    @inline(__always) static var constants48: MessageWords.Sixteen {
        (
            0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
            0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
            0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
            0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2
        )
    }
}

/// Rotates to the right, by 1 … 31 bits.
@inline(__always) private func rotate(_ word: UInt32, by count: UInt32) -> UInt32 {
    word &>> count | word &<< (32 &- count)
}
