"""The kernels of inference_mx.py in PyTorch, compiled by inductor if asked to."""

from inference_mx import CONVOLUTIONS, SIDE


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
    return cases
