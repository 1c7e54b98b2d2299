import Primitives

/// One price and the queue of orders at it.
struct Level: BitwiseCopyable {
    /// First order of the queue; 0 when the level is empty.
    var head: UInt32
    /// Last order of the queue; 0 when the level is empty.
    var tail: UInt32
    /// Visible quantity of all orders of the queue, in lots.
    var quantity: Int64
}

/// Where one side of one book begins, and shortcuts into it.
struct Ladder: BitwiseCopyable {
    /// Key of the best level; `Int64.max` when the side is empty.
    var bestKey: Int64
    /// The best level; 0 when the side is empty.
    var best: UInt32
    /// The topmost branch; 0 until the first order.
    var root: UInt32
    /// The prefix (key without its two lowest digits) whose lowest branch is `recentBranch`.
    var recentPrefix: Int64
    /// The lowest branch that was used last; 0 when unknown.
    var recentBranch: UInt32

    static var empty: Ladder {
        Ladder(bestKey: .max, best: 0, root: 0, recentPrefix: -1, recentBranch: 0)
    }
}

/// An ordered index from price keys to levels, for any number of ladders.
///
/// Keys have 36 bits: six digits of base 64. A leaf holds the 64 levels of one last digit, side by side;
/// five storeys of branches above it hold one bit and one link per child. Finding the best key after
/// another is a few bit scans; no key is slower or needs more room than any other, so a book works the
/// same whether its prices lie together or far apart. Leaves and branches exist only while something
/// under them rests: at most 1.1 KB and 1.4 KB for an order alone in an empty region.
struct PriceIndex: ~Copyable {
    /// Storeys of branches above the leaves.
    static let storeys = 5

    /// 64 neighbouring levels.
    ///
    /// Level number = leaf number × 64 + last digit.
    struct Leaf: BitwiseCopyable {
        /// Which of its levels have orders.
        var occupied: UInt64
        /// Key of its first level.
        var firstKey: Int64
        /// The branch above it.
        var parent: UInt32
        /// The ladder to which it belongs.
        var ladder: UInt32
    }

    /// 64 neighbouring children: leaves on the lowest storey, else branches.
    struct Branch: BitwiseCopyable {
        /// Which of its children exist.
        var occupied: UInt64
        /// Key of the first level under it.
        var firstKey: Int64
        /// The branch above it; 0 for a root.
        var parent: UInt32
        /// 0 for the lowest.
        var storey: UInt32
    }

    var levels: Pool<Level>
    var leaves: Pool<Leaf>
    var branches: Pool<Branch>
    /// The children of branch b are at b × 64 ….
    var children: Pool<UInt32>
    /// Leaves that are not in use, linked through `parent`.
    var freeLeaf: UInt32 = 0
    /// Branches that are not in use, linked through `parent`.
    var freeBranch: UInt32 = 0
    var ladders: Pool<Ladder>

    init() {
        levels = Pool(capacity: 1 << 12)
        leaves = Pool(capacity: 1 << 6)
        branches = Pool(capacity: 1 << 6)
        children = Pool(capacity: 1 << 12)
        ladders = Pool(capacity: 1 << 6)
        // Number 0 of everything means none.
        _ = appendLeaf()
        _ = appendBranch()
    }

    /// The level of `key`, made if need be; the caller puts an order into it at once.
    @inline(__always)
    mutating func level(of key: Int64, in ladder: UInt32) -> UInt32 {
        let prefix = key >> 12
        let branch: UInt32
        if ladders[ladder].recentPrefix == prefix {
            branch = ladders[ladder].recentBranch
        } else {
            branch = descend(to: key, in: ladder)
            ladders[ladder].recentPrefix = prefix
            ladders[ladder].recentBranch = branch
        }
        let digit = UInt32(truncatingIfNeeded: key >> 6) & 63
        var leaf = children[branch << 6 | digit]
        if leaf == 0 { leaf = makeLeaf(key: key, branch: branch, digit: digit, ladder: ladder) }
        return leaf << 6 | UInt32(truncatingIfNeeded: key & 63)
    }

    /// The key of a level.
    @inline(__always)
    func key(of level: UInt32) -> Int64 { leaves[level >> 6].firstKey | Int64(level & 63) }

    /// Notes that a level got its first order.
    @inline(__always)
    mutating func occupy(_ level: UInt32, key: Int64, in ladder: UInt32) {
        leaves[level >> 6].occupied |= 1 &<< UInt64(level & 63)
        if key < ladders[ladder].bestKey {
            ladders[ladder].bestKey = key
            ladders[ladder].best = level
        }
    }

    /// Notes that a level lost its last order, and gives back what nothing else needs.
    @inline(__always)
    mutating func vacate(_ level: UInt32) {
        let leaf = level >> 6
        let ladder = leaves[leaf].ladder
        let occupied = leaves[leaf].occupied & ~(1 &<< UInt64(level & 63))
        leaves[leaf].occupied = occupied
        if ladders[ladder].best == level {
            let later = occupied & (~1 &<< UInt64(level & 63))
            if later != 0 {
                let digit = UInt32(truncatingIfNeeded: later.trailingZeroBitCount)
                ladders[ladder].best = leaf << 6 | digit
                ladders[ladder].bestKey = leaves[leaf].firstKey | Int64(digit)
            } else {
                let next = firstLevel(afterLeaf: leaf)
                ladders[ladder].best = next
                ladders[ladder].bestKey = next == 0 ? .max : key(of: next)
            }
        }
        if occupied == 0 { remove(leaf: leaf) }
    }

