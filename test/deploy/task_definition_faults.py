"""Prints, as a list in JSON, what Amazon ECS would refuse in the task definition of standard input.

botocore's model says which fields there are, of which types, and which are required; its validator does not check the values of
enumerations, so that is done here.
"""

import json
import sys

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

SHAPE = ServiceModel(Loader().load_service_model("ecs", "service-2")).operation_model("RegisterTaskDefinition").input_shape


def wrong_words(value, shape, path):
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from wrong_words(value[name], member, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, each in enumerate(value):
            yield from wrong_words(each, shape.member, f"{path}[{index}]")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value}, expected one of {', '.join(shape.enum)}"


given = json.load(sys.stdin)
report = ParamValidator().validate(given, SHAPE).generate_report()
faults = [line for line in report.split("\n") if line != ""]
json.dump(faults + list(wrong_words(given, SHAPE, "task definition")), sys.stdout)
