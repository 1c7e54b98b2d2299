// Arithmetic on limbs of 64 bits that takes the same time for every value.

/// `addend` + `left` × `right` + `carry`, which always fits into two limbs.
@inline(__always) func multiplyAdd(
    _ addend: UInt64,
    _ left: UInt64,
    _ right: UInt64,
    _ carry: UInt64
) -> (low: UInt64, high: UInt64) {
    #if arch(wasm32)
        // WebAssembly multiplies 64 by 64 bits to the low 64 only: four products of halves.
        let (leftLow, leftHigh) = (left & 0xffff_ffff, left &>> 32)
        let (rightLow, rightHigh) = (right & 0xffff_ffff, right &>> 32)
        let first = leftLow &* rightLow &+ (addend & 0xffff_ffff) &+ (carry & 0xffff_ffff)
        let second = leftHigh &* rightLow &+ (addend &>> 32) &+ (first &>> 32)
        let third = leftLow &* rightHigh &+ (carry &>> 32) &+ (second & 0xffff_ffff)
        return (
            (third &<< 32) | (first & 0xffff_ffff),
            leftHigh &* rightHigh &+ (second &>> 32) &+ (third &>> 32)
        )
    #else
        let sum =
            UInt128(truncatingIfNeeded: left) &* UInt128(truncatingIfNeeded: right)
            &+ UInt128(truncatingIfNeeded: addend) &+ UInt128(truncatingIfNeeded: carry)
        return (UInt64(truncatingIfNeeded: sum), UInt64(truncatingIfNeeded: sum &>> 64))
    #endif
}

/// The sum of two limbs and a carry of 0 or 1.
@inline(__always) func addWithCarry(
    _ left: UInt64,
    _ right: UInt64,
    _ carry: UInt64
) -> (sum: UInt64, carry: UInt64) {
    let (first, overflow1) = left.addingReportingOverflow(right)
    let (second, overflow2) = first.addingReportingOverflow(carry)
    return (second, bit(overflow1) | bit(overflow2))
}

/// The difference of two limbs and a borrow of 0 or 1.
@inline(__always) func subtractWithBorrow(
    _ left: UInt64,
    _ right: UInt64,
    _ borrow: UInt64
) -> (difference: UInt64, borrow: UInt64) {
    let (first, overflow1) = left.subtractingReportingOverflow(right)
    let (second, overflow2) = first.subtractingReportingOverflow(borrow)
    return (second, bit(overflow1) | bit(overflow2))
}

/// 1 for true, without the branch that `condition ? 1 : 0` compiles to.
@inline(__always) private func bit(_ condition: Bool) -> UInt64 {
    UInt64(truncatingIfNeeded: unsafe unsafeBitCast(condition, to: UInt8.self))
}

/// The same word, about which the optimizer knows nothing.
///
/// Without it, a selection by a mask of all or no bits is turned into a jump.
@inline(never) @_optimize(none) func opaque(_ word: UInt64) -> UInt64 { word }