    /// The next occupied level after `level` of the same ladder; 0 when there is none.
    func level(after level: UInt32) -> UInt32 {
        let leaf = level >> 6
        let later = leaves[leaf].occupied & (~1 &<< UInt64(level & 63))
        if later != 0 { return leaf << 6 | UInt32(later.trailingZeroBitCount) }
        return firstLevel(afterLeaf: leaf)
    }

    /// The first occupied level of a later leaf of the same ladder; 0 when there is none.
    private func firstLevel(afterLeaf leaf: UInt32) -> UInt32 {
        var branch = leaves[leaf].parent
        var digit = UInt64(truncatingIfNeeded: leaves[leaf].firstKey >> 6) & 63
        while branch != 0 {
            let later = branches[branch].occupied & (~1 &<< digit)
            if later != 0 {
                let child = children[branch << 6 | UInt32(later.trailingZeroBitCount)]
                return firstLevel(under: child, storey: branches[branch].storey)
            }
            let shift = 12 + 6 * Int64(branches[branch].storey)
            digit = UInt64(truncatingIfNeeded: branches[branch].firstKey >> shift) & 63
            branch = branches[branch].parent
        }
        return 0
    }

    /// The first occupied level under a child of a branch of the given storey.
    private func firstLevel(under child: UInt32, storey: UInt32) -> UInt32 {
        var node = child
        var storey = storey
        while storey > 0 {
            node = children[node << 6 | UInt32(branches[node].occupied.trailingZeroBitCount)]
            storey -= 1
        }
        return node << 6 | UInt32(leaves[node].occupied.trailingZeroBitCount)
    }

    /// The lowest branch above `key`, made with all above it if need be.
    @inline(never)
    private mutating func descend(to key: Int64, in ladder: UInt32) -> UInt32 {
        if ladders[ladder].root == 0 {
            ladders[ladder].root = makeBranch(firstKey: 0, parent: 0, storey: Self.storeys - 1)
        }
        var branch = ladders[ladder].root
        for storey in stride(from: Self.storeys - 1, to: 0, by: -1) {
            let shift = Int64(6 * (storey + 1))
            let digit = UInt32(truncatingIfNeeded: key >> shift) & 63
            var child = children[branch << 6 | digit]
            if child == 0 {
                child = makeBranch(
                    firstKey: (key >> shift) << shift,
                    parent: branch,
                    storey: storey - 1
                )
                children[branch << 6 | digit] = child
                branches[branch].occupied |= 1 &<< UInt64(digit)
            }
            branch = child
        }
        return branch
    }

    @inline(never)
    private mutating func makeLeaf(
        key: Int64,
        branch: UInt32,
        digit: UInt32,
        ladder: UInt32
    ) -> UInt32 {
        var leaf = freeLeaf
        if leaf == 0 { leaf = appendLeaf() } else { freeLeaf = leaves[leaf].parent }
        leaves[leaf] = Leaf(occupied: 0, firstKey: key & ~63, parent: branch, ladder: ladder)
        children[branch << 6 | digit] = leaf
        branches[branch].occupied |= 1 &<< UInt64(digit)
        return leaf
    }

    private mutating func makeBranch(firstKey: Int64, parent: UInt32, storey: Int) -> UInt32 {
        var branch = freeBranch
        if branch == 0 { branch = appendBranch() } else { freeBranch = branches[branch].parent }
        branches[branch] = Branch(
            occupied: 0,
            firstKey: firstKey,
            parent: parent,
            storey: UInt32(storey)
        )
        return branch
    }

    private mutating func appendLeaf() -> UInt32 {
        let leaf = leaves.append(Leaf(occupied: 0, firstKey: 0, parent: 0, ladder: 0))
        levels.extend(to: (leaf + 1) << 6, with: Level(head: 0, tail: 0, quantity: 0))
        return leaf
    }

    private mutating func appendBranch() -> UInt32 {
        let branch = branches.append(Branch(occupied: 0, firstKey: 0, parent: 0, storey: 0))
        children.extend(to: (branch + 1) << 6, with: 0)
        return branch
    }

    /// Gives back an empty leaf and the branches that this leaves empty, except the root.
    @inline(never)
    private mutating func remove(leaf: UInt32) {
        let ladder = leaves[leaf].ladder
        var branch = leaves[leaf].parent
        var digit = UInt32(truncatingIfNeeded: leaves[leaf].firstKey >> 6) & 63
        leaves[leaf].parent = freeLeaf
        freeLeaf = leaf
        while true {
            children[branch << 6 | digit] = 0
            branches[branch].occupied &= ~(1 &<< UInt64(digit))
            let parent = branches[branch].parent
            if branches[branch].occupied != 0 || parent == 0 { return }
            let shift = 12 + 6 * Int64(branches[branch].storey)
            digit = UInt32(truncatingIfNeeded: branches[branch].firstKey >> shift) & 63
            if ladders[ladder].recentBranch == branch {
                ladders[ladder].recentBranch = 0
                ladders[ladder].recentPrefix = -1
            }
            branches[branch].parent = freeBranch
            freeBranch = branch
            branch = parent
        }
    }
}
