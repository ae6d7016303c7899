"""Functions of Vensim and of XMILE that the engine does not serve, each with what to do in its place.

Vensim: Reference Manual 10, "Functions". XMILE 1.0, sections 3.5 and 3.7, and what Stella adds to them.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.errors import Message, msg

_DRAWN = msg("draw uniform, normal or exponential numbers, or give the numbers as data")
_WAITING = msg("write it with stocks, flows and delays: queues, conveyors and batches are not there")
_MONEY = msg("write the discounting as a stock and a discount factor")
_SERIES = msg("work it out from the data beforehand and write it as a constant")
_SEARCHES = msg("write the loop with a stock: no equation is solved within a step")
_MARKET = msg("use ALLOCATE AVAILABLE or ALLOCATE BY PRIORITY")
_PROGRAM = msg("write the value or the equation itself: it belongs to the program that made the file")
_FILES = msg("use GET DIRECT CONSTANTS, DATA or LOOKUPS")
_TABLE = msg("call the lookup by its name, or write a second lookup")
_VECTOR = msg("name the elements, or use VECTOR SELECT, VECTOR REORDER or SUM")
_MEMORY = msg("keep the value in a stock, or use SAMPLE IF TRUE or DELAY FIXED")
_PLAIN = msg("write it out with the functions that are there")

_VENSIM = (
    (_DRAWN, (
        "RANDOM BETA", "RANDOM BINOMIAL", "RANDOM GAMMA", "RANDOM LOOKUP", "RANDOM NEGATIVE BINOMIAL",
        "RANDOM PINK NOISE", "RANDOM POISSON", "RANDOM TRIANGULAR", "RANDOM WEIBULL",
    )),
    (_WAITING, (
        "DELAY BATCH", "DELAY CONVEYOR", "DELAY INFORMATION", "DELAY MATERIAL", "DELAY PROFILE", "DELAYP",
        "QUEUE AGE AVERAGE", "QUEUE AGE IN RANGE", "QUEUE AGE OLDEST", "QUEUE ATTRIB AVERAGE", "QUEUE ATTRIB IN RANGE",
        "QUEUE ATTRIB MAX", "QUEUE ATTRIB MIN", "QUEUE ATTRIB QUANTITY", "QUEUE FIFO", "QUEUE FIFO ATTRIB",
    )),
    (_MONEY, ("DEPRECIATE BY SCHEDULE", "DEPRECIATE STRAIGHTLINE", "INTERNAL RATE OF RETURN", "NPV")),
    (_SERIES, (
        "GET DATA AT TIME", "GET DATA BETWEEN TIMES", "GET DATA FIRST TIME", "GET DATA LAST TIME", "GET DATA MAX",
        "GET DATA MEAN", "GET DATA MEDIAN", "GET DATA MIN", "GET DATA STDV", "GET DATA TOTAL POINTS",
    )),
    (_SEARCHES, ("FIND ZERO", "SIMULTANEOUS")),
    (_MARKET, ("DEMAND AT PRICE", "FIND MARKET PRICE", "MARKETP", "SUPPLY AT PRICE")),
    (_PROGRAM, ("GET ENVIRONMENT VALUE", "MESSAGE", "REINITIAL", "TIME BASE")),
    (_FILES, ("GET 123 CONSTANTS", "GET 123 DATA", "GET 123 LOOKUPS", "GET ODBC CONSTANTS", "GET ODBC DATA",
             "GET ODBC LOOKUPS", "GET VDF CONSTANTS", "GET VDF DATA", "GET VDF LOOKUPS")),
    (_TABLE, ("LOOKUP AREA", "LOOKUP INVERT", "LOOKUP SLOPE")),
    (_VECTOR, ("VECTOR ELM MAP", "VECTOR LOOKUP")),
    (_MEMORY, ("SAMPLE UNTIL", "SHIFT IF TRUE")),
    (_PLAIN, ("GAMMA LN", "SSHAPE")),
)  # fmt: skip
_XMILE = (
    (_DRAWN, ("BETA", "BINOMIAL", "GAMMA", "GEOMETRIC", "LOGISTIC", "LOGNORMAL", "MONTECARLO",
             "NEGBINOMIAL", "PARETO", "POISSON", "TRIANGULAR", "WEIBULL")),
    (_WAITING, ("CAP", "CTFLOW", "CTMAX", "CTMEAN", "CTMIN", "CTSTDDEV", "CYCLETIME", "OSTATE", "QELEM", "QLEN",
               "THROUGHPUT")),
    (_MONEY, ("FV", "IRR", "NPV", "PMT", "PV")),
    (_MEMORY, ("COUNTER", "ENDVAL", "HISTORY", "PREVIOUS")),
    (_TABLE, ("LOOKUP", "LOOKUPAREA", "LOOKUPINV", "LOOKUPMEAN")),
    (_VECTOR, ("INTERPOLATE", "MEAN", "RANK", "SELF", "SIZE", "STDDEV")),
    (_PROGRAM, ("REWORK", "RUNCOUNT", "SENSIRUNCOUNT")),
    (_PLAIN, ("ARCCOSH", "COMBINATIONS", "DERIVN", "FACTORIAL", "GAMMALN", "INVNORM", "LOGISTICBOUND",
             "NORMALCDF", "PERMUTATIONS", "ROOTN", "ROUND", "SINWAVE", "COSWAVE", "SWITCH", "PERCENT")),
)  # fmt: skip


def _by_name(groups: tuple[tuple[Message, tuple[str, ...]], ...]) -> dict[str, Message]:
    return {name: reason for reason, names in groups for name in names}


VENSIM, XMILE = _by_name(_VENSIM), _by_name(_XMILE)
REFUSED: Mapping[str, Message] = XMILE | VENSIM
