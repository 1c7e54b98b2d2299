extension SHA512 {
    /// The eight working words between blocks (FIPS 180-4 §6.4).
    struct State: BitwiseCopyable, Sendable {
        var a: UInt64
        var b: UInt64
        var c: UInt64
        var d: UInt64
        var e: UInt64
        var f: UInt64
        var g: UInt64
        var h: UInt64

        /// The state before the first block (§5.3.5).
        static var initial: State {
            State(
                a: 0x6a09_e667_f3bc_c908,
                b: 0xbb67_ae85_84ca_a73b,
                c: 0x3c6e_f372_fe94_f82b,
                d: 0xa54f_f53a_5f1d_36f1,
                e: 0x510e_527f_ade6_82d1,
                f: 0x9b05_688c_2b3e_6c1f,
                g: 0x1f83_d9ab_fb41_bd6b,
                h: 0x5be0_cd19_137e_2179
            )
        }

        /// The state as a digest: its words from the first to the last, each with its highest byte first.
        var digest: Digest {
            Digest(
                words: (
                    a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian,
                    e.bigEndian, f.bigEndian, g.bigEndian, h.bigEndian
                )
            )
        }
    }

    /// Sixteen words of the message schedule: at first the block, then 16 … 31 and so on (§6.4.2).
    struct MessageWords: BitwiseCopyable {
        typealias Sixteen = (
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
        )

        var w: Sixteen
    }
}

extension SHA512.MessageWords {
    /// Reads a block of 128 bytes.
    @inline(__always) init(at block: UnsafeRawPointer) {
        @inline(__always) func word(_ index: Int) -> UInt64 {
            let word = unsafe block.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)
            return UInt64(bigEndian: word)
        }
        w = (
            word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7),
            word(8), word(9), word(10), word(11), word(12), word(13), word(14), word(15)
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
        _ back16: UInt64,
        _ back15: UInt64,
        _ back7: UInt64,
        _ back2: UInt64
    ) -> UInt64 {
        let sigma0 = rotate(back15, by: 1) ^ rotate(back15, by: 8) ^ (back15 &>> 7)
        let sigma1 = rotate(back2, by: 19) ^ rotate(back2, by: 61) ^ (back2 &>> 6)
        return back16 &+ sigma0 &+ back7 &+ sigma1
    }
}

extension SHA512.State {
    /// Takes in blocks of 128 bytes that lie one after the other.
    @inline(never) mutating func compress(blocks count: Int, at first: UnsafeRawPointer) {
        var block = unsafe first
        for _ in 0..<count {
            compress(unsafe SHA512.MessageWords(at: block))
            unsafe block += 128
        }
    }

    /// Takes in one block (§6.4.2).
    @inline(__always) private mutating func compress(_ block: SHA512.MessageWords) {
        var words = block
        var work = self
        work.rounds(words, SHA512.constants0)
        words.advance()
        work.rounds(words, SHA512.constants16)
        words.advance()
        work.rounds(words, SHA512.constants32)
        words.advance()
        work.rounds(words, SHA512.constants48)
        words.advance()
        work.rounds(words, SHA512.constants64)
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
        _ words: SHA512.MessageWords,
        _ k: SHA512.MessageWords.Sixteen
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
        _ a: UInt64,
        _ b: UInt64,
        _ c: UInt64,
        _ d: inout UInt64,
        _ e: UInt64,
        _ f: UInt64,
        _ g: UInt64,
        _ h: inout UInt64,
        _ keyed: UInt64
    ) {
        let sum1 = rotate(e, by: 14) ^ rotate(e, by: 18) ^ rotate(e, by: 41)
        let choice = g ^ (e & (f ^ g))
        let sum0 = rotate(a, by: 28) ^ rotate(a, by: 34) ^ rotate(a, by: 39)
        let majority = (a & b) | (c & (a | b))
        let change = h &+ keyed &+ sum1 &+ choice
        d = d &+ change
        h = change &+ sum0 &+ majority
    }
}

extension SHA512 {
    /// The constants of rounds 0 … 15 (§4.2.3).
    @inline(__always) static var constants0: MessageWords.Sixteen {
        (
            0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd,
            0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
            0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019,
            0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
            0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe,
            0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
            0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1,
            0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694
        )
    }

    /// The constants of rounds 16 … 31.
    @inline(__always) static var constants16: MessageWords.Sixteen {
        (
            0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3,
            0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
            0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483,
            0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
            0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210,
            0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
            0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725,
            0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70
        )
    }

    /// The constants of rounds 32 … 47.
    @inline(__always) static var constants32: MessageWords.Sixteen {
        (
            0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926,
            0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
            0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8,
            0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
            0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001,
            0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
            0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910,
            0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8
        )
    }

    /// The constants of rounds 48 … 63.
    @inline(__always) static var constants48: MessageWords.Sixteen {
        (
            0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53,
            0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
            0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb,
            0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
            0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60,
            0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
            0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9,
            0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b
        )
    }

    /// The constants of rounds 64 … 79.
    @inline(__always) static var constants64: MessageWords.Sixteen {
        (
            0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207,
            0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
            0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6,
            0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
            0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493,
            0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
            0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a,
            0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817
        )
    }
}

/// Rotates to the right, by 1 … 63 bits.
@inline(__always) private func rotate(_ word: UInt64, by count: UInt64) -> UInt64 {
    word &>> count | word &<< (64 &- count)
}
