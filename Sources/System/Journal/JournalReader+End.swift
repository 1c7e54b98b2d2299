internal import Platform

extension JournalReader {
    /// Decides whether the journal ends here or is damaged here.
    ///
    /// - Parameter damage: Why no batch starts at the position.
    /// - Returns: How the journal ends.
    /// - Throws: `damaged` or `segmentMissing` if it does not end here.
    mutating func surveyEnd(
        _ damage: JournalError.Damage
    ) throws(JournalError) -> JournalTail {
        var tail = JournalTail.clean
        if window != nil {
            let here = try survey(from: position.offset)
            if here.hasBatch {
                throw .damaged(file: currentName, offset: position.offset, damage)
            }
            if !here.isZero { tail = .torn(file: currentName, offset: position.offset) }
        }
        let names = try JournalError.wrap { () throws(PlatformError) in try directory.list() }
        for ordinal in Self.ordinals(names) where ordinal > position.segment {
            let isZero = try checkUnused(ordinal, tail: tail, damage)
            if !isZero, tail == .clean {
                tail = .torn(file: JournalFormat.segmentName(ordinal), offset: 0)
            }
        }
        return tail
    }

    private mutating func survey(
        from offset: UInt64
    ) throws(JournalError) -> (hasBatch: Bool, isZero: Bool) {
        do throws(PlatformError) {
            window?.forget()
            return try window?.survey(from: offset) ?? (false, true)
        } catch {
            throw .platform(error)
        }
    }

    /// Checks that a later segment was never used; returns whether its first sector is zero.
    private func checkUnused(
        _ ordinal: UInt64,
        tail: JournalTail,
        _ damage: JournalError.Damage
    ) throws(JournalError) -> Bool {
        guard let window = try openSegment(ordinal) else { return true }
        if window.header != nil {
            if ordinal - position.segment > 1 {
                let before = position.segment + 1
                guard let window = try openSegment(before) else {
                    throw .segmentMissing(file: JournalFormat.segmentName(before))
                }
                guard window.header != nil else {
                    throw .damaged(
                        file: JournalFormat.segmentName(before),
                        offset: 0,
                        .segmentHeader
                    )
                }
            }
            guard self.window != nil else {
                throw .damaged(file: window.name, offset: 0, .chain)
            }
            // It is in use and does not continue what was read: something is wrong where that ended.
            throw .damaged(file: currentName, offset: position.offset, damage)
        }
        do throws(PlatformError) {
            let rest = try window.survey(from: 0)
            if !rest.hasBatch { return rest.isZero }
        } catch {
            throw .platform(error)
        }
        throw .damaged(file: JournalFormat.segmentName(ordinal), offset: 0, .segmentHeader)
    }
}
