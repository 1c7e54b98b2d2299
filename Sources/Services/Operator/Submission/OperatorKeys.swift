internal import Ethereum
internal import Synchronization

/// The keys of a node, all from one mnemonic: number 0 pays for transactions, each service has its own from 1 on.
public final class OperatorKeys: Sendable {
    private let tree: KeyTree
    private let keys = Mutex<[UInt32: EthereumKey]>([:])
    /// The key that pays for transactions.
    let payer: EthereumKey

    /// Reads the mnemonic of the services, and where there is one that of the payer.
    ///
    /// - Throws: `ethereum`.
    init(mnemonicFile: String, payerMnemonicFile: String?) throws(OperatorError) {
        do throws(EthereumError) {
            tree = try KeyTree(seed: try Mnemonic.read(path: mnemonicFile).seed())
            if let payerMnemonicFile {
                let seed = try Mnemonic.read(path: payerMnemonicFile).seed()
                payer = try KeyTree(seed: seed).account(0)
            } else {
                payer = try tree.account(0)
            }
        } catch {
            throw .ethereum(error)
        }
    }

    /// The key of an index.
    ///
    /// - Throws: `ethereum`.
    func key(_ index: UInt32) throws(OperatorError) -> EthereumKey {
        if let key = keys.withLock({ $0[index] }) { return key }
        do throws(EthereumError) {
            let key = try tree.account(index)
            keys.withLock { $0[index] = key }
            return key
        } catch {
            throw .ethereum(error)
        }
    }
}
