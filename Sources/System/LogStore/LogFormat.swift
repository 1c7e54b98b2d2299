/// The names in a log's directory.
///
/// Published as they are (C2SP tlog-tiles):
///
///     checkpoint            the newest signed checkpoint
///     tile/<L>/<N>[.p/<W>]  hashes of the tree
///     tile/entries/<N>…     entries
///
/// Private:
///
///     cursor                two commit records, see `CommitRecord`
///     index/trades, index/settlements, index/intervals
///                           the entry's index plus one, in 8 bytes little-endian, at 8 times the number; 0 where
///                           there is none
///     index/subjects        40 bytes for each subject of each entry: its hash, then the entry's index in 8 bytes
///     index/subjects.sorted the same records, each run of 16,384 sorted by hash and index
///     lock                  locked by the one writer
///
/// A file that is being written has the suffix `.new`.
enum LogFormat {
    static let checkpoint = "checkpoint"
    static let tiles = "tile"
    static let index = "index"
    static let lock = "lock"
    static let subjects = "subjects"
    static let sortedSubjects = "subjects.sorted"
    static let temporarySuffix = ".new"
}
