import Encoding
import LogStore
import Projection
import Statements
import Transparency

/// By what the entries of a venue's log must be found, as the entries themselves say.
enum LeafKeys {
    /// Whether a log is a venue's: its first entry says so.
    static func areKnown(for reader: LogReader) throws(LogStoreError) -> Bool {
        guard reader.size > 0, case .genesis = statement(try reader.entry(at: 0))?.said else {
            return false
        }
        return true
    }

    /// The keys of an entry; none for one that is no statement.
    static func keys(of entry: [UInt8]) -> [LogKey] {
        guard let (payload, said) = statement(entry) else { return [] }
        return FiledStatement.keys(of: said, payload)
    }

    private static func statement(_ entry: [UInt8]) -> (payload: [UInt8], said: Statement)? {
        do throws(COSEError) {
            let signed = try SignedStatement(decoding: entry)
            do throws(StatementError) {
                return (signed.payload, try Statement(decoding: signed.payload))
            } catch {
                return nil
            }
        } catch {
            return nil
        }
    }
}
