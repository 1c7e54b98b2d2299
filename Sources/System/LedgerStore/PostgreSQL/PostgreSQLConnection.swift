internal import CPostgreSQL
internal import Primitives

/// One connection to a server; one thread uses it at a time.
@safe final class PostgreSQLConnection: @unchecked Sendable {
    // It is handed from thread to thread under a lock, and never used by two.
    let address: PostgreSQLAddress
    private let handle: OpaquePointer
    /// Whether a statement failed in a way after which the connection is not to be used again.
    private(set) var isBroken = false

    /// Whether a statement met another transaction since `forgetConflict`.
    private(set) var hadConflict = false
    private var isInPipeline = false

    /// What the database is called in errors.
    var store: String { address.name }

    /// Connects, and sets the schema.
    ///
    /// - Parameters:
    ///   - address: Where to, as whom.
    ///   - role: What the connection is for, to be seen in the server's list of sessions.
    /// - Throws: `unavailable` when the server is not there; `failed` when it refuses.
    init(_ address: PostgreSQLAddress, role: String) throws(LedgerStoreError) {
        self.address = address
        let words = address.words(role: role)
        // The library wants both lists to end with a null.
        let opened = unsafe Self.withCStrings(words.map(\.0)) { keywords in
            unsafe Self.withCStrings(words.map(\.1)) { values in
                unsafe PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let opened = unsafe opened else {
            throw .failed(store: address.name, code: "libpq", message: "no memory")
        }
        unsafe handle = opened
        unsafe cpostgresql_ignore_notices(handle)
        // What is thrown from here on closes the handle, as all properties are set.
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            throw .unavailable(store: address.name, reason: lastMessage)
        }
        try run("SET search_path = \(address.schema)")
    }

    deinit { unsafe PQfinish(handle) }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies: [ContiguousArray<CChar>] = texts.map { text in
            ContiguousArray(text.utf8CString)
        }
        return unsafe withUnsafeTemporaryAllocation(
            of: UnsafePointer<CChar>?.self,
            capacity: texts.count + 1
        ) { addresses in
            unsafe addresses.initializeElement(at: texts.count, to: nil)
            return unsafe nest(copies, 0, addresses, body)
        }
    }

    /// Lends all texts at a time, by lending one within the other.
    private static func nest<Result>(
        _ texts: [ContiguousArray<CChar>],
        _ index: Int,
        _ addresses: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        guard index < texts.count else {
            guard let start = unsafe UnsafePointer(addresses.baseAddress) else {
                preconditionFailure("the list has at least its end")
            }
            return unsafe body(start)
        }
        return unsafe texts[index].withUnsafeBufferPointer { text in
            unsafe addresses.initializeElement(at: index, to: text.baseAddress)
            return unsafe nest(texts, index + 1, addresses, body)
        }
    }

    private var lastMessage: String {
        unsafe address.redacted(String(cString: PQerrorMessage(handle)))
    }

    /// What is wrong after a call that the library refused.
    private func refused() -> LedgerStoreError {
        isBroken = true
        return .unavailable(store: store, reason: lastMessage)
    }

    // MARK: One statement after the other

    /// Runs any number of statements without values.
    ///
    /// - Returns: The answer to the last one.
    @discardableResult
    func run(_ script: String) throws(LedgerStoreError) -> PostgreSQLResult {
        try unsafe checked(PQexec(handle, script))
    }

    /// Prepares a statement; `integers` of its values are numbers of 64 bits as text.
    func prepare(
        _ name: String,
        _ sql: String,
        integers: Int = 0
    ) throws(LedgerStoreError) {
        let types = [UInt32](repeating: 20, count: integers)
        try unsafe checked(PQprepare(handle, name, sql, Int32(integers), types))
    }

    /// Runs a prepared statement with numbers.
    func run(_ name: String, _ numbers: [Int64]) throws(LedgerStoreError) -> PostgreSQLResult {
        let result = unsafe Self.withCStrings(numbers.map { number in "\(number)" }) { values in
            unsafe PQexecPrepared(handle, name, Int32(numbers.count), values, nil, nil, 0)
        }
        return try unsafe checked(result)
    }

    @discardableResult
    private func checked(_ result: OpaquePointer?) throws(LedgerStoreError) -> PostgreSQLResult {
        guard let result = unsafe result else { throw refused() }
        let answer = unsafe PostgreSQLResult(result)
        if let error = answer.error(address) { throw failed(error) }
        return answer
    }

    /// Notes that the connection may have ended with an error.
    private func failed(_ error: PostgreSQLFailure) -> LedgerStoreError {
        // The library notices the end of a connection only at the call after the one that met it.
        if unsafe error.endsConnection || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        if PostgreSQLFailure.isConflict(error.code) { hadConflict = true }
        return error.storeError(store, isConnected: !isBroken)
    }

