"""The driver of a kernel in pieces: the loop over the steps, which calls the pieces of each phase in their turn."""

from __future__ import annotations

from xinzhi.engine.emit import SIGNATURE
from xinzhi.engine.ir_text import hexadecimal
from xinzhi.engine.pieces import Frame, Phases
from xinzhi.engine.plan import TURNS

PIECES_SIGNATURE = SIGNATURE + ", ptr %frame, i64 %from, i64 %until"
ARGUMENTS = (
    "ptr noalias readonly %constants, i64 %cstride, ptr %frame, ptr %state, ptr noalias readonly %urow, i64 %t, "
    "i64 %first_member, i64 %seed, ptr noalias %scratch, i64 %length, ptr noalias %out, i64 %ostride, i64 %rows, "
    "i64 %row, double %weight, double %stretch"
)
"""Of every piece."""


class Driver:
    """The driver's text for blocks of ``lanes`` members; ``columns`` of the uniform table are a row."""

    def __init__(self, lanes: int, columns: int, frame: Frame, phases: Phases, attributes: str, *, rk4: bool) -> None:
        self.lanes, self.columns, self.frame, self.phases, self.rk4 = lanes, columns, frame, phases, rk4
        self.doubles, self.align, self.attributes = f"<{lanes} x double>", min(64, 8 * lanes), attributes
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def text(self) -> str:
        frame = self.frame
        names = [f"{name}{i}" for name, pieces in self.phases.items() for i in range(len(pieces))]
        declared = "\n".join(f"declare void @{name}({_types(ARGUMENTS)})" for name in names)
        self.line(f"define void @kernel({PIECES_SIGNATURE}) #0 {{\nentry:")
        self.line(f"  %length = add i64 %steps, 1\n  %now = {self._place(frame.now)}")
        self.line(f"  %next = {self._place(frame.following)}\n  %inner = {self._place(frame.inner)}")
        self.line(f"  %sums = {self._place(frame.sums)}\n  %badly = {self._place(frame.bad)}")
        self.line("  %fresh = icmp eq i64 %from, 0\n  br i1 %fresh, label %start, label %step\nstart:")
        self._call("start", "%now", "%uniform", t="0")
        self.line("  br label %step\nstep:")
        self.line("  %t = phi i64 [%from, %entry], [%from, %start], [%tn, %advance]")
        self._runge_kutta() if self.rk4 else self._euler()
        self._call("advance", "%now", "%urow")
        self._copy("%next", "%now", frame.stocks + frame.held)
        self.line("  %tn = add i64 %t, 1\n  %enough = icmp uge i64 %tn, %until")
        self.line("  br i1 %enough, label %leave, label %step\nend:")
        self._call("end", "%now", "%urow")
        self.line(f"  %mark = load {self.doubles}, ptr %badly, align {self.align}")
        self.line(f"  store {self.doubles} %mark, ptr %status, align {self.align}")
        self.line("  br label %leave\nleave:\n  ret void\n}")
        return "\n".join([declared, "\n".join(self.lines), self._copying(), self.attributes])

    def _place(self, slot: int) -> str:
        return f"getelementptr double, ptr %frame, i64 {slot * self.lanes}"

    def _call(
        self, phase: str, state: str, urow: str, *, t: str = "%t", row: str = "0", weight: str = "0.0",
        stretch: str = "0.0",
    ) -> None:  # fmt: skip
        arguments = (
            f"ptr %constants, i64 %cstride, ptr %frame, ptr {state}, ptr {urow}, i64 {t}, i64 %member, i64 %seed, "
            f"ptr %scratch, i64 %length, ptr %out, i64 %ostride, i64 %rows, i64 {row}, double {weight}, "
            f"double {stretch}"
        )
        for i in range(len(self.phases[phase])):
            self.line(f"  call void @{phase}{i}({arguments})")

    def _copy(self, source: str, to: str, count: int) -> None:
        self.line(f"  call void @copy(ptr {source}, ptr {to}, i64 {count})")

    def _euler(self) -> None:
        self.line(f"  %ubase = mul i64 %t, {self.columns}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase")
        self._call("step", "%now", "%urow")
        self._saving("%now", "advance", "label %advance")
        self._call("first", "%now", "%urow")

    def _saving(self, state: str, after: str, onward: str) -> None:
        """Save where this step is saved; leave after the last; else go on to ``after`` and stand in its block."""
        self.line("  %kept = getelementptr i64, ptr %saves, i64 %t\n  %row = load i64, ptr %kept, align 8")
        self.line("  %wanted = icmp sge i64 %row, 0\n  br i1 %wanted, label %save, label %saved\nsave:")
        self._call("save", state, "%urow", row="%row")
        self.line("  br label %saved\nsaved:\n  %more = icmp ult i64 %t, %steps")
        self.line(f"  br i1 %more, {onward}, label %end\n{after}:")

    def _runge_kutta(self) -> None:
        """Four turns of one body; the first saves and fixes what the step holds."""
        frame = self.frame
        self._copy("%now", "%inner", frame.stocks)
        self.line(f"  call void @clear(ptr %sums, i64 {frame.stocks})\n  br label %stage\nstage:")
        self.line(f"  %k = phi i64 [0, %step], [%kn, %turn]\n  %t2 = mul i64 %t, {TURNS}\n  %k1 = add i64 %k, 1")
        self.line("  %half = lshr i64 %k1, 1\n  %urow2 = add i64 %t2, %half")
        self.line(f"  %ubase = mul i64 %urow2, {self.columns}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase\n  %is_first = icmp eq i64 %k, 0")
        self._call("step", "%inner", "%urow")
        self.line("  br i1 %is_first, label %opening, label %turn\nopening:")
        self._saving("%inner", "fixing", "label %fixing")
        self._call("first", "%inner", "%urow")
        self.line("  br label %turn\nturn:\n  %is_last = icmp eq i64 %k, 3\n  %outer = or i1 %is_first, %is_last")
        self.line(f"  %weight = select i1 %outer, double {hexadecimal(1 / 6)}, double {hexadecimal(1 / 3)}")
        self.line("  %early = icmp ult i64 %k, 2")
        self.line(f"  %stretch = select i1 %early, double {hexadecimal(0.5)}, double {hexadecimal(1.0)}")
        self._call("weigh", "%inner", "%urow", weight="%weight", stretch="%stretch")
        self._copy("%next", "%inner", frame.stocks)
        self.line("  %kn = add i64 %k, 1\n  br i1 %is_last, label %advance, label %stage\nadvance:")

    def _copying(self) -> str:
        kind, lanes, align = self.doubles, self.lanes, self.align
        head = "entry:\n  %some = icmp sgt i64 %n, 0\n  br i1 %some, label %turn, label %leave\nturn:\n"
        place = f"  %at = mul i64 %i, {lanes}\n  %p = getelementptr double, ptr %to, i64 %at\n"
        tail = (
            "  %in = add i64 %i, 1\n  %more = icmp ult i64 %in, %n\n  br i1 %more, label %turn, label %leave\n"
            "leave:\n  ret void\n}"
        )
        count = "  %i = phi i64 [0, %entry], [%in, %turn]\n"
        copy = (
            f"  %q = getelementptr double, ptr %of, i64 %at\n  %v = load {kind}, ptr %q, align {align}\n"
            f"  store {kind} %v, ptr %p, align {align}\n"
        )
        clear = f"  store {kind} zeroinitializer, ptr %p, align {align}\n"
        return (
            f"define internal void @copy(ptr %of, ptr %to, i64 %n) #0 {{\n{head}{count}{place}{copy}{tail}\n"
            f"define internal void @clear(ptr %to, i64 %n) #0 {{\n{head}{count}{place}{clear}{tail}"
        )


def _types(arguments: str) -> str:
    return ", ".join(argument.rsplit(" ", 1)[0] for argument in arguments.split(", "))
