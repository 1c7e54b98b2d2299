/// What is spoken on one connection, without its socket: bytes in, and out through a `ConnectionOutput`.
///
/// All is called on the reactor's thread. Times are monotonic nanoseconds and come from the context, so every rule
/// can be tested without waiting.
protocol ConnectionSession: AnyObject {
    /// Whether bytes of the client are wanted now.
    var wantsInput: Bool { get }
    /// Whether everything is said once the output is written.
    var isFinished: Bool { get }
    /// When something must have happened, or `expire` is to be called.
    var deadline: UInt64? { get }
    /// What is spoken from now on, after an upgrade; it takes over all that came and the output.
    var successor: (any ConnectionSession)? { get }

    /// Takes bytes of the client; none to go on with what is there.
    func receive(_ bytes: ArraySlice<UInt8>)
    /// The client closed its side; returns whether the connection is to be dropped at once.
    func inputEnded() -> Bool
    /// Takes what another thread has for a stream of this connection.
    func deliver(_ content: ReactorMessage.Content, stream: Int32)
    /// Adds to the output what waits for room in it.
    func fill()
    /// Does what is due when `deadline` is over; returns whether the connection is to be dropped at once.
    func expire() -> Bool
    /// Lets what was begun come to its end, and begins nothing.
    func drain()
    /// The connection is gone; nothing is called after it.
    func dropped()
}
