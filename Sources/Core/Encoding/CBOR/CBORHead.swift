/// What begins every item: the first byte, and in shortest form the number that follows it (RFC 8949 §3).
struct CBORHead: Equatable {
    /// The upper three bits of the first byte.
    enum Major: UInt8 {
        case unsigned, negative, bytes, text, array, map, tag, other
    }

    let initial: UInt8
    let argument: UInt64

    /// How many bytes follow the first one: 0, 1, 2, 4 or 8.
    var width: Int {
        let information = initial & 31
        return information < 24 ? 0 : 1 << Int(information - 24)
    }

    init(major: Major, argument: UInt64) {
        self.argument = argument
        let information: UInt8 =
            switch argument {
            case 0..<24: UInt8(argument)
            case 24...0xff: 24
            case 0x100...0xffff: 25
            case 0x1_0000...0xffff_ffff: 26
            default: 27
            }
        initial = major.rawValue << 5 | information
    }

    init(major: Major, count: Int) { self.init(major: major, argument: UInt64(count)) }

    /// A value without content; 24 to 31 cannot be written (RFC 8949 §3.3).
    init(simple value: UInt8) {
        precondition(value < 24 || value > 31)
        self.init(major: .other, argument: UInt64(value))
    }

    /// A float in the shortest of the three formats that keeps its value, NaN as 7E00 (RFC 8949 §4.2.1).
    init(float value: Double) {
        let (information, bits) = CBORFloat.shortest(value)
        initial = Major.other.rawValue << 5 | information
        argument = bits
    }

    static func < (left: CBORHead, right: CBORHead) -> Bool {
        left.initial != right.initial
            ? left.initial < right.initial : left.argument < right.argument
    }
}

/// Conversions between the float formats of CBOR that do not depend on the processor's half floats.
enum CBORFloat {
    /// The lower five bits of the first byte, 25 to 27, and the float's bits.
    static func shortest(_ value: Double) -> (information: UInt8, bits: UInt64) {
        if value.isNaN { return (25, 0x7e00) }
        let single = Float(value)
        guard Double(single) == value else { return (27, value.bitPattern) }
        guard let half = half(single.bitPattern) else { return (26, UInt64(single.bitPattern)) }
        return (25, UInt64(half))
    }

    /// The half float with the value of a single float that is no NaN, if there is one.
    private static func half(_ bits: UInt32) -> UInt16? {
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int((bits >> 23) & 0xff) - 127
        let fraction = bits & 0x7f_ffff
        switch exponent {
        case 128: return sign | 0x7c00
        case -14...15:
            guard fraction & 0x1fff == 0 else { return nil }
            return sign | UInt16(exponent + 15) << 10 | UInt16(fraction >> 13)
        case -24 ... -15:
            // A subnormal half counts in units of 2^-24.
            let significand = fraction | 0x80_0000
            let shift = UInt32(-1 - exponent)
            guard significand & ((1 << shift) - 1) == 0 else { return nil }
            return sign | UInt16(significand >> shift)
        case -127: return fraction == 0 ? sign : nil
        default: return nil
        }
    }

    /// The value of a half float.
    static func value(half bits: UInt16) -> Double {
        let fraction = Double(bits & 0x3ff)
        let exponent = Int(bits >> 10 & 31)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default:
                Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return bits >> 15 == 0 ? magnitude : -magnitude
    }
}
