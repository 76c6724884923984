"""The budgets of the design, measured: each beside a bare baseline in the same run, interleaved, as a ratio.

`run` prints a table or JSON: name, value, unit, baseline, ratio, budget, ok. A ratio's budget binds; a target in
milliseconds is printed for an idle machine and never fails.
"""

import json
from collections.abc import Callable, Sequence

from bench.rows import Row


def benches() -> dict[str, Callable[[], Sequence[Row]]]:
    """Every bench by name, imported when it is asked for."""
    from bench.addresses import bench_addresses
    from bench.audit import bench_audit
    from bench.consoles import bench_consoles
    from bench.fold import bench_fold
    from bench.jetstream import bench_jetstream
    from bench.log import bench_append
    from bench.report import bench_report
    from bench.scale import bench_scale
    from bench.screen import bench_first_paint, bench_key, bench_many, bench_press
    from bench.search import bench_search
    from bench.start import bench_cold_start
    from bench.streets import bench_panning, bench_streets_many
    from bench.table import bench_table
    from bench.zones import bench_zone_bulk, bench_zone_probability

    return {
        "press": bench_press,
        "many": bench_many,
        "consoles": bench_consoles,
        "zone bulk": bench_zone_bulk,
        "zone probability": bench_zone_probability,
        "addresses": bench_addresses,
        "append": bench_append,
        "jetstream": bench_jetstream,
        "fold": bench_fold,
        "cold start": bench_cold_start,
        "report": bench_report,
        "table": bench_table,
        "search": bench_search,
        "audit": bench_audit,
        "first paint": bench_first_paint,
        "key": bench_key,
        "panning": bench_panning,
        "streets": bench_streets_many,
        "scale": bench_scale,
    }


def run(*, as_json: bool, only: str = "", stages: bool = False) -> int:
    """Run the benches whose name contains `only`; with `stages` say of a press where its time goes instead. Returns 1 when a
    binding budget is missed."""
    if stages:
        from bench.stages import bench_stages

        rows = bench_stages()
    else:
        rows = [row for name, bench in benches().items() if only in name for row in bench()]
    if as_json:
        print(json.dumps([row.facts() for row in rows], indent=1))
    else:
        print(f"{'what':58} {'value':>10} {'unit':9} {'baseline':>10} {'ratio':>7}  budget")
        for row in rows:
            print(row.line())
    return 0 if all(row.ok for row in rows) else 1
