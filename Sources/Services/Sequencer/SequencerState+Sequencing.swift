internal import Journal
internal import Platform
internal import Synchronization
internal import Venue

/// How long the sequencer thread naps before it looks for work again.
///
/// Napping lets a batch gather, costs the submitters nothing, and leaves the processor to the journal's
/// sync; spinning would not.
private let napNanoseconds: UInt64 = 25_000
/// How often it naps in a row before it sleeps until it is woken.
private let napsMax = 40
/// The clock is read once for as many commands.
private let commandsPerLook = 64

extension SequencerState {
    /// The sequencer thread: from the queue to batches.
    func sequence() {
        PlatformThread.requestPreciseNaps()
        // Below the journal thread, which must never wait for this one. A refusal was reported by that thread.
        let priority = configuration.realTimePriority - 1
        if priority > 0 { _ = PlatformThread.requestRealTime(priority: priority) }
        guard var core = cores.take() else { preconditionFailure("the core was put there before") }
        var batch = DurableBatch(commandsMax: configuration.batchCommandsMax)
        var naps = 0
        /// When the last command was carried out, or the last timer ran out.
        var idleSince = clock.monotonicNanoseconds()
        var takenCount: UInt64 = 0
        while true {
            // Read before the queue: what was accepted before the stop is then seen.
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            serveReaders(&core)
            endIntervalIfAsked(&core, &batch)
            let count = drain(&core, into: &batch)
            takenCount += UInt64(count)
            if count > 0 { idleSince = clock.monotonicNanoseconds() }
            let isHandedOver = handOver(&batch)
            if hasFailed.load(ordering: .relaxed) { break }
            if isHandedOver {
                // Even with a full queue the processor is left for a moment to what else must run: the kernel's
                // own threads are part of every sync.
                naps = 0
                PlatformThread.nap(nanoseconds: napNanoseconds)
            } else if count > 0 {
                naps = 0
            } else if isLast, batch.count == 0,
                takenCount == acceptedCount.load(ordering: .sequentiallyConsistent),
                !endsInterval.load(ordering: .sequentiallyConsistent)
            {
                break
            } else if naps < napsMax {
                naps += 1
                PlatformThread.nap(nanoseconds: napNanoseconds)
            } else if !sleep(core, since: idleSince) {
                idleSince = clock.monotonicNanoseconds()
                // A batch that the journal has no time for yet is not kept waiting behind this.
                if batch.count > 0 { continue }
                core.closeInterval(
                    now: clock.wallNanoseconds(),
                    recordsHash: configuration.stateHashNanoseconds > 0,
                    into: &batch
                )
            }
        }
        venues.put(core.venue)
        isSequenced.store(true, ordering: .sequentiallyConsistent)
        batchReady.notify()
    }

    /// Sleeps until something happens; false when the idle timer ran out first, or the interval is over.
    ///
    /// The timers count from the last command: whoever only reads the venue does not hold them up.
    private func sleep(_ core: borrowing SequencerCore, since start: UInt64) -> Bool {
        var timers = [configuration.idleTimerNanoseconds]
        if core.isIntervalOpen { timers.append(configuration.stateHashNanoseconds) }
        guard let timer = timers.filter({ $0 > 0 }).min() else { return work.wait() }
        let past = clock.monotonicNanoseconds() - start
        return past < timer && work.wait(timeoutNanoseconds: timer - past)
    }

    /// Ends the interval if somebody asked for it and it has commands that are not covered by a hash.
    private func endIntervalIfAsked(
        _ core: inout SequencerCore,
        _ batch: inout DurableBatch
    ) {
        guard queue.count == 0, core.hasRoom(batch),
            endsInterval.exchange(false, ordering: .sequentiallyConsistent), core.isIntervalOpen
        else { return }
        core.closeInterval(now: 0, recordsHash: true, into: &batch)
    }

    /// Carries out what waits, as far as the batch has room.
    private func drain(_ core: inout SequencerCore, into batch: inout DurableBatch) -> Int {
        var count = 0
        var now: UInt64 = 0
        noteQueue()
        while core.hasRoom(batch), let submission = queue.pop() {
            if count % commandsPerLook == 0 { now = clock.wallNanoseconds() }
            var document: [UInt8]?
            if case .file(let filing) = submission.command {
                document = documents.take(filing.digest)
            }
            core.execute(submission, now: now, document: document, into: &batch)
            count += 1
            // The journal thread may be waiting for what is there already.
            if count % commandsPerLook == 0, handOver(&batch) { break }
        }
        return count
    }

    private func noteQueue() {
        let count = UInt64(queue.count)
        // Only this thread writes it.
        if count > queueHighWater.load(ordering: .relaxed) {
            queueHighWater.store(count, ordering: .relaxed)
        }
    }

    /// Gives the batch to the journal thread if that is free; false if it is not, or nothing is in the batch.
    private func handOver(_ batch: inout DurableBatch) -> Bool {
        guard batch.count > 0, let next = empty.take() else { return false }
        let filled = batch
        batch = next
        full.put(filled)
        batchReady.notify()
        return true
    }

    private func serveReaders(_ core: inout SequencerCore) {
        guard hasReaders.exchange(false, ordering: .sequentiallyConsistent) else { return }
        let bodies = readers.withLock { readers in
            let bodies = readers
            readers = []
            return bodies
        }
        for body in bodies { body(&core.venue) }
    }
}
