internal import Journal
internal import Platform
internal import Synchronization

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
        isWritten.store(true, ordering: .sequentiallyConsistent)
        segmentWanted.notify()
        snapshotDue.notify()
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
        noteUsed(writer.position.offset)
        sink.deliver(batch)
        durableSignals.withLock { signals in for signal in signals { signal.notify() } }
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
        isSegmentUrgent.store(true, ordering: .sequentiallyConsistent)
        segmentWanted.notify()
        while writer.segmentToPrepare != nil {
            guard let result = prepared.take() else {
                preparedReady.wait()
                continue
            }
            writer.provide(try result.get())
        }
        isSegmentUrgent.store(false, ordering: .sequentiallyConsistent)
    }

    /// The background thread that fills segments with zeros.
    func prepareSegments() {
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
                    pause: { written in self.pause(written) }
                )
                prepared.put(.success(segment))
            } catch {
                prepared.put(.failure(error))
            }
            preparedReady.notify()
        }
    }

    /// Waits until the journal has used seven eighths as much of its segment as is written of the next.
    ///
    /// So the background takes from the device no more than it must to be ready in time.
    private func pause(_ written: UInt64) {
        let lead = UInt64(configuration.journal.segmentBytes) / 8
        let enough = written > lead ? (written - lead) / 8 * 7 : 0
        while segmentUsed.load(ordering: .sequentiallyConsistent) < enough,
            !isSegmentUrgent.load(ordering: .sequentiallyConsistent),
            !isSequenced.load(ordering: .sequentiallyConsistent)
        {
            resumeAt.store(enough, ordering: .sequentiallyConsistent)
            segmentWanted.wait()
        }
    }

    /// Tells the background how far the journal is, when that is what it waits for.
    private func noteUsed(_ offset: UInt64) {
        segmentUsed.store(offset, ordering: .sequentiallyConsistent)
        guard offset >= resumeAt.load(ordering: .sequentiallyConsistent) else { return }
        resumeAt.store(.max, ordering: .sequentiallyConsistent)
        segmentWanted.notify()
    }
}
