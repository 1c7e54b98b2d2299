internal import Journal
internal import Platform
internal import Synchronization

/// How long the background leaves the device alone after each piece that it writes.
private let pauseNanoseconds: UInt64 = 1_000_000

extension SequencerState {
    /// The journal thread: from batches to replies.
    func writeJournal() {
        let priority = configuration.realTimePriority
        if priority > 0, !PlatformThread.requestRealTime(priority: priority) {
            warn(.noRealTimePriority)
        }
        guard var writer = writers.take() else {
            preconditionFailure("the writer was put there before")
        }
        requestSegment(&writer)
        while true {
            let isLast = isSequenced.load(ordering: .sequentiallyConsistent)
            guard var batch = full.take() else {
                if isLast { break }
                batchReady.wait()
                continue
            }
            if !hasFailed.load(ordering: .relaxed) { commit(&batch, &writer) }
            batch.removeAll()
            empty.put(batch)
            work.notify()
        }
        segmentWanted.notify()
    }

    private func commit(_ batch: inout DurableBatch, _ writer: inout JournalWriter) {
        do throws(JournalError) {
            if writer.needsSegment(for: batch.records) { try awaitSegment(&writer) }
            try writer.commit(&batch.records)
        } catch {
            return fail(error)
        }
        durableSequence.store(writer.durableSequence, ordering: .releasing)
        durableCount.wrappingAdd(UInt64(batch.count), ordering: .relaxed)
        batchCount.store(writer.batchCount, ordering: .relaxed)
        syncCount.store(writer.syncCount, ordering: .relaxed)
        byteCount.store(writer.byteCount, ordering: .relaxed)
        sink.deliver(batch)
        requestSegment(&writer)
    }

    /// Asks the background for the next segment unless it was asked before.
    private func requestSegment(_ writer: inout JournalWriter) {
        guard let ordinal = writer.segmentToPrepare else { return }
        guard wantedSegment.load(ordering: .relaxed) != ordinal else { return }
        wantedSegment.store(ordinal, ordering: .sequentiallyConsistent)
        segmentWanted.notify()
    }

    /// Takes the next segment from the background, which has usually finished long ago.
    private func awaitSegment(_ writer: inout JournalWriter) throws(JournalError) {
        while writer.segmentToPrepare != nil {
            guard let result = prepared.take() else {
                preparedReady.wait()
                continue
            }
            writer.provide(try result.get())
        }
    }

    /// The background thread that fills segments with zeros.
    func prepareSegments() {
        PlatformThread.yieldToOthers()
        var done: UInt64 = 0
        while !isSequenced.load(ordering: .sequentiallyConsistent) {
            let wanted = wantedSegment.load(ordering: .sequentiallyConsistent)
            guard wanted != done else {
                segmentWanted.wait()
                continue
            }
            done = wanted
            do throws(JournalError) {
                let segment = try PreparedSegment.make(
                    wanted,
                    in: directory,
                    configuration: configuration.journal,
                    pause: { PlatformThread.nap(nanoseconds: pauseNanoseconds) }
                )
                prepared.put(.success(segment))
            } catch {
                prepared.put(.failure(error))
            }
            preparedReady.notify()
        }
    }
}
