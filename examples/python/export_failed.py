"""Prints the messages of the last days that did not arrive, as CSV:

    GATEWAY_KEY=tgw_… python3 examples/python/export_failed.py 30 > failed.csv

Phone numbers are printed as they are.
"""

import argparse
import csv
import datetime
import json
import os
import sys
import urllib.error
import urllib.request

URL = os.environ.get("GATEWAY_URL", "http://localhost:4000/graphql")
KEY = os.environ.get("GATEWAY_KEY")

# No dateSent filter: it would leave out the messages that Twilio rejected before it sent them.
QUERY = """
query FailedMessages($after: String) {
  messages(first: 200, after: $after, filter: { status: [FAILED, UNDELIVERED] }) {
    nodes { sid dateCreated dateSent from to status delivery { error { code title } } }
    pageInfo { hasNextPage endCursor }
  }
}"""


def execute(variables):
    headers = {"content-type": "application/json"}
    if KEY:
        headers["authorization"] = f"Bearer {KEY}"
    body = json.dumps({"query": QUERY, "variables": variables}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(URL, body, headers)) as response:
            result = json.load(response)
    except urllib.error.HTTPError as error:
        result = json.load(error)
    if not (result.get("data") or {}).get("messages"):
        raise RuntimeError(result["errors"][0]["message"])
    return result["data"]["messages"]


def failed_messages():
    """Yields page after page, newest first. A page may be empty although more follow."""
    after = None
    while True:
        page = execute({"after": after})
        yield page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def export_failed(days):
    # The gateway's dates are UTC in ISO 8601, which sort as text.
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    cutoff = start.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["sid", "created", "sent", "from", "to", "status", "code", "reason"])
    for messages in failed_messages():
        for message in messages:
            if (message["dateCreated"] or cutoff) < cutoff:
                continue
            error = message["delivery"]["error"] or {}
            names = ["sid", "dateCreated", "dateSent", "from", "to", "status"]
            out.writerow([message[name] for name in names] + [error.get("code"), error.get("title")])
        # Newest first by the date sent, so everything after this page is older still.
        if any((message["dateSent"] or cutoff) < cutoff for message in messages):
            break


parser = argparse.ArgumentParser(description="Prints the messages that did not arrive, as CSV.")
parser.add_argument("days", nargs="?", type=float, default=7, help="how many days back (7)")
try:
    export_failed(parser.parse_args().days)
except (OSError, RuntimeError, ValueError) as error:
    sys.exit(str(error))
