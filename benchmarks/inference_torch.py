"""The kernels of inference_mx.py in PyTorch, compiled by inductor if asked to."""

from inference_mx import (
    BATCHES,
    CONVOLUTIONS,
    HEADS,
    HIDDEN,
    LANGUAGE_BATCHES,
    LAYERS,
    LENGTH,
    SIDE,
    UNITS,
)
from networks_mx import LSTM_UNITS, STEPS
from networks_torch import language_model


def encoder(torch):
    """The encoder of inference_mx.py."""
    nn, functional = torch.nn, torch.nn.functional

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.joined, self.out = nn.Linear(UNITS, 3 * UNITS), nn.Linear(UNITS, UNITS)
            self.wide, self.narrow = nn.Linear(UNITS, HIDDEN), nn.Linear(HIDDEN, UNITS)
            self.first, self.second = nn.LayerNorm(UNITS), nn.LayerNorm(UNITS)

        def forward(self, x):
            query, key, value = [part.unflatten(-1, (HEADS, -1)).transpose(1, 2)
                                 for part in self.joined(x).chunk(3, -1)]
            heads = functional.scaled_dot_product_attention(query, key, value)
            x = self.first(x + self.out(heads.transpose(1, 2).flatten(2)))
            return self.second(x + self.narrow(functional.gelu(self.wide(x))))

    return nn.Sequential(*[Layer() for _ in range(LAYERS)]).eval()


def inference_cases(torch, uniform, is_compiled):
    """name -> (function of no arguments, calls a measurement)."""
    functional = torch.nn.functional
    square, batch = uniform(SIDE, SIDE), uniform(64, 128, 128)

    def case(function, calls, *arrays):
        run = torch.compile(function) if is_compiled else function

        def call():
            with torch.no_grad():
                return run(*arrays)
        return call, calls

    cases = {
        "softmax of 1M": case(lambda x: torch.softmax(x, 1), 10, square),
        "exp of 1M": case(torch.exp, 10, square),
        "transpose of 1M": case(lambda x: x.t().contiguous(), 10, square),
        "row sums of 1M": case(lambda x: x.sum(1), 20, square),
        "batch_dot": case(torch.bmm, 4, batch, batch),
    }
    for name, (count, channels, side, filters, kernel, stride, pad) in CONVOLUTIONS.items():
        cases[name] = case(
            lambda x, w, stride=stride, pad=pad: functional.conv2d(x, w, stride=stride,
                                                                   padding=pad),
            4, uniform(count, channels, side, side), uniform(filters, channels, kernel, kernel))
    net = encoder(torch)
    for size in BATCHES:
        cases[f"encoder, {size} texts"] = case(net, 1, uniform(size, LENGTH, UNITS))
    net = language_model(torch).eval()
    for size in LANGUAGE_BATCHES:
        text, state = torch.ones((STEPS, size), dtype=torch.int64), torch.zeros(2, size, LSTM_UNITS)
        cases[f"language model, {size} texts"] = case(net, 4, text, state)
    return cases
