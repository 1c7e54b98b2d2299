import Cryptography
import Database
import Encoding
import LedgerStore
import Platform
import Primitives
import Statements
import Venue

/// Makes reads across tenants known before they happen: in a file of the venue's own, and as a leaf of the log.
struct CrossTenantAudit: Sendable {
    /// The venue whose log has the leaf; none if it keeps no log.
    let venue: VenueName?
    let file: AuditFile
    let caller: VenueCaller

    /// Records a read; returns when the record and the filing of its statement are durable.
    ///
    /// The filing is what the event `audit.cross_tenant.read` is published from.
    ///
    /// - Throws: `auditFailed`, and then nothing may be read.
    func record(_ read: CrossTenantRead) throws(LedgerStoreError) {
        guard Self.isLine(read.reason), Self.isLine(read.requestor) else {
            throw .auditFailed("reason and requestor are one line of at most 512 bytes each")
        }
        let time = Timestamp(LinuxClock().wallNanoseconds())
        let record = JSONWriter.object { writer in
            writer.add("event", CrossTenantRead.eventName)
            writer.add("requestor", read.requestor)
            writer.add("reason", read.reason)
            writer.add("time", text: { text in text.append(contentsOf: time.rfc3339) })
        }
        do throws(DatabaseError) {
            try file.append(String(decoding: record, as: UTF8.self))
        } catch {
            throw .auditFailed("\(error)")
        }
        guard let venue else { return }
        let statement = AuditStatement(
            venue: venue,
            event: "cross_tenant.read",
            requestor: Text(read.requestor),
            reason: Text(read.reason),
            record: SHA256.hash(of: record),
            time: time
        )
        guard caller.file(.audit, statement.encoded) != nil else {
            throw .auditFailed("the venue did not take the statement")
        }
    }

    private static func isLine(_ text: String) -> Bool {
        1...512 ~= text.utf8.count && text.utf8.allSatisfy { byte in byte >= 0x20 && byte != 0x7F }
    }
}
