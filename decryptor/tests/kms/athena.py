"""Runs SQL of Athena over CloudTrail's records: {"sql", "records"} on standard input, rows as JSON on standard output.

sqlglot reads the SQL as Athena's and writes it for DuckDB. The table has the columns of "Query AWS CloudTrail logs" in the Athena User
Guide that the queries need, with their types there: names in lower case, what has no fixed shape as JSON in a string.
"""

import json
import sys
import tempfile

import duckdb
import sqlglot

COLUMNS = {
    "eventtime": "VARCHAR",
    "eventsource": "VARCHAR",
    "eventname": "VARCHAR",
    "awsregion": "VARCHAR",
    "sourceipaddress": "VARCHAR",
    "useragent": "VARCHAR",
    "errorcode": "VARCHAR",
    "errormessage": "VARCHAR",
    "requestparameters": "VARCHAR",
    "responseelements": "VARCHAR",
    "requestid": "VARCHAR",
    "eventid": "VARCHAR",
    "readonly": "VARCHAR",
    "recipientaccountid": "VARCHAR",
    "useridentity": "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, accesskeyid VARCHAR, username VARCHAR, "
    "sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR), "
    "sessionissuer STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR)))",
    "resources": "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]",
}


def lower(value):
    if isinstance(value, dict):
        return {name.lower(): lower(member) for name, member in value.items()}
    if isinstance(value, list):
        return [lower(element) for element in value]
    return value


def row(record):
    """As Athena's SerDe gives it."""
    cells = {}
    for name, value in lower(record).items():
        structured = name in ("useridentity", "resources") or value is None or isinstance(value, str)
        cells[name] = value if structured else json.dumps(value)
    # What has no fixed shape keeps the names it has.
    for name in ("requestParameters", "responseElements"):
        cells[name.lower()] = json.dumps(record.get(name))
    return cells


asked = json.load(sys.stdin)
[sql] = sqlglot.transpile(asked["sql"], read="athena", write="duckdb")
database = duckdb.connect()
with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
    file.writelines(json.dumps(row(record)) + "\n" for record in asked["records"])
    file.flush()
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
    database.execute(f"CREATE TABLE cloudtrail_logs AS SELECT * FROM read_json('{file.name}', columns = {{{columns}}})")
result = database.execute(sql)
names = [column[0] for column in result.description]
json.dump([dict(zip(names, cells)) for cells in result.fetchall()], sys.stdout)
