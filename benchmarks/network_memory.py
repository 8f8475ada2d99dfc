"""Peak memory of a network that is loaded from its file and run three times, in a fresh process.

    python benchmarks/network_memory.py [--images 1 8] [--anchors DIR] [--reference DIR]

MB beyond what the process held once the library was imported: mxlite and MXNet from the files of
`export`, ONNX Runtime's from the same network as .onnx (cases_ort.py).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from side_by_side import ANCHORS, REFERENCE, ROOT

NETWORKS = {"ResNet-18": "resnet18_v1", "ResNet-50": "resnet50_v1",
            "MobileNetV2": "mobilenetv2_1.0"}

EXPORT = """
import sys
import {library} as mx
for name in {names}:
    net = mx.gluon.model_zoo.vision.get_model(name, classes=1000)
    net.initialize(mx.init.Xavier())
    net.hybridize()
    net(mx.nd.zeros((1, 3, 224, 224))).wait_to_read()
    net.export(sys.argv[1] + "/" + name)
"""
EXPORT_ORT = """
import sys
import cases_ort
for name, build in (("resnet18_v1", cases_ort.resnet18), ("resnet50_v1", cases_ort.resnet50),
                    ("mobilenetv2_1.0", cases_ort.mobilenet_v2)):
    for images in {images}:
        graph = cases_ort.Graph(images, 3, 224, 224)
        model = graph.model(build(graph))
        with open(f"{{sys.argv[1]}}/{{name}}-{{images}}.onnx", "wb") as file:
            file.write(model)
"""
# Each prints kB: what it held before, and the most that it held.
STATUS = """
def kilobytes(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))
"""
RUN = STATUS + """
import sys
import {library} as mx
folder, name, images = sys.argv[1:]
x = mx.nd.ones((int(images), 3, 224, 224))
mx.nd.dot(x[0, 0], x[0, 0]).wait_to_read()
before = kilobytes("VmRSS")
net = mx.gluon.SymbolBlock.imports(f"{{folder}}/{{name}}-symbol.json", ["data"],
                                   f"{{folder}}/{{name}}-0000.params")
net.hybridize(static_alloc=True, static_shape=True)
for _ in range(3):
    net(x).wait_to_read()
print(before, kilobytes("VmHWM"))
"""
RUN_ORT = STATUS + """
import sys
import numpy as np
import onnxruntime
folder, name, images = sys.argv[1:]
x = np.ones((int(images), 3, 224, 224), "float32")
before = kilobytes("VmRSS")
session = onnxruntime.InferenceSession(f"{folder}/{name}-{images}.onnx",
                                       providers=["CPUExecutionProvider"])
for _ in range(3):
    session.run(None, {"x": x})
print(before, kilobytes("VmHWM"))
"""


def run(python, program, *arguments):
    """What the program printed, in a process that finds mxlite and the benchmarks."""
    path = f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}"
    return subprocess.run([str(python), "-c", program, *map(str, arguments)], text=True, check=True,
                          env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--anchors", type=Path, default=ANCHORS)
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    options = parser.parse_args()
    pythons = {"mxlite": Path(sys.executable), "mxnet": options.reference / "mxnet/bin/python",
               "onnxruntime": options.anchors / "ort/bin/python"}
    pythons = {name: python for name, python in pythons.items() if python.exists()}
    print(f"{'MB':24}" + "".join(f"{name:>14}" for name in pythons))
    with tempfile.TemporaryDirectory() as folder:
        for name, python in pythons.items():
            os.mkdir(f"{folder}/{name}")
            program = EXPORT_ORT if name == "onnxruntime" else EXPORT
            run(python, program.format(library=name, names=list(NETWORKS.values()),
                                       images=options.images), f"{folder}/{name}")
        for network, model in NETWORKS.items():
            for images in options.images:
                line = f"{network}, {images} images"
                text = f"{line:24}"
                for name, python in pythons.items():
                    program = RUN_ORT if name == "onnxruntime" else RUN.format(library=name)
                    before, most = map(int, run(python, program, f"{folder}/{name}", model,
                                                images).split()[-2:])
                    text += f"{(most - before) / 1e3:14.0f}"
                print(text)


if __name__ == "__main__":
    main()