    // MARK: Pipelines

    /// Begins to send statements without waiting for their answers.
    func enterPipeline() throws(LedgerStoreError) {
        guard unsafe PQenterPipelineMode(handle) == 1 else { throw refused() }
        isInPipeline = true
    }

    /// Ends the pipeline, all of whose answers were read.
    func leavePipeline() throws(LedgerStoreError) {
        guard unsafe PQexitPipelineMode(handle) == 1 else { throw refused() }
        isInPipeline = false
    }

    /// Sends a statement without values.
    func send(_ sql: String) throws(LedgerStoreError) {
        let sent = unsafe PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0)
        guard sent == 1 else { throw refused() }
    }

    /// Sends a prepared statement with its values in binary form.
    func send(_ name: String, _ parameters: PostgreSQLParameters) throws(LedgerStoreError) {
        let formats = [Int32](repeating: 1, count: parameters.count)
        let sent = unsafe parameters.withValues { values, lengths in
            unsafe PQsendQueryPrepared(
                handle,
                name,
                Int32(parameters.count),
                values,
                lengths,
                formats,
                0
            )
        }
        guard sent == 1 else { throw refused() }
        // The server begins while the next statement is prepared.
        guard unsafe PQflush(handle) >= 0 else { throw refused() }
    }

    /// Asks for the answers to what was sent, without ending the pipeline's transaction.
    func flush() throws(LedgerStoreError) {
        guard unsafe PQsendFlushRequest(handle) == 1, unsafe PQflush(handle) >= 0 else {
            throw refused()
        }
    }

    /// Marks where the server may forget an error.
    func sync() throws(LedgerStoreError) {
        guard unsafe PQpipelineSync(handle) == 1 else { throw refused() }
    }

    /// Reads the answer to the next statement of the pipeline.
    func answer() throws(LedgerStoreError) -> PostgreSQLResult {
        guard let result = unsafe PQgetResult(handle) else { throw refused() }
        let answer = unsafe PostgreSQLResult(result)
        let error = answer.error(address)
        // Each statement's answer ends with nothing, unless it is the mark.
        if unsafe PQgetResult(handle) != nil { isBroken = true }
        if let error { throw failed(error) }
        return answer
    }

    /// Forgets that a statement met another transaction.
    func forgetConflict() { hadConflict = false }

    /// Makes the connection usable after an error, or notes that it is not.
    func recover() {
        if isInPipeline, !isBroken {
            guard unsafe PQpipelineSync(handle) == 1, drain(),
                unsafe PQexitPipelineMode(handle) == 1
            else {
                isBroken = true
                return
            }
            isInPipeline = false
        }
        rollBack()
    }

    /// Undoes an open transaction, if there is one.
    func rollBack() {
        guard !isBroken, unsafe PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        let result = unsafe PQexec(handle, "ROLLBACK")
        if unsafe PQresultStatus(result) != PGRES_COMMAND_OK { isBroken = true }
        unsafe PQclear(result)
    }

    /// Reads up to the last mark, whatever comes before it; false if the connection ends first.
    private func drain() -> Bool {
        var marks = 0
        var nothings = 0
        while unsafe PQstatus(handle) == CONNECTION_OK {
            guard let result = unsafe PQgetResult(handle) else {
                nothings += 1
                // Two in a row: there is nothing more to come.
                if nothings > 1 { return marks > 0 }
                continue
            }
            nothings = 0
            if unsafe PQresultStatus(result) == PGRES_PIPELINE_SYNC { marks += 1 }
            unsafe PQclear(result)
        }
        return false
    }

    /// Reads the mark.
    func awaitSync() throws(LedgerStoreError) {
        guard let result = unsafe PQgetResult(handle) else { throw refused() }
        let isMark = unsafe PQresultStatus(result) == PGRES_PIPELINE_SYNC
        let answer = unsafe PostgreSQLResult(result)
        if isMark { return }
        // The connection may end between the last answer and the mark.
        isBroken = true
        guard let error = answer.error(address) else {
            throw .failed(store: store, code: "libpq", message: "an answer is out of order")
        }
        throw failed(error)
    }

    // MARK: Long answers

    /// Runs a query, and hands over its rows one by one.
    func scan(
        _ sql: String,
        _ body: (PostgreSQLResult) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        guard unsafe PQsendQuery(handle, sql) == 1, unsafe PQsetSingleRowMode(handle) == 1 else {
            throw refused()
        }
        var failure: LedgerStoreError?
        while let result = unsafe PQgetResult(handle) {
            let answer = unsafe PostgreSQLResult(result)
            if let error = answer.error(address) {
                failure = failure ?? failed(error)
            } else if failure == nil, answer.rowCount > 0 {
                do throws(LedgerStoreError) { try body(answer) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }
}
