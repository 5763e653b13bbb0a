"""The reference's answers to cases on standard input: one JSON case a line in, one JSON list of numbers a line out.

Needs numpy, and CNNSLICER_REFERENCE naming the folder of `entropy_reference.py`. NaN is written as null, infinity
as the text "Infinity".
"""

import importlib.util
import json
import math
import os
import sys

import numpy as np


def reference():
    path = os.path.join(os.environ["CNNSLICER_REFERENCE"], "entropy_reference.py")
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(measure, case):
    array = lambda name: np.array(case[name], float).reshape(case[name + "_shape"])
    kind = case["kind"]
    if kind == "inter":
        return [measure.inter_sample_entropy(array("samples"), case["k"], case["rho"])]
    if kind == "intra":
        scope = case["scope"]
        total, per_class = measure.channel_entropy(
            array("cells"), case["labels"], case["classes"], case["bins"], tuple(scope) if type(scope) is list else scope)
        return [*np.vstack([per_class, total]).T.ravel()]
    if kind == "labels":
        columns, rows = measure.confusion_entropies(array("counts"))
        return [*columns, *rows]
    found = measure.channel_capacity(array("a"), array("b"), case["bins"])
    return [found[name] for name in ("H_a", "H_b", "H_ab", "I", "I_mm")]


def written(number):
    if math.isnan(number):
        return None
    return "Infinity" if math.isinf(number) else float(number)


measure = reference()
for line in sys.stdin:
    print(json.dumps([written(number) for number in answer(measure, json.loads(line))]))
