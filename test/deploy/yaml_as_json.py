"""Prints the YAML documents of standard input as a list in JSON."""

import json
import sys

import yaml

json.dump([each for each in yaml.safe_load_all(sys.stdin) if each is not None], sys.stdout)
