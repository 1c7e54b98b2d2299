import Cryptography
import LedgerStore
import Primitives
import Venue

/// Batches as a venue makes them, with values that are easy to recognise.
enum SampleBatches {
    static let alice = AccountID(16)
    static let bob = AccountID(17)
    static let money = AssetID(0)
    static let goods = AssetID(1)
    static let certificate = SHA256.hash(of: Array("certificate".utf8))

    /// Number `n` of a row of batches, of three commands each, that begins with 1: a deposit, an order
    /// that waits, and a trade with what is left of it two batches later.
    static func batch(_ n: UInt64) -> LedgerBatch {
        let first = 3 * n - 2
        var batch = LedgerBatch(firstSequence: first, lastSequence: first + 2)
        let time = Timestamp(1_000 * first)
        addDeposit(first, time, to: &batch)
        addTrade(n, first + 1, time, to: &batch)
        batch.audit.append(
            LedgerAuditRecord(
                sequence: first + 2,
                number: 0,
                time: time,
                account: bob,
                kind: .refused,
                subject: 50,
                detail: n
            )
        )
        for (account, asset) in [(alice, money), (alice, goods), (bob, money), (bob, goods)] {
            batch.balances.append(
                LedgerBalance(
                    account: account,
                    asset: asset,
                    available: Amount(n) << 100 | Amount(account.rawValue),
                    locked: Amount(n)
                )
            )
        }
        return batch
    }

    private static func addDeposit(
        _ sequence: UInt64,
        _ time: Timestamp,
        to batch: inout LedgerBatch
    ) {
        let amount = Amount(1) << 110 | Amount(sequence)
        for (number, account) in [alice, .clearingHouse].enumerated() {
            batch.entries.append(
                LedgerEntry(
                    sequence: sequence,
                    number: UInt32(number),
                    time: time,
                    trade: TradeID(0),
                    account: account,
                    asset: money,
                    kind: number == 0 ? .deposit : .custody,
                    amount: number == 0 ? amount : -amount
                )
            )
        }
        batch.audit.append(
            LedgerAuditRecord(
                sequence: sequence,
                number: 0,
                time: time,
                account: alice,
                kind: .deposited,
                subject: UInt64(money.rawValue),
                amount: amount
            )
        )
    }

    private static func trade(_ n: UInt64, settlement: SettlementKind) -> Trade {
        Trade(
            trade: TradeID(n),
            instrument: InstrumentID(UInt32(n % 2)),
            takerSide: .sell,
            settlement: settlement,
            price: Price(10),
            quantity: Quantity(3),
            maker: OrderID(2 * n),
            taker: OrderID(2 * n + 1),
            makerClientID: .max - n,
            takerClientID: 0,
            buyer: alice,
            seller: bob,
            notional: 30,
            buyerFee: 2,
            sellerFee: 1
        )
    }

    private static func addTrade(
        _ n: UInt64,
        _ sequence: UInt64,
        _ time: Timestamp,
        to batch: inout LedgerBatch
    ) {
        let trade = trade(n, settlement: n % 2 == 0 ? .spot : .service)
        batch.trades.append(LedgerTrade(trade, sequence: sequence, time: time))
        for side in Side.allCases {
            batch.contracts.append(
                LedgerContract(trade, side: side, delivery: 3, sequence: sequence, time: time)
            )
        }
        let lines: [(AccountID, AssetID, LedgerEntryKind, Amount)] = [
            (alice, money, .payment, -30), (bob, money, .payment, 30),
            (bob, goods, .delivery, -3), (alice, goods, .delivery, 3),
            (alice, money, .fee, -2), (bob, money, .fee, -1), (.fees, money, .fee, 3),
        ]
        for (number, (account, asset, kind, amount)) in lines.enumerated() {
            batch.entries.append(
                LedgerEntry(
                    sequence: sequence,
                    number: UInt32(number),
                    time: time,
                    trade: trade.trade,
                    account: account,
                    asset: asset,
                    kind: kind,
                    amount: amount
                )
            )
        }
        addOrders(trade, sequence, time, to: &batch)
        // Every second trade is of a service, whose contracts end in the batch after the next.
        if n > 2, n % 2 == 1 {
            let ended = ContractEnded(
                trade: TradeID(n - 2),
                instrument: InstrumentID(1),
                outcome: .settled,
                buyer: alice,
                seller: bob,
                notional: 30,
                buyerFee: 2,
                sellerFee: 1,
                delivery: 3,
                certificate: certificate
            )
            for side in Side.allCases {
                batch.ended.append(
                    LedgerContractEnd(ended, side: side, sequence: sequence, time: time)
                )
            }
        }
    }

    private static func addOrders(
        _ trade: Trade,
        _ sequence: UInt64,
        _ time: Timestamp,
        to batch: inout LedgerBatch
    ) {
        for side in Side.allCases {
            let isTaker = side == trade.takerSide
            var order = LedgerOrder(
                OrderPlaced(
                    order: isTaker ? trade.taker : trade.maker,
                    clientID: isTaker ? 0 : trade.makerClientID,
                    account: side == .buy ? alice : bob,
                    instrument: trade.instrument,
                    side: side,
                    type: .limit,
                    timeInForce: .goodTillCancel,
                    price: Price(10),
                    quantity: Quantity(5)
                ),
                sequence: sequence,
                time: time
            )
            order.state = isTaker ? .cancelled : .open
            batch.placed.append(order)
        }
        guard trade.trade.rawValue > 1 else { return }
        let changed = OrderChanged(
            order: OrderID(2 * (trade.trade.rawValue - 1)),
            clientID: 0,
            account: alice,
            instrument: trade.instrument,
            side: .buy,
            state: trade.trade.rawValue % 3 == 0 ? .partial : .filled,
            reason: .matching,
            price: Price(11),
            open: .zero,
            filled: Quantity(5)
        )
        batch.changed.append(LedgerOrderChange(changed, sequence: sequence, time: time))
    }
}
