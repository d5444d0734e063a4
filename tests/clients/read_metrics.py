"""Reads OpenMetrics text from standard input as Prometheus' own client library does, strictly, and writes it as JSON lines:
{"name": …, "labels": {…}, "value": …}.
"""

import json
import sys

from prometheus_client.openmetrics.parser import text_fd_to_metric_families

for family in text_fd_to_metric_families(sys.stdin):
    for sample in family.samples:
        print(json.dumps({"name": sample.name, "labels": sample.labels, "value": sample.value}))
