/// The arithmetic of `Fp6` and `Fp12` on elements of `Fp2` where they lie in memory.
///
/// As values, elements of 288 and 576 bytes would be copied for each step, which costs a tenth of a
/// pairing. An element of `Fp6` is three elements of `Fp2` in a row, one of `Fp12` six. Results must not
/// overlap operands, except where it is said.
enum Tower {
    typealias Source = UnsafePointer<Fp2>
    typealias Target = UnsafeMutablePointer<Fp2>

    /// The elements of `Fp2` that a value of `Fp6` or `Fp12` consists of.
    @inline(__always) static func elements(_ bytes: UnsafeRawBufferPointer) -> Source {
        guard let start = bytes.baseAddress else { preconditionFailure("no bytes") }
        return unsafe start.assumingMemoryBound(to: Fp2.self)
    }

    /// The elements of `Fp2` that a variable of `Fp6` or `Fp12` consists of.
    @inline(__always) static func elements(_ bytes: UnsafeMutableRawBufferPointer) -> Target {
        guard let start = bytes.baseAddress else { preconditionFailure("no bytes") }
        return unsafe start.assumingMemoryBound(to: Fp2.self)
    }

    /// Runs a function with room for at most ten elements, which fit on the stack.
    @inline(__always) private static func withScratch(_ count: Int, _ body: (Target) -> Void) {
        unsafe withUnsafeTemporaryAllocation(of: Fp2.self, capacity: count) { scratch in
            guard let start = scratch.baseAddress else { preconditionFailure("no room") }
            unsafe body(start)
        }
    }

    /// Adds elements one by one; the result may be an operand.
    @inline(never) private static func add(
        _ result: Target,
        _ left: Source,
        _ right: Source,
        count: Int
    ) {
        for index in 0..<count { unsafe result[index] = left[index] + right[index] }
    }

    /// Subtracts elements one by one; the result may be an operand.
    @inline(never) private static func subtract(
        _ result: Target,
        _ left: Source,
        _ right: Source,
        count: Int
    ) {
        for index in 0..<count { unsafe result[index] = left[index] - right[index] }
    }

    /// Multiplies in `Fp6`.
    @inline(never) static func multiply6(_ result: Target, _ left: Source, _ right: Source) {
        unsafe withScratch(5) { scratch in
            unsafe conjugate(scratch, left)
            let xi1 = unsafe scratch + 3
            let xi2 = unsafe scratch + 4
            unsafe xi1.pointee = right[1].timesXi
            unsafe xi2.pointee = right[2].timesXi
            let factors = unsafe (left, Source(scratch))
            unsafe sum(result, factors, right, Source(xi2), Source(xi1))
            unsafe sum(result + 1, factors, right + 1, right, Source(xi2))
            unsafe sum(result + 2, factors, right + 2, right + 1, right)
        }
    }

    /// Multiplies in `Fp12` (Karatsuba).
    @inline(never) static func multiply12(_ result: Target, _ left: Source, _ right: Source) {
        unsafe withScratch(6) { products in
            unsafe withScratch(7) { scratch in
                let high = unsafe products + 3
                unsafe multiply6(products, left, right)
                unsafe multiply6(high, left + 3, right + 3)
                unsafe add(scratch, left, left + 3, count: 3)
                unsafe add(scratch + 3, right, right + 3, count: 3)
                unsafe multiply6(result + 3, Source(scratch), Source(scratch) + 3)
                unsafe subtract(result + 3, Source(result) + 3, Source(products), count: 3)
                unsafe subtract(result + 3, Source(result) + 3, Source(high), count: 3)
                unsafe scratch[6] = high[2].timesXi
                unsafe add(result, Source(products), Source(scratch) + 6, count: 1)
                unsafe add(result + 1, Source(products) + 1, Source(high), count: 2)
            }
        }
    }

    /// Squares in `Fp12`, in place (the complex method).
    @inline(never) static func square12(_ element: Target) {
        unsafe withScratch(6) { products in
            unsafe withScratch(7) { scratch in
                let square = unsafe products + 3
                let xi = unsafe scratch + 6
                unsafe multiply6(products, Source(element), Source(element) + 3)
                unsafe add(scratch, Source(element), Source(element) + 3, count: 3)
                unsafe xi.pointee = element[5].timesXi
                unsafe add(scratch + 3, Source(element), Source(xi), count: 1)
                unsafe add(scratch + 4, Source(element) + 1, Source(element) + 3, count: 2)
                unsafe multiply6(square, Source(scratch), Source(scratch) + 3)
                unsafe subtract(square, Source(square), Source(products), count: 3)
                unsafe xi.pointee = products[2].timesXi
                unsafe subtract(element, Source(square), Source(xi), count: 1)
                unsafe subtract(element + 1, Source(square) + 1, Source(products), count: 2)
                unsafe add(element + 3, Source(products), Source(products), count: 3)
            }
        }
    }

