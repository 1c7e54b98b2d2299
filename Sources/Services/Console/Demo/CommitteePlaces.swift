/// Where the processes of a venue and its observers run, and how they reach each other.
package struct CommitteePlaces: Sendable {
    /// A NATS server between them, and what each shows it.
    package struct Server: Sendable {
        /// Where it is, such as `nats://127.0.0.1:4222`.
        package var address: String
        /// The name that its certificate must have.
        package var name: String
        /// The certificates of the authorities that vouch for it.
        package var authorityFile: String
        /// The venue's certificate and its key.
        package var venue: (certificateFile: String, keyFile: String)
        /// The certificate and the key that all observers share.
        package var observer: (certificateFile: String, keyFile: String)

        /// Names the server and the files.
        package init(
            address: String,
            name: String,
            authorityFile: String,
            venue: (certificateFile: String, keyFile: String),
            observer: (certificateFile: String, keyFile: String)
        ) {
            self.address = address
            self.name = name
            self.authorityFile = authorityFile
            self.venue = venue
            self.observer = observer
        }

        /// What a configuration file says of it.
        func settings(_ own: (certificateFile: String, keyFile: String)) -> String {
            """
            servers = ["\(address)"]
            authority = "\(authorityFile)"
            certificate = "\(own.certificateFile)"
            private_key = "\(own.keyFile)"
            server_name = "\(name)"

            """
        }
    }

    /// The numeric address at which the venue listens for observers.
    package var host: String
    /// The server at which they meet instead.
    package var server: Server?
    /// The program, with its first arguments, that runs the program of an observer, such as one that puts it into a
    /// network of its own; none to run it as it is.
    package var launcher: @Sendable (_ seat: UInt32) -> [String]

    /// Processes of this machine that meet at the venue's own hub, unless said otherwise.
    package init(
        host: String = "127.0.0.1",
        server: Server? = nil,
        launcher: @escaping @Sendable (_ seat: UInt32) -> [String] = { _ in [] }
    ) {
        self.host = host
        self.server = server
        self.launcher = launcher
    }
}
