import Cryptography
import Primitives
import Testing
import Venue

@Suite("Bonds and penalties")
struct BondTests {
    private func post(_ account: AccountID, _ asset: AssetID, _ amount: Amount) -> Command {
        .postBond(Transfer(account: account, asset: asset, amount: amount))
    }

    private func release(_ account: AccountID, _ asset: AssetID, _ amount: Amount) -> Command {
        .releaseBond(Transfer(account: account, asset: asset, amount: amount))
    }

    private func penalise(
        _ account: AccountID,
        _ fault: SeatFault,
        _ evidence: UInt8
    ) -> Command {
        .penalise(
            Penalty(account: account, fault: fault, evidence: SHA256.hash(of: [evidence]))
        )
    }

    @Test("a bond is locked until it is released")
    func posts() {
        let session = Session()
        session.check(post(alice, dollar, 400), "bond posted 400")
        session.check(post(alice, dollar, 100), "bond posted 100")
        #expect(session.money(alice, dollar) == "999500+500")
        session.check(withdraw(alice, dollar, 999_501), "refused insufficientFunds")
        session.check(release(alice, dollar, 501), "refused insufficientBond")
        session.check(release(alice, coin, 1), "refused insufficientBond")
        session.check(release(alice, dollar, 200), "bond released 200")
        #expect(session.money(alice, dollar) == "999700+300")
        session.check(post(alice, dollar, 999_701), "refused insufficientFunds")
        session.check(release(alice, dollar, 300), "bond released 300")
        #expect(session.money(alice, dollar) == "1000000+0")
    }

    @Test("funds that orders hold are no bond, and a bond pays no order")
    func apart() {
        let session = Session(dollars: 1_000)
        session.apply(limit(alice, .buy, 6, at: 100))
        session.check(post(alice, dollar, 401), "refused insufficientFunds")
        session.check(post(alice, dollar, 400), "bond posted 400")
        session.check(limit(alice, .buy, 1, at: 1), "refused insufficientFunds")
        session.check(release(alice, dollar, 401), "refused insufficientBond")
    }

    /// The table of `docs/rules.md`: what is lost of 1,000,003 dollars and 8 minutes.
    static let table: [(SeatFault, Amount, Amount)] = [
        (.equivocation, 1_000_003, 8), (.invalidShares, 250_000, 2), (.attendance, 100_000, 0),
        (.diversityBreach, 0, 0), (.keyCompromise, 0, 0), (.sanction, 0, 0), (.badDeal, 0, 0),
    ]

    @Test("a fault takes its share of every bond, and the insurance account gets it")
    func rates() {
        for (fault, lost, minutes) in Self.table {
            let session = Session(dollars: 1_000_003)
            session.apply(post(alice, dollar, 1_000_003))
            session.apply(post(alice, minute, 8))
            session.apply(post(bob, dollar, 7))
            var row = "penalised 16 \(fault)"
            if lost > 0 { row += "; bond slashed \(lost)" }
            if minutes > 0 { row += "; bond slashed \(minutes)" }
            session.check(penalise(alice, fault, 1), row)
            #expect(session.money(alice, dollar) == "0+\(1_000_003 - lost)")
            #expect(session.money(alice, minute) == "992+\(8 - minutes)")
            #expect(session.money(bob, dollar) == "999996+7")
            #expect(session.money(.insurance, dollar) == "\(lost)+0")
            #expect(session.money(.insurance, minute) == "\(minutes)+0")
        }
    }

    @Test("evidence counts once, against whomever")
    func once() {
        let session = Session()
        session.apply(post(alice, dollar, 1_000))
        session.apply(post(bob, dollar, 1_000))
        session.check(
            penalise(alice, .attendance, 1),
            "penalised 16 attendance; bond slashed 100"
        )
        session.check(penalise(alice, .attendance, 1), "refused evidenceUsed")
        session.check(penalise(bob, .equivocation, 1), "refused evidenceUsed")
        session.check(
            penalise(alice, .attendance, 2),
            "penalised 16 attendance; bond slashed 90"
        )
        session.check(penalise(carol, .equivocation, 3), "penalised 18 equivocation")
        session.check(withdraw(.insurance, dollar, 191), "refused insufficientFunds")
        session.check(withdraw(.insurance, dollar, 190), "withdrawn 190")
    }

