import Primitives
import Testing
import Venue

@Suite("Service contracts")
struct ContractTests {
    /// A session in which Alice sold Bob five minutes at 100, for fees of 1 % and 2 %.
    private func contracted() -> Session {
        let session = Session()
        session.apply(fees(maker: 10_000, taker: 20_000, of: service))
        session.apply(limit(alice, .sell, 5, at: 100, of: service))
        session.check(
            limit(bob, .buy, 5, at: 100, of: service),
            "new 2; trade 5@100 maker 1 taker 2 fees 10+5; 1 filled; 2 filled"
        )
        return session
    }

    @Test("cash and goods stay locked until the contract ends")
    func waits() {
        let session = contracted()
        #expect(session.money(alice, minute) == "995+5")
        #expect(session.money(alice, dollar) == "1000000+0")
        #expect(session.money(bob, dollar) == "999490+510")
        #expect(session.money(bob, minute) == "1000+0")
        #expect(session.money(.fees, dollar) == "0+0")
    }

    @Test("settling exchanges both legs and takes the fees")
    func settles() {
        let session = contracted()
        session.check(settle(1), "contract 1 settled")
        #expect(session.money(alice, minute) == "995+0")
        #expect(session.money(alice, dollar) == "1000495+0")
        #expect(session.money(bob, dollar) == "999490+0")
        #expect(session.money(bob, minute) == "1005+0")
        #expect(session.money(.fees, dollar) == "15+0")
    }

    @Test("failing and expiring give both sides back what they locked")
    func unlocks() {
        for command in [Command.failContract(TradeID(1)), .expireContract(TradeID(1))] {
            let session = contracted()
            session.setTime(windowEnd.nanoseconds)
            session.apply(command)
            #expect(session.money(alice, minute) == "1000+0")
            #expect(session.money(alice, dollar) == "1000000+0")
            #expect(session.money(bob, dollar) == "1000000+0")
            #expect(session.money(bob, minute) == "1000+0")
            #expect(session.money(.fees, dollar) == "0+0")
        }
    }

    @Test("a contract expires only when its window has ended; it may settle before and after")
    func window() {
        let session = contracted()
        session.setTime(windowEnd.nanoseconds - 1)
        session.check(.expireContract(TradeID(1)), "refused contractWindowOpen")
        session.setTime(windowEnd.nanoseconds)
        session.check(.expireContract(TradeID(1)), "contract 1 expired")
        let late = contracted()
        late.setTime(windowEnd.nanoseconds + 1)
        late.check(settle(1), "contract 1 settled")
    }

    @Test("a contract ends once; what never was cannot end")
    func endsOnce() {
        let session = contracted()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.check(.failContract(TradeID(1)), "contract 1 failed")
        session.setTime(windowEnd.nanoseconds)
        for number in [1, 2] as [UInt64] {
            let trade = TradeID(number)
            session.check(settle(number), "refused contractEnded")
            session.check(.failContract(trade), "refused contractEnded")
            session.check(.expireContract(trade), "refused contractEnded")
        }
        for number in [0, 3, .max] as [UInt64] {
            let trade = TradeID(number)
            session.check(settle(number), "refused unknownContract")
            session.check(.failContract(trade), "refused unknownContract")
            session.check(.expireContract(trade), "refused unknownContract")
        }
    }

    @Test("what a contract locks cannot be withdrawn or traded")
    func locked() {
        let session = contracted()
        session.check(withdraw(bob, dollar, 999_491), "refused insufficientFunds")
        session.check(withdraw(alice, minute, 996), "refused insufficientFunds")
        session.check(
            limit(alice, .sell, 996, at: 100, of: service),
            "refused insufficientFunds"
        )
    }

    @Test("a contract with oneself settles like any other")
    func withOneself() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100, of: service))
        session.apply(limit(alice, .buy, 5, at: 100, of: service))
        #expect(session.money(alice, dollar) == "999500+500")
        session.check(settle(1), "contract 1 settled")
        #expect(session.money(alice, dollar) == "1000000+0")
        #expect(session.money(alice, minute) == "1000+0")
    }
}
