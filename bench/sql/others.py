"""Runs queries in DuckDB and Spark, whichever are installed, over tables in memory.

Reads {"rows", "runs", "queries": [{"name", "sql", "sorted", "window"}]} and prints
[{"engine", "query", "seconds", "answer"}], the fastest of the runs.
"""

import importlib.util
import json
import os
import sys
import time

task = json.load(sys.stdin)
rows, distinct = task["rows"], max(task["rows"] // 10, 1)
results = []


def measure(engine, query, run, answer):
    """Times run, whose result is not looked at, and asks for the answer once."""
    best = None
    for _ in range(task["runs"]):
        began = time.perf_counter()
        run()
        took = time.perf_counter() - began
        best = took if best is None else min(best, took)
    results.append({"engine": engine, "query": query["name"], "seconds": best, "answer": [int(n) for n in answer()]})


def weigh(numbers):
    """The answer of a sorted result."""
    total = weighted = 0
    for place, number in enumerate(numbers):
        total += number
        weighted += place % 1000 * (number % 1000)
    return total, weighted, len(numbers)


NUMBERS = """SELECT s % 1000 AS key, concat('key-', cast(s % 1000 AS {text})) AS text, s % {distinct} AS id, value, s AS random
FROM (SELECT i AS value, (i * 48271 % 2147483647) * (i * 48271 % 2147483647) % 2147483647 AS s FROM {range}) AS t"""
IDS = "SELECT i AS id, i % 97 AS weight FROM {range}"
EVENTS = """SELECT {ts} AS ts, s % 6000 AS member, s % 100000 AS visitor,
CASE s % 3 WHEN 0 THEN 'view' WHEN 1 THEN 'click' ELSE 'purchase' END AS kind,
concat('ad-', lpad(cast(s % 1000 AS {text}), 33, '0')) AS ad
FROM (SELECT i, (i * 48271 % 2147483647) * (i * 48271 % 2147483647) % 2147483647 AS s FROM {range}) AS t"""
ADS = """SELECT concat('ad-', lpad(cast(i AS {text}), 33, '0')) AS ad,
concat('campaign-', lpad(cast({campaign} AS {text}), 27, '0')) AS campaign FROM {range}"""


def written(query, window):
    """The query where a time window is written so."""
    return query["sql"].replace("{window}", window % query["window"])


def duckdb():
    import duckdb

    c = duckdb.connect()
    c.execute("SET enable_progress_bar = false")
    series = "(SELECT range AS i FROM range({n})) AS r"
    c.execute("CREATE TABLE numbers AS " + NUMBERS.format(text="VARCHAR", distinct=distinct, range=series.format(n=rows)))
    c.execute("CREATE TABLE ids AS " + IDS.format(range=series.format(n=distinct)))
    c.execute("CREATE TABLE events AS " + EVENTS.format(text="VARCHAR", ts="make_timestamp(i * 100)", range=series.format(n=rows)))
    c.execute("CREATE TABLE ads AS " + ADS.format(text="VARCHAR", campaign="i // 10", range=series.format(n=1000)))
    for q in task["queries"]:
        sql = written(q, "time_bucket(INTERVAL %d SECOND, ts)")
        if q["sorted"]:
            measure("duckdb", q, lambda: c.execute("CREATE OR REPLACE TEMP TABLE result AS " + sql),
                    lambda: weigh([row[0] for row in c.execute(sql).fetchall()]))
        else:
            measure("duckdb", q, lambda: c.execute(sql).fetchall(), lambda: c.execute(sql).fetchone())


def spark():
    from pyspark.sql import SparkSession

    cores = os.cpu_count()
    s = (SparkSession.builder.master(f"local[{cores}]").config("spark.sql.shuffle.partitions", cores)
         .config("spark.driver.memory", "6g").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "OFF").getOrCreate())
    for name, text, n in (("numbers", NUMBERS, rows), ("ids", IDS, distinct), ("events", EVENTS, rows), ("ads", ADS, 1000)):
        series = f"(SELECT id AS i FROM range(0, {n}, 1, {cores})) AS r"
        s.sql(text.format(text="STRING", distinct=distinct, ts="timestamp_micros(i * 100)", campaign="i div 10", range=series)).createOrReplaceTempView(name + "_made")
        s.sql(f"CACHE TABLE {name} AS SELECT * FROM {name}_made")
    for q in task["queries"]:
        sql = written(q, "window(ts, '%d seconds')")
        if q["sorted"]:
            measure("spark", q, lambda: s.sql(sql).write.format("noop").mode("overwrite").save(),
                    lambda: weigh([row[0] for row in s.sql(sql).toLocalIterator()]))
        else:
            measure("spark", q, lambda: s.sql(sql).collect(), lambda: s.sql(sql).collect()[0])
    s.stop()


for name, engine in (("duckdb", duckdb), ("pyspark", spark)):
    if importlib.util.find_spec(name):
        engine()
json.dump(results, sys.stdout)
