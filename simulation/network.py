"""The way between tills and HQ: loses, repeats, delays and reorders messages, and is cut for a while, by chance."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from config.errors import RegularsError
from simulation.clock import WorldClock
from simulation.faults import Fault, Faults
from simulation.headquarters import HqMachine, answered
from simulation.machine import Machine
from simulation.mortal import MachineDied
from sync.exchange import Answer, Exchange, Request
from sync.packing import deflate
from sync.transport import Unreachable
from sync.wire import PROTOCOL, Pair, Paired, decode, encode

MAX_UNDER_WAY = 200
LATER_VERSION_PERMILLE = 50
EXPECTED = frozenset({"say_hello", "till_revoked"})


@dataclass
class Letter:
    """A request on its way to HQ, and, once HQ has spoken, the answer on its way back."""

    machine: Machine
    exchange: Exchange
    request: Request
    answer: Answer | None = None


@dataclass
class Network:
    """Carries letters; *healed*: nothing goes wrong any more. *wrong* is told of refusals nobody should ever get."""

    clock: WorldClock
    hq: HqMachine
    faults: Faults
    wrong: Callable[[str], None]
    after_hq: Callable[[], None]
    healed: bool = False
    asked: int = 0
    under_way: list[Letter] = field(default_factory=list)

    # -- a conversation without manners: any answer may come at any time

    def converse(self, machine: Machine) -> None:
        """The till's next message, and whatever becomes of it."""
        self.post(Letter(machine, machine.exchange, machine.exchange.next()))

    def post(self, letter: Letter) -> None:
        """Send a request; what is lost or late looks to the till as if HQ could not be reached."""
        if self._is_cut(letter.machine) or self.faults.strikes(Fault.LOSS, self.faults.loss_permille):
            letter.exchange.say_hello()
            return
        if self.faults.strikes(Fault.REORDERING, self.faults.late_permille):
            letter.exchange.say_hello()
            self._keep(letter)
            return
        if self.faults.strikes(Fault.REPLAY, self.faults.replay_permille // 2):
            self._keep(letter)
        self._deliver(letter)

    def late_post(self) -> None:
        """One of the messages under way arrives, whichever."""
        if not self.under_way:
            return
        letter = self.under_way.pop(self.faults.chance.between(0, len(self.under_way) - 1))
        if letter.answer is None:
            self._deliver(letter)
        else:
            self._hand_over(letter)

    def _deliver(self, letter: Letter) -> None:
        try:
            answer = self._ask(letter.machine, letter.request)
        except MachineDied:
            self.hq.die()
            letter.exchange.say_hello()
            return
        except RegularsError as error:
            if error.reason not in EXPECTED:
                self.wrong(f"HQ refuses {letter.request.path} of {letter.machine.name}: {error.reason}")
            letter.exchange.say_hello()
            return
        answered = Letter(letter.machine, letter.exchange, letter.request, answer)
        if self._is_deaf(letter.machine) or self.faults.strikes(Fault.LOSS, self.faults.loss_permille):
            letter.exchange.say_hello()
        elif self.faults.strikes(Fault.REORDERING, self.faults.late_permille):
            self._keep(answered)
        else:
            if self.faults.strikes(Fault.REPLAY, self.faults.replay_permille // 2):
                self._keep(answered)
            self._hand_over(answered)

    def _hand_over(self, letter: Letter) -> None:
        """Give an answer to the exchange that asked, if its program still runs."""
        runs_still = letter.machine.running and letter.exchange is letter.machine.exchange
        if letter.answer is None or not runs_still:
            return
        try:
            letter.exchange.receive(letter.request, letter.answer)
        except MachineDied:
            letter.machine.die()

    def _keep(self, letter: Letter) -> None:
        self.under_way.append(letter)
        del self.under_way[:-MAX_UNDER_WAY]

    # -- as the product's own transport: one request, its answer, or Unreachable

    def send(self, machine: Machine, request: Request) -> Answer:
        """The answer; Unreachable when it did not come."""
        if not self.healed:
            if self._is_cut(machine) or self.faults.strikes(Fault.LOSS, self.faults.loss_permille):
                raise Unreachable("the request was lost")
            if self.faults.strikes(Fault.REORDERING, self.faults.late_permille // 2):
                self._keep(Letter(machine, machine.exchange, request))
                raise Unreachable("the request is late")
        try:
            answer = self._ask(machine, request)
        except MachineDied as death:
            self.hq.die()
            raise Unreachable("HQ died") from death
        if not self.healed and (self._is_deaf(machine) or self.faults.strikes(Fault.LOSS, self.faults.loss_permille)):
            raise Unreachable("the answer was lost")
        return answer

    # -- HQ

    def _ask(self, machine: Machine, request: Request) -> Answer:
        """What HQ answers; request and answer travel as bytes."""
        self.asked += 1
        message = decode(self._on_the_wire(request.message), type(request.message))
        try:
            with self.hq.at_work() as hq:
                answer = answered(hq, machine.till_id, message)
        finally:
            self.after_hq()
        return decode(self._on_the_wire(answer), type(answer))

    def _on_the_wire(self, message: msgspec.Struct) -> bytes:
        """*message* as bytes; now and then as a later version of the protocol would send it."""
        if self.healed or not self.faults.strikes(Fault.MIXED_VERSIONS, LATER_VERSION_PERMILLE):
            return encode(message)
        fields = msgspec.msgpack.decode(msgspec.msgpack.encode(message))
        later = {**fields, "version": PROTOCOL + 1, "not_invented_yet": [fields]}
        return deflate(msgspec.msgpack.encode(later), "zstd")

    def _is_cut(self, machine: Machine) -> bool:
        return machine.cut_until_ms > self.clock.at_ms

    def _is_deaf(self, machine: Machine) -> bool:
        return machine.deaf_until_ms > self.clock.at_ms


class Line:
    """A till's way to HQ; implements :class:`sync.transport.Transport`."""

    def __init__(self, network: Network, machine: Machine) -> None:
        self._network = network
        self._machine = machine

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:  # noqa: ARG002 - no time passes here
        """The answer, or Unreachable."""
        return self._network.send(self._machine, request)

    def pair(self, url: str, ask: Pair) -> Paired:  # noqa: ARG002 - there is one HQ
        """Pairing happens before anything goes wrong."""
        return self._network.hq.hq.pair(ask)
