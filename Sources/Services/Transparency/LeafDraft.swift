internal import LogStore
internal import Projection
internal import Statements

/// A leaf that is not signed yet.
struct LeafDraft {
    var statement: Statement
    /// Under which names the log's index finds it.
    var keys: [LogKey]

    init(_ statement: Statement) {
        self.statement = statement
        keys = FiledStatement.keys(of: statement)
    }
}
