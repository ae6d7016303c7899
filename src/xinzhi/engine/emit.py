"""A plan as LLVM IR text: one native function that runs blocks of members, one member a lane.

Everything is in SSA form: values of a member live across the time loop, stocks are phis, LLVM decides what stays in
registers. Layout: constants[row][member], saved[variable][time][member], status[member]; the strides are given.
"""

from __future__ import annotations

from xinzhi.engine.algebra import Guards
from xinzhi.engine.emit_values import Values
from xinzhi.engine.ir_text import hexadecimal
from xinzhi.engine.machine import Machine
from xinzhi.engine.plan import TURNS, Plan
from xinzhi.engine.vector_math import definitions

SIGNATURE = (
    "ptr noalias readonly %constants, i64 %cstride, i64 %blocks, ptr noalias %out, i64 %ostride, "
    "ptr noalias readonly %uniform, ptr noalias readonly %saves, i64 %steps, i64 %rows, ptr noalias %status, "
    "i64 %member, i64 %seed, ptr noalias %scratch"
)


def emit(plan: Plan, machine: Machine, *, method: str, guards: Guards | None = None) -> str:
    """The IR text of ``@kernel`` (see SIGNATURE) for a plan and a method, "euler" or "rk4".

    ``guards`` of a rewritten program say what spoils a member. Without them the text is strict: no freedom of rounding.
    """
    return _Kernel(plan, machine, method, guards).text()