    /// Multiplies an element of `Fp12` by line[0] + line[1]·v + line[2]·v·w, in place.
    ///
    /// In powers of w the line is line[0] + line[1]·w² + line[2]·w³; each of the six coefficients of
    /// the product is a sum of three products, where w⁶ = ξ.
    @inline(never) static func multiply(_ element: Target, byLine line: Source) {
        unsafe withScratch(6) { product in
            unsafe withScratch(6) { scratch in
                unsafe conjugate(scratch, line)
                let factors = unsafe (line, Source(scratch))
                unsafe scratch[3] = element[4].timesXi
                unsafe scratch[4] = element[2].timesXi
                unsafe scratch[5] = element[5].timesXi
                let xi3 = unsafe Source(scratch) + 3
                let xi4 = unsafe Source(scratch) + 4
                let xi5 = unsafe Source(scratch) + 5
                let f = unsafe Source(element)
                unsafe sum(product, factors, f, xi4, xi3)
                unsafe sum(product + 1, factors, f + 1, f, xi5)
                unsafe sum(product + 2, factors, f + 2, f + 1, f + 3)
                unsafe sum(product + 3, factors, f + 3, xi5, xi4)
                unsafe sum(product + 4, factors, f + 4, f + 3, f)
                unsafe sum(product + 5, factors, f + 5, f + 4, f + 1)
                unsafe element.update(from: product, count: 6)
            }
        }
    }
}

extension Tower {
    /// Squares an element of the cyclotomic subgroup of `Fp12`, in place (Granger and Scott, *Faster
    /// Squaring in the Cyclotomic Subgroup of Sixth Degree Extensions*, 2010).
    @inline(never) static func squareCyclotomic(_ element: Target) {
        unsafe withScratch(9) { scratch in
            let f = unsafe Source(element)
            unsafe squareQuartic(scratch, f, f + 4)
            unsafe squareQuartic(scratch + 3, f + 3, f + 2)
            unsafe squareQuartic(scratch + 6, f + 1, f + 5)
            unsafe tripleMinusDouble(element, scratch[0])
            unsafe triplePlusDouble(element + 4, scratch[1])
            unsafe tripleMinusDouble(element + 1, scratch[3])
            unsafe triplePlusDouble(element + 5, scratch[4])
            unsafe triplePlusDouble(element + 3, scratch[7].timesXi)
            unsafe tripleMinusDouble(element + 2, scratch[6])
        }
    }

    /// The square of a + b·s with s² = ξ; a third element of the result is overwritten.
    @inline(never) private static func squareQuartic(_ result: Target, _ a: Source, _ b: Source) {
        unsafe result[2] = a.pointee + b.pointee
        unsafe square(result + 2, Source(result) + 2)
        unsafe square(result, a)
        unsafe square(result + 1, b)
        let (squareA, squareB) = unsafe (result[0], result[1])
        unsafe result[0] = squareB.timesXi + squareA
        unsafe result[1] = result[2] - squareA - squareB
    }

    /// Squares in `Fp2`; the result may be the operand.
    @inline(never) private static func square(_ result: Target, _ element: Source) {
        unsafe result.pointee = element.pointee.squaredInline
    }

    @inline(never) private static func tripleMinusDouble(_ z: Target, _ t: Fp2) {
        unsafe z.pointee = (t - z.pointee).doubled + t
    }

    @inline(never) private static func triplePlusDouble(_ z: Target, _ t: Fp2) {
        unsafe z.pointee = (t + z.pointee).doubled + t
    }
}

extension Tower {
    /// Three first factors of sums of products, and their conjugates.
    private typealias Factors = (factors: Source, conjugates: Source)

    @inline(__always) private static func conjugate(_ result: Target, _ factors: Source) {
        unsafe result[0] = factors[0].conjugate
        unsafe result[1] = factors[1].conjugate
        unsafe result[2] = factors[2].conjugate
    }

    /// The sum of three products in `Fp2`: two sums of six products in `Fp`, each with one reduction
    /// instead of six.
    @inline(__always) private static func sum(
        _ result: Target,
        _ factors: Factors,
        _ b0: Source,
        _ b1: Source,
        _ b2: Source
    ) {
        unsafe realPart(result, factors.conjugates, b0, b1, b2)
        unsafe imaginaryPart(result, factors.factors, b0, b1, b2)
    }

    @inline(never) private static func realPart(
        _ result: Target,
        _ conjugates: Source,
        _ b0: Source,
        _ b1: Source,
        _ b2: Source
    ) {
        unsafe result.pointee.c0 = sum(conjugates, b0, b1, b2, first: 0, second: 48)
    }

    @inline(never) private static func imaginaryPart(
        _ result: Target,
        _ factors: Source,
        _ b0: Source,
        _ b1: Source,
        _ b2: Source
    ) {
        unsafe result.pointee.c1 = sum(factors, b0, b1, b2, first: 48, second: 0)
    }

    /// The sum of the products of the factors' c0 with what lies `first` bytes from the start of the
    /// second factors, and of their c1 with what lies `second` bytes from there.
    @inline(__always) private static func sum(
        _ factors: Source,
        _ b0: Source,
        _ b1: Source,
        _ b2: Source,
        first: Int,
        second: Int
    ) -> Fp {
        @inline(__always) func limb(_ element: Source, _ offset: Int) -> UInt64 {
            unsafe UnsafeRawPointer(element).load(fromByteOffset: offset, as: UInt64.self)
        }
        var sum = Fp.ProductSum()
        var offset = 0
        while offset < 48 {
            unsafe sum.add(factors[0].c0, times: limb(b0, first &+ offset))
            unsafe sum.add(factors[0].c1, times: limb(b0, second &+ offset))
            unsafe sum.add(factors[1].c0, times: limb(b1, first &+ offset))
            unsafe sum.add(factors[1].c1, times: limb(b1, second &+ offset))
            unsafe sum.add(factors[2].c0, times: limb(b2, first &+ offset))
            unsafe sum.add(factors[2].c1, times: limb(b2, second &+ offset))
            sum.reduce()
            offset &+= 8
        }
        return sum.element
    }
}