    /// Commands with two faults each; the first to be named is the answer.
    static let refused: [(Command, Refusal)] = [
        (
            .postBond(Transfer(account: AccountID(99), asset: AssetID(9), amount: 0)),
            .unknownAccount
        ),
        (.postBond(Transfer(account: .insurance, asset: AssetID(9), amount: 0)), .reservedAccount),
        (.postBond(Transfer(account: alice, asset: AssetID(9), amount: 0)), .unknownAsset),
        (.postBond(Transfer(account: alice, asset: dollar, amount: 0)), .invalidAmount),
        (.postBond(Transfer(account: alice, asset: dollar, amount: .max)), .invalidAmount),
        (
            .postBond(Transfer(account: alice, asset: dollar, amount: Limits.amountMax)),
            .insufficientFunds
        ),
        (
            .releaseBond(Transfer(account: AccountID(99), asset: AssetID(9), amount: 0)),
            .unknownAccount
        ),
        (.releaseBond(Transfer(account: .fees, asset: AssetID(9), amount: 0)), .reservedAccount),
        (.releaseBond(Transfer(account: alice, asset: AssetID(9), amount: 0)), .unknownAsset),
        (.releaseBond(Transfer(account: alice, asset: dollar, amount: .min)), .invalidAmount),
        (
            .penalise(
                Penalty(account: AccountID(99), fault: .sanction, evidence: SHA256.hash(of: []))
            ),
            .unknownAccount
        ),
        (
            .penalise(
                Penalty(account: .clearingHouse, fault: .sanction, evidence: SHA256.hash(of: []))
            ),
            .reservedAccount
        ),
    ]

    @Test("refusals go by the order of their numbers", arguments: refused.indices)
    func refusals(row: Int) {
        Session().check(Self.refused[row].0, "refused \(Self.refused[row].1)")
    }

    @Test("there are so many bonds and penalties, and no more")
    func full() {
        var venue = Venue()
        var events = EventBuffer()
        var sequence: UInt64 = 0
        func apply(
            _ command: Command,
            _ venue: inout Venue,
            _ events: inout EventBuffer
        ) -> String {
            events.removeAll()
            sequence += 1
            venue.apply(command, sequence: sequence, time: Timestamp(1), into: &events)
            return notation(events[0])
        }
        _ = apply(.defineAsset(dollar), &venue, &events)
        for number in 0...Limits.bondsMax {
            let account = AccountID(AccountID.reservedCount + number)
            _ = apply(.openAccount(account), &venue, &events)
            _ = apply(deposit(account, dollar, 10), &venue, &events)
            let isLast = number == Limits.bondsMax
            #expect(
                apply(post(account, dollar, 5), &venue, &events)
                    == (isLast ? "refused venueFull" : "bond posted 5")
            )
        }
        #expect(apply(post(alice, dollar, 5), &venue, &events) == "bond posted 5")
        for number in 0...Limits.penaltiesMax {
            let evidence = SHA256.Digest(words: (UInt64(number), 0, 0, 1))
            let penalty = Penalty(account: alice, fault: .sanction, evidence: evidence)
            let expected =
                number == Limits.penaltiesMax ? "refused venueFull" : "penalised 16 sanction"
            #expect(apply(.penalise(penalty), &venue, &events) == expected)
        }
        venue.checkInvariants()
        #expect(venue.penaltyCount == Limits.penaltiesMax)
        #expect(venue.bond(of: alice, in: dollar) == 10)
    }

    @Test("bonds and penalties are part of a snapshot")
    func snapshot() throws {
        let session = Session()
        session.apply(post(alice, dollar, 1_000))
        session.apply(penalise(alice, .attendance, 1))
        try session.restoreFromSnapshot()
        session.check(penalise(alice, .attendance, 1), "refused evidenceUsed")
        session.check(release(alice, dollar, 900), "bond released 900")
    }

    @Test("a settlement that names no certificate is refused")
    func certificate() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100, of: service))
        session.apply(limit(bob, .buy, 5, at: 100, of: service))
        let none = SHA256.Digest(words: (0, 0, 0, 0))
        func settle(_ trade: UInt64) -> Command {
            .settleContract(ContractSettlement(trade: TradeID(trade), certificate: none))
        }
        session.check(settle(2), "refused unknownContract")
        session.check(settle(1), "refused invalidRule")
        session.check(VenueTests.settle(1), "contract 1 settled")
        session.check(settle(1), "refused contractEnded")
    }
}