class _Kernel(Values):
    """The one function."""

    def text(self) -> str:
        program, e = self.plan.program, self.e
        lanes = e.lanes
        self.line(f"define void @kernel({SIGNATURE}) #0 {{\nentry:")
        self.line("  %length = add i64 %steps, 1\n  br label %block\nblock:")
        self.line("  %b = phi i64 [0, %entry], [%following, %done]")
        self.line(f"  %offset = mul i64 %b, {lanes}\n  %first_member = add i64 %member, %offset")
        self._constants()
        self.compute(self.plan.prologue)
        for number in self._trusted():
            self.spoil(self.get(number))
        starts = [self.get(stock.initial) for stock in program.stocks]
        held = [self.get(held.initial) for held in program.held]
        self.alias("%bad0", self.bad)
        self.line("  br label %step\nstep:")
        self.line("  %t = phi i64 [0, %block], [%tn, %advance]")
        for i, start in enumerate(starts):
            self.line(f"  %s{i} = phi {e.doubles} [{start}, %block], [%sn{i}, %advance]")
        for i, start in enumerate(held):
            self.line(f"  %h{i} = phi {e.doubles} [{start}, %block], [%hn{i}, %advance]")
        self.line(f"  %bad1 = phi {e.doubles} [%bad0, %block], [%badn, %advance]")
        self._rk4_step() if self.rk4 else self._euler_step()
        self._done()
        body = "\n".join(e.lines)
        functions = definitions(sorted(self.used), lanes, self.machine.isa, single=self.machine.single)
        return "\n".join([functions, body, self.attributes()])

    def _constants(self) -> None:
        for number in self.plan.prologue:
            op, _, param = self.nodes[number]
            if op == "const":
                self.ssa[number] = self.load(
                    self.at("%constants", ("%cstride", param), "%offset"), align=4 if self.e.single else 8
                )

    def _stage(self, stocks: str) -> tuple[list[str], str, list[str], list[str]]:
        """Compute from the stocks named ``stocks``: rates, length of the step, values to hold, values to delay."""
        self._state(stocks)
        self.compute(self.plan.step)
        program, get = self.plan.program, self.get
        rates, step_size = [get(stock.rate) for stock in program.stocks], get(program.time_step)
        following = [get(held.following) for held in program.held]
        return rates, step_size, following, [get(delayed.input) for delayed in program.delayed]

    def _state(self, stocks: str) -> None:
        """The stocks are the phis named ``stocks``, held values those of the step."""
        for number in (*self.plan.step, *self.plan.save):
            op, _, param = self.nodes[number]
            if op == "stock":
                self.ssa[number] = f"{stocks}{param}"
            elif op == "held":
                self.ssa[number] = f"%h{param}"

    def _euler_step(self) -> None:
        self.line(f"  %ubase = mul i64 %t, {len(self.column)}")
        self.line(f"  %urow = getelementptr {self.e.real}, ptr %uniform, i64 %ubase")
        self.bad = "%bad1"
        rates, step_size, following, inputs = self._stage("%s")
        self._save("%t", "cont")
        self.line("  %more = icmp ult i64 %t, %steps\n  br i1 %more, label %advance, label %done\nadvance:")
        for i, rate in enumerate(rates):
            self._advance(i, self.added(i, rate, step_size, f"%s{i}"))
        self._keep(following, inputs)
        self.alias("%badn", self.bad)
        self.line("  %tn = add i64 %t, 1\n  br label %step\ndone:")

    def _advance(self, i: int, value: str) -> None:
        self.alias(f"%sn{i}", self.bounded(i, value))

    def _keep(self, following: list[str], inputs: list[str]) -> None:
        for i, value in enumerate(following):
            self.alias(f"%hn{i}", value)
        for slot, value in enumerate(inputs):
            self.store(value, self.at(self._buffer(slot), ("%t", self.e.lanes)))

    def _save(self, step: str, after: str, condition: str | None = None) -> None:
        """Branch to the saving block where this step is saved; values made there are not seen after it."""
        e, program = self.e, self.plan.program
        before, masks, bad = dict(self.ssa), dict(self.masks), self.bad
        pointer = e.emit(f"getelementptr i64, ptr %saves, i64 {step}")
        self.line(f"  %row = load i64, ptr {pointer}, align 8\n  %wanted = icmp sge i64 %row, 0")
        wanted = "%wanted"
        if condition is not None:
            wanted = e.emit(f"and i1 %wanted, {condition}")
        self.line(f"  br label %before_save\nbefore_save:\n  br i1 {wanted}, label %save, label %{after}\nsave:")
        self.compute(self.plan.save)
        for i, number in enumerate(program.saved):
            value = self.get(number)
            place = e.emit(f"mul i64 %rows, {i}")
            place = e.emit(f"add i64 {place}, %row")
            self.store(value, self.at("%out", (place, "%ostride"), "%offset"), streaming=True)
            self.spoil(value)
        inside = self.bad
        self.ssa, self.masks = before, masks
        self.line(f"  br label %{after}\n{after}:")
        self.bad = e.emit(f"phi {e.doubles} [{bad}, %before_save], [{inside}, %save]")

    def _done(self) -> None:
        for i in range(len(self.plan.program.stocks)):
            self.spoil(f"%s{i}")
        self.store(self.bad, self.at("%status", "%offset"))
        self.line("  %following = add i64 %b, 1\n  %again = icmp ult i64 %following, %blocks")
        self.line("  br i1 %again, label %block, label %leave\nleave:\n  ret void\n}")

    # -- Runge-Kutta: one body, four turns ----------------------------------------------------------------------------

    def _rk4_step(self) -> None:
        """Classical Runge-Kutta: %y are the stocks of the stage, %a the weighted rates so far."""
        e, program = self.e, self.plan.program
        count, held, delayed = len(program.stocks), len(program.held), len(program.delayed)
        self.line("  br label %stage\nstage:\n  %k = phi i64 [0, %step], [%kn, %again_stage]")
        for i in range(count):
            self.line(f"  %y{i} = phi {e.doubles} [%s{i}, %step], [%yn{i}, %again_stage]")
            self.line(f"  %a{i} = phi {e.doubles} [zeroinitializer, %step], [%an{i}, %again_stage]")
        for i in range(held):
            self.line(f"  %f{i} = phi {e.doubles} [zeroinitializer, %step], [%fn{i}, %again_stage]")
        for i in range(delayed):
            self.line(f"  %d{i} = phi {e.doubles} [zeroinitializer, %step], [%dn{i}, %again_stage]")
        moves = self.nodes[program.time_step].op != "lit"
        if moves:
            self.line(f"  %length1 = phi {e.doubles} [zeroinitializer, %step], [%length2, %again_stage]")
        self.line(f"  %bad2 = phi {e.doubles} [%bad1, %step], [%bad3, %again_stage]")
        self.line(f"  %t2 = mul i64 %t, {TURNS}\n  %k1 = add i64 %k, 1\n  %half = lshr i64 %k1, 1")
        self.line(f"  %urow2 = add i64 %t2, %half\n  %ubase = mul i64 %urow2, {len(self.column)}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase")
        self.line("  %first_stage = icmp eq i64 %k, 0")
        self.bad = "%bad2"
        rates, step_size, following, inputs = self._stage("%y")
        if moves:  # a step is as long as at its beginning
            self.line(f"  %length2 = select i1 %first_stage, {e.doubles} {step_size}, {e.doubles} %length1")
            step_size = "%length2"
        self._save("%t", "cont", "%first_stage")
        self.line("  %last_stage = icmp eq i64 %k, 3\n  %outer = or i1 %first_stage, %last_stage")
        weight = self.splat(e.emit(f"select i1 %outer, double {hexadecimal(1 / 6)}, double {hexadecimal(1 / 3)}"))
        self.line("  %early = icmp ult i64 %k, 2")
        stretch = self.splat(e.emit(f"select i1 %early, double {hexadecimal(0.5)}, double {hexadecimal(1.0)}"))
        length = e.mul(step_size, stretch)
        for i, rate in enumerate(rates):
            self.alias(f"%an{i}", self.added(i, rate, weight, f"%a{i}"))
            self.alias(f"%yn{i}", self.added(i, rate, length, f"%s{i}"))
        for name, values in (("f", following), ("d", inputs)):
            for i, value in enumerate(values):
                self.line(f"  %{name}n{i} = select i1 %first_stage, {e.doubles} {value}, {e.doubles} %{name}{i}")
        self.alias("%bad3", self.bad)
        self.line("  %kn = add i64 %k, 1\n  %more = icmp ult i64 %t, %steps\n  br i1 %more, label %turn, label %done")
        self.line("turn:\n  %stages = icmp ult i64 %kn, 4\n  br i1 %stages, label %again_stage, label %advance")
        self.line("again_stage:\n  br label %stage\nadvance:")
        for i in range(count):
            self._advance(i, self.added(i, f"%an{i}", step_size, f"%s{i}"))
        self._keep([f"%fn{i}" for i in range(held)], [f"%dn{i}" for i in range(delayed)])
        self.alias("%badn", "%bad3")
        self.line("  %tn = add i64 %t, 1\n  br label %step\ndone:")
        self.bad = "%bad3"
